"""Days of shops: what one is counted to, that their sum is the whole, and that counting again changes nothing."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.flows import count_days
from marketplace.flows.cancel_order import cancel_paid_order
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.analytics.models import DayCount
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.orders.models import Order
from marketplace.platform.analytics.models import ShopDay
from marketplace.platform.analytics.queries import last_day_counted, shops_not_counted
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.days import days_ago, today

pytestmark = pytest.mark.django_db


def counted(shop: str = "a", *, anew: bool = True) -> dict[int, DayCount]:
    """The shop's days after counting, by how many days ago they were."""
    with merchant_schema(MERCHANTS[shop]), days_ago(0):
        count_days.count_days(by=SYSTEM, anew=anew)
        return {(today() - row.day).days: row for row in DayCount.objects.all()}


def test_a_day_holds_what_was_paid_what_went_back_what_left_and_what_lay_there():
    with days_ago(9):
        product = make.a_product(price="100", stock=10)
    with days_ago(6):
        placed = make.a_placed_group(("a", product, 2))
    with days_ago(6, hour=13):
        order = make.order_of(make.pay(placed))
        make.a_placed_group(("a", product, 1))  # never paid
    with days_ago(5):
        make.ship(order)
        make.receive(order)
    with days_ago(3):
        make.returned(make.order_of(placed), 1)
        deliver_events()
    with days_ago(1):
        rest = make.order_of(make.pay(make.a_placed_group(("a", product, 3))))
        cancel_paid_order(by=SYSTEM, copy=rest, reason="changed my mind")

    days = counted()
    assert {n: (row.orders, row.sales_minor, row.refunds_minor, row.sold, row.stock) for n, row in days.items() if n <= 9} == {
        9: (0, 0, 0, 0, 10),
        8: (0, 0, 0, 0, 10),
        7: (0, 0, 0, 0, 10),
        6: (1, 20_000, 0, 0, 10),
        5: (0, 0, 0, 2, 8),
        4: (0, 0, 0, 0, 8),
        3: (0, 0, 10_000, -1, 9),
        2: (0, 0, 0, 0, 9),
        1: (1, 30_000, 30_000, 0, 9),
    }
    copies = ShopDay.objects.filter(merchant_id=MERCHANTS["a"], day__gte=today() - timedelta(days=9)).order_by("day")
    assert [(one.day, one.orders, one.sales_minor, one.refunds_minor, one.sold, one.stock) for one in copies] == [
        (row.day, row.orders, row.sales_minor, row.refunds_minor, row.sold, row.stock) for n, row in sorted(days.items(), reverse=True) if n <= 9
    ]


def test_a_day_ends_at_midnight_of_the_market():
    with days_ago(4):
        product = make.a_product(price="100", stock=10)
    with days_ago(3, hour=23):
        late = make.a_placed_group(("a", product, 1))
    with days_ago(2, hour=0):
        make.pay(late)
    days = counted()
    assert (days[3].orders, days[2].orders) == (0, 1)


def test_the_sum_of_the_days_is_the_whole_whatever_happened():
    chance = Random(7)
    with days_ago(20):
        products = [make.a_product(price=str(price), stock=40, title=f"P{price}") for price in (30, 70)]
    for n in range(19, 0, -1):
        with days_ago(n, hour=chance.randrange(1, 23)):
            what = chance.choice(["nothing", "sell", "sell", "count"])
            if what == "sell":
                group = make.a_completed_group(("a", chance.choice(products), chance.randrange(1, 4)))
                if chance.random() < 0.4:
                    make.returned(make.order_of(group), 1)
            if what == "count":
                with merchant_schema(MERCHANTS["a"]):
                    count_stock(by=SYSTEM, counted={make.variant_of(chance.choice(products)): chance.randrange(20, 60)})
    days = [row for n, row in sorted(counted().items(), reverse=True)]
    with merchant_schema(MERCHANTS["a"]):
        orders = list(Order.objects.filter(paid_at__isnull=False))
        on_hand = sum(StockLevel.objects.values_list("on_hand", flat=True))
    assert sum(row.orders for row in days) == len(orders) > 3
    assert sum(row.sales_minor for row in days) == sum(order.total_minor for order in orders)
    assert sum(row.refunds_minor for row in days) == sum(order.refunded_minor for order in orders) > 0
    assert days[-1].stock == on_hand


def test_counting_again_changes_nothing_and_only_looks_at_the_last_days():
    with days_ago(30):
        product = make.a_product(price="100", stock=10)
    with days_ago(20):
        make.pay(make.a_placed_group(("a", product, 2)))
    first = {n: (row.pk, row.sales_minor, row.stock) for n, row in counted().items()}
    again = {n: (row.pk, row.sales_minor, row.stock) for n, row in counted().items()}
    assert again == first
    with merchant_schema(MERCHANTS["a"]), days_ago(0):
        assert count_days.count_days(by=SYSTEM) == count_days.AGAIN_DAYS


def test_what_was_written_late_is_counted_within_some_days_and_older_only_anew():
    with days_ago(30):
        product = make.a_product(price="100", stock=10)
    counted()
    with days_ago(2):
        make.pay(make.a_placed_group(("a", product, 1)))
    with days_ago(10):
        make.pay(make.a_placed_group(("a", product, 1)))
    days = counted(anew=False)
    assert (days[2].orders, days[10].orders) == (1, 0)
    assert counted()[10].orders == 1


def test_a_day_is_counted_only_when_it_has_been_over_for_a_while():
    with days_ago(3):
        make.a_product()
    with days_ago(0, hour=0) as midnight, merchant_schema(MERCHANTS["a"]):
        count_days.count_days(by=SYSTEM, anew=True)
        assert DayCount.objects.order_by("-day").values_list("day", flat=True).first() != midnight.date() - timedelta(days=1)
    assert 1 in counted()


def test_each_shop_is_counted_once_a_day_by_a_worker():
    make.commission()
    with days_ago(0):
        count_days.ask_for_counts()
        deliver_events()
        assert set(ShopDay.objects.filter(day=today() - timedelta(days=1)).values_list("merchant_id", flat=True)) >= set(MERCHANTS.values())
        before = ShopDay.objects.count()
        count_days.ask_for_counts()
        assert deliver_events() == 0
        assert ShopDay.objects.count() == before
        assert last_day_counted() == today() - timedelta(days=1)
        assert shops_not_counted(last_day_counted()) == 0
        ShopDay.objects.filter(merchant_id=MERCHANTS["b"], day=last_day_counted()).delete()
        assert shops_not_counted(last_day_counted()) == 1


def test_a_shop_counts_nothing_of_another():
    with days_ago(5):
        product = make.a_product("b", price="100", stock=10)
    with days_ago(4):
        make.pay(make.a_placed_group(("b", product, 1)))
    assert all(row.sales_minor == 0 and row.orders == 0 for row in counted("a").values())
    assert counted("b")[4].sales_minor == 10_000


def test_counting_asks_as_many_questions_for_a_year_as_for_a_week():
    with days_ago(300):
        make.a_product()
    with merchant_schema(MERCHANTS["a"]), days_ago(0):
        with CaptureQueriesContext(connection) as year:
            assert count_days.count_days(by=SYSTEM, anew=True) > 290
        with CaptureQueriesContext(connection) as few:
            count_days.count_days(by=SYSTEM)
    assert len(year) <= 14 and len(few) <= len(year)
