"""Around every request: its id, its language and zone, its refusals."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from marketplace.config.errors import blocked, refuse
from marketplace.config.logs import note_who
from marketplace.kernel.context import Running, running
from marketplace.kernel.errors import Busy, MarketError
from tenants.access import limits
from tenants.access.actors import actor_of, address_of_client
from tenants.access.rules import rule_of
from tenants.access.visits import note_page
from tenants.accounts.blocks import blocked_network, count_hit
from tenants.tenancy.errors import ShopClosed
from tenants.tenancy.hosts import market_row
from tenants.tenancy.models import Domain, Merchant

log = logging.getLogger("wanshang.request")

GetResponse = Callable[[HttpRequest], HttpResponse]
PLAUSIBLE_ID = re.compile(r"[A-Za-z0-9_-]{8,40}\Z")


def request_context(get_response: GetResponse) -> GetResponse:
    """A request id in the logs, in error pages and in the answer's header; one log line a request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "") if settings.TRUST_FORWARDED_FOR else ""
        request.request_id = given if PLAUSIBLE_ID.match(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        token = running.set(Running(request_id=request.request_id))  # type: ignore[attr-defined]
        started = time.perf_counter()
        try:
            response = get_response(request)
            note_who(request)
            response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
            log.info(
                "%s %s %s",
                request.method,
                request.path,
                response.status_code,
                extra={"host": request.META.get("HTTP_HOST", ""), "status": response.status_code, "ms": round((time.perf_counter() - started) * 1000, 1)},
            )
            return response
        finally:
            running.reset(token)

    return middleware


def language_and_zone(get_response: GetResponse) -> GetResponse:
    """The reader's language (the address's `hl`, else the cookie, else the browser's wish, else the market's) and the market's zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        market = market_row()
        request.market = market  # type: ignore[attr-defined]
        codes = market.languages if market else [code for code, _name in settings.LANGUAGES]
        asked = request.GET.get("hl", "")
        chosen = asked if asked in codes else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in codes:
            wished = translation.get_language_from_request(request)
            chosen = wished if request.headers.get("Accept-Language") and wished in codes else codes[0]
        with translation.override(chosen), timezone.override(ZoneInfo(market.zone) if market else None):
            request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
            response = get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", chosen)
        if asked == chosen and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != chosen:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.HTTPS,
                samesite="Lax",
                httponly=True,
            )
        return response

    return middleware


def blocks(get_response: GetResponse) -> GetResponse:
    """Nobody in a network that the operator blocked gets an answer, of no host and no page; what only machines ask is answered before."""

    def middleware(request: HttpRequest) -> HttpResponse:
        hit = blocked_network(address_of_client(request))
        if hit is None:
            return get_response(request)
        count_hit(hit)
        return blocked(request)

    return middleware


class access:
    """Deny by default: each route answers whom its rule lets in, as often as its limit says; one without a rule answers nobody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if has_nul(request):
            raise BadRequest("a NUL byte, which neither PostgreSQL nor a file system takes")
        match = request.resolver_match
        rule = rule_of(view, request.domain.kind, match.view_name if match else None)  # type: ignore[attr-defined]
        if rule is None:
            log.warning("route without a rule: %s", match.view_name if match else request.path)
            raise Http404
        try:
            elsewhere = rule.refusal(request)
            note_who(request)
            elsewhere = refuse_closed_shop(request, elsewhere)
            if elsewhere is None and (visit := getattr(request, "visit", None)):
                note_page(by=actor_of(request), visit=visit, page=f"{request.method} {request.get_full_path()}"[:300])
            if elsewhere is None and (group := getattr(view, "limit", "")):
                limits.count(request, group)
            return elsewhere
        except MarketError as refusal:
            return refuse(request, refusal)


# What a shop that has closed still answers: its pictures, which orders and reviews show; in its workbench, everything of it in one file.
OF_CLOSED = {
    Domain.Kind.SHOP: frozenset({"media", "robots"}),
    Domain.Kind.WORKBENCH: frozenset({"media", "robots", "shop-export", "shop-export-file", "hand-over-accept", "account_logout"}),
}


def refuse_closed_shop(request: HttpRequest, elsewhere: HttpResponse | None) -> HttpResponse | None:
    """Every page of a closed shop is gone for good; in its workbench, whose first page leads there, its owners can still fetch everything.

    `elsewhere` is where whoever asks has to go first: to sign in. Raises ShopClosed.
    """
    merchant: Merchant | None = request.merchant  # type: ignore[attr-defined]
    kind = request.domain.kind  # type: ignore[attr-defined]
    if merchant is None or merchant.status != Merchant.Status.CLOSED or (elsewhere and kind == Domain.Kind.WORKBENCH):
        return elsewhere
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name in OF_CLOSED[kind]:
        return elsewhere
    if kind == Domain.Kind.WORKBENCH and name == "overview":
        return HttpResponseRedirect("/export/")
    raise ShopClosed(shop=merchant.name)


def has_nul(request: HttpRequest) -> bool:
    """Whether address, cookies or form hold a NUL byte: nobody types one, and no view has to think of it."""
    said = [request.path, *request.COOKIES.values()]
    for form in (request.GET, request.POST):
        said += [text for name, values in form.lists() for text in (name, *values)]
    return any("\0" in text for text in said if isinstance(text, str))


class refusals:
    """A MarketError becomes a page, an htmx fragment or JSON; a lock that was waited for too long becomes "busy"."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, MarketError):
            return refuse(request, error)
        if is_contention(error):
            log.warning("gave way to another transaction", exc_info=error)
            return refuse(request, Busy())
        return None


def is_contention(error: BaseException) -> bool:
    """Whether the database gave up waiting, or chose us as the victim of a deadlock: a repetition may succeed."""
    state: Any = getattr(error.__cause__, "sqlstate", None)
    return state in ("55P03", "57014", "40P01", "40001")
