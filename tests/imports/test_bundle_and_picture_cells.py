"""What pictures show and what is in bundles, in tables: checked by row and column, taken over, undone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from marketplace.flows.listing_times import Moment, set_listing_times
from marketplace.flows.product_files.pictures import store_one
from marketplace.flows.review_product import submit_product
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.bundles.models import BundlePart
from marketplace.merchant.catalogue.models import Picture, Product
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.listings.words import put_words
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.flows.bundles import a_bundle
from tests.flows.test_product_review import now
from tests.flows.test_times_of_sale import approve
from tests.flows.virtual import a_card
from tests.imports.files import HEADS as FIRST
from tests.imports.files import A, a_row, checked, cups, imported, problems, states
from tests.imports.test_round_trip import exported
from tests.imports.test_shop_terms import product_of, undone

pytestmark = pytest.mark.django_db
ENGLISH, CHINESE, PARTS = "What the pictures show, in English", "What the pictures show, in Chinese", "What is in the bundle"
HEADS = [*FIRST, "Kind of goods", ENGLISH, CHINESE, PARTS]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        cups()
        yield


def table(*rows: tuple[int, dict[str, str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *([*a_row(n, **said), *(said.get(head, "") for head in HEADS[len(FIRST) :])] for n, said in rows)])
    return out.getvalue().encode()


def changed(data: bytes, sku: str, **said: str) -> bytes:
    """An export with other cells in the row of this SKU, by heading."""
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    row = next(line for line in lines[1:] if line[lines[0].index("SKU")] == sku)
    for column, text in said.items():
        row[lines[0].index(column)] = text
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def sku_of(product: Product) -> str:
    with merchant_schema(A):
        return str(product.variants.get().sku)


def parts_of(product: Product) -> dict[str, int]:
    with merchant_schema(A):
        return dict(BundlePart.objects.filter(bundle_id=product.pk).order_by("position").values_list("variant__sku", "quantity"))


def alts_of(ref: str) -> list[tuple[str, Any]]:
    with merchant_schema(A):
        return list(Picture.objects.filter(product=product_of(ref)).order_by("position").values_list("key", "alt"))


def only_problem(import_id: Any) -> tuple[str, str]:
    (((column, why),),) = problems(import_id).values()
    return column, why


@pytest.fixture
def keys() -> list[str]:
    with merchant_schema(A):
        return [store_one(by=SYSTEM, data=make.a_picture(colour).read()) for colour in ("red", "blue")]


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_picture_gets_its_words_in_the_order_of_the_pictures(keys):
    row = {"Pictures": "|".join(keys), ENGLISH: "Front | Back", CHINESE: "|背面"}
    assert states(imported(table((1, row)))) == {"done": 1}
    assert alts_of("P1") == [(keys[0], {"en": "Front"}), (keys[1], {"en": "Back", "zh-hans": "背面"})]
    assert states(checked(table((1, {"Pictures": "|".join(keys)})))) == {"same": 1}, "empty cells leave what is there"
    import_id = imported(changed(exported("csv", "en"), "P1", **{ENGLISH: "|Rear"}))
    assert alts_of("P1") == [(keys[0], {"en": "Front"}), (keys[1], {"en": "Rear", "zh-hans": "背面"})], "and so does nothing between two signs"
    assert undone(import_id).undone == 1
    assert alts_of("P1")[1] == (keys[1], {"en": "Back", "zh-hans": "背面"})


def test_pictures_that_change_places_take_their_words_along(keys):
    imported(table((1, {"Pictures": "|".join(keys), ENGLISH: "Front|Back"})))
    imported(changed(exported("csv", "en"), "P1", Pictures="|".join(reversed(keys))))
    assert alts_of("P1") == [(keys[1], {"en": "Back"}), (keys[0], {"en": "Front"})]


def test_more_words_than_pictures_and_words_that_are_too_long_are_refused(keys):
    column, why = only_problem(checked(table((1, {"Pictures": keys[0], ENGLISH: "Front|Back"}))))
    assert column == ENGLISH and "2 texts and 1 pictures" in why
    column, why = only_problem(checked(table((1, {"Pictures": keys[0], CHINESE: "长" * 301}))))
    assert column == CHINESE and "at most" in why


# ── bundles ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def goods() -> list[Product]:
    return [make.a_product(title=title, stock=20) for title in ("Pot", "Cup")]


def test_a_row_says_what_is_in_a_draft_and_undoing_puts_back_what_was(goods):
    pot, cup = goods
    draft = a_bundle((pot, 1), (cup, 4), on_sale=False)
    written = changed(exported("csv", "en"), sku_of(draft), **{PARTS: f"{sku_of(cup)} x 6；{sku_of(pot)}"})
    import_id = imported(written)
    assert states(import_id) == {"done": 1, "same": 2}, problems(import_id)
    assert parts_of(draft) == {sku_of(cup): 6, sku_of(pot): 1}
    assert undone(import_id).undone == 1
    assert parts_of(draft) == {sku_of(pot): 1, sku_of(cup): 4}


def test_a_new_row_with_articles_becomes_a_bundle_that_may_be_submitted(goods, keys):
    pot, cup = goods
    row = {PARTS: f"{sku_of(pot)} × 1; {sku_of(cup)} × 4", "Pictures": keys[0], "Stock": ""}
    import_id = imported(table((1, row)), goes="submit")
    assert states(import_id) == {"done": 1}, problems(import_id)
    with merchant_schema(A):
        made = product_of("P1")
    assert parts_of(made) == {sku_of(pot): 1, sku_of(cup): 4}
    change = ProductChange.objects.get(product_id=made.pk, status="waiting")
    assert [part["quantity"] for part in change.proposed["parts"]] == [1, 4] and change.version == made.version
    assert undone(import_id).undone == 1
    with merchant_schema(A):
        assert not Product.objects.filter(pk=made.pk).exists()


def test_what_is_in_it_stays_from_the_day_it_is_submitted(goods):
    pot, cup = goods
    draft, sold = a_bundle((pot, 1), (cup, 4), on_sale=False), a_bundle((pot, 1), (cup, 2))
    with merchant_schema(A):
        submit_product(by=SYSTEM, product_id=draft.pk)
    for bundle in (draft, sold):
        before = parts_of(bundle)
        column, why = only_problem(checked(changed(exported("csv", "en"), sku_of(bundle), **{PARTS: f"{sku_of(cup)} × 2"})))
        assert column == PARTS and "Make a new bundle for another set" in why
        assert parts_of(bundle) == before


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("NO-1 × 2; NO-2", "nothing with the SKU “NO-1”, “NO-2”"),
        ("{pot}", "two pieces or more"),
        ("{pot} × 0; {cup} × 2", "1 to 99"),
        ("{pot} × 1; {pot} × 2", "different articles"),
        ("{card} × 2", "is not shipped"),
        ("{set} × 2", "is a bundle itself"),
    ],
)
def test_what_cannot_be_in_a_bundle_is_said_of_the_cell(goods, said, why):
    pot, cup = goods
    names = {"pot": sku_of(pot), "cup": sku_of(cup), "card": sku_of(a_card()), "set": sku_of(a_bundle((pot, 1), (cup, 4)))}
    column, told = only_problem(checked(table((1, {PARTS: said.format(**names), "Stock": ""}))))
    assert column == PARTS and why in told


def test_neither_other_products_nor_stock_nor_codes_come_into_it(goods):
    pot, cup = goods
    column, why = only_problem(checked(changed(exported("csv", "en"), sku_of(pot), **{PARTS: f"{sku_of(cup)} × 2"})))
    assert column == PARTS and "no bundle" in why
    row = {PARTS: f"{sku_of(cup)} × 2"}
    assert only_problem(checked(table((1, {**row, "Stock": "3"}))))[0] == "Stock"
    assert only_problem(checked(table((1, {**row, "Stock": "", "Kind of goods": "codes"}))))[0] == "Kind of goods"
    assert states(checked(table((1, {**row, "Stock": ""})))) == {"good": 1}


def test_a_row_that_gives_a_bundle_a_second_variant_is_told_so_though_its_parts_are_as_they_are():
    bundle = a_bundle((make.a_product("a"), 2))
    lines = list(csv.reader(io.StringIO(exported("csv", "en").decode("utf-8-sig"))))
    sku = lines[0].index("SKU")
    row = next(line for line in lines[1:] if line[sku] == sku_of(bundle))
    out = io.StringIO()
    csv.writer(out).writerows([lines[0], row, [f"{cell}-2" if n == sku else "" if lines[0][n] == "Barcode" else cell for n, cell in enumerate(row)]])
    found = [why for each in problems(checked(out.getvalue().encode())).values() for _column, why in each]
    assert any("sold as one thing, without options" in why for why in found), found


def test_a_comma_groups_thousands_of_a_stock_and_is_no_point():
    wrong = checked(table((1, {"Stock": "1,5", "Price": "12,50"})))
    assert [column for column, _why in problems(wrong)[2]] == ["Price", "Stock"]
    assert states(checked(table((1, {"Stock": "1,500", "Price": "1,250"})))) == {"good": 1}


def test_a_table_that_changes_what_is_to_go_on_sale_on_a_day_hands_the_edit_in(keys):
    row = {"Pictures": "|".join(keys)}
    imported(table((1, row)), goes="submit")
    begins = clock.now() + timedelta(days=2)
    with merchant_schema(A):
        product = product_of("P1")
        set_listing_times(by=SYSTEM, product_ids=[product.pk], begins=Moment(begins), ends=Moment())
    approve(product)
    assert states(checked(table((1, row)))) == {"same": 1}
    imported(table((1, {**row, "Title in English": "Cup of another name"})))
    found = now(product)
    assert (found.review, found.status, found.listed_from) == ("waiting", "off_sale", begins)


def test_a_forbidden_word_in_what_is_to_go_on_sale_on_a_day_is_told_when_the_table_is_checked(keys):
    row = {"Pictures": "|".join(keys)}
    imported(table((1, row)), goes="submit")
    with merchant_schema(A):
        product = product_of("P1")
        set_listing_times(by=SYSTEM, product_ids=[product.pk], begins=Moment(clock.now() + timedelta(days=2)), ends=Moment())
    approve(product)
    put_words(by=SYSTEM, texts=["Cuppa"], weight="refused", category_id=None, note="")
    column, why = only_problem(checked(table((1, {**row, "Title in English": "Cuppa"}))))
    assert column == "Title in English" and "cuppa" in why
