"""Labels with barcodes for the variants of a product, on sheets that office shops sell. What is chosen stands in the address: nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.bars import Bars, bars_of
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.pdf import missing, pdf_of
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.pricing.models import Price
from marketplace.merchant.pricing.periods import in_force
from marketplace.web.seller.stock.shared import with_labels

MOST_OF_ONE, MOST = 500, 2000
TEXT, PADDING = 15.5, 2.4  # millimetres of a label's height that lines of text and edges take, and of its sides


@dataclass(frozen=True)
class Sheet:
    """Labels on A4; lengths in millimetres."""

    name: Any
    columns: int
    rows: int
    width: float
    height: float
    top: float
    side: float
    across: float = 0  # between columns

    @property
    def places(self) -> int:
        return self.columns * self.rows

    def drawn_height(self, bars: Bars) -> int:
        """In modules, so that the drawing is as wide as the label: a module of at least 0.264 mm, which is 80 % of the nominal size."""
        return round((self.height - TEXT) / ((self.width - 2 * PADDING) / bars.width))

    @property
    def styles(self) -> str:
        """Of the page, from numbers of ours alone."""
        return f"""
            @page {{ size: A4; margin: 0; }}
            body {{ margin: 0; }}
            .sheet {{ padding: {self.top}mm {self.side}mm 0; break-after: page; }} .sheet:last-child {{ break-after: auto; }}
            .labels {{ display: grid; grid-template-columns: repeat({self.columns}, {self.width}mm); grid-auto-rows: {self.height}mm;
                       column-gap: {self.across}mm; }}
            .label {{ box-sizing: border-box; width: {self.width}mm; height: {self.height}mm; padding: 1.6mm {PADDING}mm; overflow: hidden;
                      font: 7.5pt/1.2 "Inter", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #000; text-align: center; }}
            .label p {{ margin: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }}
            .label .price {{ font-size: 10pt; font-weight: 700; }} .label .small {{ font-size: 6.5pt; }}
            .label svg {{ display: block; margin: .6mm auto 0; height: {self.height - TEXT}mm; width: 100%; }}
        """


SHEETS = {
    "24": Sheet(_lazy("24 on A4: 70 × 37 mm"), 3, 8, 70, 37, 0.5, 0),
    "21": Sheet(_lazy("21 on A4: 63.5 × 38.1 mm"), 3, 7, 63.5, 38.1, 15.1, 7.2, 2.5),
    "40": Sheet(_lazy("40 on A4: 48.5 × 25.4 mm"), 4, 10, 48.5, 25.4, 21.5, 8),
}


class LabelForm(forms.Form):
    sheet = forms.ChoiceField(label=pgettext_lazy("labels", "Sheet"), choices=[(key, sheet.name) for key, sheet in SHEETS.items()])
    first = forms.IntegerField(label=_lazy("First free label of the sheet"), min_value=1, max_value=40, help_text=_lazy("To use up a sheet that was begun."))
    priced = forms.BooleanField(label=_lazy("With the price"), required=False)


@dataclass(frozen=True)
class Label:
    variant: Any
    price: Price | None
    bars: Bars
    height: int = 46  # of the drawing, in modules, digits included

    @property
    def short(self) -> int:
        """How far the bars reach down."""
        return self.height - 10

    @property
    def tall(self) -> int:
        return self.height - 5

    @property
    def foot(self) -> int:
        return self.height - 1


def labels(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """How many of which, on what sheet; and how a label looks."""
    context = _context(request, product_id)
    return render(request, "seller/product/labels.html", context, status=422 if context["wrong"] or context["form"].errors else 200)


def labels_pdf(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Raises NoPdf, InvalidInput."""
    context = _context(request, product_id)
    return pdf_response(request, context, context["chosen"])


def pdf_response(request: HttpRequest, context: dict[str, Any], printed: Sequence[tuple[Label, int]]) -> HttpResponse:
    """So many of each, on the sheet of the form. Raises NoPdf, and InvalidInput for what the page would show as wrong."""
    form = context["form"]
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise InvalidInput(field=name, why=errors[0])
    if context["wrong"]:
        raise InvalidInput(field="labels", why=context["wrong"])
    data = form.cleaned_data
    sheet = SHEETS[data["sheet"]]
    empty: list[Label | None] = [None] * (data["first"] - 1)
    places = [*empty, *(replace(label, height=sheet.drawn_height(label.bars)) for label, n in printed for _copy in range(n))]
    pages = [places[start : start + sheet.places] for start in range(0, len(places), sheet.places)]
    html = render_to_string("seller/product/labels_paper.html", {**context, "pages": pages, "is_priced": data["priced"]}, request)
    response = HttpResponse(pdf_of(html, [sheet.styles]), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="labels.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _context(request: HttpRequest, product_id: UUID) -> dict[str, Any]:
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise NotFound
    is_asked = "sheet" in request.GET
    form = LabelForm(request.GET if is_asked else {"sheet": "24", "first": "1", "priced": "on"})
    found = list(labels_of(list(product.variants.filter(is_active=True, barcode__isnull=False).select_related("product").order_by("position", "pk"))))
    rows, wrong = [], ""
    for label in found:
        text = request.GET.get(f"n_{label.variant.pk.hex}", "").strip() if is_asked else "1"
        n = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0 if not text else -1
        if not 0 <= n <= MOST_OF_ONE:
            wrong = _("Write how many labels of each, from 0 to {most}.").format(most=MOST_OF_ONE)
        rows.append((label, n, text))
    total = sum(max(n, 0) for _label, n, _text in rows)
    if not wrong and found and not total:
        wrong = _("Write how many labels of at least one variant.")
    if not wrong and total > MOST:
        wrong = _("At most {most} labels at once.").format(most=MOST)
    if not wrong and form.is_valid() and form.cleaned_data["first"] > SHEETS[form.cleaned_data["sheet"]].places:
        form.add_error("first", _("This sheet has {n} labels.").format(n=SHEETS[form.cleaned_data["sheet"]].places))
    return {
        "title": _("Labels"),
        "product": product,
        "form": form,
        "rows": rows,
        "chosen": [(label, n) for label, n, _text in rows if n > 0],
        "wrong": wrong,
        "total": total,
        "without": product.variants.filter(is_active=True, barcode=None).count(),
        "no_pdf": missing(),
    }


def labels_of(variants: list[Variant]) -> Iterator[Label]:
    """Of variants that have barcodes, with their products."""
    with_labels(variants)
    prices = {price.variant_id: price for price in in_force().filter(variant__in=variants)}
    for variant in variants:
        yield Label(variant, prices.get(variant.pk), bars_of(str(variant.barcode)))
