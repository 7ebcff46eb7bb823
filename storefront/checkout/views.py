"""From the cart to the payment."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.flows.place_order import place_order
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.money import Money
from marketplace.platform.checkout.access import group_of_buyer
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.members.access import addresses_of
from marketplace.platform.payments.actions import start_payment
from marketplace.platform.payments.rails.port import RailAway, RailRefused
from marketplace.platform.virtual.kinds import GoodsKind
from storefront.account.forms import AddressForm
from storefront.account.views import save_form
from storefront.cart.views import cart_if_any, shown_cart
from storefront.checkout.rails import RAIL_NAMES
from tenants.access.actors import actor_of, person_of


def checkout(request: HttpRequest) -> HttpResponse:
    """What is chosen, by shop, sent to the chosen address (`?address=`), with the total that placing will hold us to."""
    asked = request.GET.get("address", "")
    return _page(request, form=AddressForm.fresh() if asked == "new" else None, chosen=asked)


def _page(request: HttpRequest, *, form: AddressForm | None = None, refusal: MarketError | None = None, chosen: str = "", waives: bool = False) -> HttpResponse:
    """Where nothing of what is chosen is shipped, no address is asked for."""
    addresses = addresses_of(person_of(request).pk)
    address = next((row for row in addresses if str(row.pk) == chosen), addresses[0] if addresses else None)
    cart = shown_cart(request, address.region if address else "")
    if not cart.chosen:
        return HttpResponseRedirect("/cart/")
    if not cart.ships:
        address = form = None
    elif address is None and form is None:
        form = AddressForm.fresh()
    parts = [part for shop in cart.parts for part in shop.by_kind()]
    unreachable = [part for part in parts if address and part.ships and not part.quote.delivers]
    context: dict[str, Any] = {
        "parts": parts,
        "cart": cart,
        "addresses": addresses,
        "chosen_address": address,
        "address_form": form,
        "unreachable": unreachable,
        "parcels": sum(part.ships for part in parts),
        "can_place": (address is not None or not cart.ships) and form is None and not unreachable,
        "has_codes": GoodsKind.CODES in cart.kinds,
        "waives": waives,
        "key": uuid4(),
        "refusal": refusal,
        "made": {view.variant.listing_id: view.variant.listing for part in parts for view in part.chosen() if view.is_made and view.variant}.values(),
        "accepts": request.POST.get("accepts") == "1",
        "rail_name": RAIL_NAMES.get(request.market.rail, request.market.rail),  # type: ignore[attr-defined]
    }
    status = refusal.status if refusal else 422 if form and form.errors else 200
    template = "checkout/_checkout.html" if request.htmx else "checkout/checkout.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


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
        address_id = UUID(request.POST["address"]) if request.POST.get("address") else None
        total = Money(int(request.POST.get("total", "")), request.market.currency)  # type: ignore[attr-defined]
    except (ValueError, OverflowError):
        return _page(request, refusal=InvalidInput(field="address", why=_("Choose an address.")))
    if cart is None:
        return HttpResponseRedirect("/cart/")
    waives = request.POST.get("waives") == "1"
    try:
        group = place_order(
            by=actor_of(request),
            key=key,
            cart_id=cart.pk,
            address_id=address_id,
            shown_total=total,
            language=request.LANGUAGE_CODE,  # type: ignore[attr-defined]
            waives_return=waives,
            accepts_making=request.POST.get("accepts") == "1",
        )
    except MarketError as refusal:
        if refusal.status >= 500:
            raise
        return _page(request, refusal=refusal, chosen=str(address_id or ""), waives=waives)
    return HttpResponseRedirect(f"/pay/{group.number}/")


def pay(request: HttpRequest, number: str) -> HttpResponse:
    """On to the rail: asks it outside any transaction, under the attempt's key. One that does not answer leaves the order as it is."""
    group: OrderGroup = group_of_buyer(person_of(request).pk, number)
    if group.status != OrderGroup.Status.AWAITING_PAYMENT:
        return HttpResponseRedirect(f"/orders/{group.number}/")
    try:
        return HttpResponseRedirect(start_payment(by=actor_of(request), group_id=group.pk))
    except (RailAway, RailRefused) as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect(f"/orders/{group.number}/")
