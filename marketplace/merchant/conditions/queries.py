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


def wait_for_stock(product_ids: Collection[UUID]) -> set[UUID]:
    """Those whose condition will put them on sale by itself once there is enough of them."""
    rows = SaleCondition.objects.filter(product_id__in=product_ids) if product_ids else ()
    return {row.product_id for row in rows if (row.waits_for_stock if row.taken_off_at is None else row.on_at is not None)}
