"""From a file to products: checked row by row, taken over in batches, searchable, gone on with after a crash, undone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.utils import translation

from marketplace.flows.brand_rights import BrandScope
from marketplace.flows.product_files import words
from marketplace.flows.product_files.pictures import store_one
from marketplace.flows.product_files.receiving import assign_columns, meanings_of
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.imports.actions import start_import, undo_import
from marketplace.merchant.imports.errors import ImportCleared
from marketplace.merchant.imports.keeping import CLEARED, KEPT_DAYS, clear_when_due
from marketplace.merchant.imports.models import ImportEffect, ImportRow, KnownHeading
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.pricing.models import Price
from marketplace.platform.listings.models import ForbiddenWord, Listing, ProductChange
from marketplace.platform.listings.words import put_words
from marketplace.platform.taxonomy.actions import put_attributes, put_brands
from marketplace.platform.taxonomy.attributes import describe_by_hand, described
from marketplace.platform.taxonomy.models import Brand
from search.models import SearchDoc
from tenants.onboarding.brands import demand_authorisation
from tenants.onboarding.models import Dossier
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests.factories import a_dossier, a_picture, yuan
from tests.flows.test_words_and_rules import let_pass
from tests.imports.files import HEADS, A, a_row, an_archive, as_csv, batch, checked, cups, imported, owner, problems, received, states

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        cups()
        yield


def test_good_rows_become_products_with_price_and_stock_and_nothing_is_touched_before():
    import_id = checked(as_csv([a_row(1), a_row(2, Price="12.50", Stock="0")]))
    row = batch(import_id)
    assert (row.status, row.read, row.looked_at) == ("checked", 2, 2) and states(import_id) == {"good": 2}
    with merchant_schema(A):
        assert not Product.objects.filter(source_ref__in=["P1", "P2"]).exists()
        start_import(by=owner(), import_id=import_id)
    deliver_events()
    row = batch(import_id)
    assert (row.status, row.entered, row.changed) == ("done", 2, 0) and states(import_id) == {"done": 2}
    with merchant_schema(A):
        product = Product.objects.get(source_ref="P2")
        assert (product.status, product.review, product.titles) == ("draft", "none", {"en": "Cup 2"})
        assert Price.objects.get(variant__product=product).sale == yuan("12.50")
        assert StockLevel.objects.get(variant__sku="P1").on_hand == 5


@pytest.mark.parametrize("lacks", ["a word", "an attribute", "authorisation"])
def test_what_is_submitted_is_told_by_row_and_column_what_a_form_would_be_told(lacks):
    heads, cells = [*HEADS, "Brand", "Care"], ["Kiln Fire", "By hand"]
    if lacks == "a word":
        put_words(by=SYSTEM, texts=["cheapest"], weight=ForbiddenWord.Weight.REFUSED, category_id=None, note="Nobody can prove it.")
    elif lacks == "an attribute":
        category = cups()
        describe_by_hand(
            by=SYSTEM,
            category_id=category.pk,
            seen=category.version,
            rows=[(one.attribute.pk, one.attribute.code == "care", one.makes_variants) for one in described(category)],
        )
        cells[1] = ""
    else:
        brand = Brand.objects.get()
        demand_authorisation(by=SYSTEM, brand_id=brand.pk, names=brand.names, is_asked=True, enforced_from=None, why="The brand asks for it.")
    title = {"Title in English": "The cheapest cup", "Pictures": "cup.png"}
    rows = [[*a_row(1, Pictures="cup.png"), "", "By hand"], [*a_row(2, **title), *cells]]
    import_id = checked(as_csv(rows, heads), goes="submit", archive=an_archive({"cup.png": a_picture().getvalue()}))
    said = problems(import_id)
    column, word = {"a word": ("Title in English", "cheapest"), "an attribute": ("Care", "Care"), "authorisation": ("Brand", "Kiln Fire")}[lacks]
    assert list(said) == [3] and [heading for heading, _why in said[3]] == [column] and word in said[3][0][1], said
    assert states(import_id) == {"bad": 1, "good": 1}
    again = checked(as_csv(rows, heads), goes="draft", archive=an_archive({"cup.png": a_picture().getvalue()}))
    assert states(again)["good"] >= 1 and (lacks != "an attribute" or not problems(again)), "drafts may be unfinished"


def test_days_that_no_calendar_has_and_amounts_beyond_all_are_told_and_the_others_go_on():
    category = cups()
    (made,) = put_attributes(by=SYSTEM, rows=[{"code": "made", "kind": "date", "names": {"zh-hans": "生产日期", "en": "Made on"}}]).values()
    asked = [(one.attribute.pk, False, one.makes_variants) for one in described(category)]
    describe_by_hand(by=SYSTEM, category_id=category.pk, seen=category.version, rows=[*asked, (made.pk, False, False)])
    days = ["2026-02-28", "2026-02-30", "2026/13/01", "soon", ""]
    rows = [[*a_row(n, Price="10" if day else "1e999999"), day] for n, day in enumerate(days)]
    import_id = checked(as_csv(rows, [*HEADS, "Made on"]))
    assert {line: [head for head, _why in each] for line, each in problems(import_id).items()} == {3: ["Made on"], 4: ["Made on"], 5: ["Made on"], 6: ["Price"]}
    assert states(import_id) == {"good": 1, "bad": 4}


def test_a_shop_that_was_let_in_for_one_brand_is_told_of_rows_of_another():
    put_brands(by=SYSTEM, rows=[{"code": "trail", "names": {"en": "Trail"}}])
    a_dossier(Merchant.objects.get(pk=A))
    heads, pictures = [*HEADS, "Brand"], an_archive({"cup.png": a_picture().getvalue()})
    rows = [[*a_row(n, Pictures="cup.png"), said] for n, said in enumerate(["Kiln Fire", "", "Trail", "Kiln Fire"])]
    assert states(checked(as_csv(rows, heads), goes="submit", archive=pictures)) == {"good": 4}, "the control: nobody has said that it sells one"
    Dossier.objects.update(kind="retailer")
    import_id = checked(as_csv(rows, heads), goes="submit", archive=pictures)
    ((heading, why),) = problems(import_id)[4]
    assert heading == "Brand" and "Kiln Fire" in why and states(import_id) == {"good": 3, "bad": 1}
    with merchant_schema(A):
        start_import(by=owner(), import_id=import_id)
    deliver_events()
    assert ProductChange.objects.filter(merchant_id=A, status="waiting").count() == 3
    import_id = checked(as_csv([[*a_row(8, Pictures="cup.png"), "Trail"]], heads), goes="submit", archive=pictures)
    assert states(import_id) == {"bad": 1}, "what waits from another file counts, too"


def test_a_brand_that_was_handed_in_while_a_batch_was_at_work_is_told_in_its_rows(monkeypatch):
    put_brands(by=SYSTEM, rows=[{"code": "trail", "names": {"en": "Trail"}}])
    a_dossier(Merchant.objects.get(pk=A))
    Dossier.objects.update(kind="retailer")
    heads, pictures = [*HEADS, "Brand"], an_archive({"cup.png": a_picture().getvalue()})
    late = checked(as_csv([[*a_row(8, Pictures="cup.png"), "Trail"]], heads), goes="submit", archive=pictures)
    imported(as_csv([[*a_row(1, Pictures="cup.png"), "Kiln Fire"]], heads), goes="submit", archive=pictures)
    looks = []

    def as_it_was(merchant_id):
        """The first look of the batch comes before the other was handed in."""
        scope = BrandScope(merchant_id)
        looks.append(scope)
        scope.is_one = len(looks) > 1
        return scope

    monkeypatch.setattr(words, "BrandScope", as_it_was)
    with merchant_schema(A):
        start_import(by=owner(), import_id=late)
    deliver_events()
    assert batch(late).status == "done" and states(late) == {"bad": 1} and len(looks) == 2
    ((heading, why),) = problems(late)[2]
    assert heading == "Brand" and "Kiln Fire" in why


def test_a_row_that_is_refused_for_its_words_says_nothing_of_the_brand_that_others_have():
    put_brands(by=SYSTEM, rows=[{"code": "trail", "names": {"en": "Trail"}}])
    a_dossier(Merchant.objects.get(pk=A))
    Dossier.objects.update(kind="retailer")
    put_words(by=SYSTEM, texts=["grail"], weight=ForbiddenWord.Weight.REFUSED, category_id=None, note="")
    heads, pictures = [*HEADS, "Brand"], an_archive({"cup.png": a_picture().getvalue()})
    rows = [[*a_row(1, Pictures="cup.png", **{"Title in English": "Grail"}), "Trail"], [*a_row(2, Pictures="cup.png"), "Kiln Fire"]]
    assert states(checked(as_csv(rows, heads), goes="submit", archive=pictures)) == {"bad": 1, "good": 1}


def test_rows_of_one_code_are_one_product_told_apart_by_what_differs():
    rows = [a_row(1, Colour="White", Size="S", SKU="W-S"), a_row(2), a_row(1, Colour="蓝色", Size="S", SKU="B-S", Price="11")]
    import_id = imported(as_csv(rows))
    assert batch(import_id).entered == 2
    with merchant_schema(A):
        product = Product.objects.get(source_ref="P1")
        assert len(product.axes) == 1 and [variant.sku for variant in product.variants.order_by("position")] == ["W-S", "B-S"]
        assert [entry[0] for entry in product.attributes] != product.axes


def test_what_is_wrong_is_told_by_row_and_column_and_the_good_go_in():
    rows = [
        a_row(1),
        a_row(2, Category="Spoons"),
        a_row(3, Price="cheap"),
        a_row(4, Stock="-1"),
        a_row(5, SKU="P1"),
        a_row(6, Colour="pink"),
        a_row(7, **{"Title in English": ""}),
        a_row(8, SKU="X1", Colour="White"),
        a_row(8, SKU="X2", Colour="Teal"),
        a_row(9, Pictures="nowhere.jpg"),
    ]
    import_id = checked(as_csv(rows))
    found = problems(import_id)
    assert {line: {head for head, _why in each} for line, each in found.items()} == {
        2: {"SKU"},
        3: {"Category"},
        4: {"Price"},
        5: {"Stock"},
        6: {"SKU"},
        7: {"Colour"},
        8: {"Title in English"},
        10: {"Colour"},
        11: {"Pictures"},
    }
    assert "white, blue, jade" in found[7][0][1]
    assert states(import_id) == {"bad": 9, "held": 1} and batch(import_id).entered == 0


def test_submitted_products_wait_for_review_and_put_on_sale_ones_are_found_by_search():
    with merchant_schema(A):
        key = store_one(by=SYSTEM, data=a_picture().getvalue())
    imported(as_csv([a_row(1, Pictures=key)]), goes="submit")
    with merchant_schema(A):
        product = Product.objects.get(source_ref="P1")
    change = ProductChange.objects.get(product_id=product.pk)
    assert (product.review, change.status, change.is_new, change.version) == ("waiting", "waiting", True, 1)
    imported(as_csv([a_row(2, Pictures=key)]), goes="on_sale", by=SYSTEM)
    with merchant_schema(A):
        product = Product.objects.get(source_ref="P2")
    assert Listing.objects.get(pk=product.pk).is_on_sale
    assert SearchDoc.objects.filter(pk=product.pk).exists()


def test_small_edits_of_a_file_pass_by_the_markets_rules_as_those_of_a_form_do():
    with merchant_schema(A):
        key = store_one(by=SYSTEM, data=a_picture().getvalue())
    titles = [f"A cup of clay, glazed by hand, for tea, no. {n}" for n in range(4)]
    imported(as_csv([a_row(n, Pictures=key, **{"Title in English": title}) for n, title in enumerate(titles)]), goes="on_sale", by=SYSTEM)
    put_words(by=SYSTEM, texts=["vintage"], weight="watched", category_id=None, note="")
    edits = {0: titles[0].replace("tea", "coffee"), 1: "Something else altogether", 2: titles[2].replace("tea", "vintage tea")}
    edited = as_csv([a_row(n, **{"Title in English": edits.get(n, titles[n])}, Price="9.00" if n == 3 else "10.00") for n in range(4)])
    let_pass("titles")
    import_id = imported(edited)
    assert batch(import_id).changed == 4
    with merchant_schema(A):
        products = {row.source_ref: row for row in Product.objects.filter(source_ref__in=["P0", "P1", "P2", "P3"])}
    assert {code: row.review for code, row in sorted(products.items())} == {"P0": "approved", "P1": "waiting", "P2": "waiting", "P3": "approved"}
    live = {code: Listing.objects.get(pk=row.pk) for code, row in products.items()}
    assert live["P0"].titles["en"] == edits[0] and live["P1"].titles["en"] == titles[1] and live["P3"].price == yuan("9")
    passed = ProductChange.objects.get(product_id=products["P0"].pk)
    assert (passed.status, passed.is_by_rule, passed.decided_by) == ("approved", True, "review-rules")
    assert not ProductChange.objects.filter(product_id=products["P3"].pk).exists(), "a price asks for no review"
    with merchant_schema(A):
        undo_import(by=owner(), import_id=import_id)
    deliver_events()
    assert Listing.objects.get(pk=products["P0"].pk).titles["en"] == titles[0], "and an undone import puts back what had passed"


def test_without_rules_every_edit_of_a_file_waits():
    """The control of the test above."""
    with merchant_schema(A):
        key = store_one(by=SYSTEM, data=a_picture().getvalue())
    imported(as_csv([a_row(1, Pictures=key, **{"Title in English": "A cup of clay for tea"})]), goes="on_sale", by=SYSTEM)
    imported(as_csv([a_row(1, **{"Title in English": "A cup of clay for coffee"})]))
    with merchant_schema(A):
        assert Product.objects.get(source_ref="P1").review == "waiting"


def test_the_same_file_again_changes_nothing_and_a_change_is_one():
    imported(as_csv([a_row(1), a_row(2)]))
    assert states(checked(as_csv([a_row(1), a_row(2)]))) == {"same": 2}
    import_id = imported(as_csv([a_row(1, Price="11"), a_row(2, **{"Title in English": "Beaker"}), a_row(3)]))
    assert (batch(import_id).entered, batch(import_id).changed) == (1, 2)
    with merchant_schema(A):
        assert Product.objects.get(source_ref="P2").titles["en"] == "Beaker"
        assert Price.objects.get(variant__sku="P1", ends_at=None).sale == yuan("11")


def test_an_import_is_undone_product_by_product_but_not_what_was_changed_since():
    imported(as_csv([a_row(1), a_row(2)]))
    import_id = imported(as_csv([a_row(1, Price="11"), a_row(2, **{"Title in English": "Beaker"}), a_row(3), a_row(4)]))
    with merchant_schema(A):
        Product.objects.filter(source_ref="P4").update(titles={"en": "Mine now"})
        undo_import(by=owner(), import_id=import_id)
    deliver_events()
    row = batch(import_id)
    assert (row.status, row.undone, row.kept) == ("undone", 3, 1)
    with merchant_schema(A):
        assert not Variant.objects.filter(sku="P3").exists() and Variant.objects.filter(sku="P4").exists()
        assert Product.objects.get(source_ref="P2").titles["en"] == "Cup 2"
        assert Price.objects.get(variant__sku="P1", ends_at=None).sale == yuan("10")
        kept = ImportEffect.objects.get(batch_id=import_id, state="kept")
        assert kept.title == "Cup 4" and "changed since" in kept.why


def test_what_a_shop_calls_its_columns_is_remembered():
    data = as_csv([["1", "A cup", "Cups", "5"]], heads=["Nr", "Bezeichnung", "Category", "Preis"])
    with merchant_schema(A):
        first = received(data)
        assert meanings_of(first) == ["", "", "category", ""]
        assign_columns(by=owner(), import_id=first.pk, mapping=["sku", "title:en", "category", "price"], goes="draft")
        assert KnownHeading.objects.filter(field="title:en").exists()
        assert meanings_of(received(data)) == ["sku", "title:en", "category", "price"]


def test_thirty_days_after_the_last_step_file_and_rows_go_and_what_was_imported_stays(django_capture_on_commit_callbacks):
    import_id = imported(as_csv([a_row(1), a_row(2)]))
    with merchant_schema(A):
        file = Path(storages["papers"].path(batch(import_id).file))

    def days_later(days: float) -> None:
        with clock.shifted(timedelta(days=days)), django_capture_on_commit_callbacks(execute=True):
            fire_due()
            deliver_events()

    days_later(KEPT_DAYS - 0.1)
    assert file.exists() and batch(import_id).cleared_at is None
    days_later(KEPT_DAYS + 0.1)
    row = batch(import_id)
    assert row.cleared_at and row.entered == 2 and not row.file and not file.exists()
    with merchant_schema(A):
        assert not ImportRow.objects.filter(batch_id=import_id).exists() and not ImportEffect.objects.filter(batch_id=import_id).exists()
        assert Product.objects.filter(source_ref__in=["P1", "P2"]).count() == 2
        with pytest.raises(ImportCleared, match="30 days"):
            undo_import(by=owner(), import_id=import_id)


def test_what_runs_is_not_cleared():
    with merchant_schema(A):
        row = received(as_csv([a_row(1)]))
        assign_columns(by=owner(), import_id=row.pk, mapping=meanings_of(row), goes="draft")
    clear_when_due(DeadlineReached(kind=CLEARED, subject_id=row.pk, merchant_id=A))
    assert batch(row.pk).is_running and batch(row.pk).file
