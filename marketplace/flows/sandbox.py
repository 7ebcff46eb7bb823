"""What the sandbox rail answers: at once, or decided now and told ten seconds later."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor, rail
from marketplace.kernel.deadlines import set_deadline
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.verbs import verb
from marketplace.platform.payments.actions import note_sent, take_notice
from marketplace.platform.payments.models import PaymentAttempt

ANSWER = "sandbox.answer"
SLOW = timedelta(seconds=10)


@verb
def decide(*, by: Actor, attempt: PaymentAttempt, outcome: str) -> None:
    """What the tester chose at the "provider", of succeeded, declined, twice, later: by notices with ids of their own.

    At once with the note that the buyer has confirmed, or a crash in between would leave an answer awaited that never comes.
    """
    with transaction.atomic():
        note_sent(by=by, attempt_id=attempt.pk)
        if outcome == "later":
            set_deadline(kind=ANSWER, subject_id=attempt.pk, due_at=clock.now() + SLOW)
            return
        body = {"attempt": str(attempt.pk), **({"outcome": "failed", "why": "card_declined"} if outcome == "declined" else {"outcome": "succeeded"})}
        for n in range(2 if outcome == "twice" else 1):
            take_notice(by=by, rail="sandbox", notice_id=f"{attempt.key}:{n + 1}", body=body)


def tell(event: DeadlineReached) -> None:
    """Reaction to the deadline `sandbox.answer`."""
    attempt = PaymentAttempt.objects.get(pk=event.subject_id)
    take_notice(by=rail("sandbox"), rail="sandbox", notice_id=f"{attempt.key}:slow", body={"attempt": str(attempt.pk), "outcome": "succeeded"})
