"""A shop's holiday: its goods can be looked at and not be bought, from one day to another. Begins and ends by deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.shop_life import move
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, open_deadline
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.verbs import verb
from tenants.tenancy.errors import ShopNotOpen
from tenants.tenancy.life import locked_merchant
from tenants.tenancy.models import Holiday, Merchant

BEGINS, ENDS = "holiday.begins", "holiday.ends"
LONGEST, FURTHEST = timedelta(days=92), timedelta(days=366)
S = Holiday.Status


def holiday_of(merchant_id: UUID) -> Holiday | None:
    """The one that is planned, or runs."""
    return Holiday.objects.filter(merchant_id=merchant_id).exclude(status=S.OVER).first()


@verb
def plan_holiday(*, by: Actor, merchant_id: UUID, holiday_id: UUID, starts_at: datetime, ends_at: datetime, notes: Mapping[str, str]) -> Holiday:
    """Plan the shop's next holiday; one that begins now begins at once. The same `holiday_id` plans once.

    Raises InvalidInput (days that are no holiday, or one is planned already), ShopNotOpen.
    """
    now = clock.now()
    if ends_at <= max(starts_at, now):
        raise InvalidInput(field="ends", why=_("A holiday ends after it begins, and not in the past."))
    if ends_at - starts_at > LONGEST or starts_at - now > FURTHEST:
        raise InvalidInput(field="ends", why=_("A holiday lasts at most {days} days and begins within a year.").format(days=LONGEST.days))
    with transaction.atomic():
        merchant = locked_merchant(merchant_id)
        if same := Holiday.objects.filter(pk=holiday_id, merchant_id=merchant_id).first():
            return same
        if merchant.status != Merchant.Status.OPEN:
            raise ShopNotOpen(status=merchant.get_status_display())
        if holiday_of(merchant_id):
            raise InvalidInput(field="starts", why=_("A holiday is planned already. End that one first."))
        kept = {code: text.strip()[:300] for code, text in notes.items() if text.strip()}
        row = Holiday.objects.create(pk=holiday_id, merchant=merchant, starts_at=starts_at, ends_at=ends_at, notes=kept, by_label=by.label)
        open_deadline(kind=ENDS, subject_id=row.pk, due_at=ends_at, merchant_id=merchant_id)
        after = {"starts": starts_at.isoformat(), "ends": ends_at.isoformat()}
        audit(by=by, action="holiday.planned", subject="holiday", subject_id=row.pk, merchant_id=merchant_id, after=after)
        if starts_at <= now:
            begin_holiday(by=by, holiday_id=row.pk)
        else:
            open_deadline(kind=BEGINS, subject_id=row.pk, due_at=starts_at, merchant_id=merchant_id)
    row.refresh_from_db()
    return row


@verb
def begin_holiday(*, by: Actor, holiday_id: UUID) -> None:
    """It begins. A shop that the operator holds back stays as it is, and is on holiday once it is let go. Safe to repeat."""
    with transaction.atomic():
        row, merchant = _locked(holiday_id)
        if row.status != S.PLANNED:
            return
        row.status = S.RUNNING
        row.save(update_fields=["status"])
        if merchant.status == Merchant.Status.OPEN:
            move(by=by, merchant_id=merchant.pk, to=Merchant.Status.HOLIDAY, is_owners=True)


@verb
def end_holiday(*, by: Actor, holiday_id: UUID) -> None:
    """It ends, or is given up before it began. Safe to repeat."""
    with transaction.atomic():
        row, merchant = _locked(holiday_id)
        if row.status == S.OVER:
            return
        before, row.status = row.status, S.OVER
        row.save(update_fields=["status"])
        for kind in (BEGINS, ENDS):
            meet(kind=kind, subject_id=row.pk)
        audit(
            by=by,
            action="holiday.ended",
            subject="holiday",
            subject_id=row.pk,
            merchant_id=merchant.pk,
            before={"status": before},
            after={"status": row.status},
        )
        if merchant.status == Merchant.Status.HOLIDAY:
            move(by=by, merchant_id=merchant.pk, to=Merchant.Status.OPEN, is_owners=True)


def begin_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `holiday.begins`."""
    begin_holiday(by=SYSTEM, holiday_id=event.subject_id)


def end_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `holiday.ends`."""
    end_holiday(by=SYSTEM, holiday_id=event.subject_id)


def _locked(holiday_id: UUID) -> tuple[Holiday, Merchant]:
    """The shop first, as everybody does who moves one."""
    merchant = locked_merchant(Holiday.objects.values_list("merchant_id", flat=True).get(pk=holiday_id))
    return Holiday.objects.select_for_update(of=("self",)).get(pk=holiday_id), merchant
