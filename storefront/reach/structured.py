"""Facts of a page for programs that read pages: JSON-LD, in the words of schema.org.

A block of data is no script: it is not run, and the content policy does not ask about it. It must not end before it ends, so what could
close it is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from marketplace.platform.listings.models import Listing
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Market, Merchant

ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def script(facts: Mapping[str, Any]) -> SafeString:
    """The facts as a block of JSON-LD. Empty values are left out: what is not known is not said."""
    body = json.dumps({"@context": "https://schema.org", **_known(facts)}, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{body}</script>')  # noqa: S308  escaped above


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(inner) for name, inner in value.items() if inner not in (None, "", [], {})}
    if isinstance(value, (list, tuple)):
        return [_known(inner) for inner in value]
    return value


BETWEEN = {"bestRating": 5, "worstRating": 1}  # of stars


def product(listing: Listing) -> dict[str, Any]:
    """Which product is spoken of: what two blocks of a page say of the same address belongs together."""
    page = market_url(f"/p/{listing.pk}/")
    return {"@type": "Product", "@id": f"{page}#product", "name": listing.title.text, "url": page}


def breadcrumbs(steps: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`steps` are (name, address), from the first page to this one."""
    items = [{"@type": "ListItem", "position": n, "name": name, "item": item} for n, (name, item) in enumerate(steps, start=1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def organization(market: Market, logo: str) -> dict[str, Any]:
    return {
        "@type": "Organization",
        "@id": market_url("/#market"),
        "name": market.name,
        "url": market_url("/"),
        "logo": logo,
        "contactPoint": {"@type": "ContactPoint", "contactType": "customer service", "email": market.contact_email},
    }


def website(market: Market) -> dict[str, Any]:
    """The market's site, and how it is searched."""
    return {
        "@type": "WebSite",
        "name": market.name,
        "url": market_url("/"),
        "publisher": {"@id": market_url("/#market")},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": market_url("/search/?q={search_term_string}")},
            "query-input": "required name=search_term_string",
        },
    }


def store(merchant: Merchant, url: str, market: Market, image: str = "") -> dict[str, Any]:
    """A shop of the market."""
    parent = {"@type": "Organization", "@id": market_url("/#market"), "name": market.name}
    return {"@type": "OnlineStore", "@id": f"{url}#shop", "name": merchant.name, "url": url, "image": image, "parentOrganization": parent}
