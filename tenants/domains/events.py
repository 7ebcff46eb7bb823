from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class DomainLookDue(Event):
    """Somebody, or the clock, wants to know what DNS says of a domain."""

    topic = "domain.look_due"
    domain_id: UUID
    merchant_id: UUID


@dataclass(frozen=True)
class DomainMoved(Event):
    """A shop's own domain was verified, lost its record, or no longer answers here."""

    topic = "domain.moved"
    domain_id: UUID
    merchant_id: UUID
    host: str
    state: str
