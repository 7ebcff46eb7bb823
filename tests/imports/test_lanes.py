"""A large file in lanes: which are divided, and that both lanes together do what one would."""

from __future__ import annotations

import pytest

from marketplace.flows.product_files import lanes, run
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.imports.actions import start_import, undo_import
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.taxonomy.actions import put_brands
from marketplace.platform.taxonomy.models import Brand
from tenants.onboarding.models import Dossier
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.imports.files import HEADS, A, a_row, an_archive, as_csv, batch, checked, cups, imported, states

pytestmark = pytest.mark.django_db
PLENTY = range(1, 61)


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch):
    monkeypatch.setattr(lanes, "LINES", 10)
    monkeypatch.setattr(run, "PRODUCTS_AT_ONCE", 4)


def taken_over(import_id):
    """Which lanes took it over."""
    before = OutboxEvent.objects.filter(topic="import.due").count()
    with merchant_schema(A):
        start_import(by=SYSTEM, import_id=import_id)
    deliver_events()
    assert batch(import_id).status == "done"
    facts = OutboxEvent.objects.filter(topic="import.due").order_by("id")[before:]
    return {fact.body["lane"] for fact in facts if fact.body["lanes"] > 1}


def test_a_large_file_is_checked_and_taken_over_in_two_lanes_and_ends_once():
    cups()
    import_id = checked(as_csv([a_row(n) for n in PLENTY]), by=SYSTEM)
    asked = [fact.body for fact in OutboxEvent.objects.filter(topic="import.due")]
    assert {body["lane"] for body in asked if body["lanes"] == 2} == {0, 1}
    row = batch(import_id)
    assert (row.status, row.looked_at, row.open_turns) == ("checked", len(PLENTY), []) and states(import_id) == {"good": len(PLENTY)}
    assert taken_over(import_id) == {0, 1}
    row = batch(import_id)
    assert (row.entered, row.settled, row.open_turns) == (len(PLENTY), len(PLENTY), [])
    for action in ("import.looked_at", "import.done"):
        assert AuditEvent.objects.filter(action=action, subject_id=str(import_id)).count() == 1
    with merchant_schema(A):
        undo_import(by=SYSTEM, import_id=import_id)
    deliver_events()
    assert batch(import_id).status == "undone" and batch(import_id).undone == len(PLENTY)


def test_a_product_of_many_rows_is_in_one_lane(monkeypatch):
    monkeypatch.setattr(lanes, "LINES", 3)
    cups()
    rows = [a_row(n // 4, SKU=f"P{n // 4}-{n}", Colour=("white", "blue")[n % 2], Size=("S", "L")[n // 2 % 2]) for n in range(48)]
    import_id = checked(as_csv(rows), by=SYSTEM)
    assert taken_over(import_id) == {0, 1} and batch(import_id).entered == 12
    with merchant_schema(A):
        assert all(Variant.objects.filter(product=one, is_active=True).count() == 4 for one in Product.objects.filter(source_ref__regex=r"^P\d+$"))


def test_a_small_file_is_not_divided():
    cups()
    import_id = checked(as_csv([a_row(n) for n in range(1, 20)]), by=SYSTEM)
    assert taken_over(import_id) == set()


def test_where_a_product_may_be_meant_by_several_places_the_order_of_the_file_holds():
    """Two rows that know their articles by SKU alone, forty lines apart: both are of one product, and what the last says of it stands."""
    cups()
    imported(as_csv([a_row(1, SKU="P1-w", Colour="white"), a_row(1, SKU="P1-b", Colour="blue")]), by=SYSTEM)
    heads = [head for head in HEADS if head != "Product code"]

    def said(n, **other):
        return [cell for head, cell in zip(HEADS, a_row(n, **other), strict=True) if head != "Product code"]

    rows = [said(1, SKU="P1-b", Colour="blue", **{"Title in English": "First"}), *(said(n) for n in range(2, 61))]
    rows.append(said(1, SKU="P1-w", Colour="white", **{"Title in English": "Last"}))
    import_id = checked(as_csv(rows, heads), by=SYSTEM)
    assert taken_over(import_id) == set()
    with merchant_schema(A):
        assert Product.objects.get(source_ref="P1").titles["en"] == "Last"


def test_a_product_named_by_its_code_and_by_its_key_keeps_the_file_in_order():
    cups()
    imported(as_csv([a_row(1, SKU="P1-w", Colour="white"), a_row(1, SKU="P1-b", Colour="blue")]), by=SYSTEM)
    with merchant_schema(A):
        key = str(Product.objects.get(source_ref="P1").pk)
    rows = [a_row(1, SKU="P1-b", Colour="blue", **{"Title in English": "First"}), *(a_row(n) for n in range(2, 61))]
    rows.append(a_row(1, SKU="P1-w", Colour="white", **{"Product code": key, "Title in English": "Last"}))
    import_id = checked(as_csv(rows), by=SYSTEM)
    assert states(import_id) == {"good": len(rows)} and taken_over(import_id) == set()
    with merchant_schema(A):
        assert Product.objects.get(source_ref="P1").titles["en"] == "Last"


def with_one_barcode(other="00000096385074"):
    """A file whose eleventh product (of the second lane) and whose 44th (of the first) claim the same barcode."""
    cups()
    codes = {11: "96385074", 44: other}
    return checked(as_csv([[*a_row(n), codes.get(n, "")] for n in PLENTY], [*HEADS, "Barcode"]), by=SYSTEM)


def who_has_it():
    with merchant_schema(A):
        return Variant.objects.filter(barcode__endswith="96385074", is_active=True).values_list("sku", flat=True).get()


@pytest.mark.parametrize("typed", ["00000096385074", "9638 5074", "96385074.0 ", "９６３８５０７４"])
def test_of_two_products_with_one_barcode_the_first_of_the_file_has_it(typed):
    assert taken_over(with_one_barcode(typed)) == set() and who_has_it() == "P11"


def test_divided_without_a_look_at_barcodes_another_has_it(monkeypatch):
    """The control: lanes do change the order, and the look is what keeps it."""
    monkeypatch.setattr(lanes, "_meet", lambda batch: False)
    assert taken_over(with_one_barcode()) == {0, 1} and who_has_it() == "P44"


def test_shop_categories_that_fill_up_keep_the_file_in_order():
    cups()
    import_id = checked(as_csv([[*a_row(n), ""] for n in PLENTY], [*HEADS, "Shop categories"]), by=SYSTEM)
    assert not any(fact.body["lanes"] > 1 for fact in OutboxEvent.objects.filter(topic="import.due"))
    assert taken_over(import_id) == set()


def test_a_shop_of_one_brand_hands_in_the_brand_of_the_first_row():
    cups()
    put_brands(by=SYSTEM, rows=[{"code": "other", "names": {"zh-hans": "别家", "en": "Other"}}])
    make.a_dossier(Merchant.objects.get(pk=A))
    Dossier.objects.update(kind="retailer")
    rows = [[*a_row(n, Pictures="cup.png"), "Kiln Fire" if n < 9 else "Other"] for n in PLENTY]  # lines 2 to 9: the second lane would begin with the other
    import_id = checked(as_csv(rows, [*HEADS, "Brand"]), goes="submit", archive=an_archive({"cup.png": make.a_picture().getvalue()}))
    assert not any(fact.body["lanes"] > 1 for fact in OutboxEvent.objects.filter(topic="import.due"))
    assert taken_over(import_id) == set() and batch(import_id).entered == 8
    waiting = ProductChange.objects.filter(merchant_id=A, status="waiting").values_list("proposed__brand_id", flat=True)
    assert set(waiting) == {Brand.objects.get(code="kiln-fire").pk}


def test_bundles_and_their_articles_keep_the_file_in_order():
    cups()
    imported(as_csv([a_row(1), a_row(2)]), by=SYSTEM)
    rows = [[*a_row(n), ""] for n in range(3, 60)]
    rows.append([*a_row(60, Stock=""), "P1×1; P2×1"])
    import_id = checked(as_csv(rows, [*HEADS, "What is in the bundle"]), by=SYSTEM)
    assert states(import_id) == {"good": len(rows)} and taken_over(import_id) == set()
