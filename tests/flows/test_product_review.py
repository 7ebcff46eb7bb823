"""From a draft to the market: what the operator reviews, what takes effect at once, and what buyers read meanwhile."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.flows.place_order import place_order
from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.flows.review_product import approve_change, save_product, send_change_back, submit_product, withdraw_product
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import ReasonMissing
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.errors import NotReviewed
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.errors import OutOfStock
from marketplace.merchant.pricing.models import Price
from marketplace.platform.cart.errors import CartEmpty
from marketplace.platform.listings.errors import ChangeDecided, ChangeOutdated
from marketplace.platform.listings.models import Listing, ListingVariant, ProductChange
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


def waiting_of(product: Product) -> ProductChange:
    return ProductChange.objects.get(product_id=product.pk, status="waiting")


def save(product: Product, *, title: str = "Mug", price: str = "100", stock: int = 10, submits: bool = False, **more) -> Product:
    """Save a product of merchant a as its form would, with one thing changed."""
    with merchant_schema(A):
        variants = list(product.variants.filter(is_active=True).order_by("position"))
        return save_product(
            by=SYSTEM,
            product_id=product.pk,
            is_new=False,
            submits=submits,
            product=ProductInput(
                category_id=product.category_id,
                titles={"en": title, "zh-hans": "杯"},
                variants=[VariantInput(sku=v.sku, options=v.options, id=v.pk) for v in variants],
                pictures=[("demo/mug.webp", {})],
                **more,
            ),
            prices={v.pk: (make.yuan(price), None) for v in variants},
            stock={v.pk: stock for v in variants},
        )


@pytest.fixture
def draft() -> Product:
    return make.a_product("a", on_sale=False)


@pytest.fixture
def on_sale() -> Product:
    return make.a_product("a")


def submit(product: Product) -> ProductChange:
    with merchant_schema(A):
        submit_product(by=SYSTEM, product_id=product.pk)
    return waiting_of(product)


def now(product: Product) -> Product:
    with merchant_schema(A):
        return Product.objects.get(pk=product.pk)


def test_a_draft_cannot_go_on_sale_by_itself(draft):
    with merchant_schema(A), pytest.raises(NotReviewed):
        put_on_sale(by=SYSTEM, product_id=draft.pk)
    assert not Listing.objects.exists()


def test_what_is_approved_is_on_sale_in_the_same_transaction(draft):
    change = submit(draft)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    assert Listing.objects.get(pk=draft.pk).is_on_sale
    assert (now(draft).status, now(draft).review) == ("on_sale", "approved")
    assert ProductChange.objects.get(pk=change.pk).status == "approved"


def test_what_is_sent_back_tells_the_merchant_why_and_can_come_again(draft):
    change = submit(draft)
    with pytest.raises(ReasonMissing):
        send_change_back(by=SYSTEM, change_id=change.pk, seen_version=change.version, reason=" ")
    send_change_back(by=SYSTEM, change_id=change.pk, seen_version=change.version, reason="The picture shows something else.")
    assert (now(draft).review, now(draft).review_note) == ("sent_back", "The picture shows something else.")
    assert not Listing.objects.exists()
    again = submit(draft)
    assert again.pk != change.pk
    approve_change(by=SYSTEM, change_id=again.pk, seen_version=again.version)
    assert now(draft).review_note == ""


def test_a_decision_is_made_once(draft):
    change = submit(draft)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    with pytest.raises(ChangeDecided):
        send_change_back(by=SYSTEM, change_id=change.pk, seen_version=change.version, reason="late")


def test_what_changed_while_the_operator_looked_is_not_approved_unseen(draft):
    seen = submit(draft)
    save(draft, title="Another thing")
    with pytest.raises(ChangeOutdated):
        approve_change(by=SYSTEM, change_id=seen.pk, seen_version=seen.version)
    fresh = waiting_of(draft)
    assert fresh.pk == seen.pk and fresh.proposed["titles"]["en"] == "Another thing"
    approve_change(by=SYSTEM, change_id=fresh.pk, seen_version=fresh.version)
    assert Listing.objects.get(pk=draft.pk).titles["en"] == "Another thing"


def test_an_edit_of_what_buyers_read_waits_while_they_read_on_what_was_approved(on_sale):
    before = Listing.objects.get(pk=on_sale.pk).titles
    save(on_sale, title="Better mug", price="80", stock=3)
    listing = Listing.objects.get(pk=on_sale.pk)
    assert listing.titles == before and listing.is_on_sale
    assert listing.price_minor == ListingVariant.objects.get(listing=listing).price_minor == 8000  # price at once
    change = waiting_of(on_sale)
    assert not change.is_new and change.proposed["titles"]["en"] == "Better mug"
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    assert Listing.objects.get(pk=on_sale.pk).titles["en"] == "Better mug"


def test_price_and_stock_alone_need_no_review(on_sale):
    save(on_sale)  # as it is read, once
    for change in ProductChange.objects.filter(status="waiting"):
        approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    save(on_sale, price="70")
    assert not ProductChange.objects.filter(status="waiting").exists()
    assert Listing.objects.get(pk=on_sale.pk).price_minor == 7000
    with merchant_schema(A):
        assert list(Price.objects.order_by("starts_at").values_list("sale_minor", flat=True))[-2:] == [10000, 7000]


def test_a_variant_that_was_taken_away_cannot_be_bought_although_the_edit_waits():
    product = make.a_product("a", variants=2)
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, ("a", product, 1))
    address = make.an_address(buyer)
    make.commission()
    with merchant_schema(A):
        kept = product.variants.order_by("position").last()
        save_product(
            by=SYSTEM,
            product_id=product.pk,
            is_new=False,
            product=ProductInput(
                category_id=product.category_id,
                titles={"en": "Mug"},
                variants=[VariantInput(sku=kept.sku, options=kept.options, id=kept.pk)],
                pictures=[("demo/mug.webp", {})],
            ),
            prices={kept.pk: (make.yuan("100"), None)},
            stock={},
        )
    assert waiting_of(product) and Listing.objects.get(pk=product.pk).is_on_sale
    with pytest.raises((OutOfStock, CartEmpty)):
        place_order(by=make.acting(buyer), key=uuid4().hex, cart_id=cart.pk, address_id=address, shown_total=make.yuan("100"), language="en")


def test_a_submission_can_be_taken_back(draft):
    submit(draft)
    with merchant_schema(A):
        withdraw_product(by=SYSTEM, product_id=draft.pk)
    assert now(draft).review == "none" and not ProductChange.objects.filter(status="waiting").exists()
    with merchant_schema(A), pytest.raises(ChangeDecided):
        withdraw_product(by=SYSTEM, product_id=draft.pk)


def test_off_and_on_again_needs_no_second_review(on_sale):
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=on_sale.pk)
    assert not Listing.objects.get(pk=on_sale.pk).is_on_sale
    with merchant_schema(A):
        put_on_sale(by=SYSTEM, product_id=on_sale.pk)
    assert Listing.objects.get(pk=on_sale.pk).is_on_sale


def pass_days(days: float) -> None:
    with clock.shifted(timedelta(days=days)):
        fire_due()
        deliver_events()


def test_a_product_goes_on_and_off_sale_at_its_times(draft):
    start = clock.now() + timedelta(days=2)
    save(draft, submits=True, listed_from=start, listed_until=start + timedelta(days=3))
    change = waiting_of(draft)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    assert now(draft).status == "off_sale" and not Listing.objects.exists()
    pass_days(1)
    assert not Listing.objects.exists()
    pass_days(2.1)
    assert Listing.objects.get(pk=draft.pk).is_on_sale
    pass_days(5.1)
    assert not Listing.objects.get(pk=draft.pk).is_on_sale and now(draft).status == "off_sale"


def test_what_hides_while_it_is_sold_out_goes_and_comes_back(draft):
    save(draft, submits=True, stock=1, hides_sold_out=True)
    change = waiting_of(draft)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    variant = make.variant_of(draft)
    for stock, shown in ((0, False), (4, True)):
        with merchant_schema(A):
            count_stock(by=SYSTEM, counted={variant: stock})
        deliver_events()
        assert Listing.objects.get(pk=draft.pk).is_on_sale is shown
