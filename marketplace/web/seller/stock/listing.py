"""Stock: a row for each variant and place, and setting what was ticked."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.inventory.restocking import needs_of, set_levels
from marketplace.web.lists.bulk import Bulk
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.seller.older_forms import changed_texts
from marketplace.web.seller.stock.shared import LOW, chosen_levels, found_by, levels, location_choices, sent_keys, with_labels
from tenants.access.actors import actor_of
from tenants.access.rights import Right


class StockFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="tab",
        choices=[("low", pgettext_lazy("stock", "Low")), ("out", pgettext_lazy("stock", "Out of stock")), ("held", pgettext_lazy("stock", "Held for orders"))],
    )
    location = django_filters.ChoiceFilter(field_name="location_id", label=_lazy("Location"), choices=location_choices, empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(found_by(value))

    def tab(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "low":
            return queryset.filter(LOW)
        return queryset.filter(free__lte=0) if value == "out" else queryset.filter(on_hand__gt=0).exclude(reserved=0, allocated=0)


def with_needs(request: HttpRequest, rows: list[Any]) -> None:
    """Names of options, and what is on the way, sold and proposed of each row."""
    with_labels(row.variant for row in rows)
    needs = needs_of(rows)
    for row in rows:
        row.need = needs[row.pk]


def exported(row: StockLevel) -> list[tuple[object, ...]]:
    variant = row.variant
    return [
        (
            variant.sku,
            variant.product.title.text,
            variant.label,  # type: ignore[attr-defined]
            row.location.name,
            row.on_hand,
            row.reserved,
            row.allocated,
            row.available,
            row.need.coming,  # type: ignore[attr-defined]
            row.wanted,
            row.need.sold,  # type: ignore[attr-defined]
        )
    ]


HEAD = [
    _lazy("SKU"),
    _lazy("Title"),
    _lazy("Variant"),
    _lazy("Location"),
    _lazy("On hand"),
    _lazy("Reserved"),
    _lazy("Allocated"),
    pgettext_lazy("stock", "Free"),
    pgettext_lazy("stock", "On the way"),
    _lazy("Safety stock"),
    _lazy("Sold in 30 days"),
]

stock = ListPage(
    title=_lazy("Stock"),
    name="stock",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Variant"), "variant", is_fixed=True),
        Column(_lazy("Location"), "location"),
        Column(_lazy("On hand"), "on_hand", end=True),
        Column(_lazy("Reserved"), "reserved", end=True, wide_only=True),
        Column(_lazy("Allocated"), "allocated", end=True, wide_only=True),
        Column(pgettext_lazy("stock", "Free"), "free", end=True),
        Column(pgettext_lazy("stock", "On the way"), "coming", end=True),
        Column(_lazy("Safety stock"), "safety", end=True),
        Column(_lazy("Sold in 30 days"), "sold", end=True, is_extra=True),
    ],
    row_template="seller/stock/_row.html",
    rows=lambda request: levels(),
    filters=StockFilter,
    order=("-pk",),
    search_hint=_lazy("SKU or title"),
    empty=_lazy("Nothing lies here yet. Enter a product with its stock, and it stands here."),
    teach=Teach(_lazy("New product"), "product-new", Right.EDIT_PRODUCTS),
    actions_template="seller/stock/_actions.html",
    export_name="stock",
    export_head=HEAD,
    export=exported,
    bulk=[
        Bulk(_lazy("Count or set safety stock"), "stock-set", Right.KEEP_STOCK, "edit", shows=True, stays=True),
        Bulk(_lazy("Print labels"), "stock-labels", Right.VIEW_PRODUCTS, "print", shows=True, stays=True),
        Bulk(pgettext_lazy("stock", "Move"), "transfer-new", Right.KEEP_STOCK, "truck", shows=True, stays=True),
        Bulk(pgettext_lazy("restock", "Order more"), "restock-new", Right.KEEP_STOCK, "plus", shows=True, stays=True),
    ],
    prepare=with_needs,
)


def set_chosen(request: HttpRequest) -> HttpResponse:
    """What was ticked, a row each: a new count, where one is written, and the safety stock."""
    refusal: MarketError | None = None
    if request.method == "POST":
        keys = sent_keys(request)
        try:
            counted = {key: _number(str(request.POST.get(f"count_{key.hex}", "")).strip()) for key in keys}
            safety = {key: _number(text) for key, text in changed_texts(request, "safety", keys).items()}
            every = str(request.POST.get("safety_all", "")).strip()
            if every:
                safety = dict.fromkeys(keys, _number(every))
            note = request.POST.get("note", "")
            set_levels(by=actor_of(request), counted={key: n for key, n in counted.items() if n is not None}, safety=safety, note=note)
        except MarketError as problem:
            refusal = problem
        else:
            messages.success(request, _("Saved. Buyers see it at once."))
            return HttpResponseRedirect(reverse("stock"))
        query = request.GET.copy()
        query.setlist("chosen", [str(key) for key in keys])
        request.GET = query  # type: ignore[assignment]
    rows = chosen_levels(request)
    for row in rows:
        row.typed = request.POST.get(f"count_{row.pk.hex}", "")
        now = "" if row.safety is None else row.safety
        row.typed_safety, row.shown = (request.POST.get(f"{name}_{row.pk.hex}", now) for name in ("safety", "shown"))
    context = {"title": _("Count or set safety stock"), "rows": rows, "refusal": refusal}
    return render(request, "seller/stock/set.html", context, status=422 if refusal else 200)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise InvalidInput(field="lines", why=_("Write whole numbers of pieces."))
    return int(text)
