"""Whole pages kept for visitors: people without session, cart or account, which search engines and first visits are.

A page is kept only where nothing but what stands in its key can change it, and is used only while everything it was made of is as it was.
docs/decisions/page-cache.md tells why that is safe.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, _does_token_match, get_token  # type: ignore[attr-defined]
from django.utils import translation

from storefront.account.cookies import CHOICE, CHOICES
from tenants.tenancy.schemas import public_schema
from tenants.tenancy.stamps import ANYTHING, noting_what_is_read, stamps

GetResponse = Callable[[HttpRequest], HttpResponse]

# First pages, products, categories and shops; on whichever host they answer to everybody.
KEPT = re.compile(r"/(?:p/[0-9a-f-]{36}/|c/\d{1,9}/|shops/|categories/)?\Z")
# Cookies a page for visitors may depend on, and what of them stands in its key. A request with any other cookie is somebody's own.
LOOKS = {"theme": re.compile(r"light|dark"), "deliver_to": re.compile(r"\d{2}"), CHOICE: re.compile("|".join(CHOICES))}
TOKEN = re.compile(rb"(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])")
PLACE = b"\0token\0"
MOST_READ = 200
HEADERS = ("Content-Type", "Content-Language", "Vary", "X-Frame-Options", "Link")


def pages_for_visitors(get_response: GetResponse) -> GetResponse:
    """Answers from what is kept, and keeps what may be."""
    tokens = CsrfViewMiddleware(lambda request: HttpResponse())

    def middleware(request: HttpRequest) -> HttpResponse:
        key = key_of(request) if settings.PAGE_CACHE_S else ""
        if not key:
            return get_response(request)
        if kept := _kept(key):
            return _answer(tokens, request, *kept)
        before = stamps([ANYTHING])
        with noting_what_is_read() as names:
            response = get_response(request)
        if may_be_kept(request, response) and len(names) <= MOST_READ:
            _keep(key, request, response, sorted(names), before)
        return response

    return middleware


def key_of(request: HttpRequest) -> str:
    """Everything that a page for visitors depends on; "" for a request that is answered anew."""
    if request.method != "GET" or not KEPT.match(request.path) or "HX-Request" in request.headers or "Authorization" in request.headers:
        return ""
    if set(request.GET) - {"hl"} or len(request.GET.getlist("hl")) > 1:
        return ""
    languages = dict(settings.LANGUAGES)
    asked, chosen = request.GET.get("hl", ""), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if (asked and asked not in languages) or (chosen and chosen not in languages):
        return ""
    looks = []
    for name, value in request.COOKIES.items():
        if name in LOOKS:
            if not LOOKS[name].fullmatch(value):
                return ""
            looks.append(f"{name}={value}")
        elif name not in (settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME):
            return ""
    wished = translation.get_language_from_request(request) if "Accept-Language" in request.headers else ""
    return "|".join(("page", request.META.get("HTTP_HOST", "").lower(), request.path, asked, chosen, wished, *sorted(looks)))


def may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether an answer is a page for anybody: it sets no cookie but the token's, and does not ask to be left alone."""
    if response.status_code != 200 or response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return False
    if set(response.cookies) - {settings.CSRF_COOKIE_NAME} or re.search(r"no-store|private", response.headers.get("Cache-Control", "")):
        return False
    return not getattr(request, "session", None) or request.session.is_empty()


def _keep(key: str, request: HttpRequest, response: HttpResponse, names: list[str], before: list[str]) -> None:
    """Keep a page, unless something changed while it was made: then nobody knows which of it was read before and which after."""
    secret = str(request.META.get("CSRF_COOKIE", ""))
    body = TOKEN.sub(lambda found: PLACE if _does_token_match(found[0].decode(), secret) else found[0], response.content) if secret else response.content
    if secret and secret.encode() in body:
        return
    after, *now = stamps([ANYTHING, *names])
    if [after] == before:
        headers = [(name, response.headers[name]) for name in HEADERS if name in response.headers]
        with public_schema():
            cache.set(key, (body, headers, names, now), settings.PAGE_CACHE_S)


def _kept(key: str) -> tuple[bytes, list[tuple[str, str]]] | None:
    """Body and headers of a page that is still as it would be made now."""
    with public_schema():
        found = cache.get(key)
    if found is None:
        return None
    body, headers, names, then = found
    return (body, headers) if stamps(names) == then else None


def _answer(tokens: CsrfViewMiddleware, request: HttpRequest, body: bytes, headers: list[tuple[str, str]]) -> HttpResponse:
    """The page with a token of this reader's own, made and set by Django as on any other page."""
    if PLACE in body:
        tokens.process_request(request)
        body = body.replace(PLACE, get_token(request).encode())
    response = HttpResponse(body)
    for name, value in headers:
        response.headers[name] = value
    response.headers["Content-Length"] = str(len(body))
    tokens.process_response(request, response)
    return response
