"""Lines of orders that are made to buyers' wishes: frozen when the order is placed, made by the shop, kept by the buyer unless something is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.flows.copies import copy_order
from marketplace.flows.events import CustomLineReady, WishAnswered, WishAsked
from marketplace.kernel.actors import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.outbox import record
from marketplace.kernel.texts import localised
from marketplace.kernel.verbs import verb
from marketplace.merchant.aftersales.states import Reason
from marketplace.merchant.customising.actions import move_making
from marketplace.merchant.customising.errors import MadeForYou, MakingNotAccepted
from marketplace.merchant.customising.models import CustomLine, WishQuestion
from marketplace.merchant.customising.questions import end_questions, note_answer, note_question
from marketplace.merchant.customising.states import Making
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.platform.cart.queries import ChosenLine
from marketplace.platform.checkout.models import OrderCopy
from tenants.tenancy.schemas import current_merchant_id, merchant_schema


def check_accepted(chosen: Sequence[ChosenLine], accepts: bool) -> None:
    """Raises MakingNotAccepted, naming the first thing that is made to wishes."""
    made = next((line for line in chosen if line.fitted.said), None)
    if made is not None and not accepts:
        raise MakingNotAccepted(title=localised(made.titles).text)


def custom_line(own: OrderLine, line: ChosenLine, at: datetime) -> CustomLine | None:
    """What is kept beside a line of a new order; None of one that is sold as it is."""
    if not line.fitted.said:
        return None
    return CustomLine(
        id=new_id(),
        line=own,
        wishes=list(line.fitted.said),
        currency=own.currency,
        surcharge_minor=line.fitted.surcharge_minor,
        days=line.fitted.days,
        placed_at=at,
        changed_at=at,
    )


def check_may_come_back(pieces: Mapping[UUID, int], reason: str) -> None:
    """What was made to wishes comes back where something is wrong with it, not because nobody wants it any more. Raises MadeForYou."""
    if reason != Reason.UNWANTED:
        return
    asked = [key for key, n in pieces.items() if n]
    row = CustomLine.objects.filter(line__in=asked).select_related("line").order_by("line__position").first()
    if row is not None:
        raise MadeForYou(title=localised(row.line.titles).text)


@verb
def begin_making(*, by: Actor, key: UUID) -> Order:
    """The shop has read the wishes and makes it. From then on the buyer cannot cancel, until it is late. Raises as move_making()."""
    return _move(by, key, Making.MAKING)


@verb
def finish_making(*, by: Actor, key: UUID) -> Order:
    """It is ready and can be packed; the buyer is told. Raises as move_making()."""
    return _move(by, key, Making.READY)


def _move(by: Actor, key: UUID, to: str) -> Order:
    with transaction.atomic():
        order: Order = move_making(by=by, key=key, to=to)
        end_questions(by=by, order=order)
        copy_order(by=by, order=order)
        if to == Making.READY:
            record(CustomLineReady(merchant_id=current_merchant_id(), order_id=order.pk, custom_id=key))
    return order


@verb
def ask_buyer(*, by: Actor, question_id: UUID, key: UUID, text: str) -> Order:
    """The shop asks about a line's wishes before it makes it; the buyer is told. Meanwhile the time to ship stands still. Raises as note_question()."""
    with transaction.atomic():
        is_new = not WishQuestion.objects.filter(pk=question_id).exists()
        order: Order = note_question(by=by, question_id=question_id, key=key, text=text)
        if is_new:
            copy_order(by=by, order=order)
            record(WishAsked(merchant_id=current_merchant_id(), order_id=order.pk, question_id=question_id))
    return order


@verb
def answer_shop(*, by: Actor, copy: OrderCopy, question_id: UUID, text: str) -> None:
    """The buyer answers; time runs again from this moment on. Raises as note_answer()."""
    with transaction.atomic(), merchant_schema(copy.merchant_id):
        is_new = WishQuestion.objects.filter(pk=question_id, ended_at=None).exists()
        order: Order = note_answer(by=by, order_id=copy.pk, question_id=question_id, text=text)
        if is_new:
            copy_order(by=by, order=order)
            record(WishAnswered(merchant_id=copy.merchant_id, order_id=order.pk, question_id=question_id))
