"""The variants of the product form: a row each, made from a matrix of chosen values (colour × size). Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import groupby
from itertools import product as combinations
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.barcodes import following, gtin, read_barcode
from marketplace.merchant.catalogue.models import Variant
from marketplace.platform.taxonomy.models import Attribute, AttributeValue

MOST_AXES, MOST_VARIANTS = 3, 200
WAS = ("price_was", "market_was", "stock_was")  # what the form showed; nobody types it
CELLS = ("sku", "barcode", "market", "discount", "price", "stock", "weight", *WAS)
FILLED = ("barcode", "market", "discount", "price", "stock", "weight")  # what is written into many rows at once
PASTED = ("sku", *FILLED)
COLUMNS = {
    "sku": _lazy("SKU"),
    "barcode": _lazy("Barcode"),
    "market": _lazy("Market price"),
    "discount": _lazy("Discount"),
    "price": _lazy("Sale price"),
    "stock": _lazy("Stock"),
    "weight": _lazy("Weight (g)"),
}
MODEL = ("market", "discount", "price", "weight")  # what a new row takes over from the first

type_options = dict[int, int]  # attribute id → value id


@dataclass
class Row:
    """A variant as the form shows it: what it is a combination of, and the cells as they were typed."""

    options: type_options = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    held: int = 0  # pieces that orders hold
    label: str = ""  # "Jade / 280 ml"
    ticked: bool = False
    gone: bool = False  # struck out: it stays in the form until that is saved
    names: dict[int, str] = field(default_factory=dict)  # attribute id → name of its value

    @property
    def written(self) -> str:
        return write_options(self.options)


@dataclass
class Axis:
    """One axis of the matrix, with the values to choose from."""

    attribute: Attribute
    values: list[tuple[AttributeValue, bool]]  # (value, whether it is chosen)


def write_options(options: type_options) -> str:
    return ",".join(f"{attribute}:{value}" for attribute, value in sorted(options.items()))


def read_options(text: str) -> type_options:
    """What write_options wrote; pairs that are none are left out."""
    pairs = [pair.split(":") for pair in text.split(",")]
    return {int(pair[0]): int(pair[1]) for pair in pairs if len(pair) == 2 and all(part.isascii() and part.isdigit() and len(part) < 10 for part in pair)}


def rows_from(data: Mapping[str, Any]) -> list[Row]:
    """The rows of a form that was sent, those that are struck out among them."""
    rows: list[Row] = []
    while f"sku_{(n := len(rows))}" in data and n < MOST_VARIANTS:
        cells = {name: str(data.get(f"{name}_{n}", "")).strip() for name in CELLS}
        rows.append(Row(read_options(str(data.get(f"options_{n}", ""))), cells, ticked=bool(data.get(f"ticked_{n}")), gone=bool(data.get(f"gone_{n}"))))
    return rows or [Row()]


def rows_aside(texts: Iterable[str]) -> list[Row]:
    """Rows whose values are not chosen at the moment, as write_aside() wrote them into the form: what was typed comes back with the value."""
    found = []
    for text in list(texts)[:MOST_VARIANTS]:
        try:
            options, cells = json.loads(text)
            row = Row(read_options(str(options)), {name: str(cells.get(name, ""))[:64] for name in CELLS})
        except (ValueError, TypeError, AttributeError, RecursionError):
            continue
        found.append(row)
    return found


def write_aside(row: Row) -> str:
    return json.dumps([row.written, {name: text for name, text in row.cells.items() if text}], ensure_ascii=False)


def rows_of(kept: Sequence[Variant], prices: Mapping[UUID, Any], levels: Mapping[UUID, Any]) -> list[Row]:
    """The rows of variants as they are kept."""
    rows = []
    for variant in kept:
        price, level = prices.get(variant.pk), levels.get(variant.pk)
        cells = {"sku": variant.sku, "stock": str(level.on_hand if level else 0), "barcode": variant.barcode or "", "weight": str(variant.weight_g or "")}
        cells["stock_was"] = cells["stock"]
        if price:
            cells["price"] = str(price.sale.decimal)
            cells["market"] = str(price.market.decimal) if price.market else ""
            cells["discount"] = write_discount(price.market, price.sale) if price.market else ""
            cells["price_was"], cells["market_was"] = cells["price"], cells["market"]
        rows.append(Row(_options_of(variant), cells, level.reserved + level.allocated if level else 0))
    return rows


def has_shown_prices(row: Row) -> bool:
    """Whether sale price and market price are those that the form showed. An empty sale price follows from a discount."""
    cells = row.cells
    return bool(cells.get("price")) and (cells["price"], cells.get("market", "")) == (cells.get("price_was"), cells.get("market_was", ""))


def _options_of(variant: Variant) -> type_options:
    return {int(attribute): int(value) for attribute, value in variant.options.items()}


def matrix(axes: Sequence[tuple[int, Sequence[int]]], rows: Sequence[Row], codes: Mapping[int, str], stem: str = "") -> list[Row]:
    """A row for each combination of the chosen values. A combination that has a row keeps it; a new one begins like the first row.

    `codes` says how a value is written in a SKU, `stem` how SKUs begin (by default as those there are).
    Raises InvalidInput for more combinations than a product may have.
    """
    chosen = [(attribute, values) for attribute, values in axes if values]
    count = 1
    for _attribute, values in chosen:
        count *= len(values)
    if count > MOST_VARIANTS:
        raise InvalidInput(field="variants", why=_("These values make {n} variants; a product has at most {most}.").format(n=count, most=MOST_VARIANTS))
    held = {row.written: row for row in rows}
    model = rows[0] if rows else Row()
    stem = stem.strip().rstrip("-") or sku_stem(rows)
    made = []
    for values in combinations(*(values for _attribute, values in chosen)):
        options = dict(zip((attribute for attribute, _values in chosen), values, strict=True))
        row = held.get(write_options(options))
        if row is None:
            sku = "-".join(filter(None, [stem, *(codes.get(value, "") for value in values)]))[:64]
            row = Row(options, {**{name: model.cells.get(name, "") for name in MODEL}, "sku": sku, "stock": "0"})
        made.append(row)
    return made


def sku_stem(rows: Sequence[Row]) -> str:
    """What the SKUs of the rows begin with, up to a hyphen; of one row its whole SKU."""
    skus = [row.cells.get("sku", "") for row in rows if row.cells.get("sku")]
    if len(skus) < 2:
        return skus[0] if skus else ""
    stem = skus[0]
    while stem and not all(sku.startswith(stem) for sku in skus):
        stem = stem.rpartition("-")[0]
    return stem.rstrip("-")


def fill(rows: Sequence[Row], wanted: Mapping[str, str], taken: Collection[str] = ()) -> None:
    """Write what was typed into each of these rows. A barcode is the first: rows without one get it and those that follow, leaving out what is `taken`.

    Raises InvalidInput for what is no barcode, or where no number follows.
    """
    code = read_barcode(wanted.get("barcode", ""))
    used = {gtin(one) for one in taken} if code else set()
    for row in rows if code else ():
        if row.cells.get("barcode"):
            continue
        if gtin(code) in used:
            code = following(code, used)
            if not code:
                raise InvalidInput(field="barcode", why=_("There are not enough barcodes after this one."))
        row.cells["barcode"] = code
        used.add(gtin(code))
    wanted = {name: text for name, text in wanted.items() if name != "barcode"}
    for row in rows:
        row.cells.update({name: text for name, text in wanted.items() if text})
        if wanted.get("discount") and not wanted.get("price"):
            row.cells["price"] = ""


def paste(rows: Sequence[Row], column: str, text: str) -> None:
    """A column of a spreadsheet: a line for each row, from the first on. An empty line leaves its row as it is. Raises InvalidInput for too many."""
    lines = text.replace("\r\n", "\n").strip("\n").split("\n")
    if len(lines) > len(rows):
        why = _("These are {n} lines, and there are {rows} variants. Copy only the cells, without the heading.")
        raise InvalidInput(field="paste", why=why.format(n=len(lines), rows=len(rows)))
    for row, line in zip(rows, lines, strict=False):
        if line.strip():
            row.cells[column] = line.strip()[:64]
            if column == "discount":
                row.cells["price"] = ""


def name_rows(rows: Sequence[Row], axes: Sequence[int] = ()) -> None:
    """Give each row its label, "Jade / 280 ml", in the order of the axes."""
    values = AttributeValue.objects.in_bulk({value for row in rows for value in row.options.values()})
    for row in rows:
        order = [*(key for key in axes if key in row.options), *(key for key in row.options if key not in axes)]
        row.names = {key: values[row.options[key]].name for key in order if row.options[key] in values}
        row.label = " / ".join(row.names.values())


@dataclass
class Shown:
    """A row as the table draws it. `group` is the value of the first axis, said once for the rows that share it."""

    n: int
    row: Row
    errors: dict[str, Any]
    group: str = ""
    span: int = 0  # rows of its group, on the first of them
    rest: str = ""  # its other values


def shown(rows: Sequence[Row], axes: Sequence[int], errors: Mapping[str, Any]) -> list[Shown]:
    """Rows in groups of the first axis, where there are several axes."""
    found = [Shown(n, row, {name: errors.get(f"{name}_{n}") for name in CELLS}, rest=row.label) for n, row in enumerate(rows)]
    if len(axes) < 2:
        return found
    for value, run in groupby(found, key=lambda one: one.row.options.get(axes[0])):
        group = list(run)
        for one in group:
            if value is not None:
                one.group = one.row.names.get(axes[0], "")
                one.rest = " / ".join(name for key, name in one.row.names.items() if key != axes[0])
        group[0].span = len(group)
    return found


def key_of_variant(product_id: UUID, options: type_options) -> UUID:
    """The key of a new variant follows from its product and combination, so that the same form sent twice makes one."""
    return uuid5(product_id, write_options(options))


# ── Discounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def counts_in_tenths() -> bool:
    """In Chinese a discount says what is left, in tenths (8.5 折); elsewhere what is taken off, in per cent (15 %)."""
    return (get_language() or "").startswith("zh")


def write_discount(market: Money, sale: Money) -> str:
    """What the sale price is below the market price, as the reader counts it; "" when it is not below."""
    if not market or sale >= market:
        return ""
    left = Decimal(sale.minor) / Decimal(market.minor)
    shown = left * 10 if counts_in_tenths() else (1 - left) * 100
    return f"{shown.quantize(Decimal('0.1'), ROUND_HALF_UP).normalize():f}"


def discounted(market: Money, text: str) -> Money:
    """The sale price that a discount makes of a market price. Raises InvalidInput."""
    try:
        given = Decimal(text.strip().rstrip("折%％ "))
    except InvalidOperation:
        given = Decimal(-1)
    if not given.is_finite() or given.adjusted() > 9:
        given = Decimal(-1)
    share = given / 10 if counts_in_tenths() else 1 - given / 100
    if not 0 < share <= 1:
        why = _("Write a discount like 8.5 (8.5 of 10 is what is left).") if counts_in_tenths() else _("Write a discount in per cent, like 15.")
        raise InvalidInput(field="discount", why=why)
    return market.times(share)
