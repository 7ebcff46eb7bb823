"""The market's own shops (自营): which they are, and what is not asked of them. docs/decisions/own-shops.md says why."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from tenants.tenancy.errors import NotForOwnShops
from tenants.tenancy.models import Merchant
from tenants.tenancy.remembered import remembered


def own_shops() -> Mapping[UUID, int]:
    """Key → ordinal of every own shop, whatever its status. At most one query."""
    return remembered("hosts", "own shops", lambda: dict(Merchant.objects.filter(is_own=True).values_list("pk", "ordinal")))


def is_own(merchant_id: UUID) -> bool:
    return merchant_id in own_shops()


def check_not_own(merchant_id: UUID) -> None:
    """What only others agree with the market asks this first. Raises NotForOwnShops. One query."""
    if shop := Merchant.objects.filter(pk=merchant_id, is_own=True).first():
        raise NotForOwnShops(shop=shop.name)
