"""What shops are told of their papers: that one ends soon, has ended, was accepted, refused or taken back. Reactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel import clock
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_day
from marketplace.platform.notices.messages import Message, worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.onboarding.events import QualificationMoved, RenewalRefused
from tenants.onboarding.models import Paper, Qualification, Requirement
from tenants.onboarding.qualifications import remind_next
from tenants.onboarding.standing import standing_of
from tenants.tenancy.hosts import workbench_url
from tenants.tenancy.models import Merchant


def _tell(merchant_id: UUID, compose: Callable[[], Message]) -> None:
    tell(staff_with([merchant_id], Right.MANAGE_PAPERS)[merchant_id], compose)


def _last_day(until: datetime) -> str:
    return format_day(until - timedelta(microseconds=1))


def _link(merchant: Merchant) -> str:
    return workbench_url(merchant, "/qualifications/")


def remind(event: DeadlineReached) -> None:
    """Reaction to the deadline `qualification.reminder`, 30, 7 and 1 days before the end: a letter, unless it was renewed."""
    row = Qualification.objects.select_related("merchant", "requirement").filter(pk=event.subject_id, state=Qualification.State.VALID).first()
    now = clock.now()
    if row is None or row.merchant.closed_at or row.valid_until is None or row.valid_until <= now:
        return
    remind_next(row, now)
    until = standing_of(row.merchant_id, now).cover(row.requirement)[1]
    if until is None or until > row.valid_until:
        return
    end, days = row.valid_until, max(1, round((row.valid_until - now).total_seconds() / 86_400))

    def compose() -> Message:
        left = ngettext("{n} day", "{n} days", days).format(n=days)
        facts = {"what": str(row.requirement.name), "days": left, "day": _last_day(end)}
        return worded("qualification_ends_soon", facts, link=_link(row.merchant))

    _tell(row.merchant_id, compose)


def qualification_moved(event: QualificationMoved) -> None:
    """A qualification was granted, has expired or was revoked."""
    row = Qualification.objects.select_related("merchant", "requirement").get(pk=event.qualification_id)
    if event.state == Qualification.State.EXPIRED and standing_of(row.merchant_id, clock.now()).cover(row.requirement)[0]:
        return  # it was renewed in time

    def compose() -> Message:
        facts = {"what": str(row.requirement.name), "reason": row.reason, "day": _last_day(row.valid_until) if row.valid_until else "", "goods": ""}
        if event.state == Qualification.State.VALID:
            if event.released:
                text = ngettext("{n} product is on sale again.", "{n} products are on sale again.", event.released)
                facts["goods"] = text.format(n=event.released)
            facts["goods"] = facts["goods"] or _("You need do nothing.")
            return worded("qualification_granted", facts, link=_link(row.merchant))
        if event.held:
            text = ngettext("{n} product that needs it is not sold now.", "{n} products that need it are not sold now.", event.held)
            facts["goods"] = text.format(n=event.held)
        kind = "qualification_expired" if event.state == Qualification.State.EXPIRED else "qualification_revoked"
        return worded(kind, facts, link=_link(row.merchant))

    _tell(row.merchant_id, compose)


def renewal_refused(event: RenewalRefused) -> None:
    """The operator did not accept a document."""
    paper = Paper.objects.select_related("merchant").get(pk=event.paper_id)
    requirement = Requirement.objects.filter(code=paper.kind).first()
    link = _link(Merchant.objects.get(pk=event.merchant_id))
    _tell(event.merchant_id, lambda: worded("renewal_refused", {"what": requirement.name if requirement else paper.name, "reason": paper.note}, link=link))
