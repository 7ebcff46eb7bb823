"""The order workbench: what came in, and getting it out."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.ship_order import ship_order
from marketplace.kernel.errors import MarketError
from marketplace.kernel.texts import localised
from marketplace.merchant.fulfilment.carriers import CARRIERS
from marketplace.merchant.orders.access import order_for_staff
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus, PaymentStatus
from marketplace.web.lists.pages import Column, ListPage
from tenants.access.actors import actor_of
from tenants.access.rights import Right

SHOWS: dict[str, Q] = {
    "to_ship": Q(status=OrderStatus.CONFIRMED, fulfilment_status__in=[FulfilmentStatus.NONE, FulfilmentStatus.PART_SHIPPED]),
    "unpaid": Q(status=OrderStatus.AWAITING_PAYMENT),
    "shipped": Q(status=OrderStatus.CONFIRMED, fulfilment_status=FulfilmentStatus.SHIPPED),
    "completed": Q(status=OrderStatus.COMPLETED),
    "cancelled": Q(status=OrderStatus.CANCELLED),
}


class OrderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="by_show",
        choices=[
            ("to_ship", _lazy("To ship")),
            ("unpaid", _lazy("Unpaid")),
            ("shipped", _lazy("Shipped")),
            ("completed", _lazy("Completed")),
            ("cancelled", _lazy("Cancelled")),
        ],
    )
    since = django_filters.DateFilter(field_name="placed_at", lookup_expr="date__gte", label=_lazy("Since"), widget=forms.DateInput(attrs={"type": "date"}))

    def search(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        """By number, recipient, phone, SKU, or tracking number."""
        text = value.strip()
        lines = OrderLine.objects.filter(sku__iexact=text).values("order_id")
        return queryset.filter(
            Q(number__startswith=text)
            | Q(address__recipient__icontains=text)
            | Q(address__phone__endswith=text)
            | Q(pk__in=lines)
            | Q(packages__tracking_number__iexact=text)
        ).distinct()

    def by_show(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return queryset.filter(SHOWS[value])


def _with_lines(request: HttpRequest, rows: list[Any]) -> None:
    by_order: dict[Any, list[OrderLine]] = {row.pk: [] for row in rows}
    for line in OrderLine.objects.filter(order_id__in=by_order).order_by("position"):
        by_order[line.order_id].append(line)
    for row in rows:
        row.shown_lines = by_order[row.pk]


orders = ListPage(
    title=_lazy("Orders"),
    columns=[
        Column(_lazy("Order")),
        Column(_lazy("Goods")),
        Column(_lazy("Buyer"), wide_only=True),
        Column(_lazy("Status")),
        Column(_lazy("Amount"), end=True),
        Column("", end=True),
    ],
    row_template="seller/_order_row.html",
    rows=lambda request: Order.objects.all(),
    filters=OrderFilter,
    order=("-placed_at", "-pk"),
    search_hint=_lazy("Number, recipient, phone, article, tracking number"),
    empty=_lazy("No order yet. As soon as somebody buys from you, it stands here, with the time by which to ship it."),
    prepare=_with_lines,
)


class ShipForm(forms.Form):
    """A parcel. The hidden key makes the same form sent twice one parcel."""

    package_id = forms.UUIDField(widget=forms.HiddenInput)
    carrier = forms.ChoiceField(label=_lazy("Carrier"))
    tracking_number = forms.CharField(label=_lazy("Tracking number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, lines: list[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language()
        self.fields["carrier"].choices = [(code, localised(names, language).text) for code, names in CARRIERS.items()]  # type: ignore[attr-defined]
        self.lines = [line for line in lines if line.quantity > line.shipped]
        for line in self.lines:
            left = line.quantity - line.shipped
            self.fields[f"line_{line.pk.hex}"] = forms.IntegerField(min_value=0, max_value=left, initial=left, label=line.sku)

    def line_fields(self) -> list[tuple[OrderLine, Any]]:
        return [(line, self[f"line_{line.pk.hex}"]) for line in self.lines]


def order(request: HttpRequest, number: str) -> HttpResponse:
    found = order_for_staff(number)
    lines = list(found.lines.order_by("position"))
    can_ship = (
        found.status == OrderStatus.CONFIRMED
        and found.payment_status == PaymentStatus.PAID
        and found.fulfilment_status in (FulfilmentStatus.NONE, FulfilmentStatus.PART_SHIPPED)
        and request.user.has_perm(Right.SHIP_ORDERS.full_name)
    )
    return _order_page(request, found, lines, ShipForm(lines=lines, initial={"package_id": uuid4()}) if can_ship else None)


def _order_page(request: HttpRequest, found: Order, lines: list[OrderLine], form: ShipForm | None) -> HttpResponse:
    context = {
        "title": found.number,
        "order": found,
        "lines": lines,
        "packages": list(found.packages.order_by("shipped_at").prefetch_related("lines__line")),
        "changes": list(found.changes.order_by("at", "pk")),
        "form": form,
        "payout": found.total - found.commission,
    }
    return render(request, "seller/order.html", context, status=422 if form and form.errors else 200)


def ship(request: HttpRequest, number: str) -> HttpResponse:
    found = order_for_staff(number)
    lines = list(found.lines.order_by("position"))
    form = ShipForm(request.POST, lines=lines)
    if form.is_valid():
        try:
            quantities = {line.pk: form.cleaned_data[f"line_{line.pk.hex}"] for line in form.lines}
            ship_order(
                by=actor_of(request),
                package_id=form.cleaned_data["package_id"],
                number=number,
                carrier=form.cleaned_data["carrier"],
                tracking_number=form.cleaned_data["tracking_number"],
                quantities=quantities,
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The parcel of order {number} is on its way.").format(number=number))
            return HttpResponseRedirect(f"/orders/{number}/")
    return _order_page(request, found, lines, form)
