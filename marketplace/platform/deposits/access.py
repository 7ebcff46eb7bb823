"""Who may get whose deposit, and which movement of it."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.errors import NotFound
from marketplace.platform.deposits.models import DepositEvidence, DepositMove


def move_of_merchant(merchant_id: UUID, number: str) -> DepositMove:
    """The merchant's own, or NotFound."""
    found = DepositMove.objects.filter(merchant_id=merchant_id, number=number).select_related("objection").first()
    if found is None:
        raise NotFound
    return found


def move_for_operator(number: str) -> DepositMove:
    """Raises NotFound."""
    found = DepositMove.objects.filter(number=number).select_related("merchant", "objection").first()
    if found is None:
        raise NotFound
    return found


def evidence_of_merchant(merchant_id: UUID, evidence_id: UUID) -> DepositEvidence:
    """What a deduction from the merchant's own deposit was decided by; NotFound while nothing was deducted."""
    found = DepositEvidence.objects.filter(pk=evidence_id, merchant_id=merchant_id).first()
    if found is None or not DepositMove.objects.filter(pk=found.move_id).exists():
        raise NotFound
    return found


def evidence_for_operator(evidence_id: UUID) -> DepositEvidence:
    """Raises NotFound."""
    found = DepositEvidence.objects.filter(pk=evidence_id).first()
    if found is None:
        raise NotFound
    return found
