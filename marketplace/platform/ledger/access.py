"""Who may get which statement."""

from __future__ import annotations

from uuid import UUID

from marketplace.platform.ledger.errors import PayoutUnknown, StatementUnknown
from marketplace.platform.ledger.models import PayoutBatch, Statement


def statement_of_merchant(merchant_id: UUID, number: str) -> Statement:
    """The merchant's own, or StatementUnknown."""
    found = Statement.objects.select_related("merchant").filter(merchant_id=merchant_id, number=number).first()
    if found is None:
        raise StatementUnknown
    return found


def statement_for_operator(number: str) -> Statement:
    found = Statement.objects.select_related("merchant").filter(number=number).first()
    if found is None:
        raise StatementUnknown
    return found


def batch_for_operator(number: str) -> PayoutBatch:
    """A bank file, or PayoutUnknown."""
    found = PayoutBatch.objects.filter(number=number).first()
    if found is None:
        raise PayoutUnknown
    return found
