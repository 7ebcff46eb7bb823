"""What is running: carried along for logs and for the audit trail."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Running:
    request_id: str = ""
    merchant: str = ""
    user: str = ""


running: ContextVar[Running] = ContextVar("running", default=Running())  # noqa: B039  read only where none was set
