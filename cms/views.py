"""Serving pages of both trees, taking what is sent through their forms, and leading from a back office to where they are served."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from wagtail.models import Page
from wagtail.views import serve

from cms.actions import send_message
from tenants.access.actors import actor_of
from tenants.tenancy.hosts import market_url, shop_url


def page(request: HttpRequest, path: str) -> HttpResponse:
    """A page below the home page; the home page itself is the host's first page."""
    if not path:
        return HttpResponseRedirect("/")
    response: HttpResponse = serve(request, path)
    return response


def form(request: HttpRequest, page_id: int, block_id: UUID) -> HttpResponse:
    """What somebody fills in on a page. Raises FormGone, InvalidInput."""
    key = request.POST.get("key", "")
    send_message(
        by=actor_of(request),
        key=_key(key),
        page_id=page_id,
        block_id=str(block_id),
        said=request.POST,
        language=request.LANGUAGE_CODE,  # type: ignore[attr-defined]
    )
    found = Page.objects.get(pk=page_id).specific
    return HttpResponseRedirect(f"{found.get_url(request) or '/'}?{urlencode({'sent': str(block_id)})}#form-{block_id}")


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def page_elsewhere(request: HttpRequest, path: str) -> HttpResponse:
    """A back office serves no content: on to the shop, or to the market."""
    merchant: Any = getattr(request, "merchant", None)
    target = f"/pages/{path}"
    return HttpResponseRedirect(shop_url(merchant, target) if merchant else market_url(target))
