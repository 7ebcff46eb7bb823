from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ShopRequested(Event):
    """The operator let a merchant in; a worker makes its schema and opens its shop."""

    topic = "shop.requested"
    merchant_id: UUID
    owner_id: UUID


@dataclass(frozen=True)
class ShopOpened(Event):
    """A merchant's schema, hosts, owner and stock location exist: it can trade."""

    topic = "shop.opened"
    merchant_id: UUID
    owner_id: UUID


@dataclass(frozen=True)
class ShopMoved(Event):
    """A shop has another status: on holiday, suspended, open again, closing or closed."""

    topic = "shop.moved"
    merchant_id: UUID
    change_id: UUID
    before: str
    after: str
