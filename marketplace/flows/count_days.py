"""A shop's days are counted when they are over: into its own schema, and as public copies for the operator's figures.

A page never sums orders or movements of months. What each number means: docs/figures.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import TruncDate

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.analytics.models import DayCount
from marketplace.merchant.analytics.queries import paid_orders
from marketplace.merchant.inventory.models import StockMovement
from marketplace.merchant.orders.models import Order
from marketplace.platform.analytics.figures import Day, start_of
from marketplace.platform.analytics.models import ShopDay
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.models import Posting
from tenants.tenancy.jobs import merchant_task
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import current_merchant_id

GRACE = timedelta(minutes=30)  # a day is counted when it has been over for so long: what began before midnight has ended by then
AGAIN_DAYS = 3  # so many of the days counted last are counted once more, for what was written late
MOST_DAYS = 800  # how far back is counted
COLUMNS = ["currency", "orders", "sales_minor", "refunds_minor", "sold", "stock"]
K = StockMovement.Kind
# In one statement, so that nothing moves between the two sums.
STOCK_BEFORE = """
    SELECT coalesce((SELECT sum(on_hand) FROM merchant_inventory_stocklevel), 0)
         - coalesce((SELECT sum(quantity) FROM merchant_inventory_stockmovement WHERE at >= %s), 0)
"""


def last_day_over(market: Market) -> date:
    """The last day, in the market's zone, that may be counted."""
    return clock.day_of(clock.now() - GRACE, market.tz) - timedelta(days=1)


def ask_for_counts() -> None:
    """Duty: each shop whose last day that is over has no row is counted by a worker."""
    market = Market.objects.first()
    if market is None:
        return
    counted = ShopDay.objects.filter(merchant=OuterRef("pk"), day=last_day_over(market))
    due = Merchant.objects.exclude(status=Merchant.Status.OPENING).filter(opened_at__isnull=False).exclude(Exists(counted))
    with transaction.atomic():
        for merchant_id in due.order_by("pk").values_list("pk", flat=True):
            count_shop_days.request(merchant_id=merchant_id)


@merchant_task
def count_shop_days(*, merchant_id: UUID | str, anew: bool = False) -> None:
    count_days(by=SYSTEM, anew=anew)


@verb
def count_days(*, by: Actor, anew: bool = False) -> int:
    """Count the days of the merchant whose schema is open that are over and not counted, and the last few once more. How many days.

    `anew`: all of them, for a shop whose past was brought in later. Safe to repeat; two at once write the same.
    """
    merchant_id, market = current_merchant_id(), Market.objects.get()
    zone, last = market.tz, last_day_over(market)
    with transaction.atomic():
        since = _first_to_count(merchant_id, zone, last, anew)
        if since > last:
            return 0
        days = _counted(merchant_id, market, since, last)
        DayCount.objects.bulk_create(
            [DayCount(currency=market.currency, **vars(day)) for day in days], update_conflicts=True, unique_fields=("day",), update_fields=COLUMNS
        )
        ShopDay.objects.bulk_create(
            [ShopDay(merchant_id=merchant_id, currency=market.currency, **vars(day)) for day in days],
            update_conflicts=True,
            unique_fields=("merchant", "day"),
            update_fields=COLUMNS,
        )
    return len(days)


def _first_to_count(merchant_id: UUID, zone: ZoneInfo, last: date, anew: bool) -> date:
    newest = None if anew else DayCount.objects.order_by("-day").values_list("day", flat=True).first()
    if newest:
        return min(newest - timedelta(days=AGAIN_DAYS - 1), last)
    opened = Merchant.objects.values_list("opened_at", flat=True).get(pk=merchant_id) or clock.now()
    firsts = [
        opened,
        Order.objects.order_by("placed_at").values_list("placed_at", flat=True).first(),
        StockMovement.objects.order_by("at").values_list("at", flat=True).first(),
    ]
    return max(clock.day_of(min(moment for moment in firsts if moment), zone), last - timedelta(days=MOST_DAYS - 1))


def _counted(merchant_id: UUID, market: Market, since: date, last: date) -> list[Day]:
    """Each day from `since` to `last`, also those on which nothing happened."""
    zone, start, end = market.tz, start_of(since, market.tz), start_of(last + timedelta(days=1), market.tz)
    paid = paid_orders(start, end).filter(currency=market.currency)
    sales = {row["on"]: row for row in paid.values(on=TruncDate("paid_at", tzinfo=zone)).annotate(n=Count("pk"), minor=Sum("total_minor")).order_by()}
    back = _given_back(merchant_id, market, start, end)
    moved = StockMovement.objects.filter(at__gte=start, at__lt=end)
    by_day = moved.values("kind", on=TruncDate("at", tzinfo=zone)).annotate(pieces=Sum("quantity")).order_by()
    change: dict[date, int] = {}
    sold: dict[date, int] = {}
    for row in by_day:
        change[row["on"]] = change.get(row["on"], 0) + row["pieces"]
        if row["kind"] in (K.SHIPPED, K.RETURNED):
            sold[row["on"]] = sold.get(row["on"], 0) - row["pieces"]
    stock, days = _stock_before(start), []
    for n in range((last - since).days + 1):
        day = since + timedelta(days=n)
        stock += change.get(day, 0)
        of = sales.get(day, {"n": 0, "minor": 0})
        days.append(Day(day, of["n"], of["minor"], back.get(day, 0), sold.get(day, 0), stock))
    return days


def _stock_before(moment: datetime) -> int:
    """Pieces that lay there then: what lies there now, less all that moved since."""
    with connection.cursor() as cursor:
        cursor.execute(STOCK_BEFORE, [moment])
        return int(cursor.fetchone()[0])


def _given_back(merchant_id: UUID, market: Market, start: datetime, end: datetime) -> Mapping[date, int]:
    """What went back of this merchant's orders, by the day of the journal: refunds and lost disputes."""
    mine = OrderCopy.objects.filter(merchant_id=merchant_id).values("pk")
    credits = Posting.objects.filter(
        entry__kind__in=["order_refunded", "order_charged_back"],
        entry__at__gte=start,
        entry__at__lt=end,
        entry__order_id__in=mine,
        amount_minor__lt=0,
        currency=market.currency,
    )
    rows = credits.values(on=TruncDate("entry__at", tzinfo=market.tz)).annotate(minor=Sum("amount_minor")).order_by()
    return {row["on"]: -row["minor"] for row in rows}
