"""A product's facts for programs, in the words of schema.org: only what stands on the page."""

from __future__ import annotations

from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing, ListingVariant
from storefront.reach import structured
from storefront.shop.offer import Offer
from tenants.tenancy.hosts import market_url, shop_url


def product_facts(offer: Offer) -> SafeString:
    """Of one variant an offer, of several the span of them. Ratings are told once there are reviews."""
    listing = offer.listing
    facts: dict[str, Any] = {
        **structured.product(listing),
        "description": strip_tags(localised(listing.descriptions).text).strip(),
        "image": [market_url(f"/media/{picture['key']}") for picture in listing.pictures if "film" not in picture],
        "subjectOf": _film(listing),
        "sku": offer.variant.sku,
        "category": listing.category.name,
        "brand": {"@type": "Brand", "name": listing.brand.name} if listing.brand else None,
        "offers": _offers(offer),
    }
    if count := getattr(listing, "rating_count", 0):
        facts["aggregateRating"] = {"@type": "AggregateRating", "ratingValue": str(listing.rating), "ratingCount": count, **structured.BETWEEN}
    return structured.script(facts)


def _film(listing: Listing) -> dict[str, Any] | None:
    found = next((picture for picture in listing.pictures if "film" in picture), None)
    if found is None:
        return None
    name = localised(found.get("alt") or listing.titles).text
    about = {"name": name, "description": name, "uploadDate": listing.changed_at.isoformat()}
    return {"@type": "VideoObject", **about, "thumbnailUrl": market_url(f"/media/{found['key']}"), "contentUrl": market_url(f"/media/{found['film']}")}


def _offers(offer: Offer) -> dict[str, Any]:
    listing, variants = offer.listing, offer.variants
    seller: dict[str, Any] = {"@type": "Organization", "name": listing.merchant.name, "url": shop_url(listing.merchant)}
    if listing.merchant.is_own:  # the market sells as itself
        seller["parentOrganization"] = {"@type": "Organization", "@id": market_url("/#market")}
    if len(variants) == 1:
        return {**_one(variants[0], market_url(f"/p/{listing.pk}/"), offer.can_buy), "seller": seller}
    return {
        "@type": "AggregateOffer",
        "lowPrice": str(min(variants, key=lambda v: v.price_minor).price.decimal),
        "highPrice": str(max(variants, key=lambda v: v.price_minor).price.decimal),
        "priceCurrency": listing.currency,
        "offerCount": len(variants),
        "availability": _availability(listing.in_stock and offer.sells),
        "seller": seller,
        "offers": [_one(v, market_url(f"/p/{listing.pk}/?variant={v.pk}"), v.in_stock and offer.sells) for v in variants[:MOST]],
    }


MOST = 30  # variants told one by one


def _one(variant: ListingVariant, url: str, in_stock: bool) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "url": url,
        "sku": variant.sku,
        "price": str(variant.price.decimal),
        "priceCurrency": variant.currency,
        "availability": _availability(in_stock),
    }


def _availability(in_stock: bool) -> str:
    return f"https://schema.org/{'InStock' if in_stock else 'OutOfStock'}"
