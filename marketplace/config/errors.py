"""Error pages, in both languages, with the request id to quote. They need neither database nor schema."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from marketplace.config.logs import note_who
from marketplace.kernel.errors import MarketError
from tenants.tenancy.hosts import market_url

log = logging.getLogger("wanshang.errors")


def refuse(request: HttpRequest, error: MarketError) -> HttpResponse:
    """A refusal in the form the asker understands."""
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    if wants_json:
        body = {"code": error.code, "message": str(error), "field": error.field, "request_id": getattr(request, "request_id", "")}
        response: HttpResponse = JsonResponse(body, status=error.status, json_dumps_params={"ensure_ascii": False})
    elif getattr(request, "htmx", False):
        response = HttpResponse(render_to_string("errors/_toast.html", {"error": error}, request), status=error.status)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#toasts", "beforeend"
    elif error.status == 429:
        response = too_many(request, seconds=str(error.facts["seconds"]))
    else:
        response = HttpResponse(render_to_string("errors/refusal.html", {"error": error}, request), status=error.status)
    if error.status == 503:
        response.headers["Retry-After"] = "2"
    if error.status == 429:
        response.headers["Retry-After"] = str(error.facts["seconds"])
    return response


def _page(request: HttpRequest, status: int, template: str, **facts: str) -> HttpResponse:
    """The reader's language comes first, the other below; buyers can search from here."""
    kind = getattr(getattr(request, "domain", None), "kind", "")
    theme = request.COOKIES.get("theme", "")
    context = {
        "request_id": getattr(request, "request_id", ""),
        "language": getattr(request, "LANGUAGE_CODE", ""),
        "theme": theme if theme in ("light", "dark") else "auto",
        "search": market_url("/search/") if kind in ("market", "shop") else "",
        "again": request.get_full_path() if request.method == "GET" and status in (429, 500, 503) else "",
        **facts,
    }
    return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, "errors/400.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, "errors/403.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, "errors/404.html")


def too_many(request: HttpRequest, exception: Exception | None = None, seconds: str = "60") -> HttpResponse:
    response = _page(request, 429, "errors/429.html", seconds=seconds)
    response.headers["Retry-After"] = seconds
    return response


def blocked(request: HttpRequest) -> HttpResponse:
    """Whose network the operator blocked. Their language is not known yet: both are shown."""
    return _page(request, 403, "errors/blocked.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, "errors/csrf.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """A defect; or the database is away, which is none of ours: then 503."""
    cause: Any = sys.exc_info()[1]
    note_who(request)
    if isinstance(cause, (OperationalError, InterfaceError)):
        log.error("the database is away", exc_info=cause)
        response = _page(request, 503, "errors/503.html")
        response.headers["Retry-After"] = "5"
        return response
    log.error("request failed", exc_info=cause)
    return _page(request, 500, "errors/500.html")
