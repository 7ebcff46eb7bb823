from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class EvaluationMade(Event):
    """A shop was evaluated for a period."""

    topic = "evaluation.made"
    merchant_id: UUID
    evaluation_id: UUID


@dataclass(frozen=True)
class EvaluationDecided(Event):
    """The operator has said what follows from an evaluation."""

    topic = "evaluation.decided"
    merchant_id: UUID
    evaluation_id: UUID
    consequence: str
