"""Buttons of every page that keep a product or a shop in mind. For visitors they lead to the sign-in, and come back done."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from marketplace.kernel.errors import MarketError
from marketplace.platform.listings.models import Listing
from marketplace.platform.members.keeping import drop_favourites, follow_shop, save_favourite, unfollow_shop
from tenants.access.actors import actor_of
from tenants.tenancy.models import Merchant

WISH = "wish"  # in the session of a visitor: what was pressed, done once somebody is signed in


def back_of(request: HttpRequest, otherwise: str = "/") -> str:
    """The page a button was pressed on, if it is one of this host."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None) else otherwise


def favourite(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """The heart: on, or off with `on=0`."""
    wanted = request.POST.get("on") != "0"
    if not request.user.is_authenticated:
        return _first_sign_in(request, "favourite", listing_id)
    if wanted:
        save_favourite(by=actor_of(request), listing_id=listing_id)
    else:
        drop_favourites(by=actor_of(request), listing_ids=[listing_id])
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(back_of(request))
    listing = Listing.objects.only("titles").filter(pk=listing_id).first()
    return render(request, "ui/favourite.html", {"listing": listing, "is_on": wanted, "word": bool(request.POST.get("word"))})


def follow(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    """Follow a shop, or no longer with `on=0`."""
    wanted = request.POST.get("on") != "0"
    if not request.user.is_authenticated:
        return _first_sign_in(request, "follow", merchant_id)
    if wanted:
        follow_shop(by=actor_of(request), merchant_id=merchant_id)
    else:
        unfollow_shop(by=actor_of(request), merchant_id=merchant_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(back_of(request))
    return render(request, "ui/follow.html", {"merchant": Merchant.objects.get(pk=merchant_id), "is_on": wanted})


def _first_sign_in(request: HttpRequest, kind: str, key: UUID) -> HttpResponse:
    request.session[WISH] = [kind, str(key)]
    target = f"{reverse('wish')}?{urlencode({'next': back_of(request)})}"
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(target)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = target
    return response


def wish(request: HttpRequest) -> HttpResponse:
    """Back from the sign-in: do what was pressed before, once, and go on where it was pressed."""
    kind, key = request.session.pop(WISH, ("", ""))
    try:
        if kind == "favourite":
            save_favourite(by=actor_of(request), listing_id=UUID(key))
            messages.success(request, _("Saved to your favourites."))
        elif kind == "follow":
            follow_shop(by=actor_of(request), merchant_id=UUID(key))
            messages.success(request, _("You follow this shop now."))
    except MarketError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(back_of(request))
