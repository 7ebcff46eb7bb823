"""The lines of a stocktake as a file: what was counted beside what should be there, to be compared elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.merchant.inventory.stocktakes import stocktake_here
from marketplace.web.lists.exports import csv_response, csv_text, note_export
from marketplace.web.seller.stock.shared import with_labels
from marketplace.web.seller.stock.stocktakes import shown_lines
from tenants.access.actors import actor_of
from tenants.tenancy.schemas import current_merchant_id

KNOWN = [_lazy("SKU"), _lazy("Barcode"), _lazy("Title"), _lazy("Variant")]
FIGURES = [_lazy("Should be there"), pgettext_lazy("stocktake", "Difference")]


def stocktake_file(request: HttpRequest, number: str) -> HttpResponse:
    """CSV of the lines of the tab that is shown. While it is counted blind, what should be there stays out."""
    row = stocktake_here(number)
    show, found = shown_lines(request, row)
    lines: list[Any] = list(found)
    with_labels(line.variant for line in lines)
    figures = [] if row.hides_figures else FIGURES
    text = csv_text([*KNOWN, _lazy("Counted"), *figures, _lazy("By"), _lazy("Counted at")], [_cells(line, shows=bool(figures)) for line in lines])
    note_export(by=actor_of(request), what="stocktake", merchant_id=current_merchant_id(), rows=len(lines), filters={"stocktake": number, "show": show})
    return csv_response(f"stocktake-{number}", text)


def _cells(line: Any, *, shows: bool) -> list[object]:
    variant = line.variant
    figures = [line.expected, line.difference] if shows else []
    return [variant.sku, variant.barcode, variant.product.title.text, variant.label, line.counted, *figures, line.counted_by, line.counted_at]
