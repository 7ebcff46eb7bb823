"""Goods moved from one place of the merchant to another."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.errors import TransferUnknown
from marketplace.merchant.inventory.models import StockLevel, StockTransfer, TransferLine
from marketplace.merchant.inventory.moves import end_transfer, send_transfer
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.seller.stock.shared import chosen_levels, location_choices, sent_keys, sent_numbers, typed_lines, with_labels
from tenants.access.actors import actor_of
from tenants.access.rights import Right


class TransferFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=StockTransfer.Status.choices)
    since, until = Since("sent_at"), Until("sent_at")

    def search(self, queryset: QuerySet[StockTransfer], name: str, value: str) -> QuerySet[StockTransfer]:
        text = value.strip()
        return queryset.filter(number__startswith=text) | queryset.filter(pk__in=_with_sku(text))


def _with_sku(text: str) -> QuerySet[Any]:
    return TransferLine.objects.filter(variant__sku__iexact=text).values("transfer_id")


def _prepared(request: HttpRequest, rows: list[Any]) -> None:
    sums = {row.pk: row.n for row in StockTransfer.objects.filter(pk__in=[row.pk for row in rows]).annotate(n=Sum("lines__quantity"))}
    for row in rows:
        row.pieces = sums.get(row.pk) or 0


transfers = ListPage(
    title=pgettext_lazy("stock", "Transfers"),
    name="transfers",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Transfer"), "number", is_fixed=True),
        Column(pgettext_lazy("transfer", "From"), "source"),
        Column(pgettext_lazy("transfer", "To"), "target"),
        Column(_lazy("Pieces"), "pieces", end=True),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Sent"), "sent"),
        Column(_lazy("By"), "by", wide_only=True),
    ],
    row_template="seller/stock/_transfer_row.html",
    rows=lambda request: StockTransfer.objects.select_related("source", "target"),
    filters=TransferFilter,
    order=("-sent_at", "-pk"),
    search_hint=_lazy("Number or SKU"),
    empty=_lazy("Nothing is on the way between your locations."),
    teach=Teach(_lazy("To the stock"), "stock", Right.VIEW_PRODUCTS),
    actions_template="seller/stock/_transfers_actions.html",
    export_name="transfers",
    export_head=[
        _lazy("Transfer"),
        pgettext_lazy("transfer", "From"),
        pgettext_lazy("transfer", "To"),
        _lazy("Pieces"),
        _lazy("Status"),
        _lazy("Sent"),
        _lazy("By"),
        _lazy("Note"),
    ],
    export=lambda row: [(row.number, row.source.name, row.target.name, row.pieces, row.get_status_display(), row.sent_at, row.by_label, row.note)],
    prepare=_prepared,
)


class TransferForm(forms.Form):
    """The hidden key makes the same form sent twice one transfer."""

    transfer_id = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(label=pgettext_lazy("transfer", "From"))
    target = forms.ChoiceField(label=pgettext_lazy("transfer", "To"))
    more = forms.CharField(
        label=_lazy("More variants"),
        help_text=_lazy("One a line: SKU and pieces, such as MUG-1 12. You can paste two columns of a sheet."),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    note = forms.CharField(label=_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            self.fields[name].choices = location_choices()  # type: ignore[attr-defined]


def transfer_new(request: HttpRequest) -> HttpResponse:
    """What was ticked in the list of stock goes from where most of it lies; more can be typed or pasted."""
    if request.method != "POST":
        rows = chosen_levels(request)
        choices = location_choices()
        source = str(rows[0].location_id) if rows else choices[0][0]
        target = next((key for key, _name in choices if key != source), "")
        form = TransferForm(initial={"transfer_id": uuid4(), "source": source, "target": target})
        return _new_page(request, form, [row.variant for row in rows])
    form = TransferForm(request.POST)
    keys = sent_keys(request)
    if form.is_valid():
        data = form.cleaned_data
        try:
            pieces = sent_numbers(request.POST, "pieces", keys)
            for key, number in typed_lines(data["more"]).items():
                pieces[key] = pieces.get(key, 0) + number
            row = send_transfer(
                by=actor_of(request),
                transfer_id=data["transfer_id"],
                source_id=UUID(data["source"]),
                target_id=UUID(data["target"]),
                pieces=pieces,
                note=data["note"],
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("On the way. Confirm it when the goods have arrived."))
            return HttpResponseRedirect(reverse("transfer", args=[row.number]))
    return _new_page(request, form, list(Variant.objects.filter(pk__in=keys).select_related("product").order_by("sku")))


def _new_page(request: HttpRequest, form: TransferForm, variants: list[Any]) -> HttpResponse:
    variants = list({variant.pk: variant for variant in variants}.values())
    with_labels(variants)
    free: dict[UUID, list[tuple[str, int]]] = {}
    for level in StockLevel.objects.filter(variant__in=variants, location__closed_at=None, on_hand__gt=0).select_related("location"):
        free.setdefault(level.variant_id, []).append((level.location.name, level.available))
    for variant in variants:
        variant.free, variant.typed = free.get(variant.pk, []), request.POST.get(f"pieces_{variant.pk.hex}", "")
    context = {"title": _("New transfer"), "form": form, "variants": variants, "is_single": len(location_choices()) < 2}
    return render(request, "seller/stock/transfer_new.html", context, status=422 if form.errors else 200)


def transfer(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def transfer_end(request: HttpRequest, number: str) -> HttpResponse:
    """It arrived, in whole or in part, or goes back."""
    back = request.POST.get("then") == "back"
    try:
        arrived = sent_numbers(request.POST, "arrived", sent_keys(request))
        row = end_transfer(by=actor_of(request), number=number, back=back, arrived=arrived)
    except TransferUnknown:
        raise
    except MarketError as refusal:
        return _page(request, number, refusal)
    if back:
        messages.success(request, _("Taken back: the goods are where they were."))
    elif row.target.sells:
        messages.success(request, _("Arrived: the goods can be sold from there."))
    else:
        messages.success(request, _("Arrived: they lie at “{place}”, from where nothing is shipped. Move them to sell them.").format(place=row.target.name))
    return HttpResponseRedirect(reverse("transfer", args=[number]))


def _page(request: HttpRequest, number: str, refusal: MarketError | None = None) -> HttpResponse:
    row = StockTransfer.objects.select_related("source", "target").filter(number=number).first()
    if row is None:
        raise TransferUnknown
    lines: list[Any] = list(row.lines.select_related("variant__product").order_by("variant__sku"))
    with_labels(line.variant for line in lines)
    for line in lines:
        line.typed = request.POST.get(f"arrived_{line.variant_id.hex}", line.quantity)
    context = {
        "title": row.number,
        "row": row,
        "lines": lines,
        "pieces": sum(line.quantity for line in lines),
        "lost": sum(line.quantity - line.arrived for line in lines if line.arrived is not None),
        "refusal": refusal,
    }
    return render(request, "seller/stock/transfer.html", context, status=refusal.status if refusal else 200)
