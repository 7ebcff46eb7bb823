"""The places where stock lies: seen side by side, opened, changed, closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.errors import MarketError
from marketplace.merchant.inventory.models import StockLevel, StockLocation
from marketplace.merchant.inventory.places import Place, change_location, close_location, location_here, next_preference, open_location
from tenants.access.actors import actor_of


class LocationForm(forms.Form):
    """The hidden key makes the same form sent twice one location."""

    location_id = forms.UUIDField(widget=forms.HiddenInput)
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_lazy("Kind"), choices=StockLocation.Kind.choices)
    address = forms.CharField(label=_lazy("Address"), max_length=200, required=False)
    preference = forms.IntegerField(
        label=_lazy("Order of preference"), help_text=_lazy("Orders are filled from the lowest number first."), min_value=0, max_value=1000
    )
    safety = forms.IntegerField(
        label=_lazy("Usual safety stock of a variant"), help_text=_lazy("0: no warning. A variant may have its own."), min_value=0, max_value=1_000_000
    )
    may_ship = forms.BooleanField(
        label=_lazy("Orders are shipped from here"), help_text=_lazy("Otherwise buyers do not see what lies here, such as samples in a store."), required=False
    )

    def place(self) -> Place:
        data = self.cleaned_data
        return Place(
            names={"zh-hans": data["name_zh"], "en": data["name_en"]},
            kind=data["kind"],
            address=data["address"],
            may_ship=data["may_ship"],
            preference=data["preference"],
            safety=data["safety"],
        )


def locations(request: HttpRequest) -> HttpResponse:
    form = None
    if request.method == "POST":
        form = LocationForm(request.POST)
        if form.is_valid():
            try:
                row = open_location(by=actor_of(request), location_id=form.cleaned_data["location_id"], place=form.place())
            except MarketError as refusal:
                _show(form, refusal)
            else:
                messages.success(request, _("“{name}” is open. Count what lies there, or move stock to it.").format(name=row.name))
                return HttpResponseRedirect(reverse("locations"))
    sums = {"a": Sum("on_hand"), "b": Sum("reserved"), "c": Sum("allocated"), "d": Count("pk", filter=Q(on_hand__gt=0))}
    lying: dict[UUID, Any] = {}
    for location_id, *numbers in StockLevel.objects.order_by().values_list("location_id").annotate(**sums):
        lying[location_id] = numbers
    rows: list[Any] = list(StockLocation.objects.order_by(F("closed_at").asc(nulls_first=True), "preference", "pk"))
    for each in rows:
        on_hand, reserved, allocated, variants = lying.get(each.pk, (0, 0, 0, 0))
        each.lies = {"on_hand": on_hand, "held": reserved + allocated, "variants": variants}
    initial = {"location_id": uuid4(), "preference": next_preference(), "safety": 0, "may_ship": True, "kind": StockLocation.Kind.STORE}
    context = {"title": _("Stock locations"), "rows": rows, "form": form or LocationForm(initial=initial)}
    return render(request, "seller/stock/locations.html", context, status=422 if form is not None and form.errors else 200)


def location(request: HttpRequest, location_id: UUID) -> HttpResponse:
    row = location_here(location_id)
    form = LocationForm(request.POST) if request.method == "POST" else LocationForm(initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            row = change_location(by=actor_of(request), location_id=row.pk, place=form.place())
        except MarketError as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("locations"))
    context = {"title": row.name, "row": row, "form": form}
    return render(request, "seller/stock/location.html", context, status=422 if form.errors else 200)


def close(request: HttpRequest, location_id: UUID) -> HttpResponse:
    try:
        row = close_location(by=actor_of(request), location_id=location_id)
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("location", args=[location_id]))
    messages.success(request, _("“{name}” is closed; its history stays.").format(name=row.name))
    return HttpResponseRedirect(reverse("locations"))


def _initial(row: StockLocation) -> dict[str, Any]:
    names = {"name_zh": row.names.get("zh-hans", ""), "name_en": row.names.get("en", "")}
    return {"location_id": row.pk, **names, **{name: getattr(row, name) for name in ("kind", "address", "preference", "safety", "may_ship")}}


def _show(form: forms.Form, refusal: MarketError) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
