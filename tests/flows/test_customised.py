"""Customised goods: wished in the cart, frozen on the order, made before they leave, and kept unless something is wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from marketplace.flows.bundles import make_bundle
from marketplace.flows.cancel_order import cancel_paid_order
from marketplace.flows.close_account import close_account
from marketplace.flows.copies import copy_order
from marketplace.flows.custom_lines import begin_making, finish_making
from marketplace.flows.customising import customise_product
from marketplace.flows.letters_to_buyers import goods
from marketplace.flows.my_data import PARTS
from marketplace.flows.prices import plan_reduction
from marketplace.flows.return_goods import request_return
from marketplace.flows.review_product import approve_change
from marketplace.flows.ship_order import pack_order, ship_order
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import IllegalMove, InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customising.errors import CannotCustomise, MadeForYou, MakingBegun, MakingNotAccepted, NotMadeYet
from marketplace.merchant.customising.models import CustomLine
from marketplace.merchant.inventory.errors import OutOfStock
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.orders.errors import NotPaidYet
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.pricing.models import LinePrice
from marketplace.platform.cart.actions import cart_of, merge_carts, set_wishes
from marketplace.platform.cart.following import follow_variant
from marketplace.platform.cart.models import CartLine
from marketplace.platform.cart.queries import chosen_lines, view_cart
from marketplace.platform.checkout.errors import CartChanged
from marketplace.platform.customising.models import ListedCustomisation
from marketplace.platform.customising.wishes import key_of as print_of
from marketplace.platform.listings.errors import WordForbidden
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.listings.words import put_words
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.bundles import a_bundle
from tests.flows.customised import ENGRAVING, FOR_LIN, SCRIPT, a_custom_order, a_custom_product, custom_lines, customised, key_of, order, put

A = MERCHANTS["a"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


# ── The cart ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_other_wishes_are_another_line_and_the_same_wishes_one():
    buyer, product = make.a_buyer(), a_custom_product(price="100")
    put(buyer, product, {"engrave1": "For Lin"}, n=2)
    put(buyer, product, {"engrave1": "For Chen", "script01": "seal"})
    cart = put(buyer, product, {"engrave1": "  For   Lin "})
    lines = view_cart(cart, "CNY").chosen
    assert [(view.line.quantity, view.line.wishes["engrave1"], view.unit) for view in lines] == [
        (3, "For Lin", make.yuan("120")),
        (1, "For Chen", make.yuan("135")),
    ]
    assert view_cart(cart, "CNY").goods == make.yuan("495")


def test_a_required_wish_is_asked_for_by_name():
    with pytest.raises(InvalidInput, match="Fill in “Engraving”") as refusal:
        put(make.a_buyer(), a_custom_product(), {})
    assert refusal.value.field == "wish_engrave1"


def test_wishes_changed_in_the_cart_join_the_line_that_has_them():
    buyer, product = make.a_buyer(), a_custom_product()
    put(buyer, product, {"engrave1": "One"}, n=2)
    cart = put(buyer, product, {"engrave1": "Two"})
    second = CartLine.objects.get(cart=cart, wishes={"engrave1": "Two"})
    set_wishes(by=make.acting(buyer), cart=cart, line_id=second.pk, wishes={"engrave1": "One"})
    assert [(line.quantity, line.wishes) for line in cart.lines.all()] == [(3, {"engrave1": "One"})]


def test_carts_that_become_one_keep_wishes_apart():
    buyer, product = make.a_buyer(), a_custom_product()
    mine = put(buyer, product, {"engrave1": "Mine"})
    visitor = cart_of(by=SYSTEM, cart_id=None)
    for text in ("Mine", "Theirs"):
        CartLine.objects.create(**{**_line(mine), "cart": visitor, "quantity": 2, **_wished(text)})
    merge_carts(by=make.acting(buyer), visitor_cart_id=visitor.pk)
    assert sorted((line.wishes["engrave1"], line.quantity) for line in mine.lines.all()) == [("Mine", 2), ("Theirs", 2)]


def _line(cart):
    line = cart.lines.get()
    return {"merchant_id": line.merchant_id, "variant_id": line.variant_id}


def _wished(text):
    return {"wishes": {"engrave1": text}, "wishes_key": print_of({"engrave1": text})}


def test_lines_follow_a_merged_variant_wish_by_wish():
    buyer, product = make.a_buyer(), a_custom_product()
    cart, other = put(buyer, product, {"engrave1": "One"}), uuid4()
    for text in ("One", "Two"):
        CartLine.objects.create(cart=cart, merchant_id=A, variant_id=other, quantity=1, **_wished(text))
    follow_variant(by=SYSTEM, variant_id=other, into_id=make.variant_of(product))
    assert sorted((line.wishes["engrave1"], line.quantity) for line in cart.lines.all()) == [("One", 2), ("Two", 1)]


def test_what_the_shop_no_longer_makes_so_is_left_out_until_it_is_said_anew():
    buyer, product, plain = make.a_buyer(), a_custom_product(), make.a_product(title="Plain")
    cart = put(buyer, product)
    put(buyer, plain, {})
    customised(product, ENGRAVING)  # without the script
    view = view_cart(cart, "CNY")
    assert [one.variant.listing_id for one in view.chosen] == [plain.pk] and len(view.unavailable) == 1
    assert [line.product_id for line in chosen_lines(cart.pk)] == [plain.pk]
    group = order(buyer, cart, accepts=False)  # nothing that is made to wishes is in it
    assert [line["product_id"] for line in make.order_of(group).lines] == [str(plain.pk)]
    assert [line.wishes for line in cart.lines.all()] == [FOR_LIN]


def test_one_who_put_it_in_before_it_was_customised_is_asked_first():
    buyer, product = make.a_buyer(), make.a_product()
    cart = put(buyer, product, {})
    customised(product, ENGRAVING)
    assert view_cart(cart, "CNY").chosen == []


# ── Placing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_wishes_and_what_they_cost_are_frozen_on_the_line():
    buyer, product = make.a_buyer(), a_custom_product(price="99.99")
    copy = make.order_of(order(buyer, put(buyer, product, n=3)))
    customised(product, replace(ENGRAVING, labels={"en": "Something else"}, surcharge_minor=1))
    (line,) = make.order_of(copy.group).lines
    assert [(one["labels"]["en"], one.get("text") or one["names"]["en"]) for one in line["custom"]["wishes"]] == [("Engraving", "For Lin"), ("Script", "Seal")]
    assert (line["unit_minor"], line["custom"]["surcharge_minor"], line["total_minor"]) == (13499, 3500, 40497)
    with merchant_schema(A):
        row = OrderLine.objects.get(order=copy.pk)
        assert row.commission_minor == round(40497 * Decimal("0.05")) and row.tax_minor == copy.tax_minor > 0
        assert row.total_minor == copy.items_minor == 40497


def test_the_copy_that_is_written_anew_says_the_same():
    copy = a_custom_order()
    with merchant_schema(A):
        copy_order(by=SYSTEM, order=Order.objects.get(pk=copy.pk))
    assert make.order_of(copy.group).lines == copy.lines


def test_who_does_not_agree_that_it_cannot_come_back_places_nothing():
    buyer = make.a_buyer()
    cart = put(buyer, a_custom_product())
    with pytest.raises(MakingNotAccepted, match="Seal cup"):
        order(buyer, cart, accepts=False)
    assert cart.lines.count() == 1


def test_a_surcharge_that_changed_meanwhile_is_asked_about():
    buyer, product = make.a_buyer(), a_custom_product(price="100")
    cart = put(buyer, product)
    seen = view_cart(cart, "CNY").total
    customised(product, replace(ENGRAVING, surcharge_minor=2001), SCRIPT)
    with pytest.raises(CartChanged):
        order(buyer, cart, total=seen)


def test_what_wishes_cost_is_beside_a_reduction_and_beside_what_it_reduces():
    buyer, product = make.a_buyer(), a_custom_product(price="100")
    key = make.variant_of(product)
    with merchant_schema(A):
        plan_reduction(by=SYSTEM, reduction_id=uuid4(), name="Sale", starts_at=clock.now(), ends_at=None, prices={key: make.yuan("80")})
    copy = make.order_of(order(buyer, put(buyer, product)))
    with merchant_schema(A):
        made = LinePrice.objects.get(order_id=copy.pk)
    assert (copy.lines[0]["unit_minor"], made.ordinary_minor) == (8000 + 3500, 10000 + 3500)


def test_a_line_says_what_changed_since_surcharges_included():
    buyer, product = make.a_buyer(), a_custom_product()
    cart = put(buyer, product)
    customised(product, replace(ENGRAVING, surcharge_minor=2100), SCRIPT)
    assert view_cart(cart, "CNY").chosen[0].dearer == make.yuan("1")


def test_lines_of_one_variant_are_never_sold_beyond_its_stock_together():
    buyer, product = make.a_buyer(), a_custom_product(stock=3)
    put(buyer, product, {"engrave1": "One"}, n=2)
    cart = put(buyer, product, {"engrave1": "Two"}, n=2)
    with pytest.raises(OutOfStock):
        order(buyer, cart)
    assert _stock(product) == (3, 0)
    CartLine.objects.filter(cart=cart, wishes={"engrave1": "Two"}).update(quantity=1)
    order(buyer, cart)
    assert _stock(product) == (3, 3) and not cart.lines.exists()


def _stock(product: Product) -> tuple[int, int]:
    with merchant_schema(A):
        level = StockLevel.objects.get(variant__product=product)
        return level.on_hand, level.reserved


def test_it_leaves_later_by_the_days_it_takes_to_make():
    plain, made = make.order_of(make.pay(make.a_placed_group(("a", make.a_product(), 1)))), a_custom_order()
    assert (made.ship_by - plain.ship_by).days in (2, 3)


# ── Making ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_made_before_it_is_packed():
    copy = a_custom_order(FOR_LIN, {"engrave1": "Two"})
    first, second = custom_lines(copy)
    with merchant_schema(A):
        with pytest.raises(NotMadeYet, match="Seal cup"):
            pack_order(by=SYSTEM, package_id=uuid4(), number=copy.number)
        begin_making(by=SYSTEM, key=first.pk)
        with pytest.raises(NotMadeYet):
            pack_order(by=SYSTEM, package_id=uuid4(), number=copy.number, quantities={first.line_id: 1})
        finish_making(by=SYSTEM, key=first.pk)
        ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF1234567890", quantities={first.line_id: 1})
        with pytest.raises(IllegalMove):  # it has left
            begin_making(by=SYSTEM, key=first.pk)
        finish_making(by=SYSTEM, key=second.pk)
        ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF1234567891")
    assert [line["custom"]["state"] for line in make.order_of(copy.group).lines] == ["ready", "ready"]


def test_nothing_is_made_before_it_is_paid():
    copy = a_custom_order(pays=False)
    with merchant_schema(A), pytest.raises(NotPaidYet):
        begin_making(by=SYSTEM, key=key_of(copy))


def test_the_buyer_cancels_until_the_shop_begins():
    first, second = a_custom_order(), a_custom_order()
    cancel_paid_order(by=SYSTEM, copy=first, reason="changed my mind")
    with merchant_schema(A):
        begin_making(by=SYSTEM, key=key_of(second))
    with pytest.raises(MakingBegun, match="Seal cup"):
        cancel_paid_order(by=SYSTEM, copy=second, reason="changed my mind")
    with merchant_schema(A):
        Order.objects.filter(pk=second.pk).update(ship_by=second.placed_at)
    cancel_paid_order(by=SYSTEM, copy=second, reason="too late")
    assert make.order_of(second.group).refunded_minor == second.total_minor


def test_it_comes_back_when_something_is_wrong_and_not_because_nobody_wants_it():
    copy = a_custom_order(n=2)
    with merchant_schema(A):
        finish_making(by=SYSTEM, key=key_of(copy))
    make.ship(copy)
    line = UUID(copy.lines[0]["id"])
    with pytest.raises(MadeForYou, match="Seal cup") as refusal:
        request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={line: 1}, reason="unwanted")
    assert refusal.value.field == "reason"
    row = make.returned(make.order_of(copy.group), n=1, reason="damaged")
    assert row.amount_minor == copy.lines[0]["unit_minor"] + copy.freight_minor // 2


# ── The buyer's own ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_person_wrote_is_in_their_data_and_goes_with_their_account():
    buyer, product = make.a_buyer(), a_custom_product()
    group = make.pay(order(buyer, put(buyer, product)))
    put(buyer, product, {"engrave1": "Another"})
    assert [row["wishes"] for row in PARTS["cart"](buyer)] == [{"engrave1": "Another"}]
    assert PARTS["orders"](buyer)[0]["lines"][0]["custom"]["wishes"][0]["text"] == "For Lin"
    copy = make.order_of(group)
    with merchant_schema(A):
        finish_making(by=SYSTEM, key=key_of(copy))
    make.ship(copy)
    make.receive(make.order_of(group))
    close_account(by=make.acting(buyer), password="correct horse battery")

    def said() -> list[str]:
        return [one.get("text", "choice") for one in make.order_of(group).lines[0]["custom"]["wishes"]]

    assert said() == ["", "choice"]
    with merchant_schema(A):
        copy_order(by=SYSTEM, order=Order.objects.get(pk=copy.pk))
        assert CustomLine.objects.get().wishes[0]["text"] == "For Lin"  # the shop's record of a contract
    assert said() == ["", "choice"]


def test_letters_say_what_was_wished():
    assert goods(a_custom_order())[1:] == [("— Engraving: For Lin", ""), ("— Script: Seal", "")]


# ── What may be wished ───────────────────────────────────────────────────────────────────────────────────────────────


def listed(product: Product) -> list[tuple[str, int]]:
    row = ListedCustomisation.objects.filter(pk=product.pk).first()
    return [(field["labels"]["en"], field["surcharge_minor"]) for field in row.fields] if row else []


def test_words_wait_for_the_operator_and_surcharges_do_not():
    product = a_custom_product(ENGRAVING)
    named = replace(ENGRAVING, labels={"en": "Engraved by hand"}, surcharge_minor=2500)
    row = customised(product, named, publish=False)
    assert row.review == Product.Review.WAITING and listed(product) == [("Engraving", 2500)]
    change = ProductChange.objects.get(product_id=product.pk, status=ProductChange.Status.WAITING)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    assert listed(product) == [("Engraved by hand", 2500)]
    assert customised(product, replace(named, surcharge_minor=1), publish=False).review == Product.Review.APPROVED
    assert listed(product) == [("Engraved by hand", 1)]
    assert customised(product, publish=True).review == Product.Review.APPROVED and listed(product) == []


def test_words_of_fields_are_looked_at_like_others():
    put_words(by=SYSTEM, texts=["forbidden"], weight="refused", category_id=None, note="no")
    with pytest.raises(WordForbidden) as refusal:
        customised(make.a_product(), replace(ENGRAVING, hints={"en": "Something forbidden"}), publish=False)
    assert refusal.value.field == "customising"


def test_a_bundle_and_what_is_in_one_is_sold_as_it_is():
    cup, pot = make.a_product(title="Cup"), make.a_product(title="Pot")
    bundle = a_bundle((cup, 2), (pot, 1))
    for product in (bundle, cup):
        with merchant_schema(A), pytest.raises(CannotCustomise):
            customise_product(by=SYSTEM, product_id=product.pk, fields=[ENGRAVING], days=0)
    made = a_custom_product()
    key = make.variant_of(made)
    with merchant_schema(A), pytest.raises(InvalidInput, match="Seal cup"):
        make_bundle(by=SYSTEM, product_id=new_id(), titles={"en": "Set"}, sku="SET-X", price=make.yuan("10"), parts=[(key, 2)])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ([replace(ENGRAVING, labels={})], "f0-label_zh"),
        ([replace(ENGRAVING, surcharge_minor=-1)], "f0-surcharge"),
        ([ENGRAVING, replace(SCRIPT, choices=SCRIPT.choices[:1])], "f1-choices"),
        ([replace(ENGRAVING, most=201)], "f0-most"),
        ([replace(ENGRAVING, id=f"field{n}") for n in range(9)], "fields"),
        ([ENGRAVING, ENGRAVING], "fields"),
    ],
)
def test_fields_that_cannot_be_are_refused_by_name(fields, named):
    product = make.a_product()
    with merchant_schema(A):
        with pytest.raises(InvalidInput) as refusal:
            customise_product(by=SYSTEM, product_id=product.pk, fields=fields, days=0)
        assert not CustomLine.objects.exists()
    assert refusal.value.field == named
