"""Reads of prices. They run in the merchant's schema that is open."""

from __future__ import annotations

from uuid import UUID

from marketplace.merchant.pricing.models import LinePrice, Reduction


def made_by(order_id: UUID) -> dict[UUID, LinePrice]:
    """What made the prices of an order's lines, by line: a list, or a reduction under its name of today; no row where the regular price did."""
    found = {row.order_line_id: row for row in LinePrice.objects.filter(order_id=order_id)}
    reductions = [row.reduction_id for row in found.values() if row.reduction_id]
    names = dict(Reduction.objects.filter(pk__in=reductions).values_list("pk", "name")) if reductions else {}
    for row in found.values():
        row.name = row.name or (names.get(row.reduction_id, "") if row.reduction_id else "")
    return found
