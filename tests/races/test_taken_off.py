"""Goods that the market takes off sale while their shop works on them over another connection: on a real database."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from marketplace.flows.import_batch import Goes, ImportedProduct
from marketplace.flows.import_products import import_products
from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.listings.models import Listing
from marketplace.platform.listings.taking_off import release_goods, take_goods_off
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.test_product_review import save

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


def market_takes(product: Product) -> None:
    take_goods_off(by=SYSTEM, listing_ids=[product.pk], why="It may not be sold.")


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


def one_inside_the_other(first: type_act, second: type_act, product: Product) -> None:
    """`second` begins while what `first` has written is not committed yet, and ends after it."""
    refused: list[BaseException] = []

    def acting() -> None:
        try:
            second(product)
        except BaseException as wrong:
            refused.append(wrong)
        finally:
            connections.close_all()

    with transaction.atomic():
        first(product)
        thread = threading.Thread(target=acting)
        thread.start()
        thread.join(timeout=0.4)
    thread.join(timeout=10)
    assert not thread.is_alive() and not refused, refused


@pytest.mark.parametrize("of_the_shop", OF_THE_SHOP)
def test_what_the_market_takes_off_is_off_whichever_comes_first(of_the_shop):
    for pair in ((market_takes, of_the_shop), (of_the_shop, market_takes)):
        product = make.a_product("a", title="Mug")
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
