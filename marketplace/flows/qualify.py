"""What follows for a shop's goods when a qualification is granted, ends or is taken back, and when what is asked for changes.

A shop is settled in the transaction of the change, so there is no moment at which the one is true and the other not.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.holding import Settled, settle_shop
from tenants.access.other_hands import check_other_hands
from tenants.onboarding.actions import note_approved
from tenants.onboarding.dossiers import begin_dossier
from tenants.onboarding.errors import RequirementNotAsked
from tenants.onboarding.events import QualificationMoved, RequirementChanged
from tenants.onboarding.market_rules import carry_accepted_over
from tenants.onboarding.models import Application, Decision, Paper, Qualification, Requirement
from tenants.onboarding.qualifications import (
    check_last_day,
    decide_renewal,
    end_of,
    end_qualification,
    expire_qualification,
    grant_qualification,
)
from tenants.onboarding.requirements import items_of
from tenants.onboarding.standing import seller_of
from tenants.tenancy.jobs import market_task
from tenants.tenancy.models import Merchant


@verb
def settle_listings(*, by: Actor, merchant_id: UUID) -> Settled:
    """Make what a shop may sell what the one rule says at this moment; safe to repeat. What changed is announced and stands in the log."""
    with transaction.atomic():
        found = settle_shop(merchant_id)
        changed = sorted({*found.held, *found.released})
        if changed:
            announce(merchant_id, changed)
            audit(
                by=by,
                action="listings.settled",
                subject="merchant",
                subject_id=merchant_id,
                merchant_id=merchant_id,
                after={"held": len(found.held), "released": len(found.released)},
            )
    return found


@verb
def let_in_papers(*, by: Actor, application: Application, merchant: Merchant) -> None:
    """An application is approved: what it says is the new shop's dossier; what it has shown, and what was waived, its qualifications.

    Of several documents for one requirement the one that ends first says how long.
    """
    note_approved(by=by, application=application, merchant=merchant)
    begin_dossier(by=by, application=application, merchant=merchant)
    carry_accepted_over(by=by, application=application, merchant=merchant)
    now = clock.now()
    for item in items_of(application):
        if not item.requirement.is_document:
            continue
        first = min(item.good, key=lambda paper: paper.ends_on or date.max, default=None)
        if first is None and not item.waived:
            continue
        grant_qualification(
            by=by,
            merchant_id=merchant.pk,
            requirement=item.requirement,
            paper=first,
            valid_from=now,
            valid_until=end_of(first.ends_on) if first and first.ends_on else None,
            reason="" if first else item.waived,
        )


@verb
def accept_renewal(*, by: Actor, paper_id: UUID, ends_on: date | None) -> Qualification:
    """The reviewer accepts what a shop handed in, with the last day as read on it: from now on it holds, and what waited for it is sold.

    Raises NotFound, PaperDecided, RequirementNotAsked, InvalidInput.
    """
    with transaction.atomic():
        paper: Paper = decide_renewal(by=by, paper_id=paper_id, decision=Decision.PASSED)
        requirement = Requirement.objects.filter(code=paper.kind).first()
        if requirement is None or paper.merchant_id is None:
            raise RequirementNotAsked
        if requirement.ends == Requirement.Ends.NEVER:
            ends_on = None
        check_last_day(requirement, ends_on)
        return _granted(by, paper.merchant_id, requirement, paper, end_of(ends_on) if ends_on else None, "")


@verb
def refuse_renewal(*, by: Actor, paper_id: UUID, reason: str) -> Paper:
    """The reviewer does not accept it; the shop reads why. What held before still holds. Raises NotFound, PaperDecided, ReasonMissing."""
    return decide_renewal(by=by, paper_id=paper_id, decision=Decision.MORE, reason=reason)  # type: ignore[no-any-return]


@verb
def waive_for_shop(*, by: Actor, merchant_id: UUID, code: str, reason: str, ends_on: date | None = None) -> Qualification:
    """The operator does without a document, for this shop. Raises RequirementNotAsked, ReasonMissing, InvalidInput, OwnHands."""
    requirement = Requirement.objects.filter(code=code, check_by=Requirement.Check.DOCUMENT, is_waivable=True).first()
    if requirement is None or not requirement.is_asked_of(*seller_of(merchant_id)):
        raise RequirementNotAsked
    check_other_hands(by, merchant_id)
    with transaction.atomic():
        return _granted(by, merchant_id, requirement, None, end_of(ends_on) if ends_on else None, reason)


@verb
def revoke_qualification(*, by: Actor, qualification_id: UUID, reason: str) -> Qualification:
    """The operator takes a qualification back: what depends on it is not sold from this commit on.

    Raises ReasonMissing, QualificationEnded, NotFound, OwnHands.
    """
    with transaction.atomic():
        row: Qualification = end_qualification(by=by, qualification_id=qualification_id, reason=reason)
        check_other_hands(by, row.merchant_id)
        _moved(by, row)
    return row


def _granted(by: Actor, merchant_id: UUID, requirement: Requirement, paper: Paper | None, until: datetime | None, reason: str) -> Qualification:
    row: Qualification = grant_qualification(
        by=by, merchant_id=merchant_id, requirement=requirement, paper=paper, valid_from=clock.now(), valid_until=until, reason=reason
    )
    _moved(by, row)
    return row


def _moved(by: Actor, row: Qualification) -> None:
    found: Settled = settle_listings(by=by, merchant_id=row.merchant_id)
    record(QualificationMoved(merchant_id=row.merchant_id, qualification_id=row.pk, state=row.state, held=len(found.held), released=len(found.released)))


# ── When its time has come ───────────────────────────────────────────────────────────────────────────────────────────


def begin(event: DeadlineReached) -> None:
    """Reaction to the deadline `qualification.begins`."""
    with transaction.atomic():
        row = Qualification.objects.filter(pk=event.subject_id, state=Qualification.State.VALID).first()
        if row is not None:
            settle_listings(by=SYSTEM, merchant_id=row.merchant_id)


def end(event: DeadlineReached) -> None:
    """Reaction to the deadline `qualification.ends`: what depended on it is held back, unless another holds by now."""
    with transaction.atomic():
        row = expire_qualification(by=SYSTEM, qualification_id=event.subject_id)
        if row is not None:
            _moved(SYSTEM, row)  # type: ignore[arg-type]


def enforce(event: DeadlineReached) -> None:
    """Reaction to the deadline `requirement.enforced`."""
    look_again()


def requirement_changed(event: RequirementChanged) -> None:
    """Reaction: every shop is looked at again."""
    look_again()


def look_again() -> None:
    with transaction.atomic():
        for merchant_id in Merchant.objects.exclude(status=Merchant.Status.OPENING).order_by("pk").values_list("pk", flat=True):
            settle_merchant.request(merchant_id=str(merchant_id))


@market_task
def settle_merchant(*, merchant_id: str) -> None:
    """Job: one shop, after what is asked of shops was changed."""
    settle_listings(by=SYSTEM, merchant_id=UUID(merchant_id))
