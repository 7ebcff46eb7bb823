"""The days of the whole market, out of the copies of its shops' days; no schema is visited."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Sum

from marketplace.platform.analytics.figures import Day
from marketplace.platform.analytics.models import ShopDay
from marketplace.platform.checkout.models import OrderCopy
from tenants.tenancy.models import Merchant

PAID_WITHIN = timedelta(days=7)  # of being placed: see marketplace/merchant/analytics/queries.py


def days_counted(since: date, currency: str) -> list[Day]:
    """The days from `since` on, each summed over the shops of which it has been counted."""
    rows = ShopDay.objects.filter(day__gte=since, currency=currency).values("day").order_by("day")
    summed = rows.annotate(n=Sum("orders"), sales=Sum("sales_minor"), back=Sum("refunds_minor"), pieces=Sum("sold"), lay=Sum("stock"))
    return [Day(*row) for row in summed.values_list("day", "n", "sales", "back", "pieces", "lay")]


def last_day_counted() -> date | None:
    """The newest day of which any shop has been counted."""
    return ShopDay.objects.order_by("-day").values_list("day", flat=True).first()


def shops_not_counted(day: date) -> int:
    """How many shops have been open since before the end of that day and have not been counted for it."""
    counted = ShopDay.objects.filter(merchant=OuterRef("pk"), day=day)
    return Merchant.objects.filter(status=Merchant.Status.OPEN, opened_at__date__lte=day).exclude(Exists(counted)).count()


def best_selling(since: date, until: date, currency: str, most: int) -> list[tuple[UUID, int, int]]:
    """(merchant, orders, sales in minor units) of the shops that sold most from `since` to `until`, those without a sale left out."""
    rows = ShopDay.objects.filter(day__gte=since, day__lte=until, currency=currency, sales_minor__gt=0).values("merchant").order_by()
    summed = rows.annotate(n=Sum("orders"), sales=Sum("sales_minor")).order_by("-sales", "merchant")
    return [(row["merchant"], row["n"], row["sales"]) for row in summed[:most]]


def so_far(day: date, since: datetime, until: datetime, currency: str) -> Day:
    """A day that is not over: the orders of all shops that were paid in [since, until). Its stock and refunds are left out."""
    paid = OrderCopy.objects.filter(placed_at__gte=since - PAID_WITHIN, placed_at__lt=until, group__paid_at__gte=since, group__paid_at__lt=until)
    found = paid.filter(currency=currency).aggregate(n=Count("pk"), minor=Sum("total_minor"))
    return Day(day, found["n"], found["minor"] or 0)
