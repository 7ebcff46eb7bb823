from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class RailNoticeReceived(Event):
    """A rail told us something about an attempt; a worker acts on it."""

    topic = "rail.notice_received"
    notice_id: UUID


@dataclass(frozen=True)
class RefundDue(Event):
    """Money has to go back to a buyer; a worker asks the rail."""

    topic = "refund.due"
    refund_id: UUID


@dataclass(frozen=True)
class RefundSent(Event):
    """The rail has sent money back to a buyer."""

    topic = "refund.sent"
    refund_id: UUID


@dataclass(frozen=True)
class AttemptLeft(Event):
    """A buyer came back from a rail's page, or cannot pay there any more; a worker looks how the attempt stands. `gives_up`: end it there."""

    topic = "payment.attempt_left"
    attempt_id: UUID
    gives_up: bool = False


@dataclass(frozen=True)
class TransferDue(Event):
    """Money is to go to a merchant's account at a rail; a worker asks the rail."""

    topic = "transfer.due"
    transfer_id: UUID


@dataclass(frozen=True)
class ReversalDue(Event):
    """Money is to come back from a merchant's account at a rail; a worker asks the rail."""

    topic = "transfer.reversal_due"
    reversal_id: UUID


@dataclass(frozen=True)
class PayoutAccountReady(Event):
    """A merchant's account at a rail can receive money now; payouts that waited for it are sent."""

    topic = "payout_account.ready"
    merchant_id: UUID


@dataclass(frozen=True)
class RailSweepDue(Event):
    """It is time to ask a rail what it told us and did not arrive, and what moved on our account there."""

    topic = "rail.sweep_due"
    rail: str


@dataclass(frozen=True)
class AccountChangeMoved(Event):
    """Somebody wants a shop to be paid elsewhere, or that has come one step further; the owners are told."""

    topic = "payout_account.change_moved"
    merchant_id: UUID
    change_id: UUID
    status: str
    is_back: bool = False
