"""Goods come back (售后): asked for by the buyer, agreed, sent back, inspected and confirmed by the shop, paid back.

Whoever is next has until `due_at`; who says nothing has agreed, and a buyer who sends nothing has given it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.copies import copy_order, copy_return
from marketplace.flows.custom_lines import check_may_come_back
from marketplace.flows.events import ReturnMoved
from marketplace.flows.receive import end_if_all_is_back
from marketplace.flows.refund import give_back
from marketplace.flows.second_looks import check_second
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import IllegalMove, InvalidInput, ReasonMissing, check_reason
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_time
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.aftersales.actions import (
    hands_of,
    is_over,
    locked_return,
    move_return,
    note_inspected,
    note_return_paid,
    open_return,
)
from marketplace.merchant.aftersales.errors import ReturnTooLate, SameHands, StaysWithBuyer
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.aftersales.states import Reason, ReturnStatus, is_about_a_fault, is_shops_fault
from marketplace.merchant.fulfilment.actions import clean_parcel
from marketplace.merchant.inventory.actions import take_back_stock
from marketplace.merchant.orders.actions import locked_order
from marketplace.merchant.orders.giving_back import RETURNED, note_given_back
from marketplace.merchant.orders.models import Order
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.payments.models import Refund
from tenants.access.rules import RightMissing
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

WAITS = "return.waits"
SEND_BACK_DAYS = 10
S = ReturnStatus


def returnable_until(completed_at: datetime | None) -> datetime | None:
    """The end of the days in which goods can come back; None while the order is on its way."""
    return completed_at + timedelta(days=Market.objects.get().return_days) if completed_at else None


# ── The buyer ────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def request_return(*, by: Actor, copy: OrderCopy, return_id: UUID, pieces: Mapping[UUID, int], reason: str, note: str = "") -> Return:
    """Ask to give pieces (line id → quantity) of one's own order back. The same `return_id` asks once.

    What was handed out as a code, or used as a voucher, only for a fault. Raises InvalidInput, IllegalMove (not shipped, or cancelled),
    ReturnTooLate, NotReturnable, MadeForYou, StaysWithBuyer.
    """
    with transaction.atomic(), merchant_schema(copy.merchant_id):
        return _open(by, locked_order(pk=copy.pk), return_id, pieces, reason, note, is_by_shop=False)


@verb
def withdraw_return(*, by: Actor, copy: ReturnCopy) -> None:
    """The buyer keeps the goods after all. Safe to repeat. Raises IllegalMove once they are on their way back."""
    with transaction.atomic(), merchant_schema(copy.merchant_id):
        row = locked_return(pk=copy.pk)
        if row.status != S.WITHDRAWN:
            _moved(by, move_return(by=by, row=row, new=S.WITHDRAWN))


@verb
def send_return(*, by: Actor, copy: ReturnCopy, carrier: str, tracking_number: str) -> None:
    """The buyer has handed the goods to a carrier. Safe to repeat. Raises InvalidInput, IllegalMove."""
    carrier, tracking_number = clean_parcel(carrier, tracking_number)
    with transaction.atomic(), merchant_schema(copy.merchant_id):
        row = locked_return(pk=copy.pk)
        if row.status != S.SENT_BACK:
            due_at = _due(_answer_days() + SEND_BACK_DAYS)
            _moved(by, move_return(by=by, row=row, new=S.SENT_BACK, due_at=due_at, changed={"carrier": carrier, "tracking_number": tracking_number}))


# ── The shop, in its open schema ─────────────────────────────────────────────────────────────────────────────────────


@verb
def open_for_buyer(*, by: Actor, number: str, return_id: UUID, pieces: Mapping[UUID, int], reason: str, note: str = "") -> Return:
    """The same for a buyer who has called: the buyer is told, and may withdraw it. The same `return_id` opens once.

    Raises OrderUnknown, InvalidInput, IllegalMove, ReturnTooLate, NotReturnable, MadeForYou.
    """
    with transaction.atomic():
        return _open(by, locked_order(number=number), return_id, pieces, reason, note, is_by_shop=True)


@verb
def agree_return(*, by: Actor, number: str, answer: str = "") -> Return:
    """The goods may come back. Of virtual goods there is nothing to send: the money goes back at once. Raises ReturnUnknown, IllegalMove."""
    with transaction.atomic():
        row = locked_return(number=number)
        row = move_return(by=by, row=row, new=S.AGREED, due_at=_due(SEND_BACK_DAYS), reason=answer, changed={"answer": answer.strip()[:500]})
        _moved(by, row)
        if row.order.is_virtual:
            inspect_return(by=by, number=number, accepted={part.line_id: part.quantity for part in row.lines.all()}, restocked={})
            try:
                with transaction.atomic():
                    row = confirm_return(by=by, number=number)
            except (SameHands, RightMissing):  # a colleague confirms it
                row = locked_return(number=number)
    return row


@verb
def refuse_return(*, by: Actor, number: str, answer: str) -> Return:
    """The goods may not come back, or what came back is not what was sold. Raises ReasonMissing, ReturnUnknown, IllegalMove."""
    check_reason(answer, field="answer")
    with transaction.atomic():
        row = move_return(by=by, row=locked_return(number=number), new=S.REFUSED, reason=answer, changed={"answer": answer.strip()[:500]})
        _moved(by, row)
    return row


@verb
def inspect_return(*, by: Actor, number: str, accepted: Mapping[UUID, int], restocked: Mapping[UUID, int], report: str = "") -> Return:
    """The goods are there and were looked at: line id → pieces accepted, and pieces that can be sold again.

    Raises ReturnUnknown, IllegalMove, NotReturnable, ReasonMissing (a report, when not all are accepted).
    """
    with transaction.atomic():
        row = locked_return(number=number)
        parts = list(row.lines.all())
        if any(accepted.get(part.line_id, 0) < part.quantity for part in parts) and not report.strip():
            raise ReasonMissing(field="report")
        row = move_return(by=by, row=row, new=S.INSPECTED, due_at=_due(_answer_days()), reason=report, changed={"report": report.strip()[:500]})
        note_inspected(by=by, row=row, accepted=accepted, restocked=restocked)
        take_back_stock(by=by, order_id=row.order_id, pieces={key: n for key, n in restocked.items() if n}, ref=row.number)
        _moved(by, row)
    return row


@verb
def confirm_return(*, by: Actor, number: str) -> Return:
    """The second confirmation, after the inspection: the money for what was accepted goes back, the commission on it, too.

    Where the shop wants two people, who had a hand in the return is not the one who confirms it. Safe to repeat. Raises ReturnUnknown,
    IllegalMove, SameHands, RightMissing.
    """
    with transaction.atomic():
        row = locked_return(number=number)
        if row.status == S.REFUNDED:
            return row
        check_second(by, hands_of(row))
        pieces = {part.line_id: part.accepted for part in row.lines.all() if part.accepted}
        if row.status == S.INSPECTED and not pieces:
            raise IllegalMove  # nothing was accepted: refuse it, with the reason
        row = move_return(by=by, row=row, new=S.REFUNDED)
        order = row.order
        backs = note_given_back(by=by, order=order, pieces=pieces, as_=RETURNED, with_freight=is_shops_fault(row.reason), reason=row.get_reason_display())
        refund: Refund | None = give_back(by=by, merchant_id=current_merchant_id(), order=order, backs=backs, reason=Refund.Reason.RETURNED)
        note_return_paid(by=by, row=row, amount_minor=refund.amount_minor if refund else 0)
        end_if_all_is_back(by=by, order=order, reason="all came back")
        _moved(by, row)
    return row


# ── Time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def act_when_due(event: DeadlineReached) -> None:
    """Reaction to the deadline `return.waits`: what follows when whoever is next says nothing."""
    if event.merchant_id is None:
        raise ValueError("a return belongs to a merchant")
    with transaction.atomic(), merchant_schema(event.merchant_id):
        row = locked_return(pk=event.subject_id)
        if row.status == S.REQUESTED:
            agree_return(by=SYSTEM, number=row.number)
        elif row.status == S.AGREED:
            _moved(SYSTEM, move_return(by=SYSTEM, row=row, new=S.CLOSED, reason="not sent back in time"))
        elif row.status == S.SENT_BACK:
            whole = {part.line_id: part.quantity for part in row.lines.all()}
            inspect_return(by=SYSTEM, number=row.number, accepted=whole, restocked={}, report="not inspected in time")
            confirm_return(by=SYSTEM, number=row.number)
        elif row.status == S.INSPECTED:
            if any(part.accepted for part in row.lines.all()):
                confirm_return(by=SYSTEM, number=row.number)
            else:
                refuse_return(by=SYSTEM, number=row.number, answer=row.report)


def _open(by: Actor, order: Order, return_id: UUID, pieces: Mapping[UUID, int], reason: str, note: str, *, is_by_shop: bool) -> Return:
    """Of a locked order, in its merchant's schema."""
    if reason not in Reason.values:
        raise InvalidInput(field="reason", why=_("Choose why it comes back."))
    if same := Return.objects.filter(pk=return_id, order=order).first():
        return same
    if order.status not in (OrderStatus.CONFIRMED, OrderStatus.COMPLETED):
        raise IllegalMove
    if order.is_virtual and not is_about_a_fault(reason):
        raise StaysWithBuyer(number=order.number)
    check_may_come_back(pieces, reason)
    until = returnable_until(order.completed_at)
    if until and clock.now() > until:
        raise ReturnTooLate(number=order.number, until=format_time(until))
    due_at = _due(_answer_days())
    row: Return = open_return(by=by, return_id=return_id, order=order, pieces=pieces, reason=reason, note=note, due_at=due_at, is_by_shop=is_by_shop)
    _moved(by, row)
    return row


def _moved(by: Actor, row: Return) -> None:
    """After each step: the public copies, the deadline of whoever is next, and the fact."""
    merchant_id = current_merchant_id()
    copy_order(by=by, order=Order.objects.get(pk=row.order_id))
    copy_return(by=by, row=row)
    if is_over(row.status) or row.due_at is None:
        meet(kind=WAITS, subject_id=row.pk)
    else:
        set_deadline(kind=WAITS, subject_id=row.pk, merchant_id=merchant_id, due_at=row.due_at)
    record(ReturnMoved(merchant_id=merchant_id, return_id=row.pk, status=row.status))


def _due(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def _answer_days() -> int:
    return int(Market.objects.get().answer_days)
