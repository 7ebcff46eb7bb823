"""The rows of requests: verbs. They are called by marketplace/flows/approvals.py, which knows what each kind does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, open_deadline
from marketplace.kernel.money import Money
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.platform.approvals.errors import AlreadyAsked, RequestUnknown
from marketplace.platform.approvals.events import ApprovalAsked, ApprovalEnded
from marketplace.platform.approvals.models import ApprovalLimit, ApprovalRequest
from tenants.tenancy.models import Market

EXPIRES = "approval.expires"
WAITS_FOR = timedelta(days=3)
LIMITS = "payouts.limit"  # the kind of request that changes a limit


@verb
def open_request(*, by: Actor, row: ApprovalRequest) -> ApprovalRequest:
    """Write a request that waits for a second person. One of a kind and a thing waits at a time. Raises AlreadyAsked."""
    market, now = Market.objects.get(), clock.now()
    with transaction.atomic():
        row.number = free_number(ApprovalRequest.objects, now, market.tz)
        row.asked_by_id, row.asked_label, row.asked_at, row.expires_at = by.person, by.label, now, now + WAITS_FOR
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as waits:
            if same := ApprovalRequest.objects.filter(kind=row.kind, subject_id=row.subject_id, status=ApprovalRequest.Status.WAITING).first():
                raise AlreadyAsked(number=same.number) from waits
            raise
        open_deadline(kind=EXPIRES, subject_id=row.pk, due_at=row.expires_at)
        after = {"request": row.kind, "subject": row.subject_id, **row.after}
        audit(
            by=by, action="approval.asked", subject="request", subject_id=row.number, merchant_id=row.merchant_id, before=row.before, after=after, why=row.why
        )
        record(ApprovalAsked(request_id=row.pk, merchant_id=row.merchant_id))
    return row


def locked_request(request_id: UUID) -> ApprovalRequest:
    """Raises RequestUnknown."""
    row = ApprovalRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if row is None:
        raise RequestUnknown
    return row


@verb
def close_request(*, by: Actor, row: ApprovalRequest, status: str, why: str = "", result: dict[str, Any] | None = None, is_alone: bool = False) -> None:
    """A locked request that waited has ended. The database refuses an approval by whoever asked, unless it is below the limit."""
    before, row.status, row.decision, row.decided_at = row.status, status, why.strip(), clock.now()
    row.decided_by_id, row.decided_label, row.result, row.is_alone = by.user_id, by.label, result or {}, is_alone
    row.save(update_fields=["status", "decision", "decided_at", "decided_by", "decided_label", "result", "is_alone"])
    meet(kind=EXPIRES, subject_id=row.pk)
    audit(
        by=by,
        action=f"approval.{status}",
        subject="request",
        subject_id=row.number,
        merchant_id=row.merchant_id,
        before={"status": before},
        after={"status": status, "request": row.kind, **row.result},
        why=why.strip() or row.why,
    )
    record(ApprovalEnded(request_id=row.pk, status=status, merchant_id=row.merchant_id))


@verb
def set_limit(*, by: Actor, kind: str, limit: Money, why: str) -> None:
    """How much of a kind one person may do alone within a day, from now on. Raises SecondPersonNeeded."""
    needs_two(by, LIMITS)
    with transaction.atomic():
        row = ApprovalLimit.objects.select_for_update().filter(pk=kind).first()
        before = {"limit": row.amount_minor if row else 0}
        ApprovalLimit.objects.update_or_create(pk=kind, defaults={"amount_minor": limit.minor, "currency": limit.currency})
        audit(by=by, action="approval.limit_set", subject="limit", subject_id=kind, before=before, after={"limit": limit.minor}, why=why)
