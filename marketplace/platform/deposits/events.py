from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class DepositRulesChanged(Event):
    """What is asked of merchants as a deposit is another."""

    topic = "deposit.rules_changed"
    rule_id: UUID


@dataclass(frozen=True)
class DepositShort(Event):
    """A merchant's deposit lacks something: asked before opening, risen, or taken from by a deduction."""

    topic = "deposit.short"
    merchant_id: UUID
    short_minor: int


@dataclass(frozen=True)
class DepositMoved(Event):
    """Money came into a merchant's deposit or left it."""

    topic = "deposit.moved"
    merchant_id: UUID
    move_id: UUID


@dataclass(frozen=True)
class DepositObjected(Event):
    """A shop objects to a deduction, or its objection was answered."""

    topic = "deposit.objected"
    merchant_id: UUID
    move_id: UUID
    status: str
