"""The market's support in a shop's workbench: asked for with a reason and a time, granted or refused by the shop, over by itself or ended by either.

A question that nobody answers ends after some days. Who asked is told what became of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, open_deadline
from marketplace.kernel.errors import InvalidInput, KeyReused, ReasonMissing
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_time
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.messages import Message, worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.accounts.errors import SupportOpen, SupportOver, SupportUnknown
from tenants.accounts.models import SupportAccess, User
from tenants.tenancy.errors import MerchantUnknown
from tenants.tenancy.hosts import console_url, workbench_url
from tenants.tenancy.models import Merchant
from tenants.tenancy.standing import OPEN_TO_SUPPORT

LEAST_MINUTES, MOST_MINUTES = 15, 480
UNANSWERED = "support.unanswered"
ANSWER_WITHIN = timedelta(days=3)
NOT_ANSWERED = "nobody answered in time"  # the log says it in words of its reader
S = SupportAccess.Status


@verb
def ask_for_support(*, by: Actor, visit_id: UUID, merchant_id: UUID, reason: str, minutes: int) -> SupportAccess:
    """Ask a shop; its people who may grant it get a letter. The same `visit_id` asks once.

    Raises MerchantUnknown, InvalidInput (minutes), ReasonMissing, SupportOpen, KeyReused.
    """
    reason = reason.strip()[:500]
    if not reason:
        raise ReasonMissing
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise InvalidInput(field="minutes", why=_("Ask for {least} minutes to {most}.").format(least=LEAST_MINUTES, most=MOST_MINUTES))
    with transaction.atomic():
        merchant = Merchant.objects.filter(pk=merchant_id, status__in=OPEN_TO_SUPPORT).first()
        if merchant is None:
            raise MerchantUnknown
        person = User.objects.select_for_update().get(pk=by.person)  # one question of one person at a time
        if same := SupportAccess.objects.filter(pk=visit_id).first():
            if (same.merchant_id, same.supporter_id) != (merchant_id, person.pk):
                raise KeyReused
            return same
        mine = SupportAccess.objects.filter(merchant_id=merchant_id, supporter=person)
        now = clock.now()
        mine.filter(status=S.GRANTED, until__lte=now).update(status=S.ENDED, ended_at=now)
        if mine.filter(status__in=[S.ASKED, S.GRANTED]).exists():
            raise SupportOpen
        row = SupportAccess.objects.create(pk=visit_id, merchant_id=merchant_id, supporter=person, reason=reason, minutes=minutes)
        open_deadline(kind=UNANSWERED, subject_id=row.pk, due_at=row.asked_at + ANSWER_WITHIN, merchant_id=merchant_id)
        _note(by=by, row=row, action="support.asked", after={"person": person.email, "minutes": minutes}, why=reason)
        people = staff_with([merchant_id], Right.GRANT_SUPPORT)[merchant_id]
        tell(people, lambda: _asked(row, person, merchant))
    return row


@verb
def answer_support(*, by: Actor, visit_id: UUID, merchant_id: UUID, is_granted: bool, may_write: bool = False) -> SupportAccess:
    """For a shop: let them in from now on for the time they asked for, to look, or to change things too; or not. Raises SupportUnknown, SupportOver."""
    with transaction.atomic():
        row = _locked(visit_id, merchant_id=merchant_id)
        if row.status != S.ASKED:
            raise SupportOver
        now = clock.now()
        row.status, row.answered_at, row.answered_by_id = (S.GRANTED if is_granted else S.REFUSED), now, by.person
        row.may_write = is_granted and may_write
        row.until = now + timedelta(minutes=row.minutes) if is_granted else None
        row.save(update_fields=["status", "answered_at", "answered_by", "may_write", "until"])
        meet(kind=UNANSWERED, subject_id=row.pk)
        after = {"person": row.supporter.email, "may_write": row.may_write, "minutes": row.minutes}
        if is_granted:
            _note(by=by, row=row, action="support.granted", before={"status": "asked"}, after=after)
        else:
            _note(by=by, row=row, action="support.refused", before={"status": "asked"}, after={"person": row.supporter.email})
        _tell_supporter(row, "support_granted" if is_granted else "support_refused")
    return row


@verb
def expire_support(*, by: Actor, visit_id: UUID) -> bool:
    """The shop has not answered in time. Safe to repeat; False if it is not so."""
    with transaction.atomic():
        row = _locked(visit_id)
        if row.status != S.ASKED or row.asked_at + ANSWER_WITHIN > clock.now():
            return False
        row.status, row.ended_at = S.ENDED, clock.now()
        row.save(update_fields=["status", "ended_at"])
        after = {"person": row.supporter.email, "status": "ended"}
        _note(by=by, row=row, action="support.expired", before={"status": "asked"}, after=after, why=NOT_ANSWERED)
        _tell_supporter(row, "support_unanswered")
    return True


def expire_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `support.unanswered`."""
    expire_support(by=SYSTEM, visit_id=event.subject_id)


@verb
def end_support(*, by: Actor, visit_id: UUID, merchant_id: UUID | None = None) -> SupportAccess:
    """By the shop (`merchant_id`), or, without one, by the market. The next click there is refused. Raises SupportUnknown, SupportOver."""
    with transaction.atomic():
        row = _locked(visit_id, merchant_id=merchant_id) if merchant_id else _locked(visit_id)
        if row.status not in (S.ASKED, S.GRANTED):
            raise SupportOver
        before, row.status, row.ended_at = str(row.status), S.ENDED, clock.now()
        row.save(update_fields=["status", "ended_at"])
        meet(kind=UNANSWERED, subject_id=row.pk)
        _note(by=by, row=row, action="support.ended", before={"status": before}, after={"person": row.supporter.email, "status": "ended"})
    return row


def _locked(visit_id: UUID, **whose: Any) -> SupportAccess:
    """Raises SupportUnknown."""
    row = SupportAccess.objects.select_for_update(of=("self",)).filter(pk=visit_id, **whose).select_related("supporter").first()
    if row is None:
        raise SupportUnknown
    return row


def _asked(row: SupportAccess, person: User, merchant: Merchant) -> Message:
    facts = {"who": person.get_full_name(), "reason": row.reason, "minutes": str(row.minutes), "at": format_time(row.asked_at)}
    return worded("support_asked", facts, link=workbench_url(merchant, "/support/"))


def _tell_supporter(row: SupportAccess, kind: str) -> None:
    """What became of their question; it leads to their page of it in the console."""
    merchant = Merchant.objects.get(pk=row.merchant_id)

    def compose() -> Message:
        facts = {"shop": merchant.name, "reason": row.reason}
        if kind == "support_granted":
            allows = _("You may look, and change things too.") if row.may_write else _("You may look, and change nothing.")
            facts |= {"allows": allows, "at": format_time(row.until) if row.until else ""}
        return worded(kind, facts, link=console_url("/support/"), subject_id=row.pk)

    tell([row.supporter], compose)


def _note(*, by: Actor, row: SupportAccess, action: str, after: dict[str, Any], before: dict[str, Any] | None = None, why: str = "") -> None:
    audit(by=by, action=action, subject="support", subject_id=row.pk, merchant_id=row.merchant_id, before=before, after=after, why=why)
