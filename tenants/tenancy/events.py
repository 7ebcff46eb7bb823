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


@dataclass(frozen=True)
class NothingLeft(Event):
    """A shop that is closing has settled everything: it can close now, and closes by itself some days later."""

    topic = "shop.nothing_left"
    merchant_id: UUID
    closing_id: UUID


@dataclass(frozen=True)
class ShopExportAsked(Event):
    """An owner wants everything of the shop in one file; a worker packs it."""

    topic = "shop.export_asked"
    export_id: UUID
    merchant_id: UUID
