"""Reviews as work: whose an application is, by when it is due, and what of it has to be handed in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, NotFound, check_reason
from marketplace.kernel.verbs import verb
from tenants.access.people import market_staff_with
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.onboarding.errors import ApplicationUnknown, OwnApplication, StepNotDue
from tenants.onboarding.models import Application, CalendarDay, Decision, Paper, ReviewTerms
from tenants.tenancy.models import Market

REVIEW_DUE = "review.due"
MOST_DAYS = 30


def is_working(day: date, special: Mapping[date, bool]) -> bool:
    """Monday to Friday, but for what the market's list says otherwise."""
    return special.get(day, day.weekday() < 5)


def due_after(moment: datetime, zone: ZoneInfo, days: int | None = None) -> datetime:
    """The same time of day, so many working days later (as the market has set); from a day off on it is counted from the next working day."""
    left = review_terms().working_days if days is None else days
    special = special_days()
    local = moment.astimezone(zone)
    while left or not is_working(local.date(), special):
        local += timedelta(days=1)
        if left and is_working(local.date(), special):
            left -= 1
    return local


def review_terms() -> ReviewTerms:
    return ReviewTerms.objects.first() or ReviewTerms()


def special_days() -> dict[date, bool]:
    return dict(CalendarDay.objects.values_list("day", "is_working"))


@verb
def set_review_terms(*, by: Actor, working_days: int, days: Iterable[tuple[date, bool, str]], why: str) -> ReviewTerms:
    """How long a review may take, and the days that are not as their weekday says: (day, whether people work, note). The list replaces the one before.

    What is in review keeps the date it has. Raises InvalidInput, ReasonMissing.
    """
    check_reason(why, field="why")
    if not 1 <= working_days <= MOST_DAYS:
        raise InvalidInput(field="working_days", why=_("Choose from {least} to {most}.").format(least=1, most=MOST_DAYS))
    wanted = {day: CalendarDay(day=day, is_working=works, note=note[:60]) for day, works, note in days}
    if len(wanted) > 400:
        raise InvalidInput(field="days", why=_("At most {most} days. Take out what is long past.").format(most=400))
    with transaction.atomic():
        Market.objects.select_for_update(no_key=True).get()
        row, before_days = review_terms(), special_days()
        before, row.working_days = row.working_days, working_days
        row.save()
        CalendarDay.objects.all().delete()
        CalendarDay.objects.bulk_create(wanted.values())
        after_days = {day: one.is_working for day, one in wanted.items()}
        changed = sorted(day for day in {*before_days, *after_days} if before_days.get(day) != after_days.get(day))
        audit(
            by=by,
            action="market.review_terms_set",
            subject="market",
            subject_id=1,
            before={"working_days": before, "days": {day.isoformat(): before_days.get(day) for day in changed}},
            after={"working_days": working_days, "days": {day.isoformat(): after_days.get(day) for day in changed}},
            why=why.strip(),
        )
    return row


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
        check_not_applicant(row, to.pk)
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
    check_reason(note, field="note")
    with transaction.atomic():
        row = _open(application_id)
        check_not_applicant(row, by.user_id)
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


def check_not_applicant(row: Application, person_id: UUID | None) -> None:
    """Nobody reviews what they handed in. Raises OwnApplication."""
    if row.applicant_id == person_id:
        raise OwnApplication


def _open(application_id: UUID) -> Application:
    """Locked, while it is in review. Raises ApplicationUnknown, StepNotDue."""
    row = Application.objects.select_for_update(of=("self",)).select_related("reviewer").filter(pk=application_id).first()
    if row is None:
        raise ApplicationUnknown
    if row.status != Application.Status.SUBMITTED:
        raise StepNotDue
    return row
