"""The sandbox rail's slow answer: decided now, told ten seconds later."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor, rail
from marketplace.kernel.deadlines import set_deadline
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.verbs import verb
from marketplace.platform.payments.actions import take_notice
from marketplace.platform.payments.models import PaymentAttempt

ANSWER = "sandbox.answer"
SLOW = timedelta(seconds=10)


@verb
def answer_later(*, by: Actor, attempt_id: UUID) -> None:
    """The provider will say "paid" in ten seconds."""
    with transaction.atomic():
        set_deadline(kind=ANSWER, subject_id=attempt_id, due_at=clock.now() + SLOW)


def tell(event: DeadlineReached) -> None:
    """Reaction to the deadline `sandbox.answer`."""
    attempt = PaymentAttempt.objects.get(pk=event.subject_id)
    take_notice(by=rail("sandbox"), rail="sandbox", notice_id=f"{attempt.key}:slow", body={"attempt": str(attempt.pk), "outcome": "succeeded"})
