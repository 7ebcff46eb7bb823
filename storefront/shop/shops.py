"""All shops of the market, and on a shop's own host: its goods with filters, and what there is to know about it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.kernel.texts import localised
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.delivery.queries import provinces, zones_of
from marketplace.platform.listings.models import Listing
from marketplace.platform.listings.shops import shop_cards
from marketplace.platform.taxonomy.models import Category
from marketplace.platform.themes.queries import themes_of
from storefront.pages import Pages, page_number
from storefront.shop import sections
from storefront.shop.browse import LONGEST_NAME, found_at, is_plain, shops_named
from storefront.shop.place import Place
from tenants.onboarding.queries import trader_of
from tenants.tenancy.models import Merchant
from tenants.tenancy.stamps import note, stamp_of_shop
from tenants.tenancy.standing import FOUND

SHOPS_A_PAGE = 24


def shop_sorts() -> dict[str, str]:
    return {"": pgettext("shops", "Newest first"), "sold": _("Most bought"), "name": _("By name")}


def shops(request: HttpRequest) -> HttpResponse:
    """Shops by name (`q`), by what they sell (`c`, a top category), in an order (`sort`). What makes no sense is left out."""
    words = " ".join(request.GET.get("q", "").split())[:LONGEST_NAME]
    roots = sections.top_categories(100)
    asked = request.GET.get("c", "")
    chosen = next((category for category in roots if str(category.pk) == asked), None)
    sort = request.GET.get("sort", "")
    sort = sort if sort in shop_sorts() else ""
    found = sorted_shops(shops_that(words, chosen), sort)
    pages = Pages(page_number(request.GET.get("page")), -(-found.count() // SHOPS_A_PAGE))
    start = (pages.now - 1) * SHOPS_A_PAGE
    context = {
        "shops": shop_cards(list(found[start : start + SHOPS_A_PAGE])),
        "pages": pages,
        "words": words,
        "roots": roots,
        "chosen": chosen,
        "sort": sort,
        "sorts": shop_sorts().items(),
        "is_plain": is_plain(request),
    }
    return render(request, "shop/shops.html", context)


def shops_that(words: str, category: Category | None) -> QuerySet[Merchant]:
    """Shops that are found with these words in a name, that sell something of a top category."""
    found = shops_named(words) if words else Merchant.objects.filter(status__in=FOUND)
    if category:
        found = found.filter(Exists(Listing.objects.filter(merchant_id=OuterRef("pk"), is_on_sale=True, category__path__0=category.pk)))
    return found


def sorted_shops(found: QuerySet[Merchant], sort: str) -> QuerySet[Merchant]:
    if sort == "sold":
        sold = Listing.objects.filter(merchant_id=OuterRef("pk"), is_on_sale=True).order_by().values("merchant_id").annotate(n=Sum("sold")).values("n")
        return found.annotate(pieces=Coalesce(Subquery(sold), 0)).order_by("-pieces", "pk")
    if sort == "name":
        return found.order_by("slug", "pk")
    return found.order_by("-opened_at", "pk")


def dressed(request: HttpRequest) -> Merchant:
    """The shop of this host, with its look."""
    merchant: Merchant = request.merchant  # type: ignore[attr-defined]
    note(stamp_of_shop(merchant.pk))
    merchant.dress = themes_of([merchant.pk]).get(merchant.pk)  # type: ignore[attr-defined]
    return merchant


def goods(request: HttpRequest) -> HttpResponse:
    """The shop's goods: words, its own categories, filters and sorting, as the market has them."""
    merchant = dressed(request)
    context = found_at(request, Place(shop=merchant))
    return render(request, "shop/goods.html", {**context, "tab": "new" if context["query"].sort == "newest" else "goods", "all_of_it": "/search/"})


def about(request: HttpRequest) -> HttpResponse:
    """Who sells, what, since when, and what it costs to have it sent."""
    merchant = dressed(request)
    (part,) = shop_cards([merchant])
    zones = zones_of([merchant.pk]).get(merchant.pk, [])
    return render(request, "shop/about.html", {"tab": "about", "part": part, "trader": trader_of(merchant), "places": places_of(zones)})


def places_of(zones: list[FreightZone]) -> list[tuple[str, FreightZone]]:
    """Zones with the names of their provinces; nothing stands for everywhere else, which comes first."""
    names = {row.code: localised(row.names).text for row in provinces()} if any(zone.regions for zone in zones) else {}
    rows = [(_(", ").join(names.get(code, code) for code in zone.regions), zone) for zone in zones]
    return sorted(rows, key=lambda row: bool(row[0]))
