"""A bundle is sold as one thing, from the stock of its parts, and its money is exact to the last piece."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.flows.bundle_lines import share_price
from marketplace.flows.bundles import make_bundle, parts_seen, stopped_bundles
from marketplace.flows.cancel_order import cancel_pieces
from marketplace.flows.publish_product import publish_product, put_on_sale, take_product_off_sale
from marketplace.flows.review_product import submit_product
from marketplace.flows.sale_conditions import set_conditions
from marketplace.flows.ship_order import ship_order
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.bundles.actions import put_parts
from marketplace.merchant.bundles.errors import BundleFixed
from marketplace.merchant.bundles.models import BundlePart, OrderedBundle
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.errors import BundleHasNoStock, OutOfStock
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.inventory.queries import available_of, free_of_products
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.platform.bundles.queries import sold_parts
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.ledger.models import JournalEntry
from marketplace.platform.listings.models import Listing, ListingVariant, ProductChange
from marketplace.platform.notices.models import Notice
from marketplace.platform.payments.models import Refund
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.bundles import a_bundle

A = MERCHANTS["a"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def stock_of(product: Product) -> tuple[int, int, int]:
    with merchant_schema(A):
        level = StockLevel.objects.get(variant__product=product)
        return level.on_hand, level.reserved, level.allocated


def left_of(bundle: Product) -> int:
    variant = make.variant_of(bundle)
    with merchant_schema(A):
        free = free_of_products([bundle.pk])[variant]
    if free:  # where a part is not sold, only the public copy says so
        assert free == available_of(A, variant)
    return free


@pytest.fixture
def tea():
    """A pot, four cups and a tray for 150 instead of 100 + 4 × 20 + 9.99."""
    pot, cup, tray = (
        make.a_product(title="Pot", price="100", stock=5),
        make.a_product(title="Cup", price="20", stock=18),
        make.a_product(title="Tray", price="9.99"),
    )
    return pot, cup, tray, a_bundle((pot, 1), (cup, 4), (tray, 1))


# ── Stock ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_as_many_are_there_as_the_scarcest_part_allows_and_buying_holds_the_parts(tea):
    pot, cup, tray, bundle = tea
    assert left_of(bundle) == 4  # 18 cups, 4 each
    make.a_placed_group(("a", bundle, 2), ("a", cup, 1))
    assert (stock_of(pot), stock_of(cup), stock_of(tray)) == ((5, 2, 0), (18, 9, 0), (10, 2, 0))
    assert left_of(bundle) == 2
    with merchant_schema(A):
        assert not StockLevel.objects.filter(variant__product=bundle).exists()


def test_more_than_the_parts_allow_is_refused_and_holds_nothing(tea):
    pot, cup, _tray, bundle = tea
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, ("a", bundle, 4), ("a", cup, 3))  # 16 + 3 cups of 18
    with pytest.raises(OutOfStock, match="Cup"):
        make.place(buyer, cart)
    assert (stock_of(pot), stock_of(cup)) == ((5, 0, 0), (18, 0, 0))


def test_a_part_that_runs_out_or_comes_back_is_seen_on_the_bundles_copy(tea):
    _pot, cup, _tray, bundle = tea
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(cup): 3})  # none is gone for a single buyer, one too few for a set
    deliver_events()
    assert not ListingVariant.objects.get(listing=bundle.pk).in_stock and ListingVariant.objects.get(listing=cup.pk).in_stock
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(cup): 4})
    deliver_events()
    assert ListingVariant.objects.get(listing=bundle.pk).in_stock


def test_while_a_part_is_off_sale_the_bundle_is_not_sold_and_the_shop_reads_why(tea):
    _pot, cup, _tray, bundle = tea
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, ("a", bundle, 1))
    total = view_cart(cart, "CNY").total
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=cup.pk)
        assert [part.trouble for part in parts_seen(bundle)] == ["", "It is off sale.", ""]
    with pytest.raises(OutOfStock):  # at once, before any copy has followed
        make.place(buyer, cart, total=total)
    deliver_events()
    assert left_of(bundle) == 0 and not Listing.objects.get(pk=bundle.pk).in_stock
    with merchant_schema(A):
        put_on_sale(by=SYSTEM, product_id=cup.pk)
    deliver_events()
    assert left_of(bundle) == 4 and Listing.objects.get(pk=bundle.pk).in_stock


def test_a_bundle_has_no_stock_of_its_own(tea):
    with merchant_schema(A), pytest.raises(BundleHasNoStock):
        count_stock(by=SYSTEM, counted={make.variant_of(tea[3]): 5})
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(tea[3]): 0})
        assert not StockLevel.objects.filter(variant__product=tea[3]).exists()


# ── What is in it ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bundle_is_in_no_bundle_and_nothing_in_a_bundle_becomes_one(tea):
    pot, _cup, tray, bundle = tea
    with pytest.raises(InvalidInput, match="bundle itself"):
        a_bundle((bundle, 1), (tray, 1))
    with merchant_schema(A):
        Product.objects.filter(pk=pot.pk).update(status="draft", review="none")
        with pytest.raises(InvalidInput, match="cannot be one"):
            put_parts(by=SYSTEM, product_id=pot.pk, parts=[(make.variant_of(tray), 2)])


@pytest.mark.parametrize(("pieces", "why"), [([], "1 to 20"), ([1], "two pieces"), ([100], "1 to 99"), ([0, 2], "1 to 99")])
def test_too_little_or_too_much_is_refused(pieces, why):
    with pytest.raises(InvalidInput, match=why):
        a_bundle(*[(make.a_product(title=f"P{n}"), n) for n in pieces])


def test_it_can_change_until_it_is_submitted_and_is_reviewed_with_what_is_in_it(tea):
    _pot, cup, tray, _bundle = tea
    draft = a_bundle((cup, 2), title="Two", on_sale=False)
    with merchant_schema(A):
        put_parts(by=SYSTEM, product_id=draft.pk, parts=[(make.variant_of(cup), 3), (make.variant_of(tray), 1)])
        submit_product(by=SYSTEM, product_id=draft.pk)
        with pytest.raises(BundleFixed):
            put_parts(by=SYSTEM, product_id=draft.pk, parts=[(make.variant_of(cup), 2)])
        proposed = ProductChange.objects.get(product_id=draft.pk).proposed
        assert [(part["titles"]["en"], part["quantity"]) for part in proposed["parts"]] == [("Cup", 3), ("Tray", 1)]
        assert not sold_parts([draft.pk])
        publish_product(by=SYSTEM, product_id=draft.pk)
    assert [(part.product_id, part.quantity) for part in sold_parts([draft.pk])[draft.pk]] == [(cup.pk, 3), (tray.pk, 1)]


def test_the_same_form_sent_twice_makes_one(tea):
    key, parts = new_id(), [(make.variant_of(tea[1]), 2)]
    with merchant_schema(A):
        made = [make_bundle(by=SYSTEM, product_id=key, titles={"en": "Pair"}, sku="PAIR", price=make.yuan("30"), parts=parts) for _n in range(2)]
        assert made[0].pk == made[1].pk and BundlePart.objects.filter(bundle=key).count() == 1


# ── Money ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a busy machine, not of the test
@given(price=st.integers(0, 10**9), parts=st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 99)), min_size=1, max_size=20))
def test_shares_add_up_to_the_price_and_each_piece_is_within_one_unit_of_its_own(price, parts):
    shares = share_price(price, parts)
    assert sum(share.unit_minor * share.pieces for share in shares) == price
    whole = sum(weight * pieces for weight, pieces in parts)
    for n, (weight, pieces) in enumerate(parts):
        mine = [share for share in shares if share.part == n]
        assert sum(share.pieces for share in mine) == pieces
        assert all(0 <= share.unit_minor - price * weight // whole <= 1 for share in mine)
    assert len(shares) <= len(parts) + 1


def test_an_order_has_a_line_for_each_piece_kind_and_they_cost_what_the_bundle_costs(tea):
    pot, cup, tray, bundle = tea
    group = make.a_placed_group(("a", bundle, 2))
    with merchant_schema(A):
        order = Order.objects.get(group_id=group.pk)
        lines = [(line.product_id, line.quantity, line.unit_minor) for line in order.lines.order_by("position")]
        kept = OrderedBundle.objects.get(order_id=order.pk)
    # 150 × 100 / 189.99 = 78.952, 150 × 20 / 189.99 = 15.790, 150 × 9.99 / 189.99 = 7.887: three units are left, the first of them the tray's
    assert sum(quantity * unit for _product, quantity, unit in lines) == 2 * 15000 == order.items_minor
    assert {product for product, _n, _unit in lines} == {pot.pk, cup.pk, tray.pk}
    assert (kept.quantity, kept.unit_minor, kept.total.minor) == (2, 15000, 30000)
    copy = make.order_of(group)
    assert {line["bundle"]["titles"]["en"] for line in copy.lines} == {"Tea set"} and group.total.minor == order.total_minor


def test_pieces_of_it_are_cancelled_shipped_and_returned_by_themselves_and_all_of_the_money_comes_back(tea):
    _pot, cup, _tray, bundle = tea
    group = make.pay(make.a_placed_group(("a", bundle, 1)))
    copy = make.order_of(group)
    ids = {(line["product_id"], line["unit_minor"]): UUID(line["id"]) for line in copy.lines}
    one_cup = next(key for (product, _unit), key in ids.items() if product == str(cup.pk))
    with merchant_schema(A):
        cancel_pieces(by=SYSTEM, number=copy.number, pieces={one_cup: 1}, reason="one is chipped")
        ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF11112222")
    deliver_events()
    assert stock_of(cup) == (15, 0, 0)
    make.receive(copy)
    for line in make.order_of(group).lines:
        left = line["shipped"]
        if left:
            fresh = make.order_of(group)
            fresh.lines = [line]
            make.returned(fresh, left, reason="damaged")
    deliver_events()
    with merchant_schema(A):
        order = Order.objects.get(group_id=group.pk)
        assert order.refunded_minor == order.total_minor and order.commission_returned_minor == order.commission_minor
        assert order.tax_returned_minor == order.tax_minor and order.payment_status == "refunded"
        assert all(line.cancelled + line.returned == line.quantity for line in OrderLine.objects.filter(order=order))
    assert sum(Refund.objects.filter(payment__group=group).values_list("amount_minor", flat=True)) == group.total.minor
    assert stock_of(cup) == (18, 0, 0)
    assert all(sum(side.amount_minor for side in entry.postings.all()) == 0 for entry in JournalEntry.objects.all())


def test_the_bundle_is_counted_as_sold_beside_its_parts(tea):
    _pot, cup, _tray, bundle = tea
    make.pay(make.a_placed_group(("a", bundle, 2)))
    deliver_events()
    assert (Listing.objects.get(pk=bundle.pk).sold, Listing.objects.get(pk=cup.pk).sold) == (2, 8)


def test_a_condition_of_sale_on_a_bundle_counts_the_sets_its_parts_allow(tea):
    _pot, cup, _tray, bundle = tea
    with merchant_schema(A):
        set_conditions(by=SYSTEM, product_ids=[bundle.pk], off_at=2, on_at=4, waits_for_stock=False)
    make.a_placed_group(("a", cup, 8))  # ten are left: two sets
    deliver_events()
    assert not Listing.objects.get(pk=bundle.pk).is_on_sale
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(cup): 40})
    deliver_events()
    assert Listing.objects.get(pk=bundle.pk).is_on_sale


# ── When it stops ────────────────────────────────────────────────────────────────────────────────────────────────────


def told() -> list[Notice]:
    deliver_events()
    return list(Notice.objects.filter(kind="bundle_stopped").order_by("pk"))


def test_whoever_keeps_products_is_told_once_each_time_a_bundle_stops_and_why(tea):
    _pot, cup, _tray, bundle = tea
    User.objects.filter(email="owner-a@market.localhost").update(language="en")
    assert told() == []
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=cup.pk)
    (first,) = told()
    assert "Tea set" in first.title and "It is off sale." in first.text and first.link == f"/products/{bundle.pk}/#bundle"
    assert first.person_id == User.objects.get(email="owner-a@market.localhost").pk and told() == [first]
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(cup): 0})  # it is stopped already
    assert told() == [first]
    with merchant_schema(A):
        put_on_sale(by=SYSTEM, product_id=cup.pk)
        count_stock(by=SYSTEM, counted={make.variant_of(cup): 9})
    assert told() == [first] and left_of(bundle) == 2
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(cup): 3})  # too few for one
    assert len(told()) == 2 and "Only 3 are left, and 4 are needed." in told()[1].text


def test_what_is_mended_before_anybody_reads_it_and_what_is_not_on_sale_itself_is_not_told(tea):
    pot, cup, _tray, bundle = tea
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(cup): 0})
        count_stock(by=SYSTEM, counted={make.variant_of(cup): 8})
    assert told() == []
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=bundle.pk)
        take_product_off_sale(by=SYSTEM, product_id=pot.pk)
    assert told() == []
    assert not stopped_in_a()


def stopped_in_a() -> set[UUID]:
    with merchant_schema(A):
        return stopped_bundles()
