from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet, Sum

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.platform.approvals.models import ApprovalLimit, ApprovalRequest

A_DAY = timedelta(days=1)


def waiting() -> QuerySet[ApprovalRequest]:
    return ApprovalRequest.objects.filter(status=ApprovalRequest.Status.WAITING)


def waiting_about(subject: str, subject_id: object) -> list[ApprovalRequest]:
    """What waits about a thing, the oldest first."""
    return list(waiting().filter(subject=subject, subject_id=str(subject_id)).order_by("asked_at"))


def limit_of(kind: str, currency: str) -> Money:
    """What one person may do alone within a day; zero unless the market says otherwise."""
    row = ApprovalLimit.objects.filter(kind=kind, currency=currency).first()
    return Money(row.amount_minor if row else 0, currency)


def is_for_one(kind: str, amount: Money | None) -> bool:
    """Whether this amount and what was done alone within the last 24 hours stay below the limit. Locks the limit until the transaction ends."""
    if amount is None:
        return False
    row = ApprovalLimit.objects.select_for_update().filter(kind=kind, currency=amount.currency).first()
    if row is None or not row.amount_minor:
        return False
    alone = ApprovalRequest.objects.filter(kind=kind, is_alone=True, asked_at__gt=clock.now() - A_DAY)
    return (alone.aggregate(sum=Sum("amount_minor"))["sum"] or 0) + amount.minor <= row.amount_minor
