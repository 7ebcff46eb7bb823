"""Receipt: the buyer has the goods, and what was kept of the money is earned."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from marketplace.flows.copies import copy_order
from marketplace.flows.events import OrderCompleted
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.orders.actions import cancel_order, complete_order
from marketplace.merchant.orders.models import Order
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.models import Account
from marketplace.platform.ledger.queries import earned_on
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

RECEIPT = "order.receipt"


def await_receipt(order: Order) -> None:
    """All that will come of an order of the open merchant is on its way: who says nothing until then has received it."""
    if order.status == OrderStatus.CONFIRMED and order.fulfilment_status == FulfilmentStatus.SHIPPED:
        due_at = clock.now() + timedelta(days=Market.objects.get().receive_days)
        set_deadline(kind=RECEIPT, subject_id=order.pk, merchant_id=current_merchant_id(), due_at=due_at)


@verb
def confirm_receipt(*, by: Actor, copy: OrderCopy, reason: str = "") -> bool:
    """The buyer has the goods: the order is complete and the merchant has earned its money. False if it was complete before.

    Raises NotShippedYet.
    """
    with transaction.atomic(), merchant_schema(copy.merchant_id):
        order = complete_order(by=by, order_id=copy.pk, reason=reason)
        if order is None:
            return False
        _earn(by, order)
        copy_order(by=by, order=order)
    return True


@verb
def end_if_all_is_back(*, by: Actor, order: Order, reason: str) -> None:
    """A locked order of which every piece was cancelled, or came back, waits for nothing more. Otherwise: await the rest."""
    lines = list(order.lines.all())
    if order.status != OrderStatus.CONFIRMED:
        return
    if all(line.cancelled == line.quantity for line in lines):
        ended = cancel_order(by=by, order_id=order.pk, reason=reason)
        order.status, order.cancelled_at = ended.status, ended.cancelled_at
        meet(kind=RECEIPT, subject_id=order.pk)
        _earn(by, order)
    elif all(line.cancelled + line.returned == line.quantity for line in lines):
        whole = complete_order(by=by, order_id=order.pk, reason=reason)
        if whole is not None:
            order.status, order.fulfilment_status, order.completed_at = whole.status, whole.fulfilment_status, whole.completed_at
            _earn(by, order)
    elif not end_if_handed_over(by=by, order=order, reason=reason):
        await_receipt(order)


@verb
def end_if_handed_over(*, by: Actor, order: Order, reason: str) -> bool:
    """A locked order of virtual goods of which everything that is not cancelled has reached the buyer is complete: nobody waits for a parcel.

    False for any other.
    """
    if not order.is_virtual or order.status != OrderStatus.CONFIRMED or order.fulfilment_status != FulfilmentStatus.SHIPPED:
        return False
    whole = complete_order(by=by, order_id=order.pk, reason=reason)
    if whole is not None:
        order.status, order.fulfilment_status, order.completed_at = whole.status, whole.fulfilment_status, whole.completed_at
        _earn(by, order)
    return True


def _earn(by: Actor, order: Order) -> None:
    """What is still in escrow for an order that has ended is the merchant's, less the commission on it; of the market's own shop, its income."""
    merchant_id = current_merchant_id()
    if order.total != order.refunded:
        post(
            by=by,
            kind="order_completed",
            ref=order.number,
            sides=[
                debit(Account.BUYER_ESCROW, order.total - order.refunded),
                credit(earned_on(merchant_id), order.earned, merchant_id),
                credit(Account.COMMISSION_INCOME, order.commission - order.commission_returned, merchant_id),
            ],
            order_id=order.pk,
            order_number=order.number,
        )
    meet(kind=RECEIPT, subject_id=order.pk)
    if order.status == OrderStatus.COMPLETED:
        record(OrderCompleted(merchant_id=merchant_id, order_id=order.pk))


def receive_by_itself(event: DeadlineReached) -> None:
    """Reaction to the deadline `order.receipt`: who says nothing has received it."""
    confirm_receipt(by=SYSTEM, copy=OrderCopy.objects.get(pk=event.subject_id), reason="not disputed in time")
