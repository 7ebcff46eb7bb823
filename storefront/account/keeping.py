"""Buttons of every page that keep a product or a shop in mind. For visitors they lead to the sign-in, and come back done."""

from __future__ import annotations

from functools import cache
from html import escape
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_urlconf, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.kernel.errors import MarketError, NotFound
from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing
from marketplace.platform.members.keeping import drop_favourites, follow_shop, save_favourite, unfollow_shop
from storefront.templatetags.market import icon
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
    if (listing := Listing.objects.only("titles").filter(pk=listing_id).first()) is None:
        raise NotFound
    return HttpResponse(heart(listing, is_on=wanted, word=bool(request.POST.get("word"))))


def heart(listing: Listing, *, is_on: bool, word: bool = False) -> SafeString:
    """The button that keeps a product in mind; with `word`, one that says so. A list has dozens of them."""
    label = escape((_("Take %(title)s out of your favourites") if is_on else _("Save %(title)s")) % {"title": localised(listing.titles).text})
    sign = icon("heart", "", "fill-current" if is_on else "")
    if word:
        name = _("Saved") if is_on else pgettext("favourite", "Save")
        said, classes = sign + escape(name), "btn btn-outline"
    else:
        said, classes = f'<span class="size-9 rounded-full bg-surface border border-line grid place-items-center">{sign}</span>', "tap group/heart"
    before, after = _around_key(get_urlconf())
    address = f"{before}{listing.pk}{after}"
    return mark_safe(  # noqa: S308  words of ours, and titles that are escaped
        f'<button form="keep" formaction="{address}" name="on" value="{int(not is_on)}" hx-post="{address}" hx-vals=\'{{"word": "{"1" if word else ""}"}}\''
        f' hx-swap="outerHTML" aria-pressed="{str(is_on).lower()}" aria-label="{label}" title="{label}"'
        f' class="{classes} {"text-brand" if is_on else "text-ink-2"} hover:text-brand">{said}</button>'
    )


@cache
def _around_key(urlconf: str | None) -> tuple[str, str]:
    """The address of a heart, but for the key: a page has dozens of hearts."""
    none = UUID(int=0)
    before, _key, after = reverse("favourite", urlconf, args=[none]).partition(str(none))
    return before, after


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
