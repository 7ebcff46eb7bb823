"""Products somebody looked at: noted by the product page once it is shown, seen again in a row, on a page, and forgotten at will."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.platform.listings.models import Listing
from marketplace.platform.members.keeping import forget_seen, note_seen, set_personalised, set_remembering
from marketplace.platform.members.models import Profile, Seen
from marketplace.platform.taxonomy.models import Brand, Category
from storefront.account import cookies
from storefront.account.for_you import MOST_CONSIDERED, for_you
from storefront.account.keeping import back_of
from storefront.account.liking import has_agreed, liked_by
from tenants.access.actors import actor_of
from tenants.tenancy.standing import FOUND

IN_A_ROW, PICKED = 12, 8


def recent(request: HttpRequest) -> HttpResponse:
    """The row for htmx, else the page. A POST notes first that `listing` was looked at."""
    if request.method == "POST":
        return _note(request)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "shop/_recent_row.html", {"listings": listings_seen(request, IN_A_ROW)})
    seen = listings_seen(request, 60)
    return render(
        request,
        "account/recent.html",
        {
            "section": "recent",
            "listings": seen,
            "remembers": remembers(request),
            "choice": cookies.choice_of(request),
            "for_you": for_you(seen[:MOST_CONSIDERED], request.user.pk, PICKED),
            **_personalised(request),
        },
    )


def _personalised(request: HttpRequest) -> dict[str, Any]:
    """Whether searches follow what the reader likes, and what that is now."""
    liked = liked_by(request.user.pk)
    categories, brands = (model.objects.in_bulk(keys) for model, keys in ((Category, liked.categories), (Brand, liked.brands)))
    names = [found[key].name for keys, found in ((liked.categories, categories), (liked.brands, brands)) for key in keys if key in found]
    return {"is_personalised": has_agreed(request.user.pk), "likes": list(dict.fromkeys(names))}


def remembers(request: HttpRequest) -> bool:
    """Whether what this reader looks at is kept."""
    if request.user.is_authenticated:
        return not Profile.objects.filter(user_id=request.user.pk, remembers_seen=False).exists()
    return cookies.choice_of(request) == "preferences"


def _note(request: HttpRequest) -> HttpResponse:
    key = _key(request.POST.get("listing", ""))
    before = listings_seen(request, IN_A_ROW + 1)
    shown = [listing for listing in before if listing.pk != key][:IN_A_ROW]
    response = render(request, "shop/_recent_row.html", {"listings": shown})
    if key is not None and request.user.is_authenticated:
        note_seen(by=actor_of(request), listing_ids=[key])
    elif key is not None and cookies.choice_of(request) == "preferences" and Listing.objects.filter(pk=key).exists():
        cookies.keep_seen(response, [key, *cookies.seen_by_visitor(request)])
    return response


def listings_seen(request: HttpRequest, most: int) -> list[Listing]:
    """What the reader looked at and can still buy, newest first. One query."""
    if request.user.is_authenticated:
        rows = Seen.objects.filter(user_id=request.user.pk, listing__is_on_sale=True, listing__merchant__status__in=FOUND).select_related("listing__merchant")
        return [row.listing for row in rows.order_by("-seen_at", "-id")[:most]]
    keys = cookies.seen_by_visitor(request)
    if not keys:
        return []
    known = Listing.objects.filter(is_on_sale=True, merchant__status__in=FOUND).select_related("merchant").in_bulk(keys)
    return [known[key] for key in keys if key in known][:most]


def clear(request: HttpRequest) -> HttpResponse:
    """Forget all of it."""
    response = HttpResponseRedirect(back_of(request, reverse("recent")))
    if request.user.is_authenticated:
        forget_seen(by=actor_of(request))
    cookies.forget(response)
    messages.success(request, _("Forgotten."))
    return response


def remember(request: HttpRequest) -> HttpResponse:
    """The switch of somebody signed in; visitors choose on the page about cookies."""
    set_remembering(by=actor_of(request), remembers_seen=request.POST.get("on") == "1")
    return HttpResponseRedirect(reverse("recent"))


def personalised(request: HttpRequest) -> HttpResponse:
    """Whether the reader's searches rank higher what they like."""
    set_personalised(by=actor_of(request), is_on=request.POST.get("on") == "1")
    return HttpResponseRedirect(reverse("recent") + "#personalised")


def keep_seen_at_sign_in(sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """What a visitor who agreed has looked at joins what the person has."""
    if keys := cookies.seen_by_visitor(request):
        note_seen(by=actor_of(request), listing_ids=keys[::-1])


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
