"""What shops are told of their papers by mail: that one ends soon, has ended, was accepted, refused or taken back. Reactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.flows.letters_to_merchants import tell
from marketplace.kernel import clock
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_day
from marketplace.platform.notices.letters import Message
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


def _button(merchant: Merchant) -> tuple[str, str]:
    return _("To the qualifications"), workbench_url(merchant, "/qualifications/")


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
        return Message(
            "qualification_ends_soon",
            ngettext("“{what}” ends in {n} day", "“{what}” ends in {n} days", days).format(what=row.requirement.name, n=days),
            [
                _("Its last day is {day}.").format(day=_last_day(end)),
                _("Hand in the new document in time: from the day after on, goods that need it are not sold. Nothing else changes."),
            ],
            button=_button(row.merchant),
        )

    _tell(row.merchant_id, compose)


def qualification_moved(event: QualificationMoved) -> None:
    """A qualification was granted, has expired or was revoked."""
    row = Qualification.objects.select_related("merchant", "requirement").get(pk=event.qualification_id)
    if event.state == Qualification.State.EXPIRED and standing_of(row.merchant_id, clock.now()).cover(row.requirement)[0]:
        return  # it was renewed in time

    def compose() -> Message:
        what = row.requirement.name
        if event.state == Qualification.State.VALID:
            kind, subject, lines = "qualification_granted", _("“{what}” is accepted"), []
            if row.valid_until:
                lines.append(_("It holds until {day}.").format(day=_last_day(row.valid_until)))
            if event.released:
                text = ngettext("{n} product is on sale again.", "{n} products are on sale again.", event.released)
                lines.append(text.format(n=event.released))
        else:
            is_expired = event.state == Qualification.State.EXPIRED
            kind = "qualification_expired" if is_expired else "qualification_revoked"
            subject, lines = (_("“{what}” has expired"), []) if is_expired else (_("“{what}” does not count any more"), [row.reason])
            if event.held:
                text = ngettext("{n} product that needs it is not sold now.", "{n} products that need it are not sold now.", event.held)
                lines.append(text.format(n=event.held))
            lines.append(_("Hand in a document that holds. When it is accepted, they are on sale again by themselves."))
        return Message(kind, subject.format(what=what), lines or [_("You need do nothing.")], button=_button(row.merchant))

    _tell(row.merchant_id, compose)


def renewal_refused(event: RenewalRefused) -> None:
    """The operator did not accept a document."""
    paper = Paper.objects.select_related("merchant").get(pk=event.paper_id)
    requirement = Requirement.objects.filter(code=paper.kind).first()
    merchant = Merchant.objects.get(pk=event.merchant_id)

    def compose() -> Message:
        return Message(
            "renewal_refused",
            _("“{what}” was not accepted").format(what=requirement.name if requirement else paper.name),
            [_("The market says: {reason}").format(reason=paper.note), _("Hand in another document.")],
            button=_button(merchant),
        )

    _tell(event.merchant_id, compose)
