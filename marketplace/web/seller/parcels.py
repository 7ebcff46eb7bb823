"""What a merchant does with an order: accept, pack, hand over, open a parcel again, cancel what cannot be sent."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.flows.cancel_order import cancel_pieces
from marketplace.flows.second_looks import ask_to_cancel
from marketplace.flows.ship_order import pack_order, ship_order, ship_package, take_order, unpack_order
from marketplace.kernel.errors import MarketError
from marketplace.merchant.aftersales.second_looks import takes_two
from marketplace.merchant.bundles.queries import with_bundles
from marketplace.merchant.customising.queries import with_wishes
from marketplace.merchant.inventory.queries import held_places
from marketplace.merchant.orders.access import order_for_staff
from marketplace.web.lists.bulk import with_each
from marketplace.web.seller.order import order_page
from marketplace.web.seller.orders import orders
from marketplace.web.seller.parcel_forms import CancelForm, HandoverForm, ParcelForm
from tenants.access.actors import actor_of


def accept_chosen(request: HttpRequest) -> HttpResponse:
    def told(n: int) -> str:
        return ngettext("{n} order is accepted.", "{n} orders are accepted.", n).format(n=n)

    return with_each(request, orders, "orders-accept", told)


def accept(request: HttpRequest, number: str) -> HttpResponse:
    take_order(by=actor_of(request), number=number)
    messages.success(request, _("Order {number} is accepted.").format(number=number))
    return _back(number)


def pack(request: HttpRequest, number: str) -> HttpResponse:
    """Pack a parcel; with `then=ship` hand it over at once."""
    order = order_for_staff(number)
    form = ParcelForm(request.POST, lines=with_wishes(with_bundles(list(order.lines.order_by("position")))), places=held_places(order.pk))
    ships = request.POST.get("then") == "ship"
    if not form.is_valid():
        return order_page(request, number, parcel=form)
    parcel = {"package_id": form.cleaned_data["package_id"], "number": number, "quantities": form.quantities(), "location_id": form.location_id()}
    try:
        if ships:
            ship_order(by=actor_of(request), carrier=form.cleaned_data["carrier"], tracking_number=form.cleaned_data["tracking_number"], **parcel)
        else:
            pack_order(by=actor_of(request), **parcel)
    except MarketError as refusal:
        _show(form, refusal)
        return order_page(request, number, parcel=form)
    said = _("The parcel of order {number} is on its way.") if ships else _("A parcel of order {number} is packed. Enter carrier and number when it leaves.")
    messages.success(request, said.format(number=number))
    return _back(number)


def hand_over(request: HttpRequest, number: str, package_id: UUID) -> HttpResponse:
    form = HandoverForm(request.POST, package_id=package_id)
    if not form.is_valid():
        return order_page(request, number, handover=form)
    try:
        ship_package(by=actor_of(request), number=number, package_id=package_id, **form.cleaned_data)
    except MarketError as refusal:
        _show(form, refusal)
        return order_page(request, number, handover=form)
    messages.success(request, _("The parcel of order {number} is on its way.").format(number=number))
    return _back(number)


def open_again(request: HttpRequest, number: str, package_id: UUID) -> HttpResponse:
    unpack_order(by=actor_of(request), number=number, package_id=package_id)
    messages.success(request, _("The parcel is open again; its pieces can be packed anew."))
    return _back(number)


def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """What cannot be sent: its money goes back to the buyer, or a colleague is asked first."""
    form = CancelForm(request.POST, lines=with_wishes(with_bundles(list(order_for_staff(number).lines.order_by("position")))))
    if not form.is_valid():
        return order_page(request, number, cancel=form)
    two, pieces, reason = takes_two(), form.quantities(), form.cleaned_data["reason"]
    try:
        if two:
            ask_to_cancel(by=actor_of(request), look_id=form.cleaned_data["look_id"] or uuid4(), number=number, pieces=pieces, why=reason)
        else:
            cancel_pieces(by=actor_of(request), number=number, pieces=pieces, reason=reason)
    except MarketError as refusal:
        _show(form, refusal)
        return order_page(request, number, cancel=form)
    said = _("Asked for. A colleague decides; until then the order stands as it is.") if two else _("Cancelled. The buyer gets the money back and is told why.")
    messages.success(request, said)
    return _back(number)


def _show(form: forms.Form, refusal: MarketError) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _back(number: str) -> HttpResponse:
    return HttpResponseRedirect(f"/orders/{number}/")
