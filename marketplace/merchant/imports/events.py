from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ImportDue(Event):
    """An import of products has work to do for some seconds: a turn."""

    topic = "import.due"
    merchant_id: UUID
    import_id: UUID
    turn: int
    lane: int = 0
    lanes: int = 1
