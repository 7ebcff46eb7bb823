"""Labels for what was ticked in a list: variants of products, or what lies at a place. What is chosen stands in the address: nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.pdf import missing
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.models import StockLevel
from marketplace.web.lists.bulk import chosen
from marketplace.web.seller.labels import MOST, MOST_OF_ONE, SHEETS, Label, LabelForm, labels_of, pdf_response

MOST_VARIANTS = 1000


class ManyForm(LabelForm):
    each = forms.IntegerField(label=_lazy("Labels of each variant"), min_value=1, max_value=MOST_OF_ONE)
    by_stock = forms.BooleanField(label=_lazy("As many as lie there instead"), required=False)


@dataclass(frozen=True)
class Ticked:
    """What a list's rows come to: variants that are sold, each with the pieces that lie there."""

    list_name: str
    title: Any
    variants: Callable[[list[UUID]], list[tuple[Variant, int]]]


def _of_products(keys: list[UUID]) -> list[tuple[Variant, int]]:
    rows = list(Variant.objects.filter(product__in=keys, is_active=True).select_related("product").order_by("product", "position", "pk")[: MOST_VARIANTS + 1])
    there = StockLevel.objects.filter(variant__in=rows, location__closed_at=None).order_by().values_list("variant").annotate(Sum("on_hand"))
    pieces = dict(there)
    return [(row, pieces.get(row.pk) or 0) for row in rows]


def _of_levels(keys: list[UUID]) -> list[tuple[Variant, int]]:
    """A variant that was ticked at several places counts what lies at all of them."""
    found: dict[UUID, tuple[Variant, int]] = {}
    for level in StockLevel.objects.filter(pk__in=keys, variant__is_active=True).select_related("variant__product").order_by("variant__product", "variant"):
        before = found.get(level.variant_id, (level.variant, 0))
        found[level.variant_id] = (before[0], before[1] + level.on_hand)
    return list(found.values())


PRODUCTS = Ticked("products", _lazy("Products"), _of_products)
STOCK = Ticked("stock", _lazy("Stock"), _of_levels)


def of_products(request: HttpRequest) -> HttpResponse:
    return _page(request, PRODUCTS)


def of_stock(request: HttpRequest) -> HttpResponse:
    return _page(request, STOCK)


def of_products_pdf(request: HttpRequest) -> HttpResponse:
    """Raises NoPdf, InvalidInput."""
    return _pdf(request, PRODUCTS)


def of_stock_pdf(request: HttpRequest) -> HttpResponse:
    """Raises NoPdf, InvalidInput."""
    return _pdf(request, STOCK)


def _page(request: HttpRequest, ticked: Ticked) -> HttpResponse:
    """How many of each, on what sheet; and how they look."""
    try:
        context = _context(request, ticked)
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse(ticked.list_name))
    return render(request, "seller/product/labels_of_many.html", context, status=422 if context["wrong"] or context["form"].errors else 200)


def _pdf(request: HttpRequest, ticked: Ticked) -> HttpResponse:
    context = _context(request, ticked)
    return pdf_response(request, context, context["printed"])


def _context(request: HttpRequest, ticked: Ticked) -> dict[str, Any]:
    """Raises InvalidInput for what was ticked."""
    rows = ticked.variants(chosen(request))
    if len(rows) > MOST_VARIANTS:
        raise InvalidInput(field="chosen", why=_("These are more than {most} variants. Tick fewer products.").format(most=MOST_VARIANTS))
    form = ManyForm(request.GET if "sheet" in request.GET else {"sheet": "24", "first": "1", "priced": "on", "each": "1"})
    pieces = {row.pk: n for row, n in rows}
    labels = list(labels_of([row for row, _n in rows if row.barcode]))
    printed: list[tuple[Label, int]] = []
    wrong = "" if labels else _("None of these variants has a barcode yet.")
    if form.is_valid():
        data = form.cleaned_data
        printed = [(label, min(pieces[label.variant.pk], MOST) if data["by_stock"] else data["each"]) for label in labels]
        wrong = wrong or _wrong([n for _label, n in printed])
        if data["first"] > SHEETS[data["sheet"]].places:
            form.add_error("first", _("This sheet has {n} labels.").format(n=SHEETS[data["sheet"]].places))
    return {
        "title": _("Labels"),
        "list_name": ticked.list_name,
        "list_title": ticked.title,
        "keys": request.GET.getlist("chosen"),
        "form": form,
        "printed": [(label, n) for label, n in printed if n],
        "total": sum(n for _label, n in printed),
        "wrong": wrong,
        "without": len(rows) - len(labels),
        "no_pdf": missing(),
        "pdf_route": f"{ticked.list_name}-labels-pdf",
    }


def _wrong(numbers: Sequence[int]) -> str:
    if not sum(numbers):
        return _("Nothing of these variants lies there: write how many labels of each instead.")
    return _("At most {most} labels at once.").format(most=MOST) if sum(numbers) > MOST else ""
