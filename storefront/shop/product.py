"""The product page and its parts."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from marketplace.platform.details.queries import detail_of
from marketplace.platform.listings.errors import NotOnSale
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.queries import path_of
from storefront.cart.wishes import REFUSED
from storefront.shop.facts import product_facts
from storefront.shop.gallery import gallery
from storefront.shop.offer import listing_on_sale, offer_of, specification
from storefront.shop.promise import zone_lines
from storefront.shop.similar import Rows, similar_to
from tenants.onboarding.queries import trader_of
from tenants.tenancy.hosts import shop_url
from tenants.tenancy.standing import shop_standing


def product(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """The page of a listing; asked by htmx for another choice, the offer alone. What is gone says so, beside what is like it.

    Wishes that were refused a moment ago stand there as they were written, with what is wrong with them.
    """
    held, typed, errors = request.session.pop(REFUSED, None), None, None
    if held and held[0] == str(listing_id):
        _of, typed, errors = held
    try:
        listing = listing_on_sale(listing_id)
        offer = offer_of(request, listing, base=f"/p/{listing.pk}/", typed=typed, errors=errors)
    except NotOnSale as refusal:
        if request.htmx:  # type: ignore[attr-defined]
            raise
        return _gone(request, listing_id, refusal)
    if request.htmx and request.htmx.target == offer.id:  # type: ignore[attr-defined]
        return swapped(request, "shop/_offer.html", {"offer": offer, "is_swap": True, "shop_url": shop_url(listing.merchant)}, offer.href)
    rows = Rows(listing)
    context = {
        "listing": listing,
        "detail": detail_of(listing.pk),
        "offer": offer,
        "variant": offer.variant,
        "shots": gallery(listing, offer.picture),
        "specification": specification(listing, offer.names),
        "trail": path_of(listing.category),
        "shop_url": shop_url(listing.merchant),
        "trader": trader_of(listing.merchant),
        "zone_lines": zone_lines(offer.zones),
        "rows": rows,
        "rows_key": "" if request.user.is_authenticated else f"{request.LANGUAGE_CODE}.{rows.key}",  # type: ignore[attr-defined]
        "structured": product_facts(offer),
    }
    response = render(request, "shop/product.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _gone(request: HttpRequest, listing_id: UUID, refusal: NotOnSale) -> HttpResponse:
    listing = Listing.objects.select_related("merchant", "category").get(pk=listing_id)
    shop = shop_url(listing.merchant) if shop_standing(listing.merchant).is_shown else ""
    context = {"listing": listing, "refusal": refusal, "shop_url": shop, "trail": path_of(listing.category), "rows": {"similar": similar_to(listing)}}
    return render(request, "shop/gone.html", context, status=refusal.status)


def quick_view(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """A look at a product without leaving the list: for a dialog. Without htmx it is the page."""
    base = f"/p/{listing_id}/quick/"
    if not request.htmx:  # type: ignore[attr-defined]
        query = request.GET.urlencode()
        return HttpResponseRedirect(f"/p/{listing_id}/" + (f"?{query}" if query else ""))
    listing = listing_on_sale(listing_id)
    offer = offer_of(request, listing, base=base, id="quick-offer")
    context: dict[str, object] = {"listing": listing, "offer": offer, "is_quick": True}
    if request.htmx.target == offer.id:  # type: ignore[attr-defined]
        return swapped(request, "shop/_offer.html", {**context, "is_swap": True}, "")
    return swapped(request, "shop/_quick_view.html", context, "")


def swapped(request: HttpRequest, template: str, context: dict[str, object], address: str) -> HttpResponse:
    """A part of a page, and what the address becomes with it."""
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    response.headers["Cache-Control"] = "no-store"  # "back" must not find a part where the page was
    if address:
        response.headers["HX-Replace-Url"] = address
    return response
