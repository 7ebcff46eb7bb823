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
