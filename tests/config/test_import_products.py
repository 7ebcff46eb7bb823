"""Products by the hundred through the bulk flow."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import translation

from marketplace.flows.import_batch import Imported, ImportedProduct
from marketplace.flows.import_products import MOST_AT_ONCE, import_products
from marketplace.flows.publish_product import take_product_off_sale
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.pricing.actions import set_prices
from marketplace.merchant.pricing.models import Price
from marketplace.platform.listings.models import Listing, ListingVariant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan

pytestmark = pytest.mark.django_db


def one(ref: str = "file/1", *, title: str = "Lamp", price: str = "10", stock: int = 5, skus: tuple[str, ...] = (), **more) -> ImportedProduct:
    skus = skus or (f"SKU-{ref}",)
    return ImportedProduct(
        product=ProductInput(
            category_id=more.pop("category_id", None) or make.a_category().pk,
            titles={"en": title},
            pictures=more.pop("pictures", [("products/lamp.webp", {})]),
            variants=[VariantInput(sku=sku, options={1: place} if len(skus) > 1 else {}) for place, sku in enumerate(skus)],
            source_ref=ref,
            **more,
        ),
        prices={sku: yuan(price) for sku in skus},
        stock=dict.fromkeys(skus, stock),
    )


def import_into_a(*products: ImportedProduct) -> Imported:
    with merchant_schema(MERCHANTS["a"]):
        return import_products(by=SYSTEM, products=products)


def figures(done: Imported) -> tuple[int, int, int, int]:
    return done.entered, done.changed, done.unchanged, len(done.refused)


def test_new_products_are_on_sale_with_price_stock_and_copy_in_one_audited_batch():
    before = AuditEvent.objects.filter(action="products.imported").count()
    done = import_into_a(one("file/1", price="10.50", stock=3), one("file/2", stock=0))
    assert figures(done) == (2, 0, 0, 0)
    assert AuditEvent.objects.filter(action="products.imported").count() == before + 1
    with merchant_schema(MERCHANTS["a"]):
        product = Product.objects.get(source_ref="file/1")
        assert (product.status, product.version) == ("on_sale", 1)
        assert StockLevel.objects.get(variant__product=product).on_hand == 3
        assert Price.objects.get(variant__product=product).sale == yuan("10.50")
    listing = Listing.objects.get(pk=product.pk)
    assert (listing.price, listing.in_stock, listing.version) == (yuan("10.50"), True, 1)
    assert listing.pictures[0]["key"].endswith("/products/lamp.webp")
    with merchant_schema(MERCHANTS["a"]):
        empty = Product.objects.get(source_ref="file/2")
    assert not Listing.objects.get(pk=empty.pk).in_stock


def test_the_same_batch_again_writes_nothing():
    import_into_a(one("file/1", skus=("A", "B")), one("file/2"))
    events, audits = OutboxEvent.objects.count(), AuditEvent.objects.count()
    done = import_into_a(one("file/1", skus=("A", "B")), one("file/2"))
    assert figures(done) == (0, 0, 2, 0)
    assert (OutboxEvent.objects.count(), AuditEvent.objects.count()) == (events, audits)


def test_what_differs_is_changed_and_its_version_rises():
    import_into_a(one("file/1"), one("file/2"))
    done = import_into_a(one("file/1", title="Brighter lamp"), one("file/2"))
    assert figures(done) == (0, 1, 1, 0)
    with merchant_schema(MERCHANTS["a"]):
        assert dict(Product.objects.filter(source_ref__startswith="file/").values_list("source_ref", "version")) == {"file/1": 2, "file/2": 1}
    assert Listing.objects.get(titles__en="Brighter lamp").version == 2


def test_a_new_price_begins_a_new_period_and_raises_the_version():
    import_into_a(one("file/1", price="10"))
    assert figures(import_into_a(one("file/1", price="12.34"))) == (0, 1, 0, 0)
    with merchant_schema(MERCHANTS["a"]):
        old, new = Price.objects.filter(variant__product__source_ref="file/1").order_by("starts_at", "-ends_at")
        assert (old.sale, new.sale, new.ends_at) == (yuan("10"), yuan("12.34"), None) and old.ends_at == new.starts_at
        product = Product.objects.get(source_ref="file/1")
    assert (Listing.objects.get(pk=product.pk).price, product.version) == (yuan("12.34"), 2)


def test_a_market_price_stays_while_it_is_above_the_new_price():
    import_into_a(one("file/1", price="10"), one("file/2", price="10"))
    with merchant_schema(MERCHANTS["a"]):
        keys = dict(Variant.objects.values_list("sku", "pk"))
        set_prices(by=SYSTEM, prices={keys[f"SKU-file/{n}"]: (yuan("10"), yuan("15")) for n in (1, 2)})
    import_into_a(one("file/1", price="12"), one("file/2", price="20"))
    with merchant_schema(MERCHANTS["a"]):
        markets = {sku: Price.objects.get(variant_id=key, ends_at=None).market for sku, key in keys.items() if sku.startswith("SKU-file/")}
    assert markets == {"SKU-file/1": yuan("15"), "SKU-file/2": None}


def test_stock_is_counted_for_new_variants_only():
    import_into_a(one("file/1", skus=("A",), stock=5))
    with merchant_schema(MERCHANTS["a"]):
        count_stock(by=SYSTEM, counted={Variant.objects.get(sku="A").pk: 2})
    import_into_a(one("file/1", skus=("A", "B"), stock=9))
    with merchant_schema(MERCHANTS["a"]):
        assert dict(StockLevel.objects.filter(variant__sku__in="AB").values_list("variant__sku", "on_hand")) == {"A": 2, "B": 9}


def test_a_variant_that_is_gone_from_the_source_can_no_longer_be_bought():
    import_into_a(one("file/1", skus=("A", "B")))
    assert figures(import_into_a(one("file/1", skus=("B",)))) == (0, 1, 0, 0)
    assert list(ListingVariant.objects.filter(sku__in="AB").values_list("sku", flat=True)) == ["B"]
    import_into_a(one("file/1", skus=("A", "B")))
    assert set(ListingVariant.objects.filter(sku__in="AB").values_list("sku", flat=True)) == {"A", "B"}


def test_what_was_taken_off_sale_stays_off():
    import_into_a(one("file/1"))
    with merchant_schema(MERCHANTS["a"]):
        key = Product.objects.get(source_ref="file/1").pk
        take_product_off_sale(by=SYSTEM, product_id=key)
    import_into_a(one("file/1", title="Changed"))
    assert not Listing.objects.get(pk=key).is_on_sale
    with merchant_schema(MERCHANTS["a"]):
        assert Product.objects.get(pk=key).title.text == "Changed"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"title": ""}, "title"),
        ({"price": "0"}, "price above zero"),
        ({"pictures": []}, "picture"),
        ({"category_id": 99_999_999}, "category"),
        ({"skus": ("A", "A")}, "SKU"),
    ],
)
def test_one_bad_product_is_refused_and_the_others_go_in(bad, why):
    with translation.override("en"):
        done = import_into_a(one("file/bad", **bad), one("file/good"))
    assert figures(done) == (1, 0, 0, 1)
    ((ref, said),) = done.refused
    assert ref == "file/bad" and why in said


def test_an_article_number_of_another_product_is_refused_wherever_it_stands():
    own = make.a_product("a", title="Own")
    with merchant_schema(MERCHANTS["a"]):
        taken = own.variants.get().sku
    done = import_into_a(one("file/1", skus=(taken,)), one("file/2", skus=("SAME",)), one("file/3", skus=("SAME",)), one("file/2"))
    assert done.entered == 1
    assert sorted(ref for ref, _why in done.refused) == ["file/1", "file/2", "file/3"]


def test_a_batch_has_a_limit():
    with pytest.raises(ValueError, match="more than 500"):
        import_into_a(*[one(f"file/{n}", category_id=1) for n in range(MOST_AT_ONCE + 1)])


def test_what_was_imported_can_be_bought():
    import_into_a(one("file/1", price="10", stock=2))
    deliver_events()
    with merchant_schema(MERCHANTS["a"]):
        product = Product.objects.get(source_ref="file/1")
    group = make.pay(make.a_placed_group(("a", product, 2)))
    assert group.total == yuan("20")
    deliver_events()
    assert not Listing.objects.get(pk=product.pk).in_stock


def test_two_shops_may_know_a_product_by_the_same_source():
    for shop in "ab":
        with merchant_schema(MERCHANTS[shop]):
            assert import_products(by=SYSTEM, products=[one("file/1", title=f"Lamp {shop} {uuid4()}")]).entered == 1
    assert Listing.objects.filter(titles__en__startswith="Lamp ").count() == 2
