from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class StockCrossedZero(Event):
    """Variants ran out at a place, or can be had from one again: public copies say from now on whether they can be had at all."""

    topic = "stock.crossed_zero"
    merchant_id: UUID
    variant_ids: list[UUID]


@dataclass(frozen=True)
class StockRanLow(Event):
    """Levels fell below their safety stock. Once for each time they fall."""

    topic = "stock.ran_low"
    merchant_id: UUID
    level_ids: list[UUID]
