"""A shop's front page in a look that is not kept yet: on the workbench, in a frame, without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from cms.middleware import PREVIEW
from marketplace.platform.themes.actions import Chosen, checked, chosen_of
from marketplace.platform.themes.models import Theme
from storefront.shop.views import front_page
from storefront.themes import chosen_from
from tenants.tenancy.models import Merchant


@dataclass
class Draft:
    """A look as the front page's template reads it."""

    logo: str
    banner: str
    grid: str


def theme_preview(request: HttpRequest) -> HttpResponse:
    """Raises InvalidInput, ColourTooNear."""
    merchant: Merchant = request.merchant  # type: ignore[attr-defined]
    kept = Theme.objects.filter(merchant=merchant).first()
    chosen = chosen_from(request.GET.dict(), chosen_of(kept) if kept else Chosen())
    checked(chosen)
    said = urlencode({name: getattr(chosen, name) for name in ("brand", "band", "face", "shape", "grid")})
    merchant.dress = Draft(chosen.logo, chosen.banner, chosen.grid)  # type: ignore[attr-defined]
    response = front_page(request, merchant, draft_sheet=f"/theme/preview.css?{said}")
    response._csp_replace = PREVIEW  # type: ignore[attr-defined]
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
