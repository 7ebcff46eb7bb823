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


@dataclass(frozen=True)
class GoodsTakenOff(Event):
    """The market has taken goods of a shop off sale; nothing that the shop does puts them back."""

    topic = "goods.taken_off"
    merchant_id: UUID
    listing_ids: list[UUID]
    why: str


@dataclass(frozen=True)
class GoodsReleased(Event):
    """The market has let goods go that it had taken off sale: they are as their shop wants them."""

    topic = "goods.released"
    merchant_id: UUID
    listing_ids: list[UUID]
    why: str
