"""Reads of shop categories, in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from marketplace.merchant.shelves.models import ShopCategory


def shop_categories() -> QuerySet[ShopCategory]:
    """Those that were not deleted, in the shop's order."""
    return ShopCategory.objects.filter(removed_at=None).order_by("position", "pk")


def places_of(product_ids: Collection[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Product → the categories it was put into by hand, each with its place there. Those in none are left out."""
    found: dict[UUID, dict[UUID, int]] = {}
    wanted = set(product_ids)
    for key, picks in shop_categories().filter(kind=ShopCategory.Kind.PICKED).values_list("pk", "picks"):
        for place, product_id in enumerate(picks):
            if product_id in wanted:
                found.setdefault(product_id, {})[key] = place
    return found


def removed_categories(most: int = 20) -> list[ShopCategory]:
    """Those that can be taken back, the last that were deleted first."""
    return list(ShopCategory.objects.filter(removed_at__isnull=False).order_by("-removed_at", "-pk")[:most])
