"""What all four kinds of host share."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin import urls as wagtailadmin_urls

from storefront.themes import theme_sheet
from tenants.access.rules import anyone, route

handler400 = "marketplace.config.errors.bad_request"
handler403 = "marketplace.config.errors.permission_denied"
handler404 = "marketplace.config.errors.not_found"
handler429 = "marketplace.config.errors.too_many"  # allauth asks for it
handler500 = "marketplace.config.errors.server_error"

# Where Wagtail's pages lie; their tree's root is the host's first page.
PAGES = r"^pages/((?:[\w\-]+/)*)$"


def theme_routes() -> list[URLPattern]:
    """Style sheets of shops, at the same address on every host."""
    return [route("themes/<str:stamp>/<str:shops>.css", theme_sheet, may=anyone(), name="theme-sheet")]


def cms_routes() -> list[URLPattern | URLResolver]:
    """Wagtail's admin, behind our sign-in; which of its routes answer, and whom, says cms/rules.py."""
    return [path("cms/", include(wagtailadmin_urls))]
