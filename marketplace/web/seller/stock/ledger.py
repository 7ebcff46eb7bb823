"""The ledger of stock: every change with its cause, who, and what was left."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.merchant.inventory.models import StockMovement
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.seller.stock.shared import found_by, location_choices, with_labels, with_places
from marketplace.web.told import why_in_words
from tenants.access.rights import Right


class LedgerFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    kind = django_filters.ChoiceFilter(label=_lazy("Cause"), choices=StockMovement.Kind.choices, empty_label=_lazy("All"))
    location = django_filters.ChoiceFilter(field_name="level__location_id", label=_lazy("Location"), choices=location_choices, empty_label=_lazy("All"))
    since, until = Since("at"), Until("at")
    sku = django_filters.CharFilter(field_name="level__variant__sku", label=_lazy("Variant"), max_length=64, widget=forms.HiddenInput)

    def search(self, queryset: QuerySet[StockMovement], name: str, value: str) -> QuerySet[StockMovement]:
        text = value.strip()
        return queryset.filter(found_by(text, "level__variant__") | Q(ref=text))


def _prepared(request: HttpRequest, rows: list[Any]) -> None:
    with_labels(row.level.variant for row in rows)
    with_places(rows)


def _exported(row: Any) -> list[tuple[object, ...]]:
    variant = row.level.variant
    return [
        (
            row.at,
            variant.sku,
            variant.product.title.text,
            variant.label,
            row.level.location.name,
            row.get_kind_display(),
            row.quantity,
            row.balance,
            row.ref,
            row.by_label,
            why_in_words(row.note),
        )
    ]


movements = ListPage(
    title=_lazy("Stock ledger"),
    name="movements",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(pgettext_lazy("stock", "When"), "at", is_fixed=True),
        Column(_lazy("Variant"), "variant", is_fixed=True),
        Column(_lazy("Location"), "location"),
        Column(_lazy("Cause"), "kind"),
        Column(pgettext_lazy("stock", "Change"), "quantity", end=True),
        Column(_lazy("On hand after"), "balance", end=True),
        Column(pgettext_lazy("stock", "For"), "ref"),
        Column(_lazy("By"), "by", wide_only=True),
        Column(_lazy("Note"), "note", wide_only=True),
    ],
    row_template="seller/stock/_movement_row.html",
    rows=lambda request: StockMovement.objects.select_related("level__variant__product", "level__location"),
    filters=LedgerFilter,
    order=("-at", "-pk"),
    search_hint=_lazy("SKU, title or number"),
    empty=_lazy("Nothing has moved yet. Each count, delivery, parcel and return stands here with its cause."),
    teach=Teach(_lazy("To the products"), "products", Right.VIEW_PRODUCTS),
    export_name="stock-ledger",
    export_head=[
        pgettext_lazy("stock", "When"),
        _lazy("SKU"),
        _lazy("Title"),
        _lazy("Variant"),
        _lazy("Location"),
        _lazy("Cause"),
        pgettext_lazy("stock", "Change"),
        _lazy("On hand after"),
        pgettext_lazy("stock", "For"),
        _lazy("By"),
        _lazy("Note"),
    ],
    export=_exported,
    prepare=_prepared,
)
