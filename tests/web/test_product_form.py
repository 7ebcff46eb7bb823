"""A merchant enters a product: variants from a matrix, discounts, pictures in order, and what waits for the operator."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.pricing.models import Price
from marketplace.platform.taxonomy.actions import describe_category, put_attributes, put_values
from marketplace.web.seller import variants
from marketplace.web.seller.variants import Row
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
HOST = {"host": "kiln.seller.market.localhost"}


@pytest.fixture
def client() -> Client:
    found = Client()
    found.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


@pytest.fixture
def axes() -> dict[str, int]:
    """Colour (jade, ink) and size (s, m, l) of jackets; keys by code."""
    category = make.a_category("jackets", {"zh-hans": "外套", "en": "Jackets"})
    attributes = put_attributes(by=SYSTEM, rows=[{"code": code, "names": {"en": code}} for code in ("colour", "size")])
    rows = [("colour", "jade"), ("colour", "ink"), ("size", "s"), ("size", "m"), ("size", "l")]
    values = put_values(by=SYSTEM, rows=[{"attribute_id": attributes[a].pk, "code": v, "names": {"en": v}} for a, v in rows])
    describe_category(by=SYSTEM, category_id=category.pk, attribute_ids=[row.pk for row in attributes.values()])
    return {"category": category.pk, **{code: row.pk for code, row in attributes.items()}, **{v: values[attributes[a].pk, v].pk for a, v in rows}}


def a_picture(colour: str) -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (30, 30), colour).save(data, "PNG")
    return SimpleUploadedFile(f"{colour}.png", data.getvalue(), content_type="image/png")


def matrix_form(axes: dict[str, int], **more: object) -> dict[str, object]:
    return {
        "product_id": str(uuid4()),
        "title_en": "Rain jacket",
        "category": axes["category"],
        "sku_0": "RJ",
        "market_0": "500",
        "price_0": "",
        "discount_0": "",
        "stock_0": "0",
        "axes": [axes["colour"], axes["size"]],
        f"axis_{axes['colour']}": [axes["jade"], axes["ink"]],
        f"axis_{axes['size']}": [axes["s"], axes["m"], axes["l"]],
        **more,
    }


def rows_shown(page: str) -> list[str]:
    import re

    return re.findall(r'name="options_\d+" value="([^"]*)"', page)


def test_chosen_values_become_a_variant_for_each_combination_and_nothing_is_saved(client, axes):
    response = client.post("/products/new/", {**matrix_form(axes), "then": "matrix"}, headers=HOST)
    shown = rows_shown(response.content.decode())
    assert len(shown) == 6 and len(set(shown)) == 6
    assert 'value="RJ-JADE-S"' in response.content.decode()
    with merchant_schema(MERCHANTS["a"]):
        assert not Product.objects.exists()


def test_a_combination_that_was_there_keeps_what_was_typed(axes):
    kept = Row({axes["colour"]: axes["jade"], axes["size"]: axes["m"]}, {"sku": "MINE", "price": "1"})
    made = variants.matrix([(axes["colour"], [axes["jade"]]), (axes["size"], [axes["s"], axes["m"]])], [kept], {axes["s"]: "S"})
    assert [row.cells["sku"] for row in made] == ["MINE-S", "MINE"]
    assert made[1] is kept


def test_too_many_combinations_are_refused(axes):
    with pytest.raises(InvalidInput):
        variants.matrix([(1, range(20)), (2, range(20))], [Row()], {})


def test_a_jacket_in_two_colours_and_three_sizes_is_saved_with_discount_and_submitted(client, axes):
    form = matrix_form(axes)
    page = client.post("/products/new/", {**form, "then": "matrix"}, headers=HOST).content.decode()
    for n, options in enumerate(rows_shown(page)):
        form |= {f"options_{n}": options, f"sku_{n}": f"RJ-{n}", f"market_{n}": "500", f"discount_{n}": "15", f"price_{n}": "", f"stock_{n}": "7"}
    with translation.override("en"):
        response = client.post(
            "/products/new/", {**form, "then": "submit", "pictures": [a_picture("red"), a_picture("teal")]}, headers={**HOST, "accept-language": "en"}
        )
    assert response.status_code == 302, response.content.decode()[:3000]
    with merchant_schema(MERCHANTS["a"]):
        product = Product.objects.get()
        assert (product.review, product.status, product.axes) == ("waiting", "draft", [axes["colour"], axes["size"]])
        assert product.pictures.count() == 2 and product.variants.count() == 6
        assert {(price.sale_minor, price.market_minor) for price in Price.objects.all()} == {(42500, 50000)}


def test_the_same_form_sent_twice_makes_one_product_with_the_same_variants(client, axes):
    form = {**matrix_form(axes), "price_0": "10", "options_0": f"{axes['colour']}:{axes['jade']}"}
    for _time in range(2):
        assert client.post("/products/new/", form, headers=HOST).status_code == 302
    with merchant_schema(MERCHANTS["a"]):
        assert Variant.objects.count() == 1


def test_a_variant_that_is_struck_out_goes_and_comes_back_as_the_same(client, axes):
    form = {**matrix_form(axes), "price_0": "10", "options_0": f"{axes['size']}:{axes['s']}"}
    form |= {"sku_1": "RJ-M", "price_1": "10", "stock_1": "3", "options_1": f"{axes['size']}:{axes['m']}"}
    client.post("/products/new/", form, headers=HOST)
    with merchant_schema(MERCHANTS["a"]):
        product = Product.objects.get()
        before = Variant.objects.get(sku="RJ-M").pk
    client.post(f"/products/{product.pk}/", {**form, "gone_1": "1"}, headers=HOST)
    with merchant_schema(MERCHANTS["a"]):
        assert not Variant.objects.get(pk=before).is_active
    client.post(f"/products/{product.pk}/", form, headers=HOST)
    with merchant_schema(MERCHANTS["a"]):
        assert Variant.objects.get(sku="RJ-M", is_active=True).pk == before


@pytest.mark.parametrize(
    ("language", "typed", "minor"), [("en", "15", 8500), ("zh-hans", "8.5", 8500), ("en", "0", 10000), ("zh-hans", "10", 10000), ("en", "33.3", 6670)]
)
def test_a_discount_is_read_as_the_reader_counts_it(language, typed, minor):
    with translation.override(language):
        sale = variants.discounted(Money(10000, "CNY"), typed)
        assert sale.minor == minor
        assert variants.write_discount(Money(10000, "CNY"), sale) == (typed if minor < 10000 else "")


@pytest.mark.parametrize(
    ("language", "typed"), [("en", "100"), ("en", "-1"), ("en", "x"), ("en", "NaN"), ("en", "9e999999999"), ("zh-hans", "0"), ("zh-hans", "11")]
)
def test_a_discount_that_makes_no_sense_is_refused(language, typed):
    with translation.override(language), pytest.raises(InvalidInput):
        variants.discounted(Money(10000, "CNY"), typed)


def test_numbers_beyond_all_are_told_beside_their_cells(client, axes):
    form = {**matrix_form(axes), "axes": [], "price_0": "1e999999", "stock_0": "9" * 5000, "weight_0": "1e999999", "then": "save"}
    answer = client.post("/products/new/", form, headers={**HOST, "accept-language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Stock is a whole number from 0 to 10,000,000." in page
    assert all(f'id="id_{name}_0_error"' in page for name in ("price", "stock", "weight"))


def test_filling_in_for_all_rows(client, axes):
    form = {
        **matrix_form(axes),
        "options_0": f"{axes['size']}:{axes['s']}",
        "sku_1": "RJ-M",
        "price_1": "",
        "stock_1": "0",
        "options_1": f"{axes['size']}:{axes['m']}",
    }
    page = client.post("/products/new/", {**form, "then": "fill", "all_price": "99", "all_stock": "5"}, headers=HOST).content.decode()
    for n in (0, 1):
        assert f'name="price_{n}" value="99"' in page and f'name="stock_{n}" value="5"' in page
    with merchant_schema(MERCHANTS["a"]):
        assert not Product.objects.exists()
