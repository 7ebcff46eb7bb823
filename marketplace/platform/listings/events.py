from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from marketplace.kernel.events import Event

MOST_JOINED = 200  # listings


@dataclass(frozen=True)
class ListingsChanged(Event):
    """Public copies were written, changed or taken off sale; whoever keeps an index refreshes these."""

    topic = "listings.changed"
    merchant_id: UUID
    listing_ids: list[UUID]

    @classmethod
    def joined(cls, facts: Sequence[ListingsChanged]) -> tuple[ListingsChanged, int]:
        """Of the first of these, all of one merchant, until they name so many listings as one reaction should look at; and how many they are."""
        ids, taken = dict.fromkeys(facts[0].listing_ids), 1
        for fact in facts[1:]:
            more = ids | dict.fromkeys(fact.listing_ids)
            if len(more) > MOST_JOINED:
                break
            ids, taken = more, taken + 1
        return replace(facts[0], listing_ids=list(ids)), taken


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
