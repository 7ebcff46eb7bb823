from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ApplicationSubmitted(Event):
    """A business asks to trade here; the operator reviews it."""

    topic = "application.submitted"
    application_id: UUID


@dataclass(frozen=True)
class ApplicationReviewed(Event):
    """The operator decided over a step of an application: passed, more or rejected."""

    topic = "application.reviewed"
    application_id: UUID
    step: str
    decision: str
