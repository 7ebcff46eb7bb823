from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ImportDue(Event):
    """An import of products has work to do: some seconds of it, then the next of these. `turn` counts them; one that is past has no effect."""

    topic = "import.due"
    merchant_id: UUID
    import_id: UUID
    turn: int
