"""The table of variants in the product form: values come and go, columns are filled, counted up and pasted, and what leaves is said before it does."""

from __future__ import annotations

import html
import json
import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from pypdf import PdfReader

from marketplace.flows.product_files.codes import barcode_of, weight_of
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.models import StockLevel
from marketplace.platform.taxonomy.attributes import describe_by_hand
from marketplace.platform.taxonomy.models import Category
from marketplace.web.seller import variants
from marketplace.web.seller.variants import Row
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.web.test_product_form import HOST, a_picture, axes, client, matrix_form, rows_shown  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
ENGLISH = {**HOST, "accept-language": "en"}


def cells(page: str) -> dict[str, str]:
    """What the fields of the form hold, as a browser would send them; of boxes those that are ticked."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]+>", page):
        parts = dict(re.findall(r'([a-z_]+)="([^"]*)"', tag))
        if (name := parts.get("name")) and (parts.get("type") not in ("checkbox", "radio") or re.search(r"\schecked", tag)):
            value = html.unescape(parts.get("value", ""))
            found[name] = [*found[name], value] if isinstance(found.get(name), list) else [found[name], value] if name in found else value
    return found


def shown(client: Any, form: dict[str, Any], then: str = "matrix", path: str = "/products/new/") -> str:  # noqa: F811
    response = client.post(path, {**form, "then": then}, headers=ENGLISH)
    assert response.status_code in (200, 422)
    return response.content.decode()


def chosen(axes: dict[str, int], colours: str, sizes: str) -> dict[str, Any]:  # noqa: F811
    return {f"axis_{axes['colour']}": [axes[one] for one in colours.split()], f"axis_{axes['size']}": [axes[one] for one in sizes.split()]}


def a_jacket(client: Any, axes: dict[str, int]) -> tuple[Product, dict[str, Any]]:  # noqa: F811
    """Jade and ink in three sizes, saved; and the form that its page shows."""
    form = {**matrix_form(axes), "discount_0": "", "price_0": "500"}
    form |= cells(shown(client, form))
    response = client.post("/products/new/", {**form, **chosen(axes, "jade ink", "s m l"), "pictures": [a_picture("red")]}, headers=ENGLISH)
    assert response.status_code == 302, response.content.decode()[:2000]
    with merchant_schema(A):
        product = Product.objects.get()
    page = client.get(f"/products/{product.pk}/", headers=ENGLISH).content.decode()
    return product, {**cells(page), "axes": [axes["colour"], axes["size"]], **chosen(axes, "jade ink", "s m l")}


def test_a_value_that_goes_and_comes_back_brings_what_was_typed(client, axes):  # noqa: F811
    form = matrix_form(axes)
    form |= cells(shown(client, form)) | chosen(axes, "jade ink", "s m l")
    place = next(n for n in range(6) if form[f"options_{n}"] == f"{axes['colour']}:{axes['ink']},{axes['size']}:{axes['l']}")
    form |= {f"sku_{place}": "MINE", f"stock_{place}": "77", f"barcode_{place}": "96385074"}
    fewer = cells(shown(client, {**form, **chosen(axes, "jade", "s m l")}))
    assert "MINE" not in [text for name, text in fewer.items() if name.startswith("sku_")]
    again = cells(shown(client, {**matrix_form(axes), **fewer, **chosen(axes, "jade ink", "s m l")}))
    back = next(n for n in range(6) if again[f"sku_{n}"] == "MINE")
    assert (again[f"stock_{back}"], again[f"barcode_{back}"]) == ("77", "96385074")


def test_what_would_be_sold_no_longer_is_said_before_it_is_saved_and_stays(client, axes):  # noqa: F811
    product, form = a_jacket(client, axes)
    path = f"/products/{product.pk}/"
    assert "sold no longer" not in client.get(path, headers=ENGLISH).content.decode()
    page = shown(client, {**form, **chosen(axes, "jade", "s m l")}, path=path)
    note = page[page.index("sold no longer") :][:1500]
    assert all(f"ink / {size}" in note for size in "sml") and "Nothing of them is deleted" in note
    smaller = {**matrix_form(axes), **cells(page), **chosen(axes, "jade", "s m l")}
    assert client.post(path, smaller, headers=ENGLISH).status_code == 302
    with merchant_schema(A):
        assert Variant.objects.count() == 6 and Variant.objects.filter(is_active=True).count() == 3
        gone = Variant.objects.filter(is_active=False).first()
    page = cells(shown(client, {**smaller, **chosen(axes, "jade ink", "s m l")}, path=path))
    assert gone.sku in page.values()  # chosen again, it is what it was


def test_a_row_that_is_left_out_stays_left_out_when_values_are_added(client, axes):  # noqa: F811
    form = matrix_form(axes)
    form |= cells(shown(client, {**form, **chosen(axes, "jade", "s m")})) | chosen(axes, "jade ink", "s m") | {"gone_1": "1"}
    form |= cells(shown(client, form))
    assert form["gone_1"] == "1" and len(rows_shown(shown(client, form))) == 4
    form |= {f"price_{n}": "500" for n in range(4)}
    assert client.post("/products/new/", {**form, **chosen(axes, "jade ink", "s m")}, headers=ENGLISH).status_code == 302
    with merchant_schema(A):
        assert Variant.objects.count() == 3


@pytest.mark.parametrize(("to", "filled"), [("all", 6), ("ticked", 2), ("value", 3)])
def test_a_column_is_filled_for_all_the_ticked_or_one_value(client, axes, to, filled):  # noqa: F811
    form = matrix_form(axes)
    form |= cells(shown(client, form)) | {"ticked_0": "1", "ticked_4": "1"}
    form["fill_to"] = f"value:{axes['ink']}" if to == "value" else to
    page = cells(shown(client, {**form, **chosen(axes, "jade ink", "s m l"), "all_stock": "9", "all_weight": "350"}, "fill"))
    for name, text in (("stock", "9"), ("weight", "350")):
        assert [page[f"{name}_{n}"] for n in range(6)].count(text) == filled


def test_barcodes_are_counted_up_over_what_is_taken(client, axes):  # noqa: F811
    other = make.a_product("a", title="Other")
    with merchant_schema(A):
        Variant.objects.filter(product=other).update(barcode="6901234567908")
    form = matrix_form(axes)
    form |= cells(shown(client, {**form, **chosen(axes, "jade", "s m l")})) | {"barcode_1": "96385074"}
    page = cells(shown(client, {**form, **chosen(axes, "jade", "s m l"), "all_barcode": "6901234567892"}, "fill"))
    assert [page[f"barcode_{n}"] for n in range(3)] == ["6901234567892", "96385074", "6901234567915"]
    wrong = shown(client, {**form, **chosen(axes, "jade", "s m l"), "all_barcode": "6901234567893"}, "fill")
    assert "would be 2, not 3" in wrong and cells(wrong)["barcode_0"] == ""


def test_a_pasted_column_goes_down_the_table_and_too_many_lines_are_refused(client, axes):  # noqa: F811
    form = matrix_form(axes)
    form |= cells(shown(client, {**form, **chosen(axes, "jade", "s m l")})) | chosen(axes, "jade", "s m l") | {"paste_column": "price"}
    page = cells(shown(client, {**form, "paste_text": "10\r\n\r\n30\r\n"}, "paste"))
    assert [page[f"price_{n}"] for n in range(3)] == ["10", "", "30"]
    assert "4 lines" in shown(client, {**form, "paste_text": "1\n2\n3\n4"}, "paste")
    page = cells(shown(client, {**form, "paste_column": "gone", "paste_text": "1"}, "paste"))
    assert "gone_0" not in page and [page[f"price_{n}"] for n in range(3)] == [form[f"price_{n}"] for n in range(3)]


def test_barcodes_and_weights_are_saved_and_a_wrong_one_is_named_at_its_cell(client, axes):  # noqa: F811
    product, form = a_jacket(client, axes)
    path = f"/products/{product.pk}/"
    good = {"barcode_0": "690-1234567892", "weight_0": "0.35 kg", "barcode_1": "036000291452", "weight_1": ""}
    response = client.post(path, {**form, **good}, headers=ENGLISH)
    assert response.status_code == 302, re.findall(r'class="error"[^>]*>(.*?)</p>', response.content.decode())
    with merchant_schema(A):
        assert list(Variant.objects.order_by("position").values_list("barcode", "weight_g"))[:2] == [("6901234567892", 350), ("036000291452", None)]
    for bad, name in (
        ({"barcode_2": "6901234567893"}, "barcode_2"),
        ({"barcode_2": "0036000291452"}, "barcode_2"),
        ({"weight_2": "heavy"}, "weight_2"),
        ({"sku_2": form["sku_0"]}, "sku_2"),
    ):
        response = client.post(path, {**form, **good, **bad}, headers=ENGLISH)
        assert response.status_code == 422 and f'id="id_{name}_error"' in response.content.decode(), bad
    other = make.a_product("a", title="Other")
    with merchant_schema(A):
        Variant.objects.filter(product=other).update(barcode="96385074")
    response = client.post(path, {**form, **good, "barcode_3": "96385074"}, headers=ENGLISH)
    assert response.status_code == 422 and 'id="id_barcode_3_error"' in response.content.decode()


def test_rows_of_one_value_stand_together_and_say_it_once(client, axes):  # noqa: F811
    _product, form = a_jacket(client, axes)
    page = shown(client, form, "show")
    assert re.findall(r'rowspan="(\d)"[^>]*>(\w+)<', page) == [("3", "jade"), ("3", "ink")]


def test_only_what_makes_variants_in_its_category_is_offered_to_make_them(client, axes):  # noqa: F811
    category = Category.objects.get(pk=axes["category"])
    describe_by_hand(by=SYSTEM, category_id=category.pk, seen=category.version, rows=[(axes["colour"], False, True), (axes["size"], False, False)])
    page = shown(client, {"product_id": str(uuid4()), "category": category.pk}, "show")
    assert f'name="axis_{axes["colour"]}"' in page and f'name="axis_{axes["size"]}"' not in page
    assert f'name="attribute_{axes["size"]}"' in page and f'name="attribute_{axes["colour"]}"' in page, "each of them can be said of the product"


@pytest.mark.parametrize("text", ["", "x", "[]", '["1:2"]', '["1:2", []]', '[1, {"sku": 3}]', "[" * 5000, "null", '"a"'])
def test_what_is_kept_aside_may_be_anything(text):
    assert all(isinstance(row, Row) for row in variants.rows_aside([text]))


def test_what_is_kept_aside_is_read_as_it_was_written():
    row = Row({1: 2, 3: 4}, {"sku": "A", "price": "5"})
    (read,) = variants.rows_aside([variants.write_aside(row)])
    assert (read.options, read.cells["sku"], read.cells["price"]) == (row.options, "A", "5")
    assert json.loads(variants.write_aside(row))


@pytest.mark.parametrize(
    ("cell", "code"), [("6901234567892", "6901234567892"), ("6901234567892.0", "6901234567892"), ("36000291452", "036000291452"), ("", None)]
)
def test_a_cell_of_a_spreadsheet_is_read_as_the_barcode_it_was(cell, code):
    assert barcode_of(cell) == code


@pytest.mark.parametrize("cell", ["6.90E+12", "6.901234567E12"])
def test_a_barcode_that_a_spreadsheet_has_shortened_is_refused(cell):
    with pytest.raises(InvalidInput) as refusal:
        barcode_of(cell)
    assert "text" in str(refusal.value) or "文本" in str(refusal.value)


@pytest.mark.parametrize(("text", "grams"), [("350", 350), ("1.2 kg", 1200), ("500 克", 500), ("", None)])
def test_a_weight_is_read_in_grams(text, grams):
    assert weight_of(text) == grams


@pytest.mark.parametrize("text", ["0", "-5", "2000 kg", "x"])
def test_a_weight_that_makes_no_sense_is_refused(text):
    with pytest.raises(InvalidInput):
        weight_of(text)


def test_labels_are_a_pdf_and_what_cannot_be_printed_is_said(client):  # noqa: F811
    product = make.a_product("a", variants=2)
    path = f"/products/{product.pk}/labels/"
    assert "None of its variants has a barcode" in client.get(path, headers=ENGLISH).content.decode()
    with merchant_schema(A):
        row = product.variants.order_by("position").first()
        Variant.objects.filter(pk=row.pk).update(barcode="6901234567892")
    assert "1 variant has no barcode" in client.get(path, headers=ENGLISH).content.decode()
    asked = {"sheet": "40", "first": "3", "priced": "on", f"n_{row.pk.hex}": "45"}
    answer = client.get(f"{path}pdf/", asked, headers=ENGLISH)
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    pages = PdfReader(BytesIO(answer.content)).pages
    assert len(pages) == 2 and pages[0].extract_text().count("901234") + pages[1].extract_text().count("901234") == 45
    for wrong in ({"sheet": "9"}, {"first": "0"}, {"first": "41"}, {f"n_{row.pk.hex}": "x"}, {f"n_{row.pk.hex}": "0"}, {f"n_{row.pk.hex}": "501"}):
        assert client.get(path, {**asked, **wrong}, headers=ENGLISH).status_code == 422
        assert client.get(f"{path}pdf/", {**asked, **wrong}, headers=ENGLISH).status_code == 422


def printed(client, path, keys, **fields) -> str:  # noqa: F811
    asked = {"chosen": keys, "sheet": "40", "first": "1", "priced": "on", "each": "2", **fields}
    answer = client.get(f"{path}pdf/", asked, headers=ENGLISH)
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)


def test_labels_of_what_was_ticked_in_products_and_in_stock(client):  # noqa: F811
    cup, bowl = make.a_product("a", title="Cup", stock=3), make.a_product("a", title="Bowl", stock=5)
    bare, other = make.a_product("a", title="Bare"), make.a_product("b", title="Theirs")
    codes = {cup.pk: "6901234567892", bowl.pk: "4006381333931"}
    for product_id, code in codes.items():
        with merchant_schema(A):
            Variant.objects.filter(product=product_id).update(barcode=code)
    keys = [cup.pk, bowl.pk, bare.pk, other.pk]
    page = client.get("/products/labels/", {"chosen": keys}, headers=ENGLISH).content.decode()
    assert "1 variant has no barcode" in page and "2 labels" in page and "Theirs" not in page
    text = printed(client, "/products/labels/", keys)
    assert text.count("901234") == 2 and text.count("006381") == 2 and "Cup" in text and "Bowl" in text
    text = printed(client, "/products/labels/", keys, by_stock="on")
    assert text.count("901234") == 3 and text.count("006381") == 5
    with merchant_schema(A):
        levels = list(StockLevel.objects.filter(variant__product=cup).values_list("pk", flat=True))
    text = printed(client, "/stock/labels/", levels, by_stock="on")
    assert text.count("901234") == 3 and "006381" not in text


def test_labels_of_many_that_cannot_be_printed_say_why(client):  # noqa: F811
    bare, full = make.a_product("a", title="Bare"), make.a_product("a", title="Full", stock=2001)
    with merchant_schema(A):
        Variant.objects.filter(product=full).update(barcode="6901234567892")
    assert "None of these variants has a barcode yet." in client.get("/products/labels/", {"chosen": bare.pk}, headers=ENGLISH).content.decode()
    asked = {"chosen": full.pk, "sheet": "40", "first": "1", "each": "1"}
    for wrong in ({"each": "0"}, {"each": "501"}, {"first": "41"}, {"sheet": "9"}, {"chosen": bare.pk}):
        for path in ("/products/labels/", "/products/labels/pdf/"):
            assert client.get(path, {**asked, **wrong}, headers=ENGLISH).status_code == 422, (path, wrong)
    assert client.get("/products/labels/", headers=ENGLISH).url == "/products/"
    assert client.get("/stock/labels/", {"chosen": "x"}, headers=ENGLISH).url == "/stock/"
