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


def waits_for_stock(product_id: UUID) -> bool:
    """Whether its condition will put it on sale by itself once there is enough of it."""
    row = condition_of(product_id)
    return row is not None and (row.waits_for_stock if row.taken_off_at is None else row.on_at is not None)
