"""Pages of what a person keeps: saved products, with what has become of their prices, and followed shops."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.errors import InvalidInput
from marketplace.platform.listings.models import ListingVariant
from marketplace.platform.listings.shops import shop_cards
from marketplace.platform.members.keeping import drop_favourites, put_back
from marketplace.platform.members.models import Favourite, Follow
from marketplace.platform.taxonomy.models import Category
from storefront.account.aftersales import moment_of
from storefront.account.keeping import back_of
from storefront.account.tabs import tabs
from tenants.access.actors import actor_of, person_of
from tenants.tenancy.standing import SELLS, shop_standing

A_PAGE = 24
GONE = "taken_out"  # in the session: what was taken out last, so that it can be put back

CAN_BUY = Q(listing__is_on_sale=True, listing__in_stock=True, listing__merchant__status__in=SELLS)
CHEAPER = Q(listing__is_on_sale=True, listing__price_minor__lt=F("saved_minor"), listing__currency=F("currency"))
SHOWN: dict[str, Q] = {"": Q(), "cheaper": CHEAPER, "available": CAN_BUY, "gone": ~CAN_BUY}


def favourites(request: HttpRequest) -> HttpResponse:
    """Saved products, newest first."""
    mine = Favourite.objects.filter(user_id=person_of(request).pk)
    counts: dict[str, int] = mine.aggregate(all=Count("pk"), **{key: Count("pk", filter=which) for key, which in SHOWN.items() if key})
    names = {"": _("All"), "cheaper": _("Cheaper now"), "available": _("Can be bought"), "gone": _("Sold out or gone")}
    shown = tabs(request, "show", names, {**counts, "": counts["all"]})
    now = next(tab.key for tab in shown if tab.is_now)
    categories = _categories(mine)
    chosen = request.GET.get("category", "")
    rows = mine.filter(SHOWN[now])
    if chosen in {str(category.pk) for category, _n in categories}:
        rows = rows.filter(listing__category_id=int(chosen))
    if after := moment_of(request.GET.get("after", "")):
        rows = rows.filter(saved_at__lt=after)
    page = list(rows.select_related("listing__merchant").order_by("-saved_at", "-id")[: A_PAGE + 1])
    context = {
        "section": "favourites",
        "tabs": shown,
        "rows": _with_variants(page[:A_PAGE]),
        "categories": categories,
        "category": chosen,
        "older": page[A_PAGE - 1].saved_at.isoformat() if len(page) > A_PAGE else "",
        "taken_out": len(request.session.get(GONE, ())),
        "follows": Follow.objects.filter(user_id=person_of(request).pk).count(),
        "total": counts["all"],
    }
    return render(request, "account/favourites.html", context)


def _categories(mine: QuerySet[Favourite]) -> list[tuple[Category, int]]:
    """Categories of what is saved, with how many."""
    counted = dict(mine.values_list("listing__category_id").annotate(n=Count("pk")).order_by("-n")[:20])
    known = Category.objects.in_bulk(list(counted))
    return [(known[key], n) for key, n in counted.items()]


def _with_variants(rows: list[Favourite]) -> list[Favourite]:
    """Each row with `only_variant`, what its button puts into the cart where nothing is to choose, how its price has changed, and its shop's standing."""
    variants: dict[UUID, list[UUID]] = defaultdict(list)
    for key, listing_id in ListingVariant.objects.filter(listing_id__in=[row.listing_id for row in rows]).values_list("pk", "listing_id"):
        variants[listing_id].append(key)
    for row in rows:
        found = variants[row.listing_id]
        row.shop = shop_standing(row.listing.merchant)  # type: ignore[attr-defined]
        row.only_variant = found[0] if len(found) == 1 else None  # type: ignore[attr-defined]
        changed = row.listing.currency == row.currency and row.listing.price_minor != row.saved_minor
        row.cheaper_by = row.saved_price - row.listing.price if changed and row.listing.price < row.saved_price else None  # type: ignore[attr-defined]
        row.dearer_by = row.listing.price - row.saved_price if changed and row.listing.price > row.saved_price else None  # type: ignore[attr-defined]
    return rows


def take_out(request: HttpRequest) -> HttpResponse:
    """Several products at once; they can be put back until others are taken out."""
    gone = drop_favourites(by=actor_of(request), listing_ids=[_key(text) for text in request.POST.getlist("chosen")])
    request.session[GONE] = [[str(key), currency, minor, saved_at.isoformat()] for key, currency, minor, saved_at in gone]
    return HttpResponseRedirect(back_of(request, reverse("favourites")))


def undo(request: HttpRequest) -> HttpResponse:
    """Put back what was taken out last."""
    kept: list[Any] = request.session.pop(GONE, [])
    n = put_back(by=actor_of(request), rows=[(UUID(key), currency, minor, datetime.fromisoformat(saved_at)) for key, currency, minor, saved_at in kept])
    if n:
        messages.success(request, ngettext("{n} product is back.", "{n} products are back.", n).format(n=n))
    return HttpResponseRedirect(back_of(request, reverse("favourites")))


def followed(request: HttpRequest) -> HttpResponse:
    """Followed shops with their newest goods."""
    mine = Follow.objects.filter(user_id=person_of(request).pk).select_related("merchant").order_by("-followed_at", "-id")
    if after := moment_of(request.GET.get("after", "")):
        mine = mine.filter(followed_at__lt=after)
    page = list(mine[: A_PAGE + 1])
    rows = page[:A_PAGE]
    parts = {part.merchant.pk: part for part in shop_cards([row.merchant for row in rows])}
    context = {
        "section": "favourites",
        "rows": [(row, parts[row.merchant_id]) for row in rows],
        "older": rows[-1].followed_at.isoformat() if len(page) > A_PAGE else "",
        "total": Favourite.objects.filter(user_id=person_of(request).pk).count(),
        "follows": Follow.objects.filter(user_id=person_of(request).pk).count(),
    }
    return render(request, "account/follows.html", context)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(field="chosen", why=_("Choose products from the list.")) from None
