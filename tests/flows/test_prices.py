"""Prices that change by themselves: planned, reduced, called off; paid from the very moment on, and told truly."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from marketplace.flows import prices as flow
from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import due_at, fire_due
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.orders.models import OrderLine
from marketplace.merchant.pricing.actions import set_prices
from marketplace.merchant.pricing.errors import NoReduction, PlanUnknown, ReductionOver, ReductionUnknown
from marketplace.merchant.pricing.models import LinePrice, Price, Reduction
from marketplace.merchant.pricing.periods import rates
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.errors import CartChanged
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.prices.models import OfferedPrice
from marketplace.platform.prices.resolving import unit_price
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def reduce(product: Any, to: str = "80", starts: timedelta = HOUR, lasts: timedelta | None = 24 * HOUR, name: str = "Spring") -> Reduction:
    start = clock.now() + starts
    with merchant_schema(A):
        return flow.plan_reduction(
            by=SYSTEM,
            reduction_id=uuid4(),
            name=name,
            starts_at=start,
            ends_at=start + lasts if lasts else None,
            prices={product.variant_id: make.yuan(to)},
        )


def paid_for(product: Any) -> str:
    """What the merchant's own tables say that everybody pays now."""
    with merchant_schema(A):
        price = unit_price(rates([product.variant_id])[product.variant_id])
    assert price is not None
    return str(price.sale.decimal)


def page_of(product: Any, language: str = "en", **cookies: str) -> str:
    client = Client(headers={"host": "market.localhost", "accept-language": language})
    response = client.get(f"/p/{product.pk}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def follow() -> None:
    fire_due()
    deliver_events()


# ── The moment ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_after_its_start_the_new_price_is_shown_and_paid_though_no_worker_has_come(mug):
    reduction = reduce(mug)
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, ("a", mug, 2))
    before = view_cart(cart, "CNY").goods
    with clock.shifted(HOUR + SECOND):
        assert ListingVariant.objects.get(pk=mug.variant_id).price_minor == 10000  # the copy has not followed
        cart_now = view_cart(cart, "CNY")
        assert (str(before.decimal), str(cart_now.goods.decimal)) == ("200.00", "160.00")
        assert "80.00" in page_of(mug)
        with pytest.raises(CartChanged):
            make.place(buyer, cart, total=before)
        group = make.place(buyer, cart)
        with merchant_schema(A):
            line = OrderLine.objects.get(order__group_id=group.pk)
            made = LinePrice.objects.get(order_line_id=line.pk)
        assert line.unit_minor == 8000 and (made.reduction_id, made.ordinary_minor) == (reduction.pk, 10000)


def test_a_second_after_its_end_the_old_price_is_back(mug):
    reduce(mug)
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, ("a", mug, 1))
    with clock.shifted(HOUR + SECOND):
        follow()
        assert ListingVariant.objects.get(pk=mug.variant_id).price_minor == 8000
    with clock.shifted(25 * HOUR + SECOND):
        assert view_cart(cart, "CNY").goods == make.yuan("100") and paid_for(mug) == "100.00"
        assert "80.00" not in page_of(mug)


def test_listing_and_its_copies_follow_by_the_deadline(mug):
    reduce(mug)
    assert due_at(kind="prices.change", subject_id=A) is not None
    with clock.shifted(HOUR + SECOND):
        follow()
        assert Listing.objects.get(pk=mug.pk).price_minor == 8000
    with clock.shifted(25 * HOUR + SECOND):
        follow()
        assert Listing.objects.get(pk=mug.pk).price_minor == 10000
        assert not OfferedPrice.objects.exists() and due_at(kind="prices.change", subject_id=A) is None


def test_a_change_of_the_regular_price_is_planned_and_called_off(mug):
    def plan(price: str, starts: timedelta) -> None:
        with merchant_schema(A):
            flow.schedule_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan(price), None)}, starts_at=clock.now() + starts)

    plan("120", HOUR)
    plan("130", 2 * HOUR)
    with clock.shifted(HOUR + SECOND):
        assert paid_for(mug) == "120.00"
        with merchant_schema(A), pytest.raises(PlanUnknown):  # it has begun
            flow.unschedule_prices(by=SYSTEM, price_ids=[Price.objects.get(sale_minor=12000).pk])
    with merchant_schema(A):
        flow.unschedule_prices(by=SYSTEM, price_ids=[Price.objects.get(sale_minor=12000).pk])
        assert list(Price.objects.order_by("starts_at").values_list("sale_minor", flat=True)) == [10000, 13000]
        set_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan("110"), None)})
    assert paid_for(mug) == "110.00"
    with clock.shifted(2 * HOUR + SECOND):
        assert paid_for(mug) == "130.00"


def test_two_plans_of_one_variant_that_are_called_off_together_leave_no_gap(mug):
    for price, starts in (("120", HOUR), ("130", 3 * HOUR)):
        with merchant_schema(A):
            flow.schedule_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan(price), None)}, starts_at=clock.now() + starts)
    with merchant_schema(A):
        flow.unschedule_prices(by=SYSTEM, price_ids=Price.objects.filter(sale_minor__in=(12000, 13000)).values_list("pk", flat=True))
        (left,) = Price.objects.filter(variant_id=mug.variant_id)
    assert (left.sale_minor, left.ends_at) == (10000, None)
    with clock.shifted(2 * HOUR):
        assert paid_for(mug) == "100.00"


def test_reductions_that_hold_at_once_give_the_lowest_price_and_calling_one_off_brings_the_other_back(mug):
    reduce(mug, "90", lasts=None, name="Season")
    flash = reduce(mug, "70", starts=2 * HOUR, lasts=HOUR, name="Flash")
    for at, price in ((HOUR, "90.00"), (2 * HOUR, "70.00"), (3 * HOUR, "90.00")):
        with clock.shifted(at + SECOND):
            assert paid_for(mug) == price
    with clock.shifted(2 * HOUR + SECOND), merchant_schema(A):
        flow.stop_reduction(by=SYSTEM, reduction_id=flash.pk)
    with clock.shifted(2 * HOUR + 2 * SECOND):
        assert paid_for(mug) == "90.00"
        with merchant_schema(A):
            flow.resume_reduction(by=SYSTEM, reduction_id=flash.pk)
    with clock.shifted(2 * HOUR + 3 * SECOND):
        assert paid_for(mug) == "70.00"


def test_a_planned_reduction_is_moved_repriced_and_called_off(mug):
    row = reduce(mug)
    later = clock.now() + 5 * HOUR
    with merchant_schema(A):
        flow.change_reduction(by=SYSTEM, reduction_id=row.pk, name="Later", starts_at=later, ends_at=later + HOUR, prices={mug.variant_id: make.yuan("75")})
    for at, price in ((2 * HOUR, "100.00"), (5 * HOUR, "75.00"), (6 * HOUR, "100.00")):
        with clock.shifted(at + SECOND):
            assert paid_for(mug) == price
    with merchant_schema(A):
        flow.stop_reduction(by=SYSTEM, reduction_id=row.pk)
        flow.stop_reduction(by=SYSTEM, reduction_id=row.pk)
        assert not Price.objects.filter(is_reduction=True).exists()
        with pytest.raises(ReductionOver):
            flow.change_reduction(by=SYSTEM, reduction_id=row.pk, name="x", starts_at=later, ends_at=None)
    with clock.shifted(5 * HOUR + SECOND):
        assert paid_for(mug) == "100.00"


def test_the_same_form_plans_once(mug):
    start, key = clock.now() + HOUR, uuid4()
    for _time in range(2):
        with merchant_schema(A):
            flow.plan_reduction(by=SYSTEM, reduction_id=key, name="x", starts_at=start, ends_at=None, prices={mug.variant_id: make.yuan("80")})
    with merchant_schema(A):
        assert Reduction.objects.count() == Price.objects.filter(is_reduction=True).count() == 1


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"prices": "100"}, NoReduction, "price"),
        ({"prices": "0"}, InvalidInput, "price"),
        ({"name": " "}, InvalidInput, "name"),
        ({"ends_at": -HOUR}, InvalidInput, "ends_at"),
        ({"prices": None}, InvalidInput, "prices"),
    ],
)
def test_what_is_no_reduction_is_refused_and_changes_nothing(mug, change, refusal, field):
    start = clock.now() + HOUR
    said: dict[str, Any] = {"name": "x", "ends_at": HOUR, "prices": "80", **change}
    prices = {mug.variant_id: make.yuan(said["prices"])} if said["prices"] else {}
    with merchant_schema(A), pytest.raises(refusal) as found:
        flow.plan_reduction(by=SYSTEM, reduction_id=uuid4(), name=said["name"], starts_at=start, ends_at=start + said["ends_at"], prices=prices)
    assert found.value.field == field
    with merchant_schema(A):
        assert not Reduction.objects.exists() and Price.objects.count() == 1


def test_a_regular_price_below_the_reduction_is_what_is_paid_and_nothing_is_announced(mug):
    reduce(mug, "80")
    with clock.shifted(2 * HOUR):
        with merchant_schema(A):
            flow.set_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan("70"), None)})
        assert paid_for(mug) == "70.00" and "before the reduction" not in page_of(mug)


def test_a_reduction_of_another_shop_is_not_there(mug):
    row = reduce(mug)
    with merchant_schema(MERCHANTS["b"]), pytest.raises(ReductionUnknown):
        flow.stop_reduction(by=SYSTEM, reduction_id=row.pk)


# ── What stands beside it ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Lowest price in the 30 days before the reduction: CN¥100.00."), ("zh-hans", "降价前 30 天最低价：¥100.00。")]
)
def test_the_lowest_price_of_the_thirty_days_before_stands_beside_a_reduced_one(mug, language, words):
    reduce(mug)
    with clock.shifted(2 * HOUR):
        assert words in page_of(mug, language)


def test_a_price_that_was_lower_a_fortnight_ago_is_called_no_reduction(mug):
    with clock.shifted(-timedelta(days=20)), merchant_schema(A):
        flow.set_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan("80"), None)})
    with clock.shifted(-timedelta(days=10)), merchant_schema(A):
        flow.set_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan("100"), None)})
    reduce(mug, "90")
    with clock.shifted(2 * HOUR):
        assert OfferedPrice.objects.get(is_reduction=True).lowest_minor == 8000
        page = page_of(mug)
        assert "90.00" in page and "before the reduction" not in page and "off</span>" not in page


BESIDE = "Lowest price in the 30 days before the reduction: CN¥{}"


def test_a_reduction_that_goes_deeper_keeps_the_price_from_before_its_first_step(mug):
    """Progressive: announced once, so every step stands beside the price before the first."""
    begins = [clock.now() + n * HOUR for n in range(1, 5)]
    with merchant_schema(A):
        for n, price in enumerate(("90", "80", "70")):
            prices = {mug.variant_id: make.yuan(price)}
            flow.plan_reduction(by=SYSTEM, reduction_id=uuid4(), name=f"Step {n}", starts_at=begins[n], ends_at=begins[n + 1], prices=prices)
    for n, price in enumerate(("90.00", "80.00", "70.00")):
        with clock.shifted((n + 1.5) * HOUR):
            page = page_of(mug)
            assert price in page and BESIDE.format("100.00") in page, price
    with clock.shifted(4.5 * HOUR):
        assert "before the reduction" not in page_of(mug)


def test_of_stacked_reductions_the_deeper_one_keeps_the_anchor_and_what_comes_back_is_called_none(mug):
    reduce(mug, "90", lasts=5 * HOUR, name="Season")
    reduce(mug, "70", starts=2 * HOUR, lasts=HOUR, name="Flash")
    for at, price, beside in ((1.5, "90.00", "100.00"), (2.5, "70.00", "100.00"), (4, "90.00", None)):
        with clock.shifted(at * HOUR):
            page = page_of(mug)
            assert price in page, at
            assert BESIDE.format(beside) in page if beside else "before the reduction" not in page, at


def test_a_sale_after_a_pause_stands_beside_the_sale_before_it(mug):
    reduce(mug, "70", lasts=24 * HOUR, name="First")
    reduce(mug, "60", starts=49 * HOUR, lasts=24 * HOUR, name="Second")
    with clock.shifted(50 * HOUR):
        page = page_of(mug)
        assert "60.00" in page and BESIDE.format("70.00") in page


def test_of_what_is_new_the_page_says_since_when(mug):
    product = make.a_product("a", title="New", price="100")
    product.variant_id = make.variant_of(product)
    with clock.shifted(timedelta(days=3)):
        reduce(product, "80")
    with clock.shifted(timedelta(days=3, hours=2)):
        assert "Lowest price before the reduction: CN¥100.00 (on sale since" in page_of(product)


def test_what_is_reduced_from_its_first_moment_is_called_no_reduction(mug):
    product = make.a_product("a", title="New", price="100")
    product.variant_id = make.variant_of(product)
    reduce(product, "80", starts=-HOUR)  # at once
    with clock.shifted(HOUR):
        page = page_of(product)
        assert "80.00" in page and "before the reduction" not in page


def test_prices_of_a_time_off_sale_count_for_nothing(mug):
    with clock.shifted(-timedelta(days=35)), merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=mug.pk)
        flow.set_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan("50"), None)})
    with clock.shifted(-timedelta(days=10)), merchant_schema(A):
        flow.set_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan("100"), None)})
        put_on_sale(by=SYSTEM, product_id=mug.pk)
    reduce(mug, "80")
    with clock.shifted(2 * HOUR):
        copy = OfferedPrice.objects.get(is_reduction=True)
        assert copy.lowest_minor == 10000 and copy.lowest_since is not None
        assert clock.now() - copy.lowest_since < timedelta(days=11)


def test_the_market_price_is_shown_to_nobody_as_an_earlier_price():
    product = make.a_product("a", title="Vase", price="100", market_price="299")
    assert "299.00" not in page_of(product)


# ── The database holds it ────────────────────────────────────────────────────────────────────────────────────────────


def test_two_prices_of_one_moment_cannot_be_written(mug):
    with merchant_schema(A):
        held = Price.objects.get()
        with pytest.raises(IntegrityError, match="prices_do_not_overlap"), transaction.atomic():
            Price.objects.create(variant_id=held.variant_id, currency="CNY", sale_minor=1, starts_at=held.starts_at + HOUR)
        Price.objects.create(variant_id=held.variant_id, currency="CNY", sale_minor=1, starts_at=held.starts_at, is_reduction=True, ends_at=clock.now())
        with connection.cursor() as cursor:  # the control: without the constraint it can
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE merchant_pricing_price DROP CONSTRAINT prices_do_not_overlap")
        Price.objects.create(variant_id=held.variant_id, currency="CNY", sale_minor=1, starts_at=held.starts_at + HOUR)


def test_after_any_changes_there_is_one_price_at_every_moment(mug):
    """Forty random changes by a seed; then every hour has the price that a list of what was said gives."""
    from random import Random

    chance, said = Random(20261126), [(0.0, 100)]
    begun = clock.now()
    reductions: list[tuple[UUID, datetime, datetime, int]] = []
    for n in range(40):
        with clock.shifted(n * HOUR), merchant_schema(A):
            now, choice = clock.now(), chance.random()
            if choice < 0.35:
                said.append((n, price := chance.randint(60, 140)))
                flow.set_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan(str(price)), None)})
            elif choice < 0.85:
                starts = now + chance.randint(0, 10) * HOUR
                row = (uuid4(), starts, starts + chance.randint(1, 20) * HOUR, chance.randint(20, 59))
                flow.plan_reduction(by=SYSTEM, reduction_id=row[0], name="x", starts_at=row[1], ends_at=row[2], prices={mug.variant_id: make.yuan(str(row[3]))})
                reductions.append(row)
            elif reductions and (found := chance.choice(reductions))[2] > now:
                flow.stop_reduction(by=SYSTEM, reduction_id=found[0])
                reductions.remove(found)
                if found[1] < now:
                    reductions.append((found[0], found[1], now, found[3]))
    for n in range(70):
        at = begun + (n + 0.5) * HOUR
        regular = [price for since, price in said if since <= n + 0.5][-1]
        running = [price for _key, starts, ends, price in reductions if starts <= at < ends]
        with merchant_schema(A):
            price = unit_price(rates([mug.variant_id], at=at)[mug.variant_id])
        assert price is not None and price.minor == 100 * min([regular, *running]), n
