"""What the operator asks of sellers: verbs, and what one application needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.outbox import record
from marketplace.kernel.plain import plain
from marketplace.kernel.verbs import verb
from tenants.onboarding.checks import COMPUTED
from tenants.onboarding.errors import RequirementUnknown
from tenants.onboarding.events import RequirementChanged
from tenants.onboarding.models import Application, Decision, Paper, Requirement, Step
from tenants.tenancy.models import Market

ENFORCED = "requirement.enforced"
KEPT = ("names", "hints", "check_by", "computed", "ends", "is_waivable", "kinds", "brands", "categories", "step", "is_active", "enforced_from", "position")


@verb
def put_requirement(*, by: Actor, code: str, fields: Mapping[str, Any], why: str) -> Requirement:
    """Make a requirement, or change the one with this code: fields as in the model. Shops that trade are looked at again.

    Raises InvalidInput, ReasonMissing.
    """
    check_reason(why, field="why")
    with transaction.atomic():
        row = Requirement.objects.select_for_update().filter(code=code).first()
        before = None if row is None else {name: getattr(row, name) for name in KEPT}
        row = row or Requirement(code=code)
        for name in KEPT:
            if name in fields:
                setattr(row, name, fields[name])
        _check(row)
        after = {name: getattr(row, name) for name in KEPT}
        if after == before:
            return row
        row.save()
        if row.enforced_from and row.is_active:
            set_deadline(kind=ENFORCED, subject_id=row.pk, due_at=row.enforced_from)
        else:
            meet(kind=ENFORCED, subject_id=row.pk)
        changed = {name: value for name, value in after.items() if before is None or before[name] != value}
        audit(
            by=by,
            action="requirement.put",
            subject="requirement",
            subject_id=row.code,
            before=plain({name: before[name] for name in changed}) if before else None,
            after=plain(changed),
            why=why.strip(),
        )
        record(RequirementChanged(requirement_id=row.pk))
    return row


def _check(row: Requirement) -> None:
    try:
        Requirement._meta.get_field("code").run_validators(row.code)
    except ValidationError as wrong:
        raise InvalidInput(field="code", why=wrong.messages[0]) from wrong
    if row.code == Paper.OTHER:
        raise InvalidInput(field="code", why=_("This code is taken by documents that nothing was asked for."))
    row.names = {language: text.strip() for language, text in row.names.items() if text and text.strip()}
    row.hints = {language: text.strip() for language, text in row.hints.items() if text and text.strip()}
    if not row.names:
        raise InvalidInput(field="names", why=_("Give it a name in at least one language."))
    if row.check_by == Requirement.Check.COMPUTED and row.computed not in COMPUTED:
        raise InvalidInput(field="computed", why=_("Say what is worked out."))
    if row.check_by != Requirement.Check.DOCUMENT and row.enforced_from:
        raise InvalidInput(field="enforced_from", why=_("Only a document can be demanded of shops that trade already."))
    if set(row.kinds) - set(Application.Kind.values) or row.step not in Step.values:
        raise InvalidInput(field="kinds", why=_("Choose kinds of seller from the list."))


def requirement_for_operator(code: str) -> Requirement:
    """Raises RequirementUnknown."""
    found = Requirement.objects.filter(code=code).first()
    if found is None:
        raise RequirementUnknown
    return found


@dataclass(frozen=True)
class Item:
    """One thing asked of an application, and how it stands."""

    requirement: Requirement
    papers: list[Paper]
    is_met: bool
    today: date
    waived: str = ""  # why the market does without it

    @property
    def state(self) -> str:
        return "waived" if self.waived else "met" if self.is_met else "missing"

    @property
    def refused(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.decision == Decision.MORE]

    @property
    def ended(self) -> list[Paper]:
        """Those whose last day has passed since they were handed in."""
        return [paper for paper in self.papers if paper.ends_on and paper.ends_on < self.today]

    @property
    def good(self) -> list[Paper]:
        """Those that still hold, and that a reviewer has not asked for again."""
        return _good(self.papers, self.today)


def asked_of(row: Application) -> list[Requirement]:
    """Exactly what is required for what the applicant has chosen."""
    return [one for one in Requirement.objects.filter(is_active=True) if one.is_asked_of(row.kind, row.sells_many_brands) and one.is_asked_for(row.sells)]


def items_of(row: Application) -> list[Item]:
    """What is asked, with what is there of it today. Of an application that was saved; three queries."""
    held = [] if row._state.adding else list(row.papers.order_by("added_at"))
    today = clock.day_of(clock.now(), Market.objects.get().tz)
    return [_item(row, one, [paper for paper in held if paper.kind == one.code], today) for one in asked_of(row)]


def _good(papers: list[Paper], today: date) -> list[Paper]:
    return [paper for paper in papers if paper.decision != Decision.MORE and not (paper.ends_on and paper.ends_on < today)]


def _item(row: Application, one: Requirement, papers: list[Paper], today: date) -> Item:
    waived = str(row.waived.get(one.code, ""))
    if one.check_by == Requirement.Check.COMPUTED:
        is_met = COMPUTED[one.computed][1](row) is not False
    elif one.check_by == Requirement.Check.ATTESTED:
        is_met = one.code in row.attested
    else:
        good = _good(papers, today)
        is_met = bool(good) and all(paper.ends_on or one.ends != Requirement.Ends.MUST for paper in good)
    return Item(one, papers, is_met or bool(waived), today, waived)
