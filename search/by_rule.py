"""The rule of a virtual category, or of a shop's own, as a question to search, and within it what a buyer chooses besides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from marketplace.kernel import clock
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.merging import chosen_now
from marketplace.platform.taxonomy.models import Brand, Category
from search.contract import AMONG, LARGEST_KEY, Query, Sort
from tenants.tenancy.models import Merchant

NOTHING = frozenset({LARGEST_KEY})  # what names nothing finds nothing


def _among(rule: Mapping[str, Any], shop: Merchant | None) -> frozenset[UUID] | None:
    """Listings that are reduced, rated or new as the rule wants, at this moment; of more than can be asked for the most bought. None: it wants none
    of these. Their copies are asked, not the index: a reduction that is over is gone at once."""
    now, wanted = clock.now(), Q()
    if rule.get("reduced"):
        wanted &= Q(lowest_minor__isnull=False, saved_percent__gte=rule["reduced"]) & (Q(reduced_until=None) | Q(reduced_until__gt=now))
    if rule.get("rated"):
        wanted &= Q(rating_count__gte=rule.get("reviews") or 1, rating_sum__gte=F("rating_count") * rule["rated"] / 10.0)
    if rule.get("days"):
        wanted &= Q(published_at__gte=now - timedelta(days=rule["days"]))
    if not wanted:
        return None
    if shop is not None:
        wanted &= Q(merchant_id=shop.pk)
    return frozenset(Listing.objects.filter(wanted, is_on_sale=True).order_by("-sold", "pk").values_list("pk", flat=True)[:AMONG])


def query_of(rule: Mapping[str, Any], shop: Merchant | None = None) -> Query:
    """What the rule alone finds, in all shops or in one. Categories, brands and values that were merged mean the others; two or three queries."""
    values = chosen_now({int(key): chosen for key, chosen in (rule.get("values") or {}).items() if chosen})
    category = Category.objects.filter(pk=rule["category"]).first() if rule.get("category") else None
    brands = Brand.objects.filter(pk__in=rule.get("brands", ())).values_list("pk", "merged_into_id")
    return Query(
        category=None if not rule.get("category") else (category.merged_into_id or category.pk) if category else LARGEST_KEY,
        brands=(frozenset(into or key for key, into in brands) or NOTHING) if rule.get("brands") else frozenset(),
        shops=frozenset({shop.ordinal}) if shop else frozenset(rule.get("shops", ())),
        values={key: chosen or NOTHING for key, chosen in values.items()},
        price_from=rule.get("from"),
        price_to=rule.get("to"),
        in_stock=bool(rule.get("in_stock")),
        among=_among(rule, shop),
        sort=Sort(rule.get("sort", Sort.RELEVANCE)),
    )


def within(rule: Query, asked: Query, *, is_sorted: bool) -> Query:
    """What a buyer asks for, of what the rule finds: groups are narrowed, never widened. `is_sorted`: the buyer chose an order."""
    category = asked.category if asked.category is not None and _lies_below(asked.category, rule.category) else rule.category
    lows = [price for price in (rule.price_from, asked.price_from) if price is not None]
    highs = [price for price in (rule.price_to, asked.price_to) if price is not None]
    return asked.but(
        category=category,
        brands=_both(rule.brands, asked.brands),
        shops=_both(rule.shops, asked.shops),
        values={key: _both(rule.values.get(key, frozenset()), asked.values.get(key, frozenset())) for key in {*rule.values, *asked.values}},
        price_from=max(lows, default=None),
        price_to=min(highs, default=None),
        in_stock=rule.in_stock or asked.in_stock,
        among=rule.among,
        sort=asked.sort if is_sorted else rule.sort,
    )


def _both(rule: frozenset[int], asked: frozenset[int]) -> frozenset[int]:
    if not rule or not asked:
        return rule or asked
    return rule & asked or NOTHING


def _lies_below(category_id: int, above: int | None) -> bool:
    return above is None or Category.objects.filter(pk=category_id, path__contains=[above]).exists()
