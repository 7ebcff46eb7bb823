from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class StockCrossedZero(Event):
    """Variants ran out, or can be had again: public copies say so from now on."""

    topic = "stock.crossed_zero"
    merchant_id: UUID
    variant_ids: list[UUID]
