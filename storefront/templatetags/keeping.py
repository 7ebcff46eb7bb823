"""Hearts and follow buttons. Whatever a page shows, one query says which of it the reader keeps, and none is asked for visitors."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.safestring import SafeString

from marketplace.platform.listings.models import Listing
from marketplace.platform.members.queries import favourite_ids, followed_ids
from storefront.account.cookies import choice_of
from storefront.account.keeping import heart
from tenants.tenancy.models import Merchant

register = template.Library()


@register.simple_tag(takes_context=True)
def favourite(context: template.Context, listing: Listing, word: bool = False) -> SafeString:
    """The heart of a product; with `word`, a button that says what it does."""
    return heart(listing, is_on=listing.pk in _kept(context["request"], "favourites"), word=word)


@register.inclusion_tag("ui/follow.html", takes_context=True)
def follow(context: template.Context, merchant: Merchant) -> dict[str, Any]:
    """The button that follows a shop."""
    return {"merchant": merchant, "is_on": merchant.pk in _kept(context["request"], "follows")}


@register.filter
def cookie_choice(request: HttpRequest) -> str:
    """What the visitor let us keep in the browser; "" while nobody was asked."""
    return choice_of(request)


def _kept(request: HttpRequest, what: str) -> frozenset[Any]:
    """Keys of all that the reader keeps, asked once a request: there are at most some hundred of them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frozenset()
    known: frozenset[Any] | None = getattr(request, f"_kept_{what}", None)
    if known is None:
        known = frozenset((favourite_ids if what == "favourites" else followed_ids)(user.pk))
        setattr(request, f"_kept_{what}", known)
    return known
