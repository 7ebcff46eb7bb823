from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class SecondLookAsked(Event):
    """Somebody of a shop asks for what a colleague has to agree to."""

    topic = "second_look.asked"
    merchant_id: UUID
    look_id: UUID


@dataclass(frozen=True)
class SecondLookEnded(Event):
    """A colleague has decided, or it was withdrawn or has expired."""

    topic = "second_look.ended"
    merchant_id: UUID
    look_id: UUID
    status: str
