"""Tables in the shop's own terms: kinds of goods, shop categories, size tables. Checked by row and column, taken over, undone."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from marketplace.flows.product_files import run
from marketplace.flows.product_files.pictures import store_one
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product, SizeTable
from marketplace.merchant.imports.actions import start_import, undo_import
from marketplace.merchant.imports.models import ImportEffect
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.shelves.actions import MOST_PICKED, keep_shop_category, make_shop_category, put_into_shop_category
from marketplace.merchant.shelves.models import ShopCategory
from marketplace.merchant.virtual.actions import set_kind
from marketplace.merchant.virtual.queries import virtual_of
from marketplace.platform.details.models import ListingDetail
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.virtual.kinds import GoodsKind
from marketplace.platform.virtual.models import ListedVirtual
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.flows.bundles import a_bundle
from tests.flows.virtual import a_card, a_service, a_virtual, load
from tests.imports.files import HEADS as FIRST
from tests.imports.files import A, a_row, batch, checked, cups, imported, owner, problems, states
from tests.imports.test_round_trip import exported

pytestmark = pytest.mark.django_db
HEADS = [*FIRST, "Kind of goods", "Voucher valid for (days)", "Shop categories", "Size table"]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        cups()
        yield


def table(*rows: tuple[int, dict[str, str]]) -> bytes:
    """Products of one variant by number, with other cells by heading."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *([*a_row(n, **said), *(said.get(head, "") for head in HEADS[len(FIRST) :])] for n, said in rows)])
    return out.getvalue().encode()


def changed(data: bytes, column: str, said: str) -> bytes:
    """An export with another cell in each row."""
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    place = lines[0].index(column)
    for line in lines[1:]:
        line[place] = said
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def product_of(ref: str) -> Product:
    row: Product = Product.objects.get(source_ref=ref)
    return row


def undone(import_id: UUID) -> Any:
    with merchant_schema(A):
        undo_import(by=owner(), import_id=import_id)
    deliver_events()
    return batch(import_id)


def a_shelf(name: str, *products: Product, **fields: Any) -> ShopCategory:
    """In the open schema."""
    kind = "rule" if "rule" in fields else "picked"
    row: ShopCategory = make_shop_category(by=SYSTEM, category_id=uuid4(), kind=kind, fields={"names": {"en": name, "zh-hans": f"{name}（中文）"}, **fields})
    return put_into_shop_category(by=SYSTEM, category_id=row.pk, product_ids=[one.pk for one in products]) if products else row  # type: ignore[no-any-return]


def held_by(row: ShopCategory) -> list[UUID]:
    return list(ShopCategory.objects.get(pk=row.pk).picks)


# ── The kind of goods ────────────────────────────────────────────────────────────────────────────────────────────────


def test_new_products_may_be_codes_or_a_service_and_the_operator_reads_it():
    with merchant_schema(A):
        key = store_one(by=SYSTEM, data=make.a_picture().getvalue())
    rows = (1, {"Kind of goods": "Codes", "Stock": ""}), (2, {"Kind of goods": "", "Voucher valid for (days)": "90"}), (3, {})
    with translation.override("zh-hans"):
        rows[1][1]["Kind of goods"] = str(GoodsKind.SERVICE.label)
    import_id = imported(table(*((n, {"Pictures": key, **said}) for n, said in rows)), goes="submit")
    assert problems(import_id) == {} and batch(import_id).entered == 3
    with merchant_schema(A):
        card, lesson, cup = (product_of(f"P{n}") for n in (1, 2, 3))
        assert {pk: (row.kind, row.valid_days) for pk, row in virtual_of([card.pk, lesson.pk, cup.pk]).items()} == {
            card.pk: ("codes", None),
            lesson.pk: ("service", 90),
        }
        assert list(StockLevel.objects.filter(variant__product=lesson).values_list("on_hand", flat=True)) == [5]
        assert not StockLevel.objects.filter(variant__product=card, on_hand__gt=0).exists()
    assert ProductChange.objects.get(product_id=lesson.pk).proposed["virtual"] == {"kind": "service", "valid_days": 90}
    assert ListedVirtual.objects.filter(pk__in=[card.pk, lesson.pk]).count() == 0, "nothing is on sale yet"
    log = AuditEvent.objects.filter(action="products.imported").latest("at")
    assert log.after["kinds"] == {str(card.pk): "codes", str(lesson.pk): "service"}


def test_what_is_wrong_about_the_kind_is_told_in_its_column():
    import_id = checked(
        table(
            (1, {"Kind of goods": "Downloads"}),
            (2, {"Kind of goods": "Service with a voucher"}),
            (3, {"Kind of goods": "service", "Voucher valid for (days)": "5000"}),
            (4, {"Voucher valid for (days)": "30"}),
            (5, {"Kind of goods": "codes", "Stock": "20"}),
            (6, {"Kind of goods": "codes", "Stock": "0"}),
        )
    )
    found = {line: said[0] for line, said in problems(import_id).items()}
    assert {line: head for line, (head, _why) in found.items()} == {
        2: "Kind of goods",
        3: "Voucher valid for (days)",
        4: "Voucher valid for (days)",
        5: "Voucher valid for (days)",
        6: "Stock",
    }
    assert "Goods that are shipped, Codes, Service with a voucher" in found[2][1]
    assert "from 1 to 1095" in found[3][1] and "from 1 to 1095" in found[4][1] and "Only a service" in found[5][1]
    assert "number of unused ones" in found[6][1] and "load the codes" in found[6][1]
    assert states(import_id) == {"bad": 5, "good": 1}


def test_the_kind_of_what_was_on_sale_stays_and_days_of_validity_change_at_once():
    lesson = a_service(valid_days=30)
    data = exported("csv", "en")
    assert states(checked(data)) == {"same": 1}
    refused = checked(changed(data, "Kind of goods", "Codes"))
    ((head, why),) = [said for said in problems(refused)[2] if said[0] == "Kind of goods"]
    assert head == "Kind of goods" and "stays as it is" in why and "Make a new product" in why
    import_id = imported(changed(data, "Voucher valid for (days)", "60"))
    assert batch(import_id).changed == 1 and ListedVirtual.objects.get(pk=lesson.pk).valid_days == 60
    with merchant_schema(A):
        assert Product.objects.get(pk=lesson.pk).review == "approved", "as in the form, it needs no review"
    assert (undone(import_id).undone, ListedVirtual.objects.get(pk=lesson.pk).valid_days) == (1, 30)


def test_a_draft_becomes_another_kind_unless_it_is_in_a_bundle_or_lies_in_stock():
    draft, part, stocked = (a_virtual("goods", title=title, on_sale=False) for title in ("Draft", "Part", "Stocked"))
    a_bundle((part, 2), on_sale=False)
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={stocked.variants.get().pk: 4})
        with pytest.raises(InvalidInput, match="Count it to 0"):
            set_kind(by=SYSTEM, product_id=stocked.pk, kind="codes")
        assert set_kind(by=SYSTEM, product_id=stocked.pk, kind="service", valid_days=10), "what lies there are places of a class"
        assert set_kind(by=SYSTEM, product_id=stocked.pk, kind="goods")
    data = changed(exported("csv", "en"), "Kind of goods", "codes")
    import_id = imported(data)
    whys = {why for said in problems(import_id).values() for head, why in said if head == "Kind of goods"}
    assert len(whys) == 3 and any("Part” is a bundle, or in one" in why for why in whys) and any("Count it to 0" in why for why in whys)
    with merchant_schema(A):
        assert {key: row.kind for key, row in virtual_of([draft.pk, part.pk, stocked.pk]).items()} == {draft.pk: "codes"}
    assert undone(import_id).undone == 1
    with merchant_schema(A):
        assert virtual_of([draft.pk]) == {}


def test_a_kind_that_is_being_reviewed_since_the_import_is_withdrawn_to_be_put_back():
    draft = a_virtual("goods", title="Draft", on_sale=False)
    import_id = imported(changed(exported("csv", "en"), "Kind of goods", "codes"), goes="submit")
    with merchant_schema(A):
        assert Product.objects.get(pk=draft.pk).review == "waiting" and virtual_of([draft.pk])[draft.pk].kind == "codes"
    assert undone(import_id).undone == 1
    with merchant_schema(A):
        assert Product.objects.get(pk=draft.pk).review == "none" and virtual_of([draft.pk]) == {}


def test_stock_of_codes_stays_out_of_the_table():
    card = a_card(3)
    data = exported("csv", "en")
    assert data.decode("utf-8-sig").splitlines()[1].endswith(","), "no number that grows old"
    load(card, "ONE-MORE-CODE")
    assert states(checked(data, counts_stock=True)) == {"same": 1}
    assert states(checked(changed(data, "Stock", "3"))) == {"same": 1}, "nobody asked for it to be counted"
    refused = checked(changed(data, "Stock", "3"), counts_stock=True)
    assert [head for head, _why in problems(refused)[2]] == ["Stock"]


# ── Shop categories ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_product_stands_in_the_shop_categories_that_its_row_names_and_in_no_others():
    mug, tray = (make.a_product("a", title=title) for title in ("Mug", "Tray"))
    with merchant_schema(A):
        gifts, new, sale = a_shelf("Gifts", mug, tray), a_shelf("New"), a_shelf("Sale", mug)
    data = exported("csv", "zh-hans")
    assert states(checked(data)) == {"same": 2}
    with merchant_schema(A):
        version = Product.objects.get(pk=mug.pk).version
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    place = lines[0].index("店内分类")
    for line in lines[1:]:
        line[place] = "new | Gifts" if "Mug" in ",".join(line) else ""
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    import_id = imported(out.getvalue().encode())
    assert (batch(import_id).changed, states(import_id)) == (1, {"done": 1, "same": 1})
    with merchant_schema(A):
        assert (held_by(gifts), held_by(new), held_by(sale)) == ([mug.pk, tray.pk], [mug.pk], [])
        row = Product.objects.get(pk=mug.pk)
        assert (row.version, row.review) == (version, "approved"), "it is no change of the product"
    assert AuditEvent.objects.filter(action="shop_category.filled", subject_id=str(new.pk)).exists()
    assert undone(import_id).undone == 1
    with merchant_schema(A):
        assert (held_by(gifts), held_by(new), held_by(sale)) == ([mug.pk, tray.pk], [], [mug.pk])


def test_new_products_stand_behind_the_others_and_leave_when_the_import_is_undone():
    mug = make.a_product("a", title="Mug")
    with merchant_schema(A):
        gifts = a_shelf("Gifts", mug)
    import_id = imported(table((1, {"Shop categories": "Gifts"}), (2, {"Shop categories": gifts.code})))
    with merchant_schema(A):
        assert held_by(gifts) == [mug.pk, product_of("P1").pk, product_of("P2").pk]
    assert undone(import_id).undone == 2
    with merchant_schema(A):
        assert held_by(gifts) == [mug.pk]


def test_what_was_put_elsewhere_since_is_left_alone():
    mug = make.a_product("a", title="Mug")
    with merchant_schema(A):
        gifts, new = a_shelf("Gifts"), a_shelf("New")
    import_id = imported(changed(exported("csv", "en"), "Shop categories", "Gifts"))
    with merchant_schema(A):
        put_into_shop_category(by=SYSTEM, category_id=new.pk, product_ids=[mug.pk])
    assert undone(import_id).kept == 1
    with merchant_schema(A):
        assert "shop categories were changed" in ImportEffect.objects.get(batch_id=import_id).why
        assert held_by(gifts) == held_by(new) == [mug.pk]


def test_shop_categories_that_cannot_be_filled_are_refused_with_those_that_can():
    with merchant_schema(A):
        a_shelf("Gifts")
        a_shelf("Cheap", rule={"in_stock": True})
        for _n in range(2):
            a_shelf("Twice")
        code = ShopCategory.objects.filter(names__en="Twice").order_by("position").last().code
    names = ["Presents", "Cheap", "Twice", f"Gifts|Twice [{code}]"]
    import_id = checked(table(*((n, {"Shop categories": name}) for n, name in enumerate(names, 1))))
    found = problems(import_id)
    assert {line: [head for head, _why in said] for line, said in found.items()} == {line: ["Shop categories"] for line in (2, 3, 4)}
    assert "Gifts" in found[2][0][1] and "Cheap" not in found[2][0][1] and "by a rule" in found[3][0][1] and "address" in found[4][0][1]


def test_the_check_counts_how_many_a_category_has_room_for_over_all_turns(monkeypatch):
    monkeypatch.setattr(run, "TURN_S", 0.0)  # each batch is a turn of its own
    monkeypatch.setattr(run, "PRODUCTS_AT_ONCE", 2)
    mug = make.a_product("a", title="Mug")
    with merchant_schema(A):
        gifts = a_shelf("Gifts", mug)
        others = [Product(titles={"en": f"Other {n}"}, category_id=mug.category_id) for n in range(MOST_PICKED - 4)]
        Product.objects.bulk_create(others)
        keep_shop_category(by=SYSTEM, category_id=gifts.pk, seen=gifts.version, fields={"picks": [mug.pk, *(one.pk for one in others)]})
    import_id = checked(table(*((n, {"Shop categories": "Gifts"}) for n in range(1, 7))))
    found = problems(import_id)
    assert list(found) == [5, 6, 7] and all(head == "Shop categories" and "is full" in why for ((head, why),) in found.values())
    with merchant_schema(A):
        start_import(by=owner(), import_id=import_id)
    deliver_events()
    with merchant_schema(A):
        assert len(held_by(gifts)) == MOST_PICKED and batch(import_id).entered == 3


def test_a_category_that_filled_up_between_check_and_import_keeps_the_product_out_with_the_reason():
    mug = make.a_product("a", title="Mug")
    with merchant_schema(A):
        gifts = a_shelf("Gifts")
    import_id = checked(table((1, {"Shop categories": "Gifts"}), (2, {})))
    with merchant_schema(A):
        others = [Product(titles={"en": f"Other {n}"}, category_id=mug.category_id) for n in range(MOST_PICKED)]
        Product.objects.bulk_create(others)
        keep_shop_category(by=SYSTEM, category_id=gifts.pk, seen=gifts.version, fields={"picks": [one.pk for one in others]})
        start_import(by=owner(), import_id=import_id)
    deliver_events()
    assert states(import_id) == {"bad": 1, "done": 1} and "is full" in problems(import_id)[2][0][1]


# ── Size tables ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_which_size_table_a_product_names_is_imported_at_once_and_put_back():
    shirt = make.a_product("a", title="Shirt")
    with merchant_schema(A):
        tables = [SizeTable.objects.create(name=name, columns=[{"names": {"en": name}, "unit": "cm"}], rows=[["S", ["1"]]]) for name in ("Shirts", "Hats")]
    data = changed(exported("csv", "en"), "Size table", "shirts")
    import_id = imported(data)
    assert batch(import_id).changed == 1 and states(checked(data)) == {"same": 1}
    with merchant_schema(A):
        row = Product.objects.get(pk=shirt.pk)
        assert (row.size_table_id, row.review) == (tables[0].pk, "approved")
    assert ListingDetail.objects.get(pk=shirt.pk).size_table["columns"][0]["names"] == {"en": "Shirts"}
    assert undone(import_id).undone == 1
    with merchant_schema(A):
        assert Product.objects.get(pk=shirt.pk).size_table_id is None
    assert not ListingDetail.objects.filter(pk=shirt.pk, size_table__isnull=False).exists()


def test_buyers_read_the_new_size_table_while_the_rest_waits_for_review():
    shirt = make.a_product("a", title="Shirt")
    with merchant_schema(A):
        SizeTable.objects.create(name="Shirts", columns=[{"names": {"en": "Chest"}, "unit": "cm"}], rows=[["S", ["1"]]])
    data = changed(changed(exported("csv", "en"), "Size table", "Shirts"), "Title in English", "Better shirt")
    imported(data)
    with merchant_schema(A):
        assert Product.objects.get(pk=shirt.pk).review == "waiting"
    assert ListingDetail.objects.get(pk=shirt.pk).size_table["rows"] == [["S", ["1"]]]


def test_a_size_table_that_is_not_there_is_refused_with_those_that_are():
    assert "none yet at all" in problems(checked(table((1, {"Size table": "Shirts"}))))[2][0][1]
    with merchant_schema(A):
        SizeTable.objects.create(name="Hats", columns=[], rows=[])
    import_id = checked(table((1, {"Size table": "Shirts"}), (2, {"Size table": "Hats"})))
    ((line, ((head, why),)),) = problems(import_id).items()
    assert (line, head) == (2, "Size table") and "Hats" in why
    with merchant_schema(A):
        SizeTable.objects.all().delete()
        start_import(by=owner(), import_id=import_id)
    deliver_events()
    assert states(import_id) == {"bad": 2} and batch(import_id).entered == 0


def test_a_refused_product_on_sale_is_not_handed_in_again_by_what_needs_no_review():
    shirt = make.a_product("a", title="Shirt")
    with merchant_schema(A):
        SizeTable.objects.create(name="Shirts", columns=[], rows=[])
        Product.objects.filter(pk=shirt.pk).update(review="refused")
    imported(changed(exported("csv", "en"), "Size table", "Shirts"))
    with merchant_schema(A):
        assert Product.objects.get(pk=shirt.pk).review == "refused"
    assert not ProductChange.objects.filter(product_id=shirt.pk, status="waiting").exists()
