from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.conditions.models import SaleCondition


def watched_of(variant_ids: Collection[UUID]) -> list[UUID]:
    """Those of these variants whose products have a condition. One statement."""
    return list(Variant.objects.filter(pk__in=variant_ids, product__condition__isnull=False).order_by("pk").values_list("pk", flat=True))


def condition_of(product_id: UUID) -> SaleCondition | None:
    row: SaleCondition | None = SaleCondition.objects.filter(product_id=product_id).first()
    return row
