"""Price lists: who buys by which, what counts first, and that page, cart and placing agree to the cent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from marketplace.flows import price_lists as flow
from marketplace.flows.prices import plan_reduction
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.customers.actions import recount_customer
from marketplace.merchant.orders.models import OrderLine
from marketplace.merchant.pricing import lists
from marketplace.merchant.pricing.errors import GroupUnknown, PieceForEverybody, PiecesOnList, PriceListUnknown
from marketplace.merchant.pricing.models import LinePrice, Price, PriceList
from marketplace.merchant.pricing.periods import rates
from marketplace.platform.cart.actions import set_quantity
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.listings.models import Listing
from marketplace.platform.prices.models import OfferedListBuyer
from marketplace.platform.prices.resolving import Rate, offered, ordinary, unit_price
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A, HOUR = MERCHANTS["a"], timedelta(hours=1)


@pytest.fixture
def mug() -> Any:
    product = make.a_product("a", title="Mug", price="100", stock=500)
    product.variant_id = make.variant_of(product)
    return product


def a_list(name: str, *, tags: list[str] | None = None, starts: timedelta | None = None, lasts: timedelta | None = None) -> UUID:
    """A list for customers with these tags, or for everybody."""
    key, begins = uuid4(), None if starts is None else clock.now() + starts
    with merchant_schema(A):
        group = flow.save_group(by=SYSTEM, group_id=uuid4(), name=f"{name} group", tags=tags).pk if tags else None
        flow.save_list(
            by=SYSTEM, list_id=key, name=name, group_id=group, currency="CNY", starts_at=begins, ends_at=begins + lasts if begins and lasts else None
        )
    return key


def fill(key: UUID, product: Any, *steps: tuple[int, str | None]) -> None:
    prices = {(product.variant_id, n): make.yuan(price) if price else None for n, price in steps}
    with merchant_schema(A):
        flow.put_list_prices(by=SYSTEM, list_id=key, prices=prices)


def a_customer(*tags: str) -> User:
    """Somebody who has paid here, with these tags."""
    buyer = make.a_buyer()
    make.pay(make.a_placed_group(("a", make.a_product("a", title="First"), 1), buyer=buyer))
    with merchant_schema(A):
        flow.tag_customer(by=SYSTEM, customer_id=recount_customer(by=SYSTEM, buyer_id=buyer.pk).pk, tags=list(tags))
    return buyer


def agreed(product: Any, buyer: User | None, quantity: int = 1) -> str:
    """What a piece costs, by the public copies and by the merchant's own tables, which say the same."""
    user_id = buyer.pk if buyer else None
    copies = unit_price(offered([product.variant_id], user_id)[product.variant_id], quantity)
    with merchant_schema(A):
        own = unit_price(rates([product.variant_id], user_id)[product.variant_id], quantity)
    assert own is not None and (copies is None or copies.minor == own.minor)
    return str(own.sale.decimal)


def test_steps_for_everybody_are_shown_put_into_the_cart_and_paid(mug):
    key = a_list("Many")
    fill(key, mug, (10, "90"), (50, "80"))
    page = Client(headers={"host": "market.localhost", "accept-language": "en"}).get(f"/p/{mug.pk}/").content.decode()
    assert "From 10 pieces" in page and "CN¥80.00" in page
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, ("a", mug, 1))
    for quantity, total in ((9, "900"), (10, "900"), (50, "4000")):
        set_quantity(by=make.acting(buyer), cart=cart, line_id=cart.lines.get().pk, quantity=quantity)
        assert view_cart(cart, "CNY").goods == make.yuan(total)
    group = make.place(buyer, cart)
    with merchant_schema(A):
        line = OrderLine.objects.get(order__group_id=group.pk)
        made = LinePrice.objects.get(order_line_id=line.pk)
    assert line.unit_minor == 8000
    assert (made.price_list_id, made.name, made.from_quantity, made.ordinary_minor) == (key, "Many", 50, 10000)


def test_a_group_pays_its_price_and_nobody_else_sees_it(mug):
    key = a_list("Trade", tags=["wholesale"])
    fill(key, mug, (1, "70"))
    member, other = a_customer("wholesale", "nice"), a_customer("nice")
    assert [agreed(mug, who) for who in (member, other, None)] == ["70.00", "100.00", "100.00"]
    client = Client(headers={"host": "market.localhost", "accept-language": "en"})
    assert "70.00" not in client.get(f"/p/{mug.pk}/").content.decode()
    client.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get(f"/p/{mug.pk}/").content.decode()
    assert "70.00" in page and "Your price in this shop" in page
    assert Listing.objects.get(pk=mug.pk).price_minor == 10000


def test_who_loses_the_tag_pays_what_everybody_pays_from_that_moment_on(mug):
    fill(a_list("Trade", tags=["wholesale"]), mug, (1, "70"))
    member = a_customer("wholesale")
    cart = make.a_cart(member, ("a", mug, 1))
    assert view_cart(cart, "CNY").goods == make.yuan("70")
    with merchant_schema(A):
        flow.tag_customer(by=SYSTEM, customer_id=recount_customer(by=SYSTEM, buyer_id=member.pk).pk, tags=[])
    assert view_cart(cart, "CNY").goods == make.yuan("100") and not OfferedListBuyer.objects.exists()


def test_the_first_list_in_the_shops_order_counts_not_the_cheapest(mug):
    first, second = a_list("First", tags=["wholesale"]), a_list("Second", tags=["gold"])
    fill(first, mug, (1, "90"))
    fill(second, mug, (1, "70"))
    both = a_customer("wholesale", "gold")
    assert agreed(mug, both) == "90.00"
    with merchant_schema(A):
        flow.move_list(by=SYSTEM, list_id=second)
    assert agreed(mug, both) == "70.00"
    with merchant_schema(A):
        flow.switch_list(by=SYSTEM, list_id=second, is_on=False)
    assert agreed(mug, both) == "90.00"


def test_nobody_pays_more_than_everybody(mug):
    fill(a_list("Trade", tags=["wholesale"]), mug, (1, "90"))
    member = a_customer("wholesale")
    with merchant_schema(A):
        plan_reduction(by=SYSTEM, reduction_id=uuid4(), name="x", starts_at=clock.now(), ends_at=None, prices={mug.variant_id: make.yuan("60")})
    assert agreed(mug, member) == "60.00"


def test_a_list_holds_in_its_time_and_the_time_can_be_moved(mug):
    key = a_list("Week", starts=HOUR, lasts=2 * HOUR)
    fill(key, mug, (2, "80"))
    found = []
    for at in (timedelta(minutes=1), HOUR + timedelta(minutes=1), 3 * HOUR + timedelta(minutes=1)):
        with clock.shifted(at):
            found.append(agreed(mug, None, 2))
    assert found == ["100.00", "80.00", "100.00"]
    with merchant_schema(A):
        flow.save_list(by=SYSTEM, list_id=key, name="Week", group_id=None, currency="CNY", starts_at=None, ends_at=None)
    assert agreed(mug, None, 2) == "80.00"


def test_an_entry_is_changed_and_taken_off_and_its_past_is_kept(mug):
    key = a_list("Many")
    fill(key, mug, (2, "90"), (10, "80"))
    with clock.shifted(HOUR):
        fill(key, mug, (2, "85"), (10, None))
        assert agreed(mug, None, 10) == "85.00"
        with merchant_schema(A):
            assert Price.objects.filter(price_list=key).count() == 3


def test_what_is_taken_off_a_list_whose_time_is_over_does_not_come_back_with_a_later_end(mug):
    cup = make.a_product("a", title="Cup", price="100")
    cup.variant_id = make.variant_of(cup)
    key = a_list("Autumn", starts=-48 * HOUR, lasts=24 * HOUR)
    with clock.shifted(-36 * HOUR):
        for product in (mug, cup):
            fill(key, product, (5, "80"))
    fill(key, mug, (5, None))
    with merchant_schema(A):
        assert [entry.variant_id for entry in lists.entries_of(PriceList.objects.get())] == [cup.variant_id]
    with merchant_schema(A):
        flow.save_list(by=SYSTEM, list_id=key, name="Autumn", group_id=None, currency="CNY", starts_at=clock.now() - 48 * HOUR, ends_at=clock.now() + 24 * HOUR)
    assert (agreed(mug, None, 5), agreed(cup, None, 5)) == ("100.00", "80.00")


@pytest.mark.parametrize(
    ("steps", "field"), [([(0, "90")], "quantity"), ([(1000, "90")], "quantity"), ([(1, "0")], "price"), ([(2, "80"), (10, "90")], "price")]
)
def test_what_makes_no_sense_on_a_list_is_refused_and_changes_nothing(mug, steps, field):
    key = a_list("Many")
    with pytest.raises(InvalidInput) as refused:
        fill(key, mug, *steps)
    assert refused.value.field == field
    with merchant_schema(A):
        assert not Price.objects.filter(price_list=key).exists()


def test_another_currency_or_place_is_refused_and_what_is_not_there_too(mug):
    about = {"by": SYSTEM, "list_id": uuid4(), "name": "x", "market_currency": "CNY"}
    with merchant_schema(A):
        for more, field in (({"currency": "EUR"}, "currency"), ({"currency": "CNY", "channel": "elsewhere"}, "channel")):
            with pytest.raises(InvalidInput) as refused:
                lists.save_list(group_id=None, **about, **more)
            assert refused.value.field == field
        with pytest.raises(GroupUnknown):
            lists.save_list(group_id=uuid4(), currency="CNY", **about)
        assert not PriceList.objects.exists()
    key = a_list("Many")
    with merchant_schema(MERCHANTS["b"]), pytest.raises(PriceListUnknown):
        flow.switch_list(by=SYSTEM, list_id=key, is_on=False)


# ── One piece for everybody ─────────────────────────────────────────────────────────────────────────────────────────


def save_again(key: UUID, *, group_id: UUID | None = None, lasts: timedelta | None = None, name: str = "Again") -> None:
    ends_at = clock.now() + lasts if lasts else None
    with merchant_schema(A):
        flow.save_list(by=SYSTEM, list_id=key, name=name, group_id=group_id, currency="CNY", starts_at=None, ends_at=ends_at)


def from_before(product: Any, price: str) -> UUID:
    """A list for everybody with a price of one piece, as it could be made once."""
    key = a_list("Old", tags=["wholesale"])
    fill(key, product, (1, price))
    with merchant_schema(A):
        PriceList.objects.filter(pk=key).update(group=None, for_everybody=True)
        flow.fit_lists(by=SYSTEM)
    return key


def test_what_one_piece_costs_everybody_is_no_matter_of_lists_because_no_history_of_it_is_kept(mug):
    key = a_list("Many")
    with pytest.raises(PieceForEverybody) as refused:
        fill(key, mug, (1, "70"), (10, "60"))
    assert refused.value.field == "quantity"
    assert agreed(mug, None, 10) == "100.00"
    fill(key, mug, (2, "70"))
    assert (agreed(mug, None), agreed(mug, None, 2)) == ("100.00", "70.00")


def test_a_list_with_prices_of_one_piece_is_not_opened_to_everybody_and_is_once_they_are_off(mug):
    key = a_list("Trade", tags=["wholesale"])
    fill(key, mug, (1, "70"), (5, "60"))
    with pytest.raises(PiecesOnList) as refused:
        save_again(key)
    with merchant_schema(A):
        sku = mug.variants.get().sku
        assert PriceList.objects.get(pk=key).name == "Trade"
    assert refused.value.field == "group" and sku in str(refused.value)
    assert agreed(mug, None, 5) == "100.00"
    fill(key, mug, (1, None))
    save_again(key)
    assert (agreed(mug, None), agreed(mug, None, 5)) == ("100.00", "60.00")


def test_a_list_for_everybody_from_before_goes_on_as_it_is_and_can_only_be_ended(mug):
    key = from_before(mug, "70")
    assert agreed(mug, None) == "70.00"
    page = " ".join(Client(headers={"host": "market.localhost", "accept-language": "en"}).get(f"/p/{mug.pk}/").content.decode().split())
    assert "70.00" in page and "Your price in this shop" not in page, "it is everybody's"
    save_again(key, name="Another name")
    fill(key, mug, (1, "70"), (10, "60"))
    save_again(key, lasts=2 * HOUR)  # an earlier end is what the rule wants
    for act in (lambda: fill(key, mug, (1, "65")), lambda: save_again(key, lasts=3 * HOUR)):
        with pytest.raises((PieceForEverybody, PiecesOnList)):
            act()
    with merchant_schema(A):
        flow.switch_list(by=SYSTEM, list_id=key, is_on=False)
    assert agreed(mug, None) == "100.00"
    with merchant_schema(A), pytest.raises(PiecesOnList):
        flow.switch_list(by=SYSTEM, list_id=key, is_on=True)
    fill(key, mug, (1, None))
    with merchant_schema(A):
        flow.switch_list(by=SYSTEM, list_id=key, is_on=True)
    assert (agreed(mug, None), agreed(mug, None, 10)) == ("100.00", "60.00")


def test_a_list_from_before_is_given_to_a_group_with_all_its_prices(mug):
    key = from_before(mug, "70")
    with merchant_schema(A):
        group = flow.save_group(by=SYSTEM, group_id=uuid4(), name="Friends", tags=["friends"]).pk
    save_again(key, group_id=group, lasts=HOUR)
    assert agreed(mug, None) == "100.00" and agreed(mug, a_customer("friends")) == "70.00"


# ── The function ─────────────────────────────────────────────────────────────────────────────────────────────────────

KEYS = [uuid4() for _n in range(3)]


@st.composite
def held(draw: st.DrawFn) -> list[Rate]:
    base = [Rate(KEYS[0], None, 0, 1, draw(st.integers(1, 20)), None, "CNY", False, None)]
    if draw(st.booleans()):
        base.append(Rate(KEYS[0], None, 0, 1, draw(st.integers(1, 20)), None, "CNY", True, None))
    for place, key in enumerate(KEYS, start=1):
        for quantity in draw(st.sets(st.integers(1, 5), max_size=3)):
            base.append(Rate(KEYS[0], key, place, quantity, draw(st.integers(1, 20)), None, "CNY", False, None))
    return draw(st.permutations(base))


@hypothesis_settings(deadline=None)
@given(held(), st.integers(1, 6))
def test_the_order_of_rows_does_not_matter_and_nobody_pays_more_than_everybody(rates, quantity):
    price, shown = unit_price(rates, quantity), ordinary(rates)
    assert price is not None and shown is not None and price.minor <= shown.minor
    assert unit_price(sorted(rates, key=lambda one: (one.minor, one.position, one.from_quantity)), quantity).minor == price.minor
    for place in (1, 2, 3):  # by the words of the rule
        steps = [one for one in rates if one.position == place and one.from_quantity <= quantity]
        if steps:
            counts = max(steps, key=lambda one: one.from_quantity)
            assert price.minor == min(counts.minor, shown.minor)
            return
    assert price.minor == shown.minor
