"""Looking: first page, categories, search, products, shops."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count as CountOf
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Page

from cms.loading import load
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.platform.listings.errors import NotOnSale
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Category
from marketplace.platform.taxonomy.queries import path_of, roots
from marketplace.platform.themes.models import Theme
from search.contract import SIZE, Query, Sort
from search.find import find
from storefront.pages import Pages, page_number
from storefront.shop import search_page
from storefront.shop.offer import axes_of, low_stock, specification
from tenants.tenancy.hosts import shop_url
from tenants.tenancy.models import Merchant

SHOPS_A_PAGE = 24
GOODS_A_PAGE = 30


@dataclass
class ShopPart:
    """A shop as a card: a few of its goods."""

    merchant: Merchant
    goods: int
    listings: list[Listing]

    @property
    def url(self) -> str:
        return shop_url(self.merchant)


def home(request: HttpRequest) -> HttpResponse:
    newest = list(Listing.objects.filter(is_on_sale=True, in_stock=True).select_related("merchant").order_by("-published_at")[:10])
    merchants = list(Merchant.objects.filter(status=Merchant.Status.OPEN).order_by("-opened_at")[:4])
    return render(
        request,
        "shop/home.html",
        {
            "categories": roots()[:12],
            "newest": newest,
            "shops": [part for part in shop_parts(merchants) if part.listings],
            "shop_count": Merchant.objects.filter(status=Merchant.Status.OPEN).count(),
            **home_page(request),
        },
    )


def home_page(request: HttpRequest) -> dict[str, Any]:
    """What the editors of this host wrote for its first page."""
    page = Page.objects.filter(depth=2, live=True).first()
    if page is None:
        return {}
    home = page.specific
    for stream in home.streams:  # type: ignore[attr-defined]
        load(stream, home)
    return {"page": home, "page_blocks": home.blocks, "seo": home.seo}  # type: ignore[attr-defined]


def shop_parts(merchants: list[Merchant]) -> list[ShopPart]:
    """Cards for shops: three queries, however many shops."""
    on_sale = Listing.objects.filter(merchant_id__in=[merchant.pk for merchant in merchants], is_on_sale=True)
    goods = dict(on_sale.values_list("merchant_id").annotate(n=CountOf("id")))
    newest = Listing.objects.filter(merchant_id=OuterRef("pk"), is_on_sale=True).order_by("-published_at").values("pk")[:3]
    shown = dict(Merchant.objects.filter(pk__in=goods).annotate(newest=ArraySubquery(newest)).values_list("pk", "newest"))
    listings = Listing.objects.in_bulk([key for keys in shown.values() for key in keys])
    return [ShopPart(m, goods.get(m.pk, 0), [listings[key] for key in shown.get(m.pk, [])]) for m in merchants]


def shops(request: HttpRequest) -> HttpResponse:
    open_shops = Merchant.objects.filter(status=Merchant.Status.OPEN).order_by("-opened_at", "pk")
    pages = Pages(page_number(request.GET.get("page")), -(-open_shops.count() // SHOPS_A_PAGE))
    start = (pages.now - 1) * SHOPS_A_PAGE
    return render(request, "shop/shops.html", {"shops": shop_parts(list(open_shops[start : start + SHOPS_A_PAGE])), "pages": pages})


def category(request: HttpRequest, category_id: int) -> HttpResponse:
    found = Category.objects.filter(pk=category_id).first()
    if found is None:
        raise NotFound
    return _search(request, found)


def search(request: HttpRequest) -> HttpResponse:
    return _search(request, None)


def _search(request: HttpRequest, category: Category | None) -> HttpResponse:
    currency = request.market.currency  # type: ignore[attr-defined]
    asked = search_page.read_query(request.GET, category, currency)
    query = asked.query
    answer = find(query)
    names = search_page.names_for(answer, query)
    found = Listing.objects.select_related("merchant").in_bulk(answer.ids)
    categories = [
        search_page.Row(count.id, names.categories[count.id].name, count.count, href=_category_href(request, count.id))
        for count in answer.categories
        if count.id in names.categories
    ]
    return render(
        request,
        "shop/search.html",
        {
            "query": query,
            "answer": answer,
            "category": category,
            "trail": path_of(category) if category else [],
            "listings": [found[key] for key in answer.ids if key in found],
            "category_counts": categories,
            "facets": search_page.facet_groups(answer, query, names),
            "chosen": search_page.chips(request.GET, query, names, request.path, currency),
            "clear": request.path + (f"?q={query.text}" if query.text else ""),
            "sorts": search_page.sort_names(),
            "kept": search_page.kept(request.GET, "sort"),
            "kept_but_price": search_page.kept(request.GET, "from", "to"),
            "price_from": request.GET.get("from", ""),
            "price_to": request.GET.get("to", ""),
            "price_error": asked.price_error,
            "span_from": _whole(answer.price_from, currency, ROUND_FLOOR),
            "span_to": _whole(answer.price_to, currency, ROUND_CEILING),
            "pages": Pages(query.page, min(-(-answer.total // SIZE), search_page.MOST_PAGES)),
        },
    )


def _category_href(request: HttpRequest, category_id: int) -> str:
    left = request.GET.copy()
    for name in [name for name in left if name == "page" or name[:1] == "a"]:
        left.pop(name)
    return f"/c/{category_id}/" + (f"?{left.urlencode()}" if left else "")


def _whole(minor: int | None, currency: str, rounding: str) -> str:
    """An end of the price span in whole units, as one would type it."""
    return str(Money(minor, currency).decimal.to_integral_value(rounding)) if minor is not None else ""


def product(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    listing = Listing.objects.select_related("merchant", "category", "brand").filter(pk=listing_id).first()
    if listing is None:
        raise NotFound
    variants = list(listing.variants.order_by("position"))
    if not listing.is_on_sale or not variants:
        raise NotOnSale
    asked = request.GET.get("variant", "")
    variant = next((v for v in variants if str(v.pk) == asked), None) or next((v for v in variants if v.in_stock), variants[0])
    others = find(Query(category=listing.category_id, in_stock=True, sort=Sort.POPULAR, size=6)).ids
    similar = Listing.objects.select_related("merchant").in_bulk([key for key in others if key != listing.pk][:5])
    return render(
        request,
        "shop/product.html",
        {
            "listing": listing,
            "variant": variant,
            "axes": axes_of(listing, variants, variant),
            "low_stock": low_stock(listing.merchant_id, variant.pk),
            "specification": specification(listing),
            "trail": path_of(listing.category),
            "shop_url": shop_url(listing.merchant),
            "others": list(similar.values()),
        },
    )


def front(request: HttpRequest) -> HttpResponse:
    """A shop's first page, on its own host: what it wrote, and its goods."""
    merchant: Merchant = request.merchant  # type: ignore[attr-defined]
    merchant.dress = Theme.objects.filter(merchant=merchant).first()  # type: ignore[attr-defined]
    return front_page(request, merchant)


def front_page(request: HttpRequest, merchant: Merchant, draft_sheet: str = "") -> HttpResponse:
    """The page in the look that `merchant.dress` says, or, for a preview, in the sheet at `draft_sheet`."""
    goods = Listing.objects.filter(merchant_id=merchant.pk, is_on_sale=True).select_related("merchant").order_by("-published_at", "pk")
    total = goods.count()
    pages = Pages(page_number(request.GET.get("page")), -(-total // GOODS_A_PAGE))
    start = (pages.now - 1) * GOODS_A_PAGE
    shown = {"listings": list(goods[start : start + GOODS_A_PAGE]), "total": total, "pages": pages, "draft_sheet": draft_sheet}
    return render(request, "shop/front.html", {**shown, **home_page(request)})
