"""The cart: put in, change, choose."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.platform.cart.actions import add_to_cart, cart_of, choose_line, choose_only, merge_carts, set_aside_all_but, set_quantity
from marketplace.platform.cart.models import Cart
from marketplace.platform.cart.queries import CartView, view_cart
from storefront.options import option_words
from storefront.shop.region import region_of
from tenants.access.actors import actor_of


def cart_if_any(request: HttpRequest) -> Cart | None:
    """The cart of whoever asks, without making one."""
    if request.user.is_authenticated:
        return Cart.objects.filter(user_id=request.user.pk).first()
    held = request.session.get("cart")
    return Cart.objects.filter(pk=held, user=None).first() if held else None


def shown_cart(request: HttpRequest, region: str | None = None) -> CartView:
    """The cart with freight into `region`; without one, to where the person wants things sent."""
    if region is None:
        region = region_of(request)
    cart = view_cart(cart_if_any(request), request.market.currency, region)  # type: ignore[attr-defined]
    words = option_words(view.variant for part in cart.parts for view in part.lines)
    for part in cart.parts:
        for view in part.lines:
            view.options = words.get(view.line.variant_id, "")
    return cart


def cart(request: HttpRequest) -> HttpResponse:
    return render(request, "cart/cart.html", {"cart": shown_cart(request)})


def add(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    held = request.session.get("cart")
    own = cart_of(by=actor, cart_id=UUID(held) if held else None)
    if not request.user.is_authenticated:
        request.session["cart"] = str(own.pk)
    variant_id, quantity = _uuid(request.POST.get("variant", "")), _number(request.POST.get("quantity", ""))
    put = choose_only if request.POST.get("buy") else add_to_cart
    put(by=actor, cart=own, variant_id=variant_id, quantity=quantity)
    if not request.user.is_authenticated:  # a sign-in lies between here and the checkout
        request.session["buying"] = [str(variant_id), quantity] if request.POST.get("buy") else None
    target = "/checkout/" if request.POST.get("buy") else "/cart/"
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(target)
    if request.POST.get("buy"):
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = target
        return response
    return render(request, "cart/_added.html", {"oob": True})


def line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    own = cart_if_any(request)
    if own:
        set_quantity(by=actor_of(request), cart=own, line_id=line_id, quantity=_number(request.POST.get("quantity", "")))
    return _changed(request)


def choose(request: HttpRequest, line_id: UUID) -> HttpResponse:
    own = cart_if_any(request)
    if own:
        choose_line(by=actor_of(request), cart=own, line_id=line_id, is_chosen=request.POST.get("chosen") == "1")
    return _changed(request)


def _changed(request: HttpRequest) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect("/cart/")
    context: dict[str, Any] = {"cart": shown_cart(request), "oob": True}
    return HttpResponse(render_to_string("cart/_cart.html", context, request) + render_to_string("ui/cart_link.html", context, request))


def _number(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 7):
        raise InvalidInput(field="quantity", why=_("Write the quantity as a whole number."))
    return int(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(field="variant", why=_("Choose what you want to buy.")) from None


def keep_cart_at_sign_in(sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """What a visitor put into the cart is there after sign-in and registration."""
    held = request.session.pop("cart", None)
    buying = request.session.pop("buying", None)
    if held:
        merge_carts(by=actor_of(request), visitor_cart_id=UUID(held))
        if buying:
            own = cart_of(by=actor_of(request), cart_id=None)
            set_aside_all_but(by=actor_of(request), cart=own, variant_id=UUID(buying[0]), quantity=buying[1])
