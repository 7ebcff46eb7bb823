"""Looking: first page, categories, search, products, shops."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Page

from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Category
from marketplace.platform.taxonomy.queries import path_of
from marketplace.platform.themes.models import Theme
from search.contract import SIZE
from search.find import find
from storefront.pages import Pages, page_number
from storefront.shop import search_page, sections
from tenants.access.actors import person_of
from tenants.tenancy.models import Merchant

SHOPS_A_PAGE = 24
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
    _title, body, language = page.specific.in_language(request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    return {"page_body": body, "page_language": language}


def shops(request: HttpRequest) -> HttpResponse:
    open_shops = Merchant.objects.filter(status=Merchant.Status.OPEN).order_by("-opened_at", "pk")
    pages = Pages(page_number(request.GET.get("page")), -(-open_shops.count() // SHOPS_A_PAGE))
    start = (pages.now - 1) * SHOPS_A_PAGE
    return render(request, "shop/shops.html", {"shops": sections.shop_parts(list(open_shops[start : start + SHOPS_A_PAGE])), "pages": pages})


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
            "is_plain": set(request.GET) <= {"hl", "page"},
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
