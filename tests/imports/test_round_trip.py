"""Export → import is the identity: whatever a shop's products hold, their own table changes nothing of them."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from stdnum import ean

from marketplace.flows.bundles import make_bundle
from marketplace.flows.product_files.exporting import columns_of, headings, table_rows
from marketplace.flows.product_files.held import held
from marketplace.flows.product_files.snapshots import snapshot
from marketplace.flows.product_files.words import Words
from marketplace.flows.review_product import save_product
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product, SizeTable, Variant
from marketplace.merchant.shelves.actions import make_shop_category, put_into_shop_category
from marketplace.merchant.virtual.actions import Kind
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand
from marketplace.web.lists.files import open_writer
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.flows.bundles import a_bundle
from tests.imports.files import A, batch, checked, cups, problems, states

pytestmark = pytest.mark.django_db

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=30)
SIGNS = ["=1+1", "-5", "'=x", "+8613", "@me", "a|b", '"quoted", too', "  spaced  ", "7.0", "杯；盏"]
CODES = (text + ean.calc_check_digit(text) for text in (str(n).zfill(length - 1) for n in count(1000) for length in (12, 13, 8, 14)[n % 4 : n % 4 + 1]))
LINE = st.one_of(st.sampled_from(SIGNS), TEXT.map(lambda text: text.replace("\n", " ")))
HTML = st.one_of(TEXT, st.sampled_from(["<p>One</p><p>Two<br>three</p>", "<ul><li>a &amp; b</li></ul>", "plain\n\nparagraphs", "1 < 2 & 3 > 2"]))
VARIANTS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(1, 10**9), st.one_of(st.none(), st.integers(0, 10**6)), st.integers(0, 10**6)),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one[:2],
)


@st.composite
def products(draw: Any) -> dict[str, Any]:
    return {
        "titles": {"en": draw(LINE), "zh-hans": draw(LINE), "ja": draw(LINE)},
        "subtitles": draw(st.fixed_dictionaries({}, optional={"en": LINE, "zh-hans": LINE})),
        "descriptions": {"en": draw(HTML), "zh-hans": draw(HTML)},
        "variants": draw(VARIANTS),
        "volume": draw(st.one_of(st.none(), st.tuples(LINE, LINE))),
        "care": draw(st.one_of(st.none(), st.tuples(LINE, LINE))),
        "oven": draw(st.sampled_from([None, True, False])),
        "has_brand": draw(st.booleans()),
        "tax_class": draw(st.sampled_from(["standard", "reduced", "zero"])),
        "sku": draw(LINE.map(str.strip).filter(lambda text: "\n" not in text)),
        "source_ref": draw(st.one_of(st.none(), st.just("A-1"))),
        "pictures": draw(st.lists(st.sampled_from(["products/a.webp", "products/b.webp", "products/c.webp"]), unique=True)),
        "alts": draw(st.lists(st.fixed_dictionaries({}, optional={"en": LINE, "zh-hans": LINE, "ja": LINE}), min_size=3, max_size=3)),
        "coded": draw(st.booleans()),
        "weight": draw(st.sampled_from([0, 1, 350, 1_000_000])),
        "choices": draw(st.lists(st.integers(0, 2), unique=True)),
        "kind": draw(st.sampled_from([None, None, Kind("codes"), Kind("service", 30), Kind("service", 1095)])),
        "shelves": draw(st.lists(st.integers(0, 2), unique=True)),
        "size_table": draw(st.sampled_from([None, 0, 1])),
    }


def shop_terms(names: list[str]) -> tuple[list[UUID], list[UUID]]:
    """Shop categories and size tables of the open shop. Two categories have one name: a table tells them apart."""
    shelves = [
        make_shop_category(by=SYSTEM, category_id=uuid4(), kind="picked", fields={"names": {"en": name, "zh-hans": f"{name}类"}}).pk
        for name in (names[0], "Gifts", "Gifts")
    ]
    tables = [SizeTable.objects.create(name=name, columns=[], rows=[]).pk for name in dict.fromkeys((names[1], "Shoes"))]
    return shelves, [*tables, *tables][:2]


def enter(wanted: dict[str, Any], category_id: int, shelves: list[UUID], tables: list[UUID]) -> None:
    """As the form would, with the attributes any way it may have them."""
    attributes = {row.code: row.pk for row in Attribute.objects.all()}
    colours, sizes = (list(AttributeValue.objects.filter(attribute__code=code).order_by("pk").values_list("pk", flat=True)) for code in ("colour", "size"))
    is_one = len(wanted["variants"]) == 1
    made = [
        VariantInput(
            sku=f"{wanted['sku'][:40]}-{n}",
            options={} if is_one else {attributes["colour"]: colours[colour], attributes["size"]: sizes[size]},
            barcode=next(CODES) if wanted["coded"] else "",
            weight_g=wanted["weight"],
        )
        for n, (colour, size, *_rest) in enumerate(wanted["variants"])
    ]
    said: list[list[Any]] = []
    if is_one and wanted["choices"]:
        said.append([attributes["colour"], [colours[n] for n in wanted["choices"]], None])
    for code in ("volume", "care"):
        if wanted[code] and any(text.strip() for text in wanted[code]):
            said.append([attributes[code], [], dict(zip(("zh-hans", "en"), wanted[code], strict=True))])
    if wanted["oven"] is not None:
        said.append([attributes["oven"], [], {"zh-hans": "是" if wanted["oven"] else "否", "en": "Yes" if wanted["oven"] else "No"}])
    prices = {
        one.id: (Money(price, "CNY"), Money(price + more, "CNY") if more is not None else None)
        for one, (_c, _s, price, more, _stock) in zip(made, wanted["variants"], strict=True)
    }
    row = save_product(
        by=SYSTEM,
        product_id=uuid4(),
        is_new=True,
        kind=wanted["kind"],
        product=ProductInput(
            category_id=category_id,
            titles={"en": "Cup"} | {code: text for code, text in wanted["titles"].items() if text.strip()},
            subtitles={code: text for code, text in wanted["subtitles"].items() if text.strip()},
            descriptions=wanted["descriptions"],
            brand_id=Brand.objects.get().pk if wanted["has_brand"] else None,
            tax_class=wanted["tax_class"],
            attributes=said,
            axes=[] if is_one else [attributes["colour"], attributes["size"]],
            variants=made,
            pictures=list(zip(wanted["pictures"], wanted["alts"], strict=False)),
            source_ref=wanted["source_ref"],
            size_table=tables[wanted["size_table"]] if wanted["size_table"] is not None else None,
            sets_size_table=True,
        ),
        prices=prices,
        stock={one.id: stock for one, (*_rest, stock) in zip(made, wanted["variants"], strict=True)},
    )
    for n in wanted["shelves"]:
        put_into_shop_category(by=SYSTEM, category_id=shelves[n], product_ids=[row.pk])


def exported(form: str, language: str) -> bytes:
    """All products of shop a, written as the worker writes them."""
    with translation.override(language), merchant_schema(A), tempfile.TemporaryDirectory() as folder:
        rows = Product.objects.order_by("pk")
        words = Words()
        columns = columns_of(rows)
        writer = open_writer(form, Path(folder) / "table", headings(columns, words))
        writer.write(table_rows(list(rows), columns, words))
        writer.close()
        return (Path(folder) / "table").read_bytes()


TABLES = (
    st.lists(products(), min_size=1, max_size=3, unique_by=lambda one: one["source_ref"] or id(one)),
    st.sampled_from(["csv", "xlsx"]),
    st.sampled_from(["en", "zh-hans"]),
    st.lists(LINE.map(lambda text: " ".join(text.split())[:40]).filter(bool), min_size=2, max_size=2),
    st.lists(st.lists(st.tuples(st.integers(0, 11), st.integers(1, 99)), min_size=1, max_size=4), max_size=2),
)
HOW = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@settings(max_examples=8, derandomize=True, phases=[Phase.generate], **HOW)
@given(*TABLES)
def test_an_export_imported_again_changes_nothing(db, wanted, form, language, names, sets):
    _round_trip(wanted, form, language, names, sets)


@pytest.mark.long
@settings(max_examples=150, **HOW)
@given(*TABLES)
def test_the_same_with_many_more_shops(db, wanted, form, language, names, sets):
    _round_trip(wanted, form, language, names, sets)


def make_sets(sets: list[list[tuple[int, int]]]) -> None:
    """Bundles of what the open shop has, each (which variant, how many) once; what is not shipped is in none."""
    goods = list(Variant.objects.filter(product__virtual__isnull=True).order_by("pk").values_list("pk", flat=True))
    for n, chosen in enumerate(sets):
        parts = {goods[place % len(goods)]: pieces for place, pieces in chosen} if goods else {}
        if sum(parts.values()) > 1:
            make_bundle(by=SYSTEM, product_id=uuid4(), titles={"en": "Set"}, sku=f"SET-{n}", price=Money(100, "CNY"), parts=list(parts.items()))


def _round_trip(wanted: list[dict[str, Any]], form: str, language: str, names: list[str], sets: list[list[tuple[int, int]]]) -> None:
    with transaction.atomic():
        category = cups()
        with merchant_schema(A):
            shelves, tables = shop_terms(names)
            for n, one in enumerate(wanted):
                enter(one | {"sku": f"{one['sku'][:30]}#{n}"}, category.pk, shelves, tables)
            make_sets(sets)
            before = {key: snapshot(one) for key, one in held(Product.objects.all()).items()}
        import_id = checked(exported(form, language), counts_stock=True)
        assert problems(import_id) == {} and set(states(import_id)) == {"same"}, (states(import_id), batch(import_id).mapping)
        with merchant_schema(A):
            assert {key: snapshot(one) for key, one in held(Product.objects.all()).items()} == before
        transaction.set_rollback(True)


def test_a_bundle_goes_through_a_table_as_it_is_and_takes_no_stock_from_it(db):
    category = cups()
    bundle = a_bundle((make.a_product(title="Cup", category=category), 2), (make.a_product(title="Tray", category=category), 1), title="Set")
    data = exported("csv", "en")
    import_id = checked(data, counts_stock=True)
    assert problems(import_id) == {} and set(states(import_id)) == {"same"}
    with merchant_schema(A):
        assert bundle.parts.count() == 2
        sku = bundle.variants.get().sku
    line = next(line for line in data.decode("utf-8-sig").splitlines() if sku in line)
    stocked = data.decode("utf-8-sig").replace(line, line[: line.rindex(",")] + ",7") if line.endswith(",0") else ""
    ((_line, [(column, why)]),) = problems(checked(stocked.encode(), counts_stock=True)).items()
    assert column == "Stock" and sku in why
