"""From the cart to the payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.flows.place_order import place_order
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.money import Money
from marketplace.platform.cart.queries import LineView
from marketplace.platform.checkout.access import group_of_buyer
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.members.access import addresses_of
from marketplace.platform.payments.actions import start_payment
from storefront.account.forms import AddressForm
from storefront.account.views import save_form
from storefront.cart.views import cart_if_any, shown_cart
from tenants.access.actors import actor_of, person_of
from tenants.tenancy.models import Merchant


@dataclass
class Parcel:
    merchant: Merchant
    views: list[LineView]
    total: Money


def rail_names() -> dict[str, str]:
    return {"sandbox": _("Test payment (sandbox): no money moves")}


def checkout(request: HttpRequest) -> HttpResponse:
    """What is chosen, by shop, with the total that placing will hold us to."""
    form = AddressForm.fresh() if request.GET.get("address") == "new" else None
    return _page(request, form=form)


def _page(request: HttpRequest, *, form: AddressForm | None = None, refusal: MarketError | None = None) -> HttpResponse:
    cart = shown_cart(request)
    if not cart.chosen:
        return HttpResponseRedirect("/cart/")
    addresses = addresses_of(person_of(request).pk)
    if not addresses and form is None:
        form = AddressForm.fresh()
    parcels = [
        Parcel(part.merchant, part.chosen(), Money.sum((view.total for view in part.chosen() if view.total), cart.currency))
        for part in cart.parts
        if part.chosen()
    ]
    context: dict[str, Any] = {
        "parts": parcels,
        "total": cart.total,
        "addresses": addresses,
        "chosen_address": addresses[0].pk if addresses else None,
        "address_form": form,
        "key": uuid4(),
        "refusal": refusal,
        "rail_name": rail_names().get(request.market.rail, request.market.rail),  # type: ignore[attr-defined]
    }
    status = refusal.status if refusal else 422 if form and form.errors else 200
    return render(request, "checkout/checkout.html", context, status=status)


def address(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST)
    if save_form(request, form):
        return HttpResponseRedirect("/checkout/")
    return _page(request, form=form)


def place(request: HttpRequest) -> HttpResponse:
    """Place the order, then on to the payment. A refusal shows the page anew, with the reason and a fresh total."""
    cart = cart_if_any(request)
    key = request.POST.get("key", "")
    try:
        UUID(key)
        address_id = UUID(request.POST.get("address", ""))
        total = Money(int(request.POST.get("total", "")), request.market.currency)  # type: ignore[attr-defined]
    except (ValueError, OverflowError):
        return _page(request, refusal=InvalidInput(field="address", why=_("Choose an address.")))
    if cart is None:
        return HttpResponseRedirect("/cart/")
    try:
        group = place_order(
            by=actor_of(request),
            key=key,
            cart_id=cart.pk,
            address_id=address_id,
            shown_total=total,
            language=request.LANGUAGE_CODE,  # type: ignore[attr-defined]
        )
    except MarketError as refusal:
        if refusal.status >= 500:
            raise
        return _page(request, refusal=refusal)
    return HttpResponseRedirect(f"/pay/{group.number}/")


def pay(request: HttpRequest, number: str) -> HttpResponse:
    """On to the rail: asks it outside any transaction, under the attempt's key."""
    group: OrderGroup = group_of_buyer(person_of(request).pk, number)
    if group.status != OrderGroup.Status.AWAITING_PAYMENT:
        return HttpResponseRedirect(f"/orders/{group.number}/")
    return HttpResponseRedirect(start_payment(by=actor_of(request), group_id=group.pk))
