"""Buyers are reminded before something ends by itself: the time to pay, and the time to say that goods have not come."""

from __future__ import annotations

from datetime import timedelta

from marketplace.flows.events import OrderCompleted, OrderGroupCancelled, OrderGroupExpired, OrderGroupPaid, OrderGroupPlaced, OrderShipped
from marketplace.flows.letters_to_buyers import order_address, to_be_paid
from marketplace.flows.receive import RECEIPT
from marketplace.kernel import clock, deadlines
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_time
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.notices.messages import read_in, worded
from marketplace.platform.notices.queries import reminders
from marketplace.platform.notices.telling import call_off, notify

PAY, CONFIRM = "order_group.pay_reminder", "order.receipt_reminder"


def remind_to_pay_later(event: OrderGroupPlaced) -> None:
    """After a share of the time the goods are held. Not where that time is over: the event came late."""
    group = OrderGroup.objects.get(pk=event.group_id)
    share = reminders().pay_percent
    due_at = group.placed_at + (group.hold_until - group.placed_at) * share / 100
    if share and group.status == OrderGroup.Status.AWAITING_PAYMENT and clock.now() < group.hold_until:
        set_deadline(kind=PAY, subject_id=group.pk, due_at=due_at)


def remind_to_pay(event: DeadlineReached) -> None:
    """Reaction to the deadline `order_group.pay_reminder`. Whoever has paid, or given up, is left in peace."""
    group = OrderGroup.objects.select_related("buyer").filter(pk=event.subject_id, status=OrderGroup.Status.AWAITING_PAYMENT).first()
    if group is None or group.hold_until <= clock.now():
        return
    orders = list(group.orders.select_related("merchant").order_by("number"))
    with read_in(group.language):
        notify(to_be_paid("pay_reminder", group, orders), person=group.buyer)


def payment_settled(event: OrderGroupPaid) -> None:
    _no_more_of_paying(event)


def payment_given_up(event: OrderGroupCancelled) -> None:
    _no_more_of_paying(event)


def payment_expired(event: OrderGroupExpired) -> None:
    _no_more_of_paying(event)


def _no_more_of_paying(event: OrderGroupPaid | OrderGroupCancelled | OrderGroupExpired) -> None:
    """The question is settled: neither the reminder nor what of it still waits."""
    meet(kind=PAY, subject_id=event.group_id)
    call_off("pay_reminder", event.group_id)


def remind_of_receipt_later(event: OrderShipped) -> None:
    """Some days before an order counts as received, if that moment is set: nothing is left to come."""
    ends_at, days = deadlines.due_at(kind=RECEIPT, subject_id=event.order_id), reminders().receipt_days
    if ends_at is not None and days and (due_at := ends_at - timedelta(days=days)) > clock.now():
        set_deadline(kind=CONFIRM, subject_id=event.order_id, merchant_id=event.merchant_id, due_at=due_at)


def remind_of_receipt(event: DeadlineReached) -> None:
    """Reaction to the deadline `order.receipt_reminder`. Asks how it stands: received, returned and held orders are left in peace."""
    order = OrderCopy.objects.select_related("group", "buyer", "merchant").get(pk=event.subject_id)
    ends_at = deadlines.due_at(kind=RECEIPT, subject_id=order.pk)
    if order.status != OrderStatus.CONFIRMED or order.open_returns or ends_at is None or ends_at <= clock.now():
        return
    days = reminders().receipt_days
    if days and clock.now() < ends_at - timedelta(days=days):  # it was moved
        set_deadline(kind=CONFIRM, subject_id=order.pk, merchant_id=order.merchant_id, due_at=ends_at - timedelta(days=days))
        return
    with read_in(order.group.language):
        facts = {"number": order.number, "shop": order.merchant.name, "until": format_time(ends_at)}
        notify(
            worded("receipt_reminder", facts, link=order_address(order.group, order), subject_id=order.pk, until=ends_at),
            person=order.buyer,
        )


def receipt_settled(event: OrderCompleted) -> None:
    """It was received: nothing more is asked."""
    meet(kind=CONFIRM, subject_id=event.order_id)
    call_off("receipt_reminder", event.order_id)
