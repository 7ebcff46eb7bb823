"""Goods that the market takes off sale: buyers lose them at once, nothing the shop does brings them back, and a release does."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from marketplace.flows.place_order import place_order
from marketplace.flows.publish_product import publish_product, put_on_sale, take_product_off_sale
from marketplace.flows.qualify import settle_listings
from marketplace.flows.review_product import save_product
from marketplace.flows.sale_conditions import set_conditions
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput, NotFound, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.actions import count_stock
from marketplace.platform.cart.actions import add_to_cart, cart_of
from marketplace.platform.cart.errors import CartEmpty
from marketplace.platform.cart.queries import chosen_lines, view_cart
from marketplace.platform.listings.errors import NotOnSale
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.listings.taking_off import release_goods, take_goods_off
from marketplace.platform.notices.models import Notice
from search.contract import Query
from search.find import find
from tenants.access.errors import OwnHands
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.letterbox import letters

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
WHY = "It may not be sold."


@pytest.fixture
def cup() -> Product:
    return make.a_product("a", title="Cup")


def off(*products: Product, why: str = WHY) -> int:
    return take_goods_off(by=SYSTEM, listing_ids=[product.pk for product in products], why=why)


def standing(product: Product) -> tuple[bool, bool, bool]:
    row = Listing.objects.get(pk=product.pk)
    return row.is_listed, row.is_taken_off, row.is_on_sale


def as_it_is(product: Product) -> dict[str, object]:
    with merchant_schema(A):
        return Product.objects.filter(pk=product.pk).values().get()


def save(product: Product, **more: object) -> None:
    variants = list(product.variants.all())
    wanted = ProductInput(
        category_id=product.category_id,
        titles=product.titles,
        variants=[VariantInput(sku=v.sku, options=v.options, id=v.pk) for v in variants],
        pictures=[("demo/mug.webp", {})],
        **more,
    )
    save_product(by=SYSTEM, product_id=product.pk, is_new=False, product=wanted, prices={v.pk: (make.yuan("80"), None) for v in variants}, stock={})


def put_back(product: Product) -> None:
    put_on_sale(by=SYSTEM, product_id=product.pk)


def off_and_on(product: Product) -> None:
    take_product_off_sale(by=SYSTEM, product_id=product.pk)
    put_on_sale(by=SYSTEM, product_id=product.pk)


def approved_again(product: Product) -> None:
    publish_product(by=SYSTEM, product_id=product.pk)


def changed_price(product: Product) -> None:
    save(product)


def timed(product: Product) -> None:
    take_product_off_sale(by=SYSTEM, product_id=product.pk)
    save(product, listed_from=clock.now() + timedelta(hours=1))
    with clock.shifted(timedelta(hours=2)):
        fire_due()
        deliver_events()


def by_condition(product: Product) -> None:
    (variant,) = product.variants.all()
    set_conditions(by=SYSTEM, product_ids=[product.pk], off_at=2, on_at=5, waits_for_stock=False)
    for left in (1, 9):
        count_stock(by=SYSTEM, counted={variant.pk: left})
        deliver_events()
    assert Product.objects.get(pk=product.pk).status == Product.Status.ON_SALE


def sold_out_and_back(product: Product) -> None:
    (variant,) = product.variants.all()
    save(product, hides_sold_out=True)
    for left in (0, 9):
        count_stock(by=SYSTEM, counted={variant.pk: left})
        deliver_events()


def papers_looked_at(product: Product) -> None:
    settle_listings(by=SYSTEM, merchant_id=A)


WAYS = [put_back, off_and_on, approved_again, changed_price, timed, by_condition, sold_out_and_back, papers_looked_at]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_a_shop_does_puts_it_back(cup, way):
    off(cup)
    with merchant_schema(A):
        way(cup)
    deliver_events()
    assert standing(cup) == (True, True, False)


@pytest.mark.parametrize("way", WAYS)
def test_without_it_each_of_these_has_the_product_on_sale(cup, way):
    """The control of the test above: the same steps, nothing taken off by the market, and the product is sold at the end."""
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=cup.pk)
        if way is papers_looked_at or way is changed_price or way is sold_out_and_back:
            put_on_sale(by=SYSTEM, product_id=cup.pk)
        if way is by_condition:
            put_on_sale(by=SYSTEM, product_id=cup.pk)
        way(cup)
    deliver_events()
    assert standing(cup) == (True, False, True)


def test_the_database_itself_keeps_it_off_sale(cup):
    off(cup)
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.filter(pk=cup.pk).update(is_on_sale=True)


def test_a_product_that_the_market_only_unlists_is_put_back_by_the_shops_button(cup):
    """The control: what the shop itself can write does not hold it."""
    Listing.objects.filter(pk=cup.pk).update(is_listed=False, is_on_sale=False)
    with merchant_schema(A):
        put_back(cup)
    assert standing(cup) == (True, False, True)


def test_buyers_lose_it_in_search_and_cart_and_get_it_back(cup):
    buyer = make.a_buyer()
    by = make.acting(buyer)
    cart, variant = cart_of(by=by, cart_id=None), ListingVariant.objects.get(listing_id=cup.pk).pk
    add_to_cart(by=by, cart=cart, variant_id=variant, quantity=1)
    deliver_events()
    where = Query(category=cup.category_id, size=96)
    assert cup.pk in find(where).ids and len(chosen_lines(cart.pk)) == 1
    off(cup)
    deliver_events()
    assert cup.pk not in find(where).ids
    assert chosen_lines(cart.pk) == [] and not view_cart(cart, "CNY").chosen
    with pytest.raises(NotOnSale):
        add_to_cart(by=by, cart=cart, variant_id=variant, quantity=1)
    with pytest.raises(CartEmpty):
        place_order(by=by, key="k", cart_id=cart.pk, address_id=make.an_address(buyer), shown_total=make.yuan("100"), language="en")
    page = Client().get(f"/p/{cup.pk}/", headers={"host": "market.localhost", "accept-language": "en"})
    assert page.status_code == 404 and "Not for sale at the moment" in page.content.decode() and WHY not in page.content.decode()
    release_goods(by=SYSTEM, listing_ids=[cup.pk], why="It was shown to be safe.")
    deliver_events()
    assert standing(cup) == (True, False, True)
    assert cup.pk in find(where).ids and len(chosen_lines(cart.pk)) == 1


def test_nothing_else_about_the_product_changes(cup):
    before = as_it_is(cup)
    off(cup)
    assert as_it_is(cup) == before
    release_goods(by=SYSTEM, listing_ids=[cup.pk], why="It was shown to be safe.")
    deliver_events()
    assert as_it_is(cup) == before


def test_what_the_shop_took_off_meanwhile_stays_off_after_a_release(cup):
    off(cup)
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=cup.pk)
    release_goods(by=SYSTEM, listing_ids=[cup.pk], why="It was shown to be safe.")
    assert standing(cup) == (False, False, False)


def test_a_release_does_not_lift_what_a_missing_paper_holds(cup):
    off(cup)
    Listing.objects.filter(pk=cup.pk).update(is_held=True)
    release_goods(by=SYSTEM, listing_ids=[cup.pk], why="It was shown to be safe.")
    assert standing(cup) == (True, False, False)


def test_both_logs_have_who_what_and_why_and_doing_it_again_changes_nothing(cup):
    assert off(cup) == 1
    assert off(cup, why="Another reason") == 0
    assert Listing.objects.get(pk=cup.pk).taken_off_why == WHY
    assert release_goods(by=SYSTEM, listing_ids=[cup.pk], why="It was shown to be safe.") == 1
    assert release_goods(by=SYSTEM, listing_ids=[cup.pk], why="It was shown to be safe.") == 0
    rows = AuditEvent.objects.filter(subject_type="product", subject_id=str(cup.pk), action__startswith="listing.").order_by("pk")
    assert [(row.action, row.merchant_id, row.why) for row in rows] == [("listing.taken_off", A, WHY), ("listing.released", A, "It was shown to be safe.")]
    assert rows[0].before == {"is_taken_off": False, "taken_off_why": ""} and rows[0].after == {"is_taken_off": True, "taken_off_why": WHY}


def test_a_reason_is_needed_and_what_is_not_there_is_said(cup):
    for why, refusal in (("  ", ReasonMissing), ("x" * 501, InvalidInput)):
        with pytest.raises(refusal) as refused:
            off(cup, why=why)
        assert refused.value.field == "why"
    with pytest.raises(NotFound):
        take_goods_off(by=SYSTEM, listing_ids=[uuid4()], why=WHY)
    assert standing(cup) == (True, False, True)


def test_who_works_for_the_shop_takes_none_of_its_goods_off_and_releases_none(cup):
    """All or nothing: what of other shops was ticked with it stays too."""
    operator = User.objects.get(email="operator@market.localhost")
    other = make.a_product("b", title="Pot")
    give_role(by=SYSTEM, user_id=operator.pk, role="product_editor", merchant_id=A)
    for move in (take_goods_off, release_goods):
        with pytest.raises(OwnHands):
            move(by=make.acting(operator), listing_ids=[cup.pk, other.pk], why=WHY)
    assert standing(cup) == standing(other) == (True, False, True)


def test_each_shop_reads_one_letter_with_its_own_goods_and_the_reason(cup):
    mine, others = [cup, make.a_product("a", title="Pot")], make.a_product("b", title="Bowl")
    off(*mine, others)
    by_shop = {letter.to: letter.subject + letter.text for letter in letters("goods_taken_off")}
    assert by_shop.keys() == {"owner-a@market.localhost", "owner-b@market.localhost"}
    of_a, of_b = by_shop["owner-a@market.localhost"], by_shop["owner-b@market.localhost"]
    assert WHY in of_a and WHY in of_b
    assert "Cup" in of_a and "Pot" in of_a and "Bowl" not in of_a and "Bowl" in of_b and "Cup" not in of_b
    assert Notice.objects.filter(kind="goods_taken_off").count() == 2
    release_goods(by=SYSTEM, listing_ids=[others.pk], why="It was shown to be safe.")
    (told,) = letters("goods_released")
    assert told.to == "owner-b@market.localhost" and "It was shown to be safe." in told.text and f"/products/{others.pk}/" in told.text
