"""Texts of a product in two languages, and the size tables of a shop: what the merchant sees, what is reviewed, what buyers read."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.review_product import approve_change
from marketplace.flows.size_tables import copy_size_tables, remove_size_table, save_size_table
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.catalogue.models import Product, SizeTable
from marketplace.merchant.catalogue.sizes import SizeTableInput
from marketplace.platform.details.models import ListingDetail
from marketplace.platform.listings.errors import WordForbidden
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.listings.words import put_words
from marketplace.platform.taxonomy.attributes import describe_by_hand, keep_attribute
from marketplace.platform.taxonomy.merging import merge_value
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Category
from marketplace.web.seller.size_tables import read_rows
from storefront.templatetags.size_tables import beside
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
HOST = {"host": "kiln.seller.market.localhost", "accept-language": "en"}


@pytest.fixture
def client() -> Client:
    found = Client()
    found.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def form_of(product: Product, **more: object) -> dict[str, object]:
    with merchant_schema(A):
        sku = product.variants.get().sku
    titles = {"title_en": product.titles.get("en", ""), "title_zh": product.titles.get("zh-hans", "")}
    return {"product_id": product.pk, **titles, "category": product.category_id, "sku_0": sku, "price_0": "100", "stock_0": "10", **more}


def a_table(name: str = "Coats", **more: object) -> SizeTableInput:
    columns = [({"en": "Chest", "zh-hans": "胸围"}, "cm"), ({"en": "Length"}, "cm")]
    return SizeTableInput(name, columns, [("M", ["98-102", "68"]), ("L", ["103-107", "70.5"])], **more)  # type: ignore[arg-type]


def saved(table: SizeTableInput) -> SizeTable:
    with merchant_schema(A):
        return save_size_table(by=SYSTEM, table_id=uuid4(), table=table)


def page(client: Client, product: Product) -> str:
    return client.get(f"/p/{product.pk}/", headers={"host": "market.localhost", "accept-language": "en"}).content.decode()


def test_what_is_missing_is_marked_and_copied_over_without_saving(client):
    product = make.a_product("a", titles={"en": "Mug"})
    path = f"/products/{product.pk}/"
    shown = client.get(path, headers=HOST).content.decode()
    assert "Missing in this language" in shown and "Chinese 0 of 1" in shown and "English 1 of 1" in shown
    copied = client.post(path, form_of(product, copy="title_zh"), headers=HOST).content.decode()
    assert 'name="title_zh" value="Mug"' in copied and "Chinese 1 of 1" in copied
    assert client.post(path, form_of(product, copy="price_0"), headers=HOST).status_code == 200
    with merchant_schema(A):
        product.refresh_from_db()
    assert product.titles == {"en": "Mug"}


def test_a_subtitle_is_reviewed_like_a_title_and_read_when_it_is_approved(client):
    product = make.a_product("a")
    assert client.post(f"/products/{product.pk}/", form_of(product, subtitle_en=" Thrown  by hand "), headers=HOST).status_code == 302
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    assert change.proposed["subtitles"] == {"en": "Thrown by hand"}
    assert "Thrown by hand" not in page(client, product)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    assert "Thrown by hand" in page(client, product)
    answer = client.post(f"/products/{product.pk}/", form_of(product, subtitle_en="x" * 121), headers=HOST)
    assert answer.status_code == 422


def test_a_forbidden_word_in_a_subtitle_is_named_at_its_field(client):
    put_words(by=SYSTEM, texts=["miracle"], weight="refused", category_id=None, note="")
    product = make.a_product("a")
    answer = client.post(f"/products/{product.pk}/", form_of(product, subtitle_en="A miracle"), headers=HOST)
    assert answer.status_code == 422 and 'id="id_subtitle_en_error"' in answer.content.decode()


@pytest.fixture
def care() -> Attribute:
    """An attribute in words, which the factory's category is described by."""
    row = keep_attribute(by=SYSTEM, attribute_id=None, seen=0, fields={"names": {"en": "Care", "zh-hans": "保养"}, "kind": "text"})
    category = make.a_category()
    describe_by_hand(by=SYSTEM, category_id=category.pk, seen=category.version, rows=[(row.pk, False, False)])
    return row


def said_of(product: Product, care: Attribute) -> dict[str, str] | None:
    with merchant_schema(A):
        product.refresh_from_db()
    return next((texts for key, _values, texts in product.attributes if key == care.pk), None)


def test_an_attribute_in_words_is_said_in_each_language_and_read_so(client, care):
    product = make.a_product("a")
    path, zh, en = f"/products/{product.pk}/", f"attribute_{care.pk}_zh", f"attribute_{care.pk}_en"
    assert client.post(path, form_of(product, **{zh: "手洗"}), headers=HOST).status_code == 302
    assert said_of(product, care) == {"zh-hans": "手洗"}
    shown = client.get(path, headers=HOST).content.decode()
    assert f'name="{zh}" value="手洗"' in shown and "English 1 of 2" in shown and "Missing in this language" in shown
    copied = client.post(path, form_of(product, copy=en, **{zh: "手洗"}), headers=HOST).content.decode()
    assert f'name="{en}" value="手洗"' in copied
    for text in ("Wash by hand", "Wash cold"):
        assert client.post(path, form_of(product, **{zh: "手洗", en: text}), headers=HOST).status_code == 302
        assert said_of(product, care) == {"zh-hans": "手洗", "en": text}, "who changes one language leaves the other"
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    console = Client(headers={"host": "ops.market.localhost", "accept-language": "en"})
    console.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert "Care: 手洗 / Wash cold" in console.get(f"/reviews/{change.pk}/").content.decode(), "a reviewer reads both"
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    for language, mine, other in (("en", "Wash cold", "手洗"), ("zh-hans", "手洗", "Wash cold")):
        bought = Client().get(f"/p/{product.pk}/", headers={"host": "market.localhost", "accept-language": language}).content.decode()
        assert mine in bought and other not in bought


def test_an_attribute_in_words_keeps_other_languages_and_goes_when_both_are_emptied(client, care):
    product = make.a_product("a", on_sale=False)
    with merchant_schema(A):
        Product.objects.filter(pk=product.pk).update(attributes=[[care.pk, [], {"en": " Wash ", "ja": "手洗い"}]])
    path, zh, en = f"/products/{product.pk}/", f"attribute_{care.pk}_zh", f"attribute_{care.pk}_en"
    assert client.post(path, form_of(product, **{en: "Wash"}), headers=HOST).status_code == 302
    assert said_of(product, care) == {"en": " Wash ", "ja": "手洗い"}, "what says the same stays to the letter"
    assert client.post(path, form_of(product, **{zh: "手洗", en: ""}), headers=HOST).status_code == 302
    assert said_of(product, care) == {"ja": "手洗い", "zh-hans": "手洗"}
    with merchant_schema(A):
        Product.objects.filter(pk=product.pk).update(attributes=[[care.pk, [], {"en": "Wash"}]])
    assert client.post(path, form_of(product), headers=HOST).status_code == 302
    assert said_of(product, care) is None


def test_where_the_market_asks_for_it_one_language_is_enough_and_none_is_named_at_its_field(client, care):
    category = make.a_category()
    category.refresh_from_db()
    describe_by_hand(by=SYSTEM, category_id=category.pk, seen=category.version, rows=[(care.pk, True, False)])
    product = make.a_product("a", on_sale=False)
    path, en = f"/products/{product.pk}/", f"attribute_{care.pk}_en"
    answer = client.post(path, form_of(product, then="submit"), headers=HOST)
    assert answer.status_code == 422 and f'id="id_attribute_{care.pk}_zh_error"' in answer.content.decode()
    assert client.post(path, form_of(product, then="submit", **{en: "Wash cold"}), headers=HOST).status_code == 302


def test_every_value_an_attribute_may_have_is_offered_and_none_that_a_product_says_is_lost(client):
    product = make.a_product("a")
    glaze = keep_attribute(by=SYSTEM, attribute_id=None, seen=0, fields={"names": {"zh-hans": "釉色", "en": "Glaze"}, "kind": "choice"})
    names = [{"zh-hans": f"釉 {n}", "en": f"Glaze {n}"} for n in range(502)]
    values = AttributeValue.objects.bulk_create([AttributeValue(attribute=glaze, code=str(n), names=names[n], position=n) for n in range(502)])
    category = product_category(product)
    describe_by_hand(by=SYSTEM, category_id=category.pk, seen=category.version, rows=[(glaze.pk, False, False)])
    name, path = f"attribute_{glaze.pk}", f"/products/{product.pk}/"
    assert client.post(path, form_of(product, **{name: values[499].pk}), headers=HOST).status_code == 302
    assert attributes_of(product) == [[glaze.pk, [values[499].pk], None]]
    assert client.post(path, form_of(product, **{name: values[500].pk}), headers=HOST).status_code == 422, "an attribute has at most 500"
    with merchant_schema(A):
        Product.objects.filter(pk=product.pk).update(attributes=[[glaze.pk, [values[501].pk], None]])  # as an import may
    page = client.get(path, headers=HOST).content.decode()
    assert f'<option value="{values[501].pk}" selected>' in page
    assert client.post(path, form_of(product, **{name: values[501].pk}), headers=HOST).status_code == 302
    assert attributes_of(product) == [[glaze.pk, [values[501].pk], None]]
    merge_value(by=SYSTEM, attribute_id=glaze.pk, value_id=values[501].pk, into_id=values[0].pk, why="The same glaze")  # goods follow by a job
    assert f'<option value="{values[0].pk}" selected>' in client.get(path, headers=HOST).content.decode()


def product_category(product: Product) -> Category:
    return Category.objects.get(pk=product.category_id)


def attributes_of(product: Product) -> list[list[object]]:
    with merchant_schema(A):
        return Product.objects.get(pk=product.pk).attributes


def test_a_table_of_a_category_stands_on_the_pages_of_its_products_at_once_and_goes_again(client):
    product = make.a_product("a")
    other = make.a_product("a", title="Other", category=make.a_category("plates", {"en": "Plates"}))
    assert "Size table" not in page(client, product)
    table = saved(a_table(category_ids=[product.category_id], notes={"en": "Laid flat"}))
    shown = page(client, product)
    assert all(text in shown for text in ("Size table", "Chest", "98-102", "38.6-40.2 in", "Laid flat")) and "Size table" not in page(client, other)
    with merchant_schema(A):
        remove_size_table(by=SYSTEM, table_id=table.pk)
    assert "Size table" not in page(client, product) and not ListingDetail.objects.exists()


def test_a_product_names_a_table_of_its_own_without_a_review(client):
    product = make.a_product("a")
    saved(a_table(category_ids=[product.category_id]))
    own = SizeTableInput("Own", [({"en": "Height"}, "in")], [("M", ["4"])])
    table = saved(own)
    assert client.post(f"/products/{product.pk}/", form_of(product, size_table=table.pk), headers=HOST).status_code == 302
    shown = page(client, product)
    assert "Height" in shown and "10.2 cm" in shown and "Chest" not in shown
    assert not ProductChange.objects.filter(product_id=product.pk, status="waiting").exists()


def test_a_category_stands_in_the_table_that_was_saved_last(client):
    product = make.a_product("a")
    first = saved(a_table("First", category_ids=[product.category_id]))
    saved(SizeTableInput("Second", [({"en": "Waist"}, "cm")], [("M", ["80"])], category_ids=[product.category_id]))
    assert "Waist" in page(client, product)
    with merchant_schema(A):
        assert SizeTable.objects.get(pk=first.pk).category_ids == []
        copy_size_tables(by=SYSTEM, products=Product.objects.all())  # writing it again changes nothing
    assert "Waist" in page(client, product)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (SizeTableInput("", [({"en": "A"}, "cm")], [("M", ["1"])]), "name"),
        (SizeTableInput("T", [], [("M", ["1"])]), "columns"),
        (SizeTableInput("T", [({"en": " "}, "cm")], [("M", ["1"])]), "columns"),
        (SizeTableInput("T", [({"en": "A"}, "miles")], [("M", ["1"])]), "columns"),
        (SizeTableInput("T", [({"en": "A"}, "cm")], []), "rows"),
        (SizeTableInput("T", [({"en": "A"}, "cm")], [("M", ["1", "2"])]), "rows"),
        (SizeTableInput("T", [({"en": "A"}, "cm")], [("M", ["1"]), ("M", ["2"])]), "rows"),
        (SizeTableInput("T", [({"en": "A"}, "cm")], [("M", ["x" * 21])]), "rows"),
        (SizeTableInput("T", [({"en": "A"}, "cm")], [("M", ["1"])], category_ids=[10**8]), "categories"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_with_its_field(wrong, field):
    with pytest.raises(InvalidInput) as refusal:
        saved(wrong)
    assert refusal.value.field == field
    with merchant_schema(A):
        assert not SizeTable.objects.exists()


def test_forbidden_words_and_names_twice_are_refused_in_a_table():
    saved(a_table("Coats"))
    with pytest.raises(InvalidInput):
        saved(a_table("coats"))
    put_words(by=SYSTEM, texts=["miracle"], weight="refused", category_id=None, note="")
    with pytest.raises(WordForbidden):
        saved(a_table("More", notes={"en": "A miracle fit"}))


@pytest.mark.parametrize("text", ["M\t98-102\t68\nL\t103\t70", "M 98-102 68\r\n\r\nL  103  70", "M,98-102,68\nL,103,70", "M；98-102；68\nL；103；70"])
def test_rows_are_read_however_they_are_separated(text):
    assert read_rows(text) == [("M", ["98-102", "68"]), ("L", ["103", "70"])]


@pytest.mark.parametrize(
    ("text", "unit", "other"),
    [("98", "cm", "38.6 in"), ("98-102", "cm", "38.6-40.2 in"), ("10", "in", "25.4 cm"), ("free", "cm", ""), ("5", "kg", ""), ("254", "mm", "25.4 cm")],
)
def test_measures_are_shown_in_the_other_unit(text, unit, other):
    assert beside(text, unit) == other


def test_the_pages_of_size_tables_enter_change_and_remove_one(client):
    assert "Measures by size" in client.get("/size-tables/", headers=HOST).content.decode()
    key = uuid4()
    form = {"table_id": key, "name": "Coats", "name_en_0": "Chest", "unit_0": "cm", "rows": "M 98"}
    assert client.post("/size-tables/new/", form, headers=HOST).status_code == 302
    answer = client.post(f"/size-tables/{key}/", {**form, "rows": "M 98 1"}, headers=HOST)
    assert answer.status_code == 422 and 'id="id_rows_error"' in answer.content.decode()
    assert client.post(f"/size-tables/{key}/", {**form, "rows": "M 99"}, headers=HOST).status_code == 302
    with merchant_schema(A):
        assert SizeTable.objects.get(pk=key).rows == [["M", ["99"]]]
    assert "Coats" in client.get("/size-tables/", headers=HOST).content.decode()
    assert client.post(f"/size-tables/{key}/remove/", headers=HOST).status_code == 302
    assert client.get(f"/size-tables/{key}/", headers=HOST).status_code == 404
