"""A shop's own categories on its own host: the page of one, and which of them stand in the shop's menu."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.kernel.errors import NotFound
from marketplace.merchant.shelves.models import ShopCategory
from marketplace.merchant.shelves.queries import shop_categories
from search.find import find
from search.shelves import question_of
from storefront.shop.browse import found_at, within_rule
from storefront.shop.place import Place
from storefront.shop.shops import dressed
from tenants.tenancy.models import Merchant

KEPT_S = 60  # for so long a category that has just run empty, or filled again, stands as it was


def shelf(request: HttpRequest, code: str) -> HttpResponse:
    """Goods of the shop as it put them together, with filters and pages like any other list."""
    merchant = dressed(request)
    row = ShopCategory.objects.filter(code=code, is_shown=True, removed_at=None).first()
    if row is None:
        raise NotFound
    rule = question_of(row, merchant)
    context = found_at(request, Place(shop=merchant, rule=rule, order=row.picks, is_sorted="sort" in request.GET))
    context["facets"] = list(within_rule(context["facets"], rule))
    return render(request, "shop/shelf.html", {**context, "shelf": row, "tab": "shelf", "all_of_it": "/search/"})


@dataclass(frozen=True)
class Entry:
    """A category in the shop's menu. `names`: language code → name."""

    code: str
    names: dict[str, str]


def menu_of(shop: Merchant) -> list[Entry]:
    """Categories that buyers may see and that hold something, in the shop's order; in the shop's schema.

    What they hold is asked once a minute; what the shop changes is seen at once, because it is asked by version.
    """
    rows = list(shop_categories().filter(is_shown=True))
    if not rows:
        return []
    key = "shop-categories:" + blake2b(repr([(row.pk, row.version) for row in rows]).encode(), digest_size=16).hexdigest()
    filled = cache.get(key)
    if filled is None:
        filled = {row.code for row in rows if find(question_of(row, shop).but(size=1)).total}
        cache.set(key, filled, KEPT_S)
    return [Entry(row.code, row.names) for row in rows if row.code in filled]
