from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ApprovalAsked(Event):
    """Somebody asks for what a second person has to agree to."""

    topic = "approval.asked"
    request_id: UUID
    merchant_id: UUID | None = None


@dataclass(frozen=True)
class ApprovalEnded(Event):
    """A request was approved and carried out, refused or withdrawn, or has expired."""

    topic = "approval.ended"
    request_id: UUID
    status: str
    merchant_id: UUID | None = None
