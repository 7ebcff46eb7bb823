"""What a visitor lets us keep in the browser: the choice, the page that explains it, and the only cookie that depends on it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from storefront.account.keeping import back_of
from storefront.shop import region
from tenants.accounts import handover

_prefix = "__Host-" if settings.HTTPS else ""
CHOICE = f"{_prefix}cookie_choice"
SEEN = f"{_prefix}seen"
CHOICES = ("necessary", "preferences")
CHOICE_AGE = 180 * 24 * 3600  # seconds; then the question comes again
SEEN_AGE = 30 * 24 * 3600
MOST_SEEN = 20


@dataclass
class Kept:
    """A cookie as the page lists it."""

    name: str
    purpose: str
    until: str


def choice_of(request: HttpRequest) -> str:
    """What was chosen; "" while nothing was."""
    found = request.COOKIES.get(CHOICE, "")
    return found if found in CHOICES else ""


def cookies(request: HttpRequest) -> HttpResponse:
    """GET explains every cookie there is; POST keeps the choice."""
    if request.method == "POST":
        chosen = request.POST.get("choice", "")
        if chosen not in CHOICES:
            raise InvalidInput(field="choice", why=_("Choose one of the two."))
        response: HttpResponse = HttpResponse(status=200) if request.htmx else HttpResponseRedirect(back_of(request, "/cookies/"))  # type: ignore[attr-defined]
        _set(response, CHOICE, chosen, CHOICE_AGE)
        if chosen == "necessary":
            response.delete_cookie(SEEN)
        return response
    month, year = _("30 days"), _("one year")
    necessary = [
        Kept(settings.SESSION_COOKIE_NAME, _("Keeps you signed in and your cart yours."), month),
        Kept(settings.CSRF_COOKIE_NAME, _("Shows that a form was sent from our own page."), year),
        Kept(handover.COOKIE, _("Carries a sign-in from the market to a shop's or workbench's own address."), _("ten minutes")),
        Kept(settings.LANGUAGE_COOKIE_NAME, _("The language you chose; set only when you choose one."), year),
        Kept("theme", _("Light or dark; set only when you choose it."), year),
        Kept(region.COOKIE, _("The province your parcels go to; set only when you choose one on a product's page."), year),
        Kept(CHOICE, _("Your answer on this page."), _("180 days")),
    ]
    preferences = [Kept(SEEN, _("Products you looked at on this device, so that you find them again. Not set while you are signed in."), month)]
    return render(request, "account/cookies.html", {"necessary": necessary, "preferences": preferences, "choice": choice_of(request) or "necessary"})


def seen_by_visitor(request: HttpRequest) -> list[UUID]:
    """Products a visitor looked at, newest first; none without consent, none from a cookie that is not ours."""
    if choice_of(request) != "preferences":
        return []
    found = []
    for part in request.COOKIES.get(SEEN, "").split(".")[:MOST_SEEN]:
        try:
            found.append(UUID(bytes=urlsafe_b64decode(part + "==")))
        except ValueError:
            continue
    return found


def keep_seen(response: HttpResponse, keys: Sequence[UUID]) -> None:
    """Remember what a visitor who agreed has looked at, newest first."""
    packed = ".".join(urlsafe_b64encode(key.bytes).decode().rstrip("=") for key in list(dict.fromkeys(keys))[:MOST_SEEN])
    _set(response, SEEN, packed, SEEN_AGE)


def forget(response: HttpResponse) -> None:
    response.delete_cookie(SEEN)


def _set(response: HttpResponse, name: str, value: str, age: int) -> None:
    response.set_cookie(name, value, max_age=age, secure=settings.HTTPS, httponly=True, samesite="Lax")
