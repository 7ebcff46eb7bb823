from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class PackagePublished(Event):
    """A package has another version: shops that have it are told from when it holds for them."""

    topic = "package.published"
    version_id: UUID


@dataclass(frozen=True)
class PackageChanged(Event):
    """A shop has another package, plans one, or could not have it because more is used than fits."""

    topic = "package.changed"
    merchant_id: UUID
    change_id: UUID


@dataclass(frozen=True)
class ServiceOrderMoved(Event):
    """A service was asked for, accepted, done, declined or withdrawn."""

    topic = "service_order.moved"
    merchant_id: UUID
    order_id: UUID
    status: str
