"""Reads of shop categories, in the merchant's schema that is open."""

from __future__ import annotations

from django.db.models import QuerySet

from marketplace.merchant.shelves.models import ShopCategory


def shop_categories() -> QuerySet[ShopCategory]:
    """Those that were not deleted, in the shop's order."""
    return ShopCategory.objects.filter(removed_at=None).order_by("position", "pk")


def removed_categories(most: int = 20) -> list[ShopCategory]:
    """Those that can be taken back, the last that were deleted first."""
    return list(ShopCategory.objects.filter(removed_at__isnull=False).order_by("-removed_at", "-pk")[:most])
