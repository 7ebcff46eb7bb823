"""What every page knows: market, languages, theme, cart."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from marketplace.platform.cart.queries import count_pieces
from marketplace.platform.notices.queries import unread
from tenants.tenancy.hosts import market_url

LANGUAGE_NAMES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}


def page(request: HttpRequest) -> dict[str, Any]:
    market = getattr(request, "market", None)
    codes = market.languages if market else [code for code, _name in settings.LANGUAGES]
    return {
        "market": market,
        "host_kind": getattr(getattr(request, "domain", None), "kind", ""),
        "shop": getattr(request, "merchant", None),
        "theme": request.COOKIES.get("theme", "auto") if request.COOKIES.get("theme") in ("light", "dark") else "auto",
        "other_languages": [(code, LANGUAGE_NAMES.get(code, code)) for code in codes if code != getattr(request, "LANGUAGE_CODE", "")],
        "market_url": market_url(""),
        "cart_pieces": SimpleLazyObject(lambda: _pieces(request)),
        "my_bell": SimpleLazyObject(lambda: _bell(request)),
        "has_mailbox": settings.DEMO_MAILBOX,
        "request_id": getattr(request, "request_id", ""),
    }


def _bell(request: HttpRequest) -> str:
    """How many notices of the market are new to whoever is signed in."""
    user = getattr(request, "user", None)
    return unread(user.pk) if user is not None and user.is_authenticated else ""


def _pieces(request: HttpRequest) -> int:
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        return count_pieces(user_id=request.user.pk)
    held = request.session.get("cart") if hasattr(request, "session") else None
    return count_pieces(cart_id=UUID(held)) if held else 0
