"""Questions of a shop about what was wished: the time to ship stands still while the buyer is asked. Verbs, in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.kernel.texts import localised
from marketplace.kernel.verbs import verb
from marketplace.merchant.customising.actions import locked_custom_line
from marketplace.merchant.customising.errors import AskedTooLate, CannotAsk, CustomLineUnknown, QuestionEnded, QuestionOpen
from marketplace.merchant.customising.models import CustomLine, WishQuestion
from marketplace.merchant.customising.states import Making
from marketplace.merchant.orders.actions import locked_order, put_ship_by
from marketplace.merchant.orders.models import Order
from tenants.tenancy.schemas import current_merchant_id

LONGEST = 500
STANDS_STILL = timedelta(days=7)  # at most, for all questions of an order together


def ship_by_after(ship_by: datetime, asked: Iterable[tuple[datetime, datetime | None]]) -> datetime:
    """When an order has to leave whose shop has asked from … until …; None: it still waits, and may wait for as long as it can."""
    stood, end = timedelta(), None
    for begins, ends in sorted(asked, key=lambda span: span[0]):
        if ends is None:
            return ship_by + STANDS_STILL
        counted = max(begins, end) if end else begins  # several may be asked at once
        stood, end = stood + max(ends - counted, timedelta()), max(ends, end) if end else ends
    return ship_by + min(stood, STANDS_STILL)


@verb
def note_question(*, by: Actor, question_id: UUID, key: UUID, text: str) -> Order:
    """Ask the buyer about a line that is to be confirmed. Safe to repeat with the same id. Returns the order, locked.

    Raises InvalidInput (text), CustomLineUnknown, OrderUnknown, NotPaidYet, IllegalMove, CannotAsk, QuestionOpen, AskedTooLate, KeyReused.
    """
    text = _checked(text, "text", _("Write what you want to know, in at most {most} characters."))
    with transaction.atomic():
        order, row = locked_custom_line(key)
        before = WishQuestion.objects.filter(pk=question_id).first()
        if before is not None:
            if (before.line_id, before.text) != (key, text):
                raise KeyReused
            return order
        title = localised(row.line.titles).text
        if row.state != Making.TO_CONFIRM or row.line.quantity == row.line.cancelled:
            raise CannotAsk(title=title)
        if WishQuestion.objects.filter(line=row, ended_at=None).exists():
            raise QuestionOpen(title=title)
        now = clock.now()
        if order.ship_by is None or now > order.ship_by:
            raise AskedTooLate(number=order.number)
        first = WishQuestion.objects.filter(line__line__order=order).order_by("asked_at").first()
        asked = WishQuestion.objects.create(pk=question_id, line=row, text=text, asked_at=now, ship_by=first.ship_by if first else order.ship_by)
        before_it = _follow(by, order, asked)
        _audit(by, order, "custom_line.asked", row, before_it, {"question": text})
    return order


@verb
def note_answer(*, by: Actor, order_id: UUID, question_id: UUID, text: str) -> Order:
    """What the buyer of this order says. Safe to repeat. Returns the order, locked. Raises InvalidInput (answer), CustomLineUnknown, QuestionEnded."""
    text = _checked(text, "answer", _("Write your answer, in at most {most} characters."))
    with transaction.atomic():
        order = locked_order(pk=order_id)
        row = WishQuestion.objects.select_related("line__line").filter(pk=question_id, line__line__order=order).first()
        if row is None:
            raise CustomLineUnknown
        if row.ended_at is not None:
            if row.answer == text:
                return order
            raise QuestionEnded
        row.answer, row.ended_at = text, clock.now()
        row.save(update_fields=["answer", "ended_at"])
        before = _follow(by, order, row)
        _audit(by, order, "custom_line.answered", row.line, before, {"question": row.text, "answer": text})
    return order


@verb
def end_questions(*, by: Actor, order: Order) -> None:
    """Of a locked order: nothing is waited for any more about lines that are being made, or given up. Raises nothing."""
    waiting = WishQuestion.objects.filter(line__line__order=order, ended_at=None).select_related("line__line")
    gone = waiting.exclude(line__state=Making.TO_CONFIRM) | waiting.filter(line__line__cancelled=F("line__line__quantity"))
    for row in list(gone):
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        before = _follow(by, order, row)
        _audit(by, order, "custom_line.unanswered", row.line, before, {"question": row.text})


def _follow(by: Actor, order: Order, row: WishQuestion) -> str:
    """Moves the day by which the order leaves. Returns what it was."""
    before = _iso(order.ship_by)
    spans = WishQuestion.objects.filter(line__line__order=order).values_list("asked_at", "ended_at")
    put_ship_by(by=by, order=order, ship_by=ship_by_after(row.ship_by, spans))
    return before


def _checked(text: str, field: str, why: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise InvalidInput(field=field, why=why.format(most=LONGEST))
    return text


def _audit(by: Actor, order: Order, action: str, row: CustomLine, ship_by: str, said: dict[str, str]) -> None:
    audit(
        by=by,
        action=action,
        subject="order",
        subject_id=order.number,
        merchant_id=current_merchant_id(),
        before={"ship_by": ship_by},
        after={"sku": row.line.sku, **said, "ship_by": _iso(order.ship_by)},
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
