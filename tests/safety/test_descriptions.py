"""Pictures in descriptions: only those of the shop's own library, by key, and nothing else of what an <img> can carry."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.flows.import_products import ImportedProduct, import_products
from marketplace.flows.review_product import approve_change, save_product
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.descriptions import clean, published, shown
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.media.actions import note_pictures
from marketplace.merchant.media.models import LibraryPicture, TextPicture
from marketplace.platform.listings.models import Listing, ProductChange
from storefront.templatetags.descriptions import html_text
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
SCHEMAS = {shop: f"m_{key.hex}" for shop, key in MERCHANTS.items()}
OURS = "products/aaaaaaaaaaaaaaaaaaaaaaaa.webp"
THEIRS = "products/bbbbbbbbbbbbbbbbbbbbbbbb.webp"

STRIPPED = {
    "a foreign host": '<img src="https://evil.example/x.webp">',
    "a host without a scheme": '<img src="//evil.example/x.webp">',
    "a script for an address": '<img src="javascript:alert(1)">',
    "data": '<img src="data:image/png;base64,AAAA">',
    "out of the folder": '<img src="products/../../papers/x.webp">',
    "another kind of file": '<img src="products/x.svg">',
    "another place of ours": '<img src="/accounts/sign-out/">',
    "a picture set": f'<img srcset="{OURS} 2x">',
    "no address": "<img>",
    "a drawing": '<svg onload="alert(1)"><image href="https://evil.example/x.webp"/></svg>',
    "a frame": '<iframe src="https://evil.example/"></iframe>',
    "a picture behind a source": '<picture><source srcset="https://evil.example/x.webp"></picture>',
}


@pytest.mark.parametrize("name", STRIPPED)
def test_what_is_no_key_is_stripped(name):
    assert clean(f"<p>Clay{STRIPPED[name]}</p>") in ("<p>Clay</p>", "<p>Clay</p><p></p>")


def test_of_a_picture_only_the_key_stays():
    more = 'onerror="alert(1)" style="position:fixed" class="x" id="y" width="9" alt="z" srcset="https://evil.example 2x"'
    assert clean(f'<p><img {more} src="{OURS}" onload=alert(1)></p>') == f'<p><img src="{OURS}"></p>'


@pytest.mark.parametrize("alt", ['"><script>alert(1)</script>', "' onerror='alert(1)", "<img src=x onerror=alert(1)>", "a > b & c"])
def test_words_of_a_picture_stay_words(alt):
    public = published(f'<p><img src="{OURS}"></p>', lambda key: (f"{SCHEMAS['a']}/{key}", 800, 500, alt))
    drawn: list[Any] = []
    assert shown(public, lambda *told: drawn.append(told) or "·") == "<p>·</p>"  # type: ignore[func-returns-value]
    assert drawn == [(f"{SCHEMAS['a']}/{OURS}", 800, 500, alt)]
    html = str(html_text({"en": public}))
    assert html.count("<img") == 1 and "<script" not in html and "onerror='" not in html


def test_a_page_draws_only_what_the_copy_holds():
    sneaked = f'<p>\ue0000\ue001<img src="{SCHEMAS["a"]}/{OURS}" onerror="alert(1)" width="1" height="1" alt=""><img src="https://evil.example/x.webp"></p>'
    assert "<img" not in str(html_text({"en": sneaked}))


def in_library(shop: str, key: str, alt: dict[str, str] | None = None) -> None:
    with merchant_schema(MERCHANTS[shop]):
        note_pictures(by=SYSTEM, pictures=[(key, "clay.png", alt or {})])
        LibraryPicture.objects.filter(key=key).update(width=1200, height=800)


def save(product: Product, html: str) -> Product:
    with merchant_schema(A):
        row = Product.objects.get(pk=product.pk)
        variants = [VariantInput(sku=one.sku, options=one.options, id=one.pk) for one in row.variants.all()]
        wanted = ProductInput(row.category_id, row.titles, variants, {"en": html}, pictures=[("demo/mug.webp", {})])
        return save_product(by=SYSTEM, product_id=row.pk, is_new=False, product=wanted, prices={}, stock={})  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "name",
    [THEIRS, f"{SCHEMAS['b']}/{THEIRS}", f"/media/{SCHEMAS['b']}/{THEIRS}", f"/media/{SCHEMAS['b']}/{OURS}"],
    ids=["key", "with schema", "address", "same key"],
)
def test_another_shop_s_picture_is_refused(name):
    in_library("a", OURS)
    in_library("b", THEIRS)
    in_library("b", OURS)
    product = make.a_product()
    with pytest.raises(InvalidInput) as refusal:
        save(product, f'<p><img src="{name}"></p>')
    assert refusal.value.field == "description_en"
    with merchant_schema(A):
        assert Product.objects.get(pk=product.pk).descriptions == {} and not TextPicture.objects.exists()
    save(product, f'<p><img src="{OURS}"></p>')  # the one of our own is not
    with merchant_schema(A):
        assert Product.objects.get(pk=product.pk).descriptions == {"en": f'<p><img src="{OURS}"></p>'}


def test_an_address_of_our_own_media_becomes_the_key_and_buyers_read_it_with_its_words():
    in_library("a", OURS, {"en": "A bowl", "zh-hans": "一只碗"})
    product = make.a_product()
    save(product, f'<p>Clay</p><p><img src="/media/{SCHEMAS["a"]}/{OURS}"></p>')
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    kept = Listing.objects.get(pk=product.pk).descriptions["en"]
    assert kept == f'<p>Clay</p><p><img src="{SCHEMAS["a"]}/{OURS}" width="1200" height="800" alt="A bowl"></p>'
    html = str(html_text({"en": kept}))
    assert f'src="/media/{SCHEMAS["a"]}/{OURS}"' in html and 'alt="A bowl" width="1200" height="800" loading="lazy"' in html


def test_an_import_refuses_another_shop_s_picture_and_takes_its_own():
    in_library("a", OURS)
    in_library("b", THEIRS)
    category = make.a_category().pk

    def one(ref: str, key: str) -> ImportedProduct:
        variant = VariantInput(sku=ref, id=new_id())
        product = ProductInput(category, {"en": ref}, [variant], {"en": f'<img src="{key}">'}, pictures=[("demo/mug.webp", {})], source_ref=ref)
        return ImportedProduct(product=product, prices={ref: make.yuan("9")}, stock={ref: 1})

    with merchant_schema(A):
        done = import_products(by=SYSTEM, products=[one("mine", OURS), one("theirs", THEIRS)])
        assert [ref for ref, _why in done.refused] == ["theirs"] and done.entered == 1
        assert list(TextPicture.objects.values_list("product__source_ref", "key")) == [("mine", OURS)]
