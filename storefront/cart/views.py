"""The cart: put in, change, choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput, MarketError, NotFound
from marketplace.platform.cart.actions import (
    add_to_cart,
    cart_of,
    choose_line,
    choose_lines,
    choose_only,
    merge_carts,
    remove_lines,
    set_aside_all_but,
    set_quantity,
    set_wishes,
)
from marketplace.platform.cart.models import Cart, CartLine
from marketplace.platform.cart.queries import CartView, LineView, view_cart
from marketplace.platform.customising.asking import asked_of
from marketplace.platform.listings.models import ListingVariant
from storefront.cart.wishes import PREFIX, REFUSED, typed_wishes
from storefront.options import option_words
from storefront.shop import sections
from storefront.shop.bundles import parts_in
from storefront.shop.region import region_of
from tenants.access.actors import actor_of

IDEAS = 5


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
    bundles = parts_in({view.variant.listing_id for part in cart.parts for view in part.lines if view.variant and view.variant.is_bundle})  # type: ignore[attr-defined]
    for part in cart.parts:
        for view in part.lines:
            view.parts = bundles.get(view.variant.listing_id, ()) if view.variant else ()
    return cart


@dataclass
class Removed:
    """What was taken out a moment ago, and can be put back."""

    variant: ListingVariant
    quantity: int


def cart(request: HttpRequest) -> HttpResponse:
    """The cart. `?undo=…&n=…` says what was just taken out, where no script swaps it in."""
    return render(request, "cart/cart.html", _context(request, _removed(request.GET.get("undo", ""), request.GET.get("n", ""))))


def _context(request: HttpRequest, removed: Removed | None) -> dict[str, Any]:
    shown = shown_cart(request)
    ideas = [] if shown.parts else sections.popular(IDEAS) or sections.newest(IDEAS)
    pieces = sum(view.line.quantity for part in shown.parts for view in part.lines)  # the header need not count again
    return {"cart": shown, "ideas": ideas, "removed": removed, "cart_pieces": pieces}


def _removed(variant_id: str, quantity: str) -> Removed | None:
    """None for what cannot be put back."""
    try:
        key, n = UUID(variant_id), _number(quantity)
    except (ValueError, MarketError):
        return None
    variant = ListingVariant.objects.select_related("listing").filter(pk=key, listing__is_on_sale=True).first()
    return Removed(variant, n) if variant and n else None


def add(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    held = request.session.get("cart")
    own = cart_of(by=actor, cart_id=UUID(held) if held else None)
    if not request.user.is_authenticated:
        request.session["cart"] = str(own.pk)
    variant_id, quantity = _uuid(request.POST.get("variant", "")), _number(request.POST.get("quantity", ""))
    wishes = _undone(request, variant_id) if request.POST.get("undo") else typed_wishes(request.POST)
    put = choose_only if request.POST.get("buy") else add_to_cart
    try:
        line: CartLine = put(by=actor, cart=own, variant_id=variant_id, quantity=quantity, wishes=wishes)
    except InvalidInput as wrong:
        listing_id = ListingVariant.objects.filter(pk=variant_id).values_list("listing_id", flat=True).first()
        if request.htmx or listing_id is None or not (wrong.field or "").startswith(PREFIX):  # type: ignore[attr-defined]
            raise
        request.session[REFUSED] = [str(listing_id), wishes, {str(wrong.field): str(wrong)}]
        return HttpResponseRedirect(f"/p/{listing_id}/?variant={variant_id}#offer")  # a reload does not send it again
    if not request.user.is_authenticated:  # a sign-in lies between here and the checkout
        request.session["buying"] = [str(variant_id), quantity, line.wishes_key] if request.POST.get("buy") else None
    target = "/checkout/" if request.POST.get("buy") else "/cart/"
    if request.POST.get("undo"):
        return _changed(request)
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(target)
    if request.POST.get("buy"):
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = target
        return response
    return render(request, "cart/_added.html", {"oob": True})


def line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """A quantity; 0 takes the line out, and the answer offers to put it back."""
    own = cart_if_any(request)
    quantity = _number(request.POST.get("quantity", ""))
    gone = CartLine.objects.filter(cart=own, pk=line_id).first() if own and not quantity else None
    if own:
        set_quantity(by=actor_of(request), cart=own, line_id=line_id, quantity=quantity)
    return _changed(request, gone)


def choose(request: HttpRequest, line_id: UUID) -> HttpResponse:
    own = cart_if_any(request)
    if own:
        choose_line(by=actor_of(request), cart=own, line_id=line_id, is_chosen=request.POST.get("chosen") == "1")
    return _changed(request)


def choose_shop(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    return _choose(request, merchant_id)


def choose_all(request: HttpRequest) -> HttpResponse:
    return _choose(request, None)


def _choose(request: HttpRequest, merchant_id: UUID | None) -> HttpResponse:
    own = cart_if_any(request)
    if own:
        choose_lines(by=actor_of(request), cart=own, merchant_id=merchant_id, is_chosen=request.POST.get("chosen") == "1")
    return _changed(request)


def clear(request: HttpRequest) -> HttpResponse:
    """Take out what cannot be bought now."""
    own = cart_if_any(request)
    if own:
        remove_lines(by=actor_of(request), cart=own, line_ids=[view.line.pk for view in shown_cart(request).unavailable])
    return _changed(request)


def wishes(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """What a line of the cart is to be made like, said anew."""
    own = cart_if_any(request)
    view: LineView | None = next((view for part in shown_cart(request).parts for view in part.lines if view.line.pk == line_id), None)
    if own is None or view is None or view.variant is None:
        raise NotFound
    typed, errors = dict(view.line.wishes), {}
    if request.method == "POST":
        typed = typed_wishes(request.POST)
        try:
            set_wishes(by=actor_of(request), cart=own, line_id=line_id, wishes=typed)
        except InvalidInput as wrong:
            errors = {str(wrong.field): str(wrong)}
        else:
            return HttpResponseRedirect("/cart/")
    context = {"view": view, "listing": view.variant.listing, "asked": asked_of(view.custom, view.variant.price, typed, errors)}
    return render(request, "cart/wishes.html", context, status=422 if errors else 200)


def _undone(request: HttpRequest, variant_id: UUID) -> dict[str, str]:
    """What was wished of the line that is put back."""
    held = request.session.pop("undone", None)
    return dict(held[1]) if held and held[0] == str(variant_id) else {}


def _changed(request: HttpRequest, gone: CartLine | None = None) -> HttpResponse:
    if gone:  # in the session, because wishes have no place in an address
        request.session["undone"] = [str(gone.variant_id), gone.wishes] if gone.wishes else None
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(f"/cart/?undo={gone.variant_id}&n={gone.quantity}" if gone else "/cart/")
    removed = _removed(str(gone.variant_id), str(gone.quantity)) if gone else None
    context = {**_context(request, removed), "oob": True}
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
            key = buying[2] if len(buying) > 2 else ""
            set_aside_all_but(by=actor_of(request), cart=own, variant_id=UUID(buying[0]), quantity=buying[1], wishes_key=key)
