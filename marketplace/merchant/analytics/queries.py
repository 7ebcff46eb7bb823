"""A shop's days, and the day that is not over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet, Sum

from marketplace.merchant.analytics.models import DayCount
from marketplace.merchant.orders.models import Order
from marketplace.platform.analytics.figures import Day

PAID_WITHIN = timedelta(days=7)  # of being placed: an order is held for a day at most (Market.hold_minutes), and then some


def paid_orders(since: datetime, until: datetime) -> QuerySet[Order]:
    """Orders of the open schema that were paid in [since, until). By the index of when they were placed."""
    found: QuerySet[Order] = Order.objects.filter(placed_at__gte=since - PAID_WITHIN, placed_at__lt=until, paid_at__gte=since, paid_at__lt=until)
    return found


def days_counted(since: date, currency: str) -> list[Day]:
    """The days from `since` on that have been counted, in their order."""
    rows = DayCount.objects.filter(day__gte=since, currency=currency).order_by("day")
    return [Day(*row) for row in rows.values_list("day", "orders", "sales_minor", "refunds_minor", "sold", "stock")]


def so_far(day: date, since: datetime, until: datetime, currency: str) -> Day:
    """A day that is not over: what was paid in [since, until). Its stock and refunds are left out."""
    found = paid_orders(since, until).filter(currency=currency).aggregate(n=Count("pk"), minor=Sum("total_minor"))
    return Day(day, found["n"], found["minor"] or 0)
