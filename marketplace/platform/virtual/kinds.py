"""What kind of goods something is: a parcel, a code that is handed out, or a service that is used on the spot."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import pgettext_lazy

SHORTEST, LONGEST = 1, 1095  # days a voucher can be valid: up to three years


class GoodsKind(models.TextChoices):
    """One order holds goods of one kind. Virtual goods (codes, services) need no address and no freight."""

    GOODS = "goods", pgettext_lazy("kind of goods", "Goods that are shipped")
    CODES = "codes", pgettext_lazy("kind of goods", "Codes")
    SERVICE = "service", pgettext_lazy("kind of goods", "Service with a voucher")


def is_virtual(kind: str) -> bool:
    return kind != GoodsKind.GOODS


def valid_until(paid_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of the last day of a voucher, in the market's zone: `days` whole days after the day of payment."""
    day = paid_at.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def last_day(expires_at: datetime, zone: ZoneInfo) -> date:
    """The last day on which a voucher can be used."""
    return (expires_at - timedelta(seconds=1)).astimezone(zone).date()
