"""What all four kinds of host share."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin import urls as wagtailadmin_urls

handler400 = "marketplace.config.errors.bad_request"
handler403 = "marketplace.config.errors.permission_denied"
handler404 = "marketplace.config.errors.not_found"
handler429 = "marketplace.config.errors.too_many"  # allauth asks for it
handler500 = "marketplace.config.errors.server_error"

# Where Wagtail's pages lie; their tree's root is the host's first page.
PAGES = r"^pages/((?:[\w\-]+/)*)$"


def cms_routes() -> list[URLPattern | URLResolver]:
    """Wagtail's admin, behind our sign-in; which of its routes answer, and whom, says cms/rules.py."""
    return [path("cms/", include(wagtailadmin_urls))]
