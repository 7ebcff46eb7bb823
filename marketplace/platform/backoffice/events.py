from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ListJobAsked(Event):
    """Somebody wants a whole list as a file, or something done to all of its rows; or such work has stopped and is to go on."""

    topic = "list.job_asked"
    job_id: UUID
    merchant_id: UUID | None = None


@dataclass(frozen=True)
class ListFileExpired(Event):
    """The file of an export has been kept long enough."""

    topic = "list.file_expired"
    job_id: UUID
    merchant_id: UUID | None = None
