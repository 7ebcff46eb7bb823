"""Reviews as work: whose an application is, by when it is due, and what of it has to be handed in again."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import NotFound, ReasonMissing
from marketplace.kernel.verbs import verb
from tenants.access.people import market_staff_with
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.onboarding.errors import ApplicationUnknown, StepNotDue
from tenants.onboarding.models import Application, Decision, Paper

WORKING_DAYS = 2  # from handing in to a decision; Saturdays and Sundays do not count


def due_after(moment: datetime, zone: ZoneInfo, days: int = WORKING_DAYS) -> datetime:
    """The same time of day, so many working days later; from a weekend on it is counted from Monday."""
    local = moment.astimezone(zone)
    while days or local.weekday() > 4:
        local += timedelta(days=1)
        if local.weekday() < 5 and days:
            days -= 1
    return local


@verb
def take_application(*, by: Actor, application_id: UUID) -> Application:
    """It is this reviewer's work from now on, whoever had it before. Safe to repeat. Raises ApplicationUnknown, StepNotDue."""
    return _give(by, application_id, User.objects.get(pk=by.person))


@verb
def hand_application_over(*, by: Actor, application_id: UUID, to_id: UUID) -> Application:
    """It is a colleague's work from now on, of somebody who may review. Raises NotFound, ApplicationUnknown, StepNotDue."""
    colleague = next((person for person in market_staff_with(Right.REVIEW_MERCHANTS) if person.pk == to_id), None)
    if colleague is None:
        raise NotFound
    return _give(by, application_id, colleague)


def _give(by: Actor, application_id: UUID, to: User) -> Application:
    with transaction.atomic():
        row = _open(application_id)
        if row.reviewer_id == to.pk:
            return row
        before, row.reviewer = row.reviewer.email if row.reviewer else "", to
        row.save(update_fields=["reviewer"])
        audit(
            by=by,
            action="application.given",
            subject="application",
            subject_id=row.number,
            before={"reviewer": before},
            after={"reviewer": to.email},
        )
    return row


@verb
def ask_for_paper_again(*, by: Actor, application_id: UUID, paper_id: UUID, note: str) -> Paper:
    """A document does not do: the applicant reads the note beside it, and hands in that one anew. The others stay as they are.

    Raises ReasonMissing, ApplicationUnknown, StepNotDue.
    """
    if not note.strip():
        raise ReasonMissing(field="note")
    with transaction.atomic():
        row = _open(application_id)
        paper = row.papers.select_for_update().filter(pk=paper_id).first()
        if paper is None:
            raise ApplicationUnknown
        paper.decision, paper.note, paper.decided_by, paper.decided_at = Decision.MORE, note.strip()[:500], by.label, clock.now()
        paper.save(update_fields=["decision", "note", "decided_by", "decided_at"])
        audit(
            by=by,
            action="paper.asked_again",
            subject="application",
            subject_id=row.number,
            after={"kind": paper.kind, "name": paper.name},
            why=note.strip(),
        )
    return paper


def _open(application_id: UUID) -> Application:
    """Locked, while it is in review. Raises ApplicationUnknown, StepNotDue."""
    row = Application.objects.select_for_update(of=("self",)).select_related("reviewer").filter(pk=application_id).first()
    if row is None:
        raise ApplicationUnknown
    if row.status != Application.Status.SUBMITTED:
        raise StepNotDue
    return row
