"""Goods that the market takes off sale, releases or approves while their shop works on them over another connection: on a real database."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import OperationalError, transaction

from marketplace.flows.import_batch import Goes, ImportedProduct
from marketplace.flows.import_products import import_products
from marketplace.flows.price_lists import save_list, switch_list
from marketplace.flows.prices import copy_prices
from marketplace.flows.publish_product import copy_stock, put_on_sale, take_product_off_sale
from marketplace.flows.review_product import approve_change
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.events import StockCrossedZero
from marketplace.merchant.pricing.models import Price, PriceList
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.listings.taking_off import release_goods, take_goods_off
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.test_product_review import save, waiting_of
from tests.races import pairs

pytestmark = pytest.mark.usefixtures("own_database")
A = MERCHANTS["a"]
type_act = Callable[[Product], object]


def put_back(product: Product) -> None:
    with merchant_schema(A):
        put_on_sale(by=SYSTEM, product_id=product.pk)


def off_and_on(product: Product) -> None:
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=product.pk)
        put_on_sale(by=SYSTEM, product_id=product.pk)


def reprice(product: Product) -> None:
    save(product, title=product.titles["en"], price="80")


def takes_away(product: Product) -> None:
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=product.pk)


def market_takes(product: Product) -> None:
    take_goods_off(by=SYSTEM, listing_ids=[product.pk], why="It may not be sold.")


def market_releases(product: Product) -> None:
    release_goods(by=SYSTEM, listing_ids=[product.pk], why="Settled.")


def market_approves(product: Product) -> None:
    """The edit of it that waits."""
    change = waiting_of(product)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)


def stock_is_copied(product: Product) -> None:
    """What follows when it ran out, or came back."""
    copy_stock(StockCrossedZero(merchant_id=A, variant_ids=[make.variant_of(product)]))


def import_with_another(product: Product) -> None:
    """A batch that puts on sale what it holds: this product with another price, and one that is new."""
    with merchant_schema(A):
        sku = product.variants.get().sku
        rows = [
            ImportedProduct(_wanted(product, "Mug", sku), {sku: make.yuan("80")}, {}, product_id=product.pk),
            ImportedProduct(_wanted(product, "Bowl", f"B-{sku}"), {f"B-{sku}": make.yuan("90")}, {f"B-{sku}": 5}),
        ]
        done = import_products(by=SYSTEM, products=rows, goes=Goes.ON_SALE)
    assert (done.entered, done.changed, done.refused) == (1, 1, [])


def _wanted(like: Product, title: str, sku: str) -> ProductInput:
    texts = {"en": title, "zh-hans": "杯"}
    return ProductInput(
        category_id=like.category_id,
        titles=texts,
        variants=[VariantInput(sku=sku)],
        pictures=[("demo/mug.webp", {})],
        source_ref=None if title == "Mug" else sku,
    )


OF_THE_SHOP = [put_back, off_and_on, reprice, import_with_another]
NEW = "Mug of clay"


def a_mug(act: type_act, *, taken_off: bool = False) -> Product:
    """A product on sale, as the act needs it: with an edit that waits, or a shelf that is empty meanwhile."""
    product = make.a_product("a", title="Mug")
    if act is market_approves:
        save(product, title=NEW)
    if act is stock_is_copied:
        with merchant_schema(A):
            count_stock(by=SYSTEM, counted={make.variant_of(product): 0})
    if taken_off:
        market_takes(product)
    return product


def one_inside_the_other(first: type_act, second: type_act, product: Product, then: Callable[[], object] = lambda: None) -> None:
    pairs.one_inside_the_other(lambda: first(product), lambda: second(product), then)


@pytest.mark.parametrize("of_the_shop", [*OF_THE_SHOP, market_approves, stock_is_copied])
def test_what_the_market_takes_off_is_off_whichever_comes_first(of_the_shop):
    for pair in ((market_takes, of_the_shop), (of_the_shop, market_takes)):
        product = a_mug(of_the_shop)
        one_inside_the_other(*pair, product)
        row = Listing.objects.get(pk=product.pk)
        assert row.is_taken_off and not row.is_on_sale
        with merchant_schema(A):
            assert Product.objects.get(pk=product.pk).status == Product.Status.ON_SALE, "the shop's own wish is kept"
            if of_the_shop is import_with_another:
                (other,) = Product.objects.filter(source_ref=f"B-{product.variants.get().sku}")
                assert Listing.objects.get(pk=other.pk).is_on_sale, "and nothing else of the batch is held up"
        release_goods(by=SYSTEM, listing_ids=[product.pk], why="Settled.")
        assert Listing.objects.get(pk=product.pk).is_on_sale


def test_without_the_mark_the_last_one_would_win():
    """The control: were taking off a mere write of `is_on_sale`, a shop that saves behind it would have it on sale again."""

    def merely_off(product: Product) -> None:
        Listing.objects.filter(pk=product.pk).update(is_on_sale=False)

    product = make.a_product("a", title="Mug")
    one_inside_the_other(merely_off, put_back, product)
    assert Listing.objects.get(pk=product.pk).is_on_sale


@pytest.mark.parametrize("other", [*OF_THE_SHOP, market_approves, stock_is_copied])
def test_what_the_market_releases_is_on_sale_whichever_comes_first(other):
    for pair in ((market_releases, other), (other, market_releases)):
        product = a_mug(other, taken_off=True)
        one_inside_the_other(*pair, product)
        row = Listing.objects.get(pk=product.pk)
        assert (row.is_listed, row.is_taken_off, row.is_on_sale) == (True, False, True)
        assert row.titles["en"] == (NEW if other is market_approves else "Mug") and row.in_stock == (other is not stock_is_copied)


def test_what_its_shop_takes_off_at_that_moment_stays_off_without_the_mark():
    for pair in ((market_releases, takes_away), (takes_away, market_releases)):
        product = a_mug(takes_away, taken_off=True)
        one_inside_the_other(*pair, product)
        row = Listing.objects.get(pk=product.pk)
        assert (row.is_listed, row.is_taken_off, row.is_on_sale) == (False, False, False)


def a_list_is_switched_off(product: Product) -> None:
    with merchant_schema(A):
        switch_list(by=SYSTEM, list_id=PriceList.objects.get(name=f"Of {product.pk}").pk, is_on=False)


def on_a_list(product: Product) -> Product:
    """One for everybody from before such lists began at two pieces: it makes the price that buyers see."""
    key, variant = uuid4(), make.variant_of(product)
    with transaction.atomic(), merchant_schema(A):
        save_list(by=SYSTEM, list_id=key, name=f"Of {product.pk}", group_id=None, currency="CNY", starts_at=None, ends_at=None)
        Price.objects.create(variant_id=variant, price_list_id=key, currency="CNY", sale_minor=7000)
        copy_prices(by=SYSTEM, variant_ids=[variant])
    return product


def edits(product: Product) -> None:
    save(product, title=NEW)


def test_what_its_shop_takes_off_or_changes_while_a_list_of_prices_is_switched_off_stays_so():
    product = on_a_list(make.a_product("a", title="Mug", price="100"))
    one_inside_the_other(takes_away, a_list_is_switched_off, product)
    assert not Listing.objects.get(pk=product.pk).is_on_sale
    product = on_a_list(make.a_product("a", title="Mug", price="100"))
    assert Listing.objects.get(pk=product.pk).price_minor == 7000
    one_inside_the_other(edits, a_list_is_switched_off, product)
    row = Listing.objects.get(pk=product.pk)
    assert row.titles["en"] == "Mug" and row.price_minor == 10000, "the price is, and what waits for review is not, what buyers see"


def test_what_goes_on_sale_while_a_list_of_prices_is_switched_off_has_the_price_from_after_it():
    product = on_a_list(make.a_product("a", title="Mug", price="100"))
    takes_away(product)
    one_inside_the_other(put_back, a_list_is_switched_off, product)
    row = Listing.objects.get(pk=product.pk)
    assert row.is_on_sale and row.price_minor == 10000


def test_a_release_that_forgot_what_the_shop_wishes_would_put_it_back():
    """The control of the test above."""

    def merely_on(product: Product) -> None:
        Listing.objects.filter(pk=product.pk).update(is_taken_off=False, is_on_sale=True)

    product = a_mug(takes_away, taken_off=True)
    one_inside_the_other(takes_away, merely_on, product)
    assert Listing.objects.get(pk=product.pk).is_on_sale


def without_the_lock(product: Product) -> None:
    """As `takes_away` writes the copy, but for the shop's lock."""
    Listing.objects.filter(pk=product.pk).update(is_listed=False, is_on_sale=False)


def puts_another_on_sale() -> Callable[[], None]:
    other = make.a_product("a", title="Bowl")
    takes_away(other)
    return lambda: put_back(other)


def test_a_shop_that_writes_several_copies_and_the_market_never_wait_for_each_other():
    """A condition of sale for two products takes one off and puts the other on, while the market takes off the first."""
    for act in (takes_away, reprice):
        product = a_mug(act)
        one_inside_the_other(act, market_takes, product, then=puts_another_on_sale())
        assert Listing.objects.get(pk=product.pk).is_taken_off


def test_copies_that_are_written_without_the_shops_lock_would_stand_in_each_others_way():
    """The control of the test above."""
    with pytest.raises(OperationalError, match="deadlock"):
        one_inside_the_other(without_the_lock, market_takes, a_mug(takes_away), then=puts_another_on_sale())


def test_stock_that_is_copied_while_its_product_is_written_waits_and_is_true_in_the_end():
    product = a_mug(stock_is_copied)
    one_inside_the_other(takes_away, stock_is_copied, product, then=lambda: put_back(product))
    row = Listing.objects.get(pk=product.pk)
    assert row.is_on_sale and not row.in_stock and not row.variants.get().in_stock


def one_that_is_back() -> Product:
    """It hides when sold out, was sold out, and has come in again: its copy does not know yet."""
    product = a_mug(takes_away)
    with merchant_schema(A):
        Product.objects.filter(pk=product.pk).update(hides_sold_out=True)
        for pieces in (0, 5):
            count_stock(by=SYSTEM, counted={make.variant_of(product): pieces})
            if not pieces:
                stock_is_copied(product)
    assert not Listing.objects.get(pk=product.pk).is_on_sale
    return product


def test_what_hides_when_sold_out_and_is_back_is_not_listed_while_its_shop_takes_it_off():
    for pair in ((takes_away, stock_is_copied), (stock_is_copied, takes_away)):
        product = one_that_is_back()
        one_inside_the_other(*pair, product)
        row = Listing.objects.get(pk=product.pk)
        assert (row.is_listed, row.is_on_sale) == (False, False)
    product = one_that_is_back()
    stock_is_copied(product)
    assert Listing.objects.get(pk=product.pk).is_on_sale, "the control: what stays on sale is listed again"


def test_what_hides_when_sold_out_and_sells_out_while_it_is_put_on_sale_is_not_left_listed():
    def sells_out(product: Product) -> None:
        with merchant_schema(A):
            count_stock(by=SYSTEM, counted={make.variant_of(product): 0})
        stock_is_copied(product)

    product = a_mug(takes_away)
    with merchant_schema(A):
        Product.objects.filter(pk=product.pk).update(hides_sold_out=True)
    takes_away(product)
    one_inside_the_other(put_back, sells_out, product)
    row = Listing.objects.get(pk=product.pk)
    assert (row.in_stock, row.is_on_sale) == (False, False)


def test_stock_that_locked_variants_before_their_product_would_stand_in_its_way():
    """The control of the test above: the order that copies of products do not take."""

    def variants_first(product: Product) -> None:
        with transaction.atomic():
            ListingVariant.objects.filter(listing_id=product.pk).update(in_stock=False)
            Listing.objects.filter(pk=product.pk).update(in_stock=False)

    product = a_mug(stock_is_copied)
    with pytest.raises(OperationalError, match="deadlock"):
        one_inside_the_other(takes_away, variants_first, product, then=lambda: put_back(product))
