"""Where a reader wants things sent, before there is an address: chosen here, else the default address."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.platform.delivery.queries import provinces
from marketplace.platform.members.access import addresses_of, default_region

COOKIE = f"{'__Host-' if settings.HTTPS else ''}deliver_to"
KEPT_S = 365 * 24 * 3600


def region_of(request: HttpRequest) -> str:
    """Code of the province, or of anything in it, that freight is told for; "" while nobody has said. Remembered for this request."""
    known: str | None = getattr(request, "_deliver_to", None)
    if known is None:
        chosen = request.COOKIES.get(COOKIE, "")
        known = chosen if chosen.isascii() and chosen.isdigit() and 2 <= len(chosen) <= 12 else ""
        if not known and request.user.is_authenticated:
            known = default_region(UUID(str(request.user.pk)))
        request._deliver_to = known  # type: ignore[attr-defined]
    return known


def deliver_to(request: HttpRequest) -> HttpResponse:
    """Choose the province; the answer leads back to where one came from (`next`, a path of ours)."""
    back = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = "/"
    known = provinces()
    if request.method == "POST":
        chosen = request.POST.get("region", "")
        if chosen[:2] not in {row.code for row in known} or not chosen.isdigit() or len(chosen) > 12:
            raise InvalidInput(field="region", why=_("Choose a province."))
        response = HttpResponseRedirect(back)
        response.set_cookie(COOKIE, chosen, max_age=KEPT_S, secure=settings.HTTPS, samesite="Lax", httponly=True)
        return response
    context = {
        "provinces": known,
        "region": region_of(request),
        "back": back,
        "addresses": addresses_of(UUID(str(request.user.pk)))[:5] if request.user.is_authenticated else [],
    }
    return render(request, "shop/_deliver_to.html" if request.htmx else "shop/deliver_to.html", context)  # type: ignore[attr-defined]
