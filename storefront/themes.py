"""Style sheets of shops: custom properties below `[data-shop="…"]`, nothing else."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from marketplace.kernel.errors import NotFound
from marketplace.platform.themes.actions import Chosen, checked, stamp_of
from marketplace.platform.themes.dress import css_of
from marketplace.platform.themes.queries import MOST_AT_ONCE, sheet_of, themes_of
from tenants.tenancy.models import Merchant

KEYS = re.compile(r"[0-9a-f]{32}(?:\.[0-9a-f]{32})*\Z")


def theme_sheet(request: HttpRequest, stamp: str, shops: str) -> HttpResponse:
    """The sheet of one shop or several. Under the address of today it is kept for a year; under an older one, for a minute."""
    keys = shops.split(".")
    if not KEYS.match(shops) or len(keys) > MOST_AT_ONCE or not (themes := themes_of(UUID(key) for key in keys)):
        raise NotFound
    css = sheet_of(themes.values())
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if stamp == stamp_of(css) else "public, max-age=60"
    return response


def draft_sheet(request: HttpRequest) -> HttpResponse:
    """The sheet as it would be, for the preview: on the workbench, from the address. Raises InvalidInput, ColourTooNear."""
    merchant: Merchant = request.merchant  # type: ignore[attr-defined]
    chosen = chosen_from(request.GET.dict(), Chosen())
    css = css_of(merchant.slug, checked(chosen), face=chosen.face, shape=chosen.shape)
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def chosen_from(said: dict[str, str], otherwise: Chosen) -> Chosen:
    """What a form or address says; what it leaves out, as it was. Pictures are never taken from it."""
    named = {name: said.get(name, getattr(otherwise, name)).strip().lower() for name in ("brand", "band", "face", "shape", "grid")}
    return Chosen(**named, logo=otherwise.logo, banner=otherwise.banner)
