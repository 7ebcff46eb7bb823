"""Serving pages of both trees, and leading from a back office to where they are served."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from wagtail.views import serve

from tenants.tenancy.hosts import market_url, shop_url


def page(request: HttpRequest, path: str) -> HttpResponse:
    """A page below the home page; the home page itself is the host's first page."""
    if not path:
        return HttpResponseRedirect("/")
    response: HttpResponse = serve(request, path)
    return response


def page_elsewhere(request: HttpRequest, path: str) -> HttpResponse:
    """A back office serves no content: on to the shop, or to the market."""
    merchant: Any = getattr(request, "merchant", None)
    target = f"/pages/{path}"
    return HttpResponseRedirect(shop_url(merchant, target) if merchant else market_url(target))
