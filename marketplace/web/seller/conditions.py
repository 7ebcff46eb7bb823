"""Conditions of sale: of one product, or the same for everything that was ticked in the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.sale_conditions import set_conditions
from marketplace.kernel.errors import MarketError
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.conditions.actions import MOST
from marketplace.merchant.conditions.models import SaleCondition
from marketplace.merchant.inventory.queries import stock_of, stocks_of
from marketplace.web.seller.ticked import ticked_products
from tenants.access.actors import actor_of


class ConditionForm(forms.Form):
    off_at = forms.IntegerField(
        label=_lazy("Goes off sale at so many pieces or fewer"),
        required=False,
        min_value=0,
        max_value=MOST,
        help_text=_lazy("Empty: stock takes it off never."),
    )
    on_at = forms.IntegerField(
        label=_lazy("Comes back at so many or more"), required=False, min_value=1, max_value=MOST, help_text=_lazy("Empty: you put it back yourself.")
    )
    waits_for_stock = forms.BooleanField(label=_lazy("Put it on sale as soon as there is stock for the first time"), required=False)


def conditions(request: HttpRequest) -> HttpResponse:
    """A form over what was ticked; where all of it has the same condition, the form begins with that."""
    try:
        rows = ticked_products(request)
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("products"))
    form = ConditionForm(request.POST) if request.method == "POST" else ConditionForm(initial=_shared(rows) or {})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            set_conditions(by=actor_of(request), product_ids=[row.pk for row in rows], **data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _told(data, len(rows)))
            return HttpResponseRedirect(reverse("product", args=[rows[0].pk]) if len(rows) == 1 else reverse("products"))
    _with_state(rows)
    context = {"title": _("Condition of sale"), "rows": rows, "form": form, "only": rows[0] if len(rows) == 1 else None, "differ": _shared(rows) is None}
    return render(request, "seller/conditions.html", context, status=422 if form.errors else 200)


def _shared(rows: list[Product]) -> dict[str, Any] | None:
    """The condition that all have, nothing where none has one; None where they differ."""
    names = ("off_at", "on_at", "waits_for_stock")
    found = {row.product_id: {name: getattr(row, name) for name in names} for row in SaleCondition.objects.filter(product__in=rows)}
    said = [found.get(row.pk, {}) for row in rows]
    return said[0] if all(each == said[0] for each in said) else None


def _with_state(rows: list[Any]) -> None:
    """Each with its condition, and what can be sold of it."""
    held = {row.product_id: row for row in SaleCondition.objects.filter(product__in=rows)}
    stock = stocks_of([row.pk for row in rows])
    for row in rows:
        row.kept, row.available = held.get(row.pk), stock.get(row.pk, 0)


def _told(data: dict[str, Any], n: int) -> str:
    if data["off_at"] is None and not data["waits_for_stock"]:
        return ngettext("The condition is gone; the product stays as it is.", "The conditions of {n} products are gone; they stay as they are.", n).format(n=n)
    return ngettext("The product follows its condition from now on.", "{n} products follow this condition from now on.", n).format(n=n)


def state_of(product_id: UUID) -> dict[str, Any]:
    """For the product's page: its condition, and what can be sold of it."""
    row = SaleCondition.objects.filter(product_id=product_id).first()
    return {"condition": row, "condition_stock": stock_of(product_id) if row else 0}
