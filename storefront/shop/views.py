"""Looking: the market's first page, products, a shop's first page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Page

from cms.loading import load
from marketplace.platform.listings.models import Listing
from storefront.account.for_you import MOST_CONSIDERED, for_you
from storefront.account.recent import listings_seen
from storefront.pages import Pages, page_number
from storefront.shop import sections
from storefront.shop.shops import dressed
from tenants.access.actors import person_of
from tenants.tenancy.models import Merchant

GOODS_A_PAGE = 30
SHELVES = frozenset({"goods", "goods_by_rule", "hotspots"})  # blocks that show goods: beside them a shop needs no second list
PICKED = 3  # categories that show their goods on the first page
DESIGNED = ("opening", "promises", "popular", "for_you", "shops", "best", "newest", "picks")  # of a market that has built none of its own
PARTS = frozenset({"opening", "section"})


def home(request: HttpRequest) -> HttpResponse:
    """The market's first page: as its operator built it, or, without parts of the market among its blocks, as it was designed."""
    own = home_page(request)
    parts = [child.value["kind"] if child.block_type == "section" else child.block_type for child in own.get("page_blocks", ())]
    is_own_layout = any(child.block_type in PARTS for child in own.get("page_blocks", ()))
    found = found_for(parts if is_own_layout else DESIGNED, request)
    walls = [card for child in own.get("page_blocks", ()) if child.block_type == "shops" for card in child.value.shown]
    context = {**own, **found, "is_own_layout": is_own_layout, "parts": DESIGNED, "dressed": [*found.get("shops", ()), *walls]}
    return render(request, "shop/home.html", context)


def found_for(parts: Sequence[str], request: HttpRequest) -> dict[str, Any]:
    """What these parts of the first page show; nothing is read for a part that is not there."""
    wanted = set(parts)
    found: dict[str, Any] = {}
    if wanted & {"opening", "categories", "picks"}:
        found["categories"] = sections.top_categories()
    if "opening" in wanted:
        found["mine"] = sections.mine(person_of(request)) if request.user.is_authenticated else None
    if "promises" in wanted:
        found["promises"] = sections.promises(request.market)  # type: ignore[attr-defined]
    if "popular" in wanted:
        found["popular"] = sections.popular(sections.IN_A_STRIP)
    if "newest" in wanted:
        found["newest"] = sections.newest()
    if "best" in wanted:
        found["best"] = sections.best_rated(sections.IN_A_STRIP)
    if "for_you" in wanted:
        found["for_you"] = for_you(listings_seen(request, MOST_CONSIDERED), person_of(request).pk, sections.ON_A_SHELF) if request.user.is_authenticated else []
    if "shops" in wanted:
        found["shops"] = sections.open_shops()
    if "picks" in wanted:
        found["picks"] = sections.picks(found["categories"][:PICKED])
    return found


def home_page(request: HttpRequest) -> dict[str, Any]:
    """What the editors of this host wrote for its first page."""
    page = Page.objects.filter(depth=2, live=True).first()
    if page is None:
        return {}
    home = page.specific
    for stream in home.streams:  # type: ignore[attr-defined]
        load(stream, home)
    return {"page": home, "page_blocks": home.blocks}  # type: ignore[attr-defined]


def front(request: HttpRequest) -> HttpResponse:
    """A shop's first page, on its own host: what it wrote, and its goods."""
    return front_page(request, dressed(request))


def front_page(request: HttpRequest, merchant: Merchant, draft_sheet: str = "") -> HttpResponse:
    """The page in the look that `merchant.dress` says, or, for a preview, in the sheet at `draft_sheet`."""
    goods = Listing.objects.filter(merchant_id=merchant.pk, is_on_sale=True).select_related("merchant").order_by("-published_at", "pk")
    total = goods.count()
    pages = Pages(page_number(request.GET.get("page")), -(-total // GOODS_A_PAGE))
    own = home_page(request)
    is_listed = pages.now > 1 or not any(child.block_type in SHELVES and child.value.shown for child in own.get("page_blocks", ()))
    start = (pages.now - 1) * GOODS_A_PAGE
    listings = list(goods[start : start + (GOODS_A_PAGE if is_listed else 1)])  # the first is the page's picture for those who share it
    context = {"listings": listings, "total": total, "pages": pages, "is_listed": is_listed, "draft_sheet": draft_sheet, "is_still": bool(draft_sheet)}
    return render(request, "shop/front.html", {**context, **own})
