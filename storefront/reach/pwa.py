"""The market as something one installs: manifest, service worker, and the page that is shown without a connection."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from storefront.templatetags.market import html_language

WORKER = Path(__file__).with_name("worker.js")
# The market's own colours, as styles/tokens.css has them (a test compares).
THEME_COLOUR, BACKGROUND_COLOUR = "#0d5c4d", "#f5f5f1"
ICONS = [
    {"src": "img/icons/icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
    {"src": "img/icons/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
    {"src": "img/icons/maskable-192.png", "sizes": "192x192", "type": "image/png", "purpose": "maskable"},
    {"src": "img/icons/maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    {"src": "img/seal.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
]
# What the page without a connection needs; everything else is kept when it is first used.
KEPT = ("built/app.css", "img/seal.svg")


def manifest(request: HttpRequest) -> HttpResponse:
    """manifest.webmanifest, in the reader's language."""
    name = request.market.name  # type: ignore[attr-defined]
    facts: dict[str, Any] = {
        "id": "/",
        "name": name,
        "short_name": name,
        "description": _("Many shops, one cart, one payment"),
        "lang": html_language(request.LANGUAGE_CODE),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME_COLOUR,
        "background_color": BACKGROUND_COLOUR,
        "categories": ["shopping"],
        "icons": [{**icon, "src": static(icon["src"])} for icon in ICONS],
        "shortcuts": [{"name": _("My orders"), "url": "/orders/"}, {"name": _("Cart"), "url": "/cart/"}],
    }
    response = JsonResponse(facts, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    patch_cache_control(response, private=True, max_age=3600)
    return response


def service_worker(request: HttpRequest) -> HttpResponse:
    """sw.js: at the root, because a worker sees what lies beside and below it."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


def offline(request: HttpRequest) -> HttpResponse:
    """The page that stands in for any other without a connection. It knows nothing of who reads it."""
    response = render(None, "errors/offline.html")  # type: ignore[arg-type]
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _worker() -> str:
    """The worker's text, with what it keeps. Another style sheet makes another worker, and that one forgets what its elder kept."""
    facts = {"page": "/offline/", "files": [static(name) for name in KEPT], "prefix": settings.STATIC_URL}
    text = WORKER.read_text().replace("FACTS", json.dumps(facts))
    return text.replace("VERSION", json.dumps(hashlib.sha256(text.encode()).hexdigest()[:12]))
