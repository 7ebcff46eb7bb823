"""Looking: the market's first page, products, a shop's first page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Page

from cms.loading import load
from marketplace.platform.listings.models import Listing
from marketplace.platform.themes.models import Theme
from storefront.pages import Pages, page_number
from storefront.shop import sections
from tenants.access.actors import person_of
from tenants.tenancy.models import Merchant

GOODS_A_PAGE = 30
PICKED = 3  # categories that show their goods on the first page


def home(request: HttpRequest) -> HttpResponse:
    categories = sections.top_categories()
    return render(
        request,
        "shop/home.html",
        {
            "categories": categories,
            "promises": sections.promises(request.market),  # type: ignore[attr-defined]
            "mine": sections.mine(person_of(request)) if request.user.is_authenticated else None,
            "popular": sections.popular(sections.IN_A_STRIP),
            "newest": sections.newest(),
            "best": sections.best_rated(sections.IN_A_STRIP),
            "shops": sections.open_shops(),
            "picks": sections.picks(categories[:PICKED]),
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
    has_parts = any(child.block_type == "section" for child in home.blocks)  # type: ignore[attr-defined]
    return {"page": home, "page_blocks": home.blocks, "is_own_layout": has_parts}  # type: ignore[attr-defined]


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
