"""The audit trail: one row a change, in the change's own transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.plain import plain


def audit(
    *,
    by: Actor,
    action: str,
    subject: str,
    subject_id: object,
    merchant_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    why: str = "",
) -> None:
    """Write one row. `action` is `<subject>.<past tense>`; `before` and `after` hold what changed and nothing secret.

    Raises RuntimeError outside a transaction: the row could outlive a rolled-back change.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit() outside a transaction")
    AuditEvent.objects.create(
        merchant_id=merchant_id,
        actor_kind=by.kind,
        actor_id=by.user_id,
        actor_label=by.label,
        on_behalf_of=by.on_behalf_of,
        action=action,
        subject_type=subject,
        subject_id=str(subject_id),
        before=plain(before),
        after=plain(after),
        why=why,
        request_id=by.request_id,
        address=by.address,
    )
