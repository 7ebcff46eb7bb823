"""Deadlines: every waiting state has one, with a default outcome that a person can see coming."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock, registry
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.models import Deadline
from marketplace.kernel.outbox import record


def set_deadline(*, kind: str, subject_id: UUID, due_at: datetime, merchant_id: UUID | None = None) -> None:
    """At `due_at` the default outcome of `kind` follows, unless `meet` was called before. A second call moves the moment.

    Raises KeyError for a kind without an outcome.
    """
    waiting = Deadline.objects.filter(kind=kind, subject_id=subject_id, status=Deadline.Status.WAITING)
    if not waiting.update(due_at=due_at):
        open_deadline(kind=kind, subject_id=subject_id, due_at=due_at, merchant_id=merchant_id)


def open_deadline(*, kind: str, subject_id: UUID, due_at: datetime, merchant_id: UUID | None = None) -> None:
    """set_deadline() for a subject that is new, and so has none yet: one statement instead of two. Raises KeyError."""
    if kind not in registry.deadline_kinds():
        raise KeyError(f"no outcome for deadlines of kind {kind!r}: add it to config/subscriptions.py")
    Deadline.objects.create(kind=kind, subject_id=subject_id, due_at=due_at, merchant_id=merchant_id)


def meet(*, kind: str, subject_id: UUID) -> bool:
    """The state ended before its deadline; True if one was waiting."""
    waiting = Deadline.objects.filter(kind=kind, subject_id=subject_id, status=Deadline.Status.WAITING)
    return waiting.update(status=Deadline.Status.MET, ended_at=clock.now()) > 0


def due_at(*, kind: str, subject_id: UUID) -> datetime | None:
    """The moment a waiting state ends by itself, for a visible countdown."""
    return Deadline.objects.filter(kind=kind, subject_id=subject_id, status=Deadline.Status.WAITING).values_list("due_at", flat=True).first()


def fire_due(limit: int = 200) -> int:
    """Turn deadlines that have passed into facts; the reactions do the rest. Safe to run twice at once. Returns how many."""
    with transaction.atomic():
        rows = list(
            Deadline.objects.filter(status=Deadline.Status.WAITING, due_at__lte=clock.now())
            .order_by("due_at")
            .select_for_update(skip_locked=True, of=("self",))[:limit]
        )
        for row in rows:
            record(DeadlineReached(kind=row.kind, subject_id=row.subject_id, merchant_id=row.merchant_id))
        Deadline.objects.filter(pk__in=[row.pk for row in rows]).update(status=Deadline.Status.FIRED, ended_at=clock.now())
    return len(rows)


def next_due() -> datetime | None:
    """When the engine has to look again."""
    return Deadline.objects.filter(status=Deadline.Status.WAITING).order_by("due_at").values_list("due_at", flat=True).first()
