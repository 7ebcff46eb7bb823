"""Tables of products for people: all of a filter, to import again; a template for a category; and what is to be mended of an import."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.files.storage import storages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from marketplace.flows.product_files.columns import FIELDS, PREFIX, REMARKS
from marketplace.flows.product_files.exporting import columns_of, headings, table_rows, with_attributes
from marketplace.flows.product_files.reading import Layout, rows_of
from marketplace.flows.product_files.words import MANY, Words
from marketplace.kernel.exports import safe_cell
from marketplace.merchant.imports.models import ImportRow, ProductImport
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category, TaxClass
from marketplace.platform.virtual.kinds import GoodsKind
from marketplace.web.lists.exports import csv_response, csv_text
from marketplace.web.lists.files import XlsxWriter

MOST_MENDED = 20_000  # rows that are written as a spreadsheet while somebody waits
MOST_VALUES = 500  # of one column that a template names
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def import_table(rows: QuerySet[Any]) -> tuple[list[str], Callable[[list[Any]], Iterable[Sequence[object]]]]:
    """All of these products, as an import reads them: headings, and what turns some of them into lines."""
    words = Words()
    columns = columns_of(rows)
    return headings(columns, words), lambda some: table_rows(some, columns, words)


# ── the template of a category ───────────────────────────────────────────────────────────────────────────────────────


def template_columns(category: Category, words: Words) -> list[str]:
    return with_attributes(words.of_category(category.pk))


def allowed_values(column: str, category: Category, words: Words) -> list[str]:
    """What a cell of the column may say, where it is one of a few things."""
    if column == "category":
        return [words.path(category.pk)]
    if column == "brand":
        return [row.name for row in Brand.objects.filter(merged_into=None).order_by("code")[:MOST_VALUES]]
    if column == "tax_class":
        return [str(value.label) for value in TaxClass]
    if column == "kind":
        return [str(kind.label) for kind in GoodsKind]
    if column == "shop_categories":
        return [row.name for row in words.shop.categories.values() if row.is_picked]
    if column == "size_table":
        return list(words.shop.tables.values())[:MOST_VALUES]
    if column == "axes":
        return [words.attributes[key].name for key in words.of_category(category.pk) if words.of_category(category.pk)[key].makes_variants]
    if column.startswith(PREFIX):
        attribute = words.attributes[int(column[len(PREFIX) :])]
        if attribute.kind == Attribute.Kind.BOOLEAN:
            return [_("Yes"), _("No")]
        if attribute.has_values:
            return [row.name for row in AttributeValue.objects.filter(attribute=attribute, merged_into=None).order_by("position", "id")[:MOST_VALUES]]
    return []


def note_of(column: str, words: Words) -> str:
    """How a column is filled in."""
    if column.startswith(PREFIX):
        attribute = words.attributes[int(column[len(PREFIX) :])]
        return {
            Attribute.Kind.CHOICE: _("One of the values on the second sheet."),
            Attribute.Kind.CHOICES: _("Values of the second sheet, several with {sign} between.").format(sign=MANY),
            Attribute.Kind.NUMBER: _("A number; another unit of the same measure is converted."),
            Attribute.Kind.DATE: _("A day, like 2026-05-01."),
            Attribute.Kind.BOOLEAN: _("Yes or no."),
            Attribute.Kind.TEXT: _("Text, at most 200 characters; a new one is taken for both languages."),
        }[Attribute.Kind(attribute.kind)]
    return {
        "code": _("Rows with the same code are one product, and each row is a variant. Empty: the SKU is the code."),
        "title:zh-hans": _("A title in at least one language, at most 200 characters."),
        "title:en": _("A title in at least one language, at most 200 characters."),
        "subtitle:zh-hans": _("What makes it special, in one line; or empty."),
        "subtitle:en": _("What makes it special, in one line; or empty."),
        "category": _("The path as on the second sheet, or the category's code."),
        "brand": _("As the market knows it, or empty."),
        "description:zh-hans": _("Text; a blank line begins a paragraph."),
        "description:en": _("Text; a blank line begins a paragraph."),
        "pictures": _("Names of files in a ZIP archive, or addresses (https://…), with {sign} between. The first is the main picture.").format(sign=MANY),
        "alt:zh-hans": _("One text a picture, in their order, with {sign} between; nothing between two signs leaves what is there.").format(sign=MANY),
        "alt:en": _("One text a picture, in their order, with {sign} between; nothing between two signs leaves what is there.").format(sign=MANY),
        "tax_class": _("Empty: the standard rate."),
        "kind": _("Empty: goods that are shipped. A draft may become another kind; what was on sale, or is being reviewed, stays what it is."),
        "valid_days": _("Needed of a service, and of nothing else: for how many days after the payment its voucher is valid."),
        "shop_categories": _("Your own, those filled by hand, with {sign} between: it then stands in these and in no others.").format(sign=MANY),
        "size_table": _("The name of one of your size tables. Empty: that of the category."),
        "parts": _("Of a bundle alone: the SKUs of your articles and how many of each, like {example}. It stays once it was submitted.").format(
            example="MUG-01-WHITE × 4; POT-02 × 1"
        ),
        "axes": _("What tells the variants apart, with {sign} between: {example}").format(sign=MANY, example=_("Colour|Size")),
        "sku": _("Needed: your own number of the variant, once in the shop."),
        "barcode": _("EAN-8, UPC-A, EAN-13 or GTIN-14 in figures; or empty."),
        "weight": _("Grams, a whole number; or empty."),
        "price": _("Needed: the sale price in figures."),
        "market_price": _("What it costs elsewhere, not below the price; or empty."),
        "stock": _("Pieces, a whole number. Empty for bundles, and for what is sold as codes: its stock is the number of codes."),
    }[column]


def example_of(column: str, category: Category, words: Words) -> str:
    """One cell of the row that shows how it is done."""
    if column == "category":
        return words.path(category.pk)
    if column.startswith(PREFIX):
        attribute = words.attributes[int(column[len(PREFIX) :])]
        values = allowed_values(column, category, words)
        return values[0] if values else "350" if attribute.kind == Attribute.Kind.NUMBER else ""
    return FIELDS[column].example


def template(category: Category, form: str) -> HttpResponse | FileResponse:
    """Columns of the category, one row as an example, and what may stand in each."""
    words = Words()
    columns = template_columns(category, words)
    heads, example = headings(columns, words), [example_of(column, category, words) for column in columns]
    name = f"products-{category.code}"
    if form == "csv":
        return csv_response(name, csv_text(heads, [example]))
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115  closed by the response
    _write_template(file.name, columns, heads, example, category, words)
    return FileResponse(open(file.name, "rb"), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _write_template(path: str, columns: Sequence[str], heads: Sequence[str], example: Sequence[str], category: Category, words: Words) -> None:
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    sheet, help_sheet = book.add_worksheet(_("Products")), book.add_worksheet(_("What may stand here"))
    sheet.freeze_panes(1, 0)
    help_sheet.freeze_panes(2, 0)
    for place, (column, head, cell) in enumerate(zip(columns, heads, example, strict=True)):
        sheet.set_column(place, place, 18)
        sheet.write_string(0, place, head, bold)
        sheet.write_comment(0, place, note_of(column, words), {"x_scale": 2})
        sheet.write_string(1, place, cell)
        help_sheet.set_column(place, place, 24)
        help_sheet.write_string(0, place, head, bold)
        help_sheet.write_string(1, place, note_of(column, words), book.add_format({"text_wrap": True, "valign": "top"}))
        values = allowed_values(column, category, words)
        for line, value in enumerate(values, 2):
            help_sheet.write_string(line, place, value)
        if values and column not in ("axes", "shop_categories"):
            there = f"='{help_sheet.get_name()}'!{xlsxwriter.utility.xl_range_abs(2, place, 1 + len(values), place)}"
            sheet.data_validation(1, place, 5_000, place, {"validate": "list", "source": there, "error_type": "warning", "ignore_blank": True})
    book.close()


# ── what is to be mended ─────────────────────────────────────────────────────────────────────────────────────────────


def mended(row: ProductImport) -> HttpResponse | FileResponse:
    """The rows that did not go in, as they were handed in, with a column of remarks: mend them there and hand the file in again."""
    rows = ImportRow.objects.filter(batch=row, state__in=[ImportRow.State.BAD, ImportRow.State.HELD]).order_by("line")
    heads = [*row.heads, str(REMARKS)]
    name = f"{row.name.rpartition('.')[0] or row.name}-{_('to-mend')}"
    if row.form == "xlsx" and rows.count() <= MOST_MENDED:
        file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115
        writer = XlsxWriter(Path(file.name), heads)
        writer.write(_with_remarks(row, each) for each in rows.iterator(chunk_size=1000))
        writer.close()
        return FileResponse(open(file.name, "rb"), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    spooled = tempfile.NamedTemporaryFile("w+", encoding="utf-8-sig", newline="", suffix=".csv")  # noqa: SIM115
    lines = csv.writer(spooled)
    lines.writerow(heads)
    lines.writerows([_safe(cell) for cell in _with_remarks(row, each)] for each in rows.iterator(chunk_size=1000))
    spooled.flush()
    response = FileResponse(open(spooled.name, "rb"), as_attachment=True, filename=f"{name}.csv", content_type="text/csv; charset=utf-8")  # noqa: SIM115
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _safe(cell: str) -> str:
    """A cell that was made safe before it came is not made so twice."""
    return cell if cell.startswith("'") else safe_cell(cell)


def _with_remarks(batch: ProductImport, row: ImportRow) -> list[str]:
    return [*row.cells, remarks(batch, row)]


def remarks(batch: ProductImport, row: ImportRow) -> str:
    """What is wrong, column by column, in one cell."""
    if row.state == ImportRow.State.HELD:
        return _("Another row of this product is to be mended.")
    return "\n".join(f"{batch.heads[place]}: {why}" if 0 <= place < len(batch.heads) else why for place, why in row.problems)


def first_rows(row: ProductImport, most: int) -> list[list[str]]:
    """The first rows of the file itself."""
    layout = Layout(row.form, row.heads, row.encoding, row.delimiter)
    return [cells for _line, cells in islice(rows_of(Path(storages["papers"].path(row.file)), layout), most)]
