"""Qualifications: verbs over one at a time. What follows for a shop's goods crosses apps and stands in flows/qualify.py."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import InvalidInput, NotFound, ReasonMissing, check_reason
from marketplace.kernel.outbox import record
from marketplace.kernel.uploads import clean_paper
from marketplace.kernel.verbs import verb
from tenants.access.other_hands import check_other_hands
from tenants.onboarding.errors import PaperDecided, QualificationEnded, RequirementNotAsked
from tenants.onboarding.events import RenewalHandedIn, RenewalRefused
from tenants.onboarding.models import Decision, Paper, Qualification, Requirement
from tenants.onboarding.papers import keep_paper
from tenants.onboarding.standing import seller_of
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import public_schema

BEGINS, ENDS, REMINDER = "qualification.begins", "qualification.ends", "qualification.reminder"
REMINDED_AT = (30, 7, 1)  # days before the end
MOST_WAITING = 12  # documents of one shop


def end_of(last_day: date) -> datetime:
    """The moment from which on something no longer holds whose last day this is, in the market's zone."""
    return datetime.combine(last_day + timedelta(days=1), time(), Market.objects.get().tz)


def last_day_of(moment: datetime) -> date:
    """end_of(), backwards."""
    return clock.day_of(moment - timedelta(microseconds=1), Market.objects.get().tz)


def check_last_day(requirement: Requirement, ends_on: date | None) -> None:
    """Raises InvalidInput where a last day is missing, is past, or makes no sense."""
    if ends_on is None and requirement.ends == Requirement.Ends.MUST:
        raise InvalidInput(field="ends_on", why=_("Enter the last day it holds, as written on the document."))
    if ends_on is not None and not timedelta(0) < end_of(ends_on) - clock.now() < timedelta(days=365 * 100):
        raise InvalidInput(field="ends_on", why=_("This day is past or too far away. Hand in a document that still holds."))


@verb
def grant_qualification(
    *, by: Actor, merchant_id: UUID, requirement: Requirement, paper: Paper | None, valid_from: datetime, valid_until: datetime | None, reason: str = ""
) -> Qualification:
    """That the merchant fulfils a requirement for this span; without a paper it is waived, and `reason` says why. Raises ReasonMissing."""
    if paper is None and not reason.strip():
        raise ReasonMissing
    row = Qualification(
        merchant_id=merchant_id,
        requirement=requirement,
        paper=paper,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=reason.strip()[:500],
        by_label=by.label,
    )
    with transaction.atomic():
        row.save(force_insert=True)
        now = clock.now()
        if valid_from > now:
            set_deadline(kind=BEGINS, subject_id=row.pk, merchant_id=merchant_id, due_at=valid_from)
        if valid_until is not None:
            set_deadline(kind=ENDS, subject_id=row.pk, merchant_id=merchant_id, due_at=valid_until)
            remind_next(row, now)
        what = {"requirement": requirement.code, "valid_from": valid_from, "valid_until": valid_until}
        if paper is None:
            _audit(by, row, "qualification.waived", after=what, why=reason.strip())
        else:
            _audit(by, row, "qualification.granted", after=what)
    return row


def remind_next(row: Qualification, after: datetime) -> None:
    """Have the shop reminded at the next of 30, 7 and 1 days before the end."""
    assert row.valid_until is not None
    coming = [at for days in REMINDED_AT if (at := row.valid_until - timedelta(days=days)) > after]
    if coming:
        set_deadline(kind=REMINDER, subject_id=row.pk, merchant_id=row.merchant_id, due_at=min(coming))


@verb
def expire_qualification(*, by: Actor, qualification_id: UUID) -> Qualification | None:
    """Its end has come: written down. None where it has not, or where that was noted before."""
    with transaction.atomic():
        row = Qualification.objects.select_for_update(of=("self",)).select_related("requirement").filter(pk=qualification_id).first()
        if row is None or row.state != Qualification.State.VALID or row.valid_until is None or row.valid_until > clock.now():
            return None
        row.state = Qualification.State.EXPIRED
        row.save(update_fields=["state"])
        _audit(by, row, "qualification.expired", before=HELD, after=_ended(row))
    return row


@verb
def end_qualification(*, by: Actor, qualification_id: UUID, reason: str) -> Qualification:
    """The operator takes it back at once. Raises ReasonMissing, QualificationEnded, NotFound."""
    check_reason(reason)
    with transaction.atomic():
        row = Qualification.objects.select_for_update(of=("self",)).select_related("requirement").filter(pk=qualification_id).first()
        if row is None:
            raise NotFound
        if row.state != Qualification.State.VALID:
            raise QualificationEnded
        row.state, row.reason = Qualification.State.REVOKED, reason.strip()[:500]
        row.save(update_fields=["state", "reason"])
        for kind in (BEGINS, ENDS, REMINDER):
            meet(kind=kind, subject_id=row.pk)
        _audit(by, row, "qualification.revoked", before=HELD, after=_ended(row), why=reason.strip())
    return row


HELD = {"state": Qualification.State.VALID}


def _ended(row: Qualification) -> dict[str, Any]:
    return {"state": row.state, "requirement": row.requirement.code}


def _audit(by: Actor, row: Qualification, action: str, **said: Any) -> None:
    audit(by=by, action=action, subject="qualification", subject_id=row.pk, merchant_id=row.merchant_id, **said)


# ── Renewals ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def hand_in_renewal(*, by: Actor, merchant_id: UUID, code: str, name: str, upload: IO[bytes], ends_on: date | None) -> Paper:
    """A shop hands in a document for a requirement; the same document again is the same paper. It counts when a reviewer accepts it.

    Raises RequirementNotAsked, InvalidInput.
    """
    requirement = Requirement.objects.filter(code=code, check_by=Requirement.Check.DOCUMENT).first()
    if requirement is None or not requirement.is_asked_of(*seller_of(merchant_id)):
        raise RequirementNotAsked
    check_last_day(requirement, ends_on)
    clean = clean_paper(upload, "file")
    digest = hashlib.sha256(clean.data).hexdigest()
    with transaction.atomic(), public_schema():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        waiting = Paper.objects.filter(merchant_id=merchant_id, decision=Decision.WAITING)
        if same := waiting.filter(sha256=digest, kind=code, ends_on=ends_on).first():
            return same
        if waiting.count() >= MOST_WAITING:
            raise InvalidInput(field="file", why=_("{most} documents of yours wait already. Wait until they are looked at.").format(most=MOST_WAITING))
        paper = keep_paper(Paper(merchant_id=merchant_id, kind=code, sha256=digest, ends_on=ends_on), clean, name=name, folder=f"renewals/{merchant_id}")
        audit(
            by=by,
            action="renewal.handed_in",
            subject="paper",
            subject_id=paper.pk,
            merchant_id=merchant_id,
            after={"requirement": code, "ends_on": ends_on, "sha256": digest},
        )
        record(RenewalHandedIn(merchant_id=merchant_id, paper_id=paper.pk))
    return paper


@verb
def decide_renewal(*, by: Actor, paper_id: UUID, decision: str, reason: str = "") -> Paper:
    """Accept (passed) a document a shop handed in, or refuse it (more) with a reason. Raises NotFound, PaperDecided, ReasonMissing, OwnHands."""
    if decision != Decision.PASSED and not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        paper = Paper.objects.select_for_update(of=("self",)).filter(pk=paper_id, merchant__isnull=False).first()
        if paper is None or paper.merchant_id is None:
            raise NotFound
        if paper.decision != Decision.WAITING:
            raise PaperDecided
        check_other_hands(by, paper.merchant_id)
        paper.decision, paper.note, paper.decided_by, paper.decided_at = decision, reason.strip()[:500], by.label, clock.now()
        paper.save(update_fields=["decision", "note", "decided_by", "decided_at"])
        said: dict[str, Any] = {"before": {"decision": Decision.WAITING}, "after": {"decision": decision, "requirement": paper.kind}, "why": reason.strip()}
        about: dict[str, Any] = {"by": by, "subject": "paper", "subject_id": paper.pk, "merchant_id": paper.merchant_id}
        if decision == Decision.PASSED:
            audit(action="renewal.accepted", **about, **said)
        else:
            audit(action="renewal.refused", **about, **said)
            record(RenewalRefused(merchant_id=paper.merchant_id, paper_id=paper.pk))
    return paper
