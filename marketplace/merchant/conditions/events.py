from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class WatchedStockChanged(Event):
    """What can be sold of these variants has changed, and a condition of sale looks at their products."""

    topic = "stock.watched_changed"
    merchant_id: UUID
    variant_ids: list[UUID]
