"""What programs that look through pages are told: by kind of host, what is none of their business, and where the map is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from storefront.reach.addresses import base_of
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Domain

# Doors to what belongs to one person. Pages that say noindex themselves are not named: to read that, they have to be fetched.
PRIVATE = {
    Domain.Kind.MARKET: (
        "/account/",
        "/cart/",
        "/checkout/",
        "/pay/",
        "/orders/",
        "/returns/",
        "/hand-over/",
        "/sign-in/",
        "/register/",
        "/mailbox/",
        "/notices/",
        "/hooks/",
    ),
    Domain.Kind.SHOP: ("/hand-over/", "/sign-in/"),
}
SAME_PAGE = ("theme", "variant", "next")  # parameters that show the same page once more


def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt. A back office is for nobody but its people."""
    kind = request.domain.kind  # type: ignore[attr-defined]
    if kind not in PRIVATE:
        lines = ["User-agent: *", "Disallow: /"]
    else:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE[kind]), *(f"Disallow: /*?*{name}=" for name in SAME_PAGE)]
        lines += ["", f"Sitemap: {base_of(request)}/sitemap.xml"]
        if kind == Domain.Kind.SHOP:
            lines.append(f"Sitemap: {market_url('/sitemaps/shops.xml')}")  # it names pages of this host
    response = HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
