from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class DispatchDue(Event):
    """A notice is to leave by one channel."""

    topic = "dispatch.due"
    dispatch_id: UUID
