"""What is running: carried along for logs and for the audit trail."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass
class Running:
    request_id: str = ""
    merchant: str = ""
    user: str = ""
    since: datetime | None = None  # when the fact was recorded that is being reacted to
    event_id: UUID | None = None  # which fact that is


running: ContextVar[Running] = ContextVar("running", default=Running())  # noqa: B039  read only where none was set
