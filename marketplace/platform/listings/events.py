from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ListingsChanged(Event):
    """Public copies were written, changed or taken off sale; whoever keeps an index refreshes these."""

    topic = "listings.changed"
    merchant_id: UUID
    listing_ids: list[UUID]
