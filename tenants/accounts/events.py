from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class LetterWritten(Event):
    """A mail waits to be sent."""

    topic = "letter.written"
    letter_id: UUID
