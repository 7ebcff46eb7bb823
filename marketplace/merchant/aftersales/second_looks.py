"""Rows of what waits for a colleague, and the shop's rule: verbs and questions. marketplace/flows/second_looks.py knows what each kind does."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import KeyReused
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.aftersales.errors import LookUnknown, LookWaits
from marketplace.merchant.aftersales.events import SecondLookAsked, SecondLookEnded
from marketplace.merchant.aftersales.models import MoneyRule, SecondLook
from tenants.tenancy.schemas import current_merchant_id

EXPIRES = "second_look.expires"
WAITS_FOR = timedelta(days=3)


def takes_two() -> bool:
    """Whether money of the shop whose schema is open goes back by two people only."""
    return bool(MoneyRule.objects.filter(takes_two=True).exists())


@verb
def put_rule(*, by: Actor, takes_two: bool, why: str = "") -> MoneyRule:
    """The shop's rule from now on. Who may set it, and when a colleague has to agree, is for the flow. Safe to repeat."""
    with transaction.atomic():
        row, _is_new = MoneyRule.objects.select_for_update().get_or_create(is_the_one=True)
        if row.takes_two != takes_two:
            before, row.takes_two = row.takes_two, takes_two
            row.changed_at, row.changed_label = clock.now(), by.label[:200]
            row.save(update_fields=["takes_two", "changed_at", "changed_label"])
            _audit(by, "shop.money_rule_set", "merchant", str(current_merchant_id()), {"takes_two": before}, {"takes_two": takes_two}, why)
    return row


@verb
def open_look(*, by: Actor, row: SecondLook) -> SecondLook:
    """Write a request that waits for a colleague; the same key asks once. Raises LookWaits, KeyReused."""
    now = clock.now()
    with transaction.atomic():
        if same := SecondLook.objects.filter(pk=row.pk).first():
            if (same.kind, same.order_id, same.asked_by, same.pieces) != (row.kind, row.order_id, by.person, row.pieces):
                raise KeyReused
            return same
        row.asked_by, row.asked_label, row.asked_at, row.expires_at = by.person, by.label[:200], now, now + WAITS_FOR
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as waits:
            raise LookWaits from waits
        set_deadline(kind=EXPIRES, subject_id=row.pk, merchant_id=current_merchant_id(), due_at=row.expires_at)
        _audit(by, "second_look.asked", *_about(row), None, {"kind": row.kind, "pieces": row.pieces}, row.why)
        record(SecondLookAsked(merchant_id=current_merchant_id(), look_id=row.pk))
    return row


@verb
def close_look(*, by: Actor, row: SecondLook, status: str, why: str = "") -> None:
    """A locked request that waited has ended. The database refuses an approval by whoever asked."""
    before, row.status, row.decision, row.decided_at = row.status, status, why.strip()[:500], clock.now()
    row.decided_by, row.decided_label = by.user_id, by.label[:200]
    row.save(update_fields=["status", "decision", "decided_at", "decided_by", "decided_label"])
    meet(kind=EXPIRES, subject_id=row.pk)
    _audit(by, f"second_look.{status}", *_about(row), {"status": before}, {"status": status, "kind": row.kind}, why.strip() or row.why)
    record(SecondLookEnded(merchant_id=current_merchant_id(), look_id=row.pk, status=status))


def locked_look(look_id: UUID) -> SecondLook:
    """Of the shop whose schema is open. Raises LookUnknown."""
    row: SecondLook | None = SecondLook.objects.select_for_update(of=("self",)).filter(pk=look_id).first()
    if row is None:
        raise LookUnknown
    return row


def waiting_about(order_id: UUID) -> SecondLook | None:
    """The request about an order that waits, if there is one."""
    row: SecondLook | None = SecondLook.objects.filter(order_id=order_id, status=SecondLook.Status.WAITING).first()
    return row


def _about(row: SecondLook) -> tuple[str, str]:
    return ("order", row.order.number) if row.order else ("merchant", str(current_merchant_id()))


def _audit(by: Actor, action: str, subject: str, subject_id: str, before: dict[str, object] | None, after: dict[str, object], why: str) -> None:
    audit(by=by, action=action, subject=subject, subject_id=subject_id, merchant_id=current_merchant_id(), before=before, after=after, why=why)
