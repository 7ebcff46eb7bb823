"""Money in: what follows when a rail says paid, and when nobody pays in time. Both lock the group first, so one of them wins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.events import (
    OrderGroupCancelled,
    OrderGroupExpired,
    OrderGroupPaid,
)
from marketplace.flows.place_order import UNPAID
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor, rail
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.customising.queries import making_days
from marketplace.merchant.inventory.actions import allocate_stock, lock_held, release_stock
from marketplace.merchant.orders.actions import cancel_order, confirm_order
from marketplace.merchant.orders.models import Order
from marketplace.platform.checkout.actions import (
    locked_group,
    set_group_status,
    update_copy,
)
from marketplace.platform.checkout.errors import GroupNotUnpaid
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.payments.actions import (
    keep_payment,
    leave_attempts,
    note_failed,
    note_open,
    note_sent,
    note_succeeded,
    return_payment,
)
from marketplace.platform.payments.events import AttemptLeft
from marketplace.platform.payments.models import PaymentAttempt
from marketplace.platform.payments.rails import rail_named
from marketplace.platform.payments.rails.port import RailRefused
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import in_merchant_schemas


def look_at_attempt(event: AttemptLeft) -> None:
    """Outward reaction: a buyer came back from the rail's page, or shall not pay there any more."""
    attempt = PaymentAttempt.objects.select_related("payment").get(pk=event.attempt_id)
    if event.gives_up:
        rail_named(attempt.payment.rail).give_up(attempt)
    learn(attempt)


def learn(attempt: PaymentAttempt) -> None:
    """Ask the rail how an attempt stands, and let follow from it what follows. Raises RailAway, RailRefused for what does not fit."""
    payment = attempt.payment
    seen = rail_named(payment.rail).look(attempt)
    by = rail(payment.rail)
    if seen.state == "paid":
        if seen.amount != payment.amount:
            raise RailRefused(why=_("{paid} was paid where {due} was due.").format(paid=seen.amount, due=payment.amount), code="other_amount")
        finish_payment(by=by, attempt_id=attempt.pk, rail_ref=seen.rail_ref, charge_ref=seen.charge_ref)
    elif seen.state == "sent":
        note_sent(by=by, attempt_id=attempt.pk)
    elif seen.state == "open":
        note_open(by=by, attempt_id=attempt.pk)
    else:
        note_failed(by=by, attempt_id=attempt.pk, why=seen.why or seen.state)


@verb
def finish_payment(*, by: Actor, attempt_id: UUID, rail_ref: str, charge_ref: str = "") -> bool:
    """The rail has the money. It pays the group, or goes back by itself when the group has expired or is paid already.

    Safe to repeat, and to run several times at once. True if the group is paid by this.
    """
    with transaction.atomic():
        attempt = PaymentAttempt.objects.select_related("payment").get(pk=attempt_id)
        group = locked_group(attempt.payment.group_id)
        if not note_succeeded(by=by, attempt=attempt, rail_ref=rail_ref, charge_ref=charge_ref):
            return False
        if group.status != OrderGroup.Status.AWAITING_PAYMENT:
            return_payment(by=by, attempt=attempt, reason="paid_twice" if group.status == OrderGroup.Status.PAID else "paid_too_late")
            return False
        keep_payment(by=by, attempt=attempt)
        set_group_status(by=by, group=group, status=OrderGroup.Status.PAID)
        meet(kind=UNPAID, subject_id=group.pk)
        ship_by = clock.now() + timedelta(days=Market.objects.get().ship_days)

        def confirm(order_id: UUID) -> Order:
            allocate_stock(by=by, order_id=order_id)
            order: Order = confirm_order(by=by, order_id=order_id, ship_by=ship_by + timedelta(days=making_days(order_id)))
            return order

        merchant_ids = _in_each_order(by, group, confirm)
        record(OrderGroupPaid(group_id=group.pk, merchant_ids=merchant_ids))
    return True


def expire_unpaid(event: DeadlineReached) -> None:
    """Reaction to the deadline `order_group.unpaid`."""
    expire_group(by=SYSTEM, group_id=event.subject_id)


@verb
def expire_group(*, by: Actor, group_id: UUID) -> bool:
    """Nobody paid in time: cancel the orders, free their stock. False if the group was no longer waiting."""
    with transaction.atomic():
        group = locked_group(group_id)
        if group.status != OrderGroup.Status.AWAITING_PAYMENT:
            return False
        merchant_ids = _give_up(by, group, OrderGroup.Status.EXPIRED, "not paid in time")
        record(OrderGroupExpired(group_id=group.pk, merchant_ids=merchant_ids))
    return True


@verb
def cancel_group(*, by: Actor, group_id: UUID) -> None:
    """The buyer does not want it any more, before paying: the orders are cancelled, their stock is free. Safe to repeat.

    A payment that was under way and comes after goes back by itself. Raises PaymentClosed for what is paid or has expired.
    """
    with transaction.atomic():
        group = locked_group(group_id)
        if group.status == OrderGroup.Status.CANCELLED:
            return
        if group.status != OrderGroup.Status.AWAITING_PAYMENT:
            raise GroupNotUnpaid(number=group.number, status=group.get_status_display())
        merchant_ids = _give_up(by, group, OrderGroup.Status.CANCELLED, "cancelled by the buyer")
        record(OrderGroupCancelled(group_id=group.pk, merchant_ids=merchant_ids))


def _give_up(by: Actor, group: OrderGroup, status: str, reason: str) -> list[UUID]:
    """End a locked group that nobody paid. Returns the merchants."""
    set_group_status(by=by, group=group, status=status)
    meet(kind=UNPAID, subject_id=group.pk)
    leave_attempts(by=by, group=group)

    def cancel(order_id: UUID) -> Order:
        release_stock(by=by, order_id=order_id)
        order: Order = cancel_order(by=by, order_id=order_id, reason=reason)
        return order

    merchant_ids = _in_each_order(by, group, cancel)
    audit(
        by=by,
        action=f"order_group.{status}",
        subject="order_group",
        subject_id=group.number,
        before={"status": "awaiting_payment"},
        after={"status": status},
        why=reason,
    )
    return merchant_ids


def _in_each_order(by: Actor, group: OrderGroup, change: Callable[[UUID], Order]) -> list[UUID]:
    """Change each order of a group in its own schema, and copy how it stands. Returns the merchants."""
    orders: dict[UUID, list[UUID]] = defaultdict(list)
    for copy in OrderCopy.objects.filter(group=group).order_by("number"):
        orders[copy.merchant_id].append(copy.pk)
    changed: list[Order] = []
    with in_merchant_schemas(orders) as merchants:
        for merchant_id in merchants:
            if len(orders[merchant_id]) > 1:
                lock_held(orders[merchant_id])
            changed += [change(order_id) for order_id in orders[merchant_id]]
    for order in changed:
        update_copy(by=by, order_id=order.pk, changed={name: getattr(order, name) for name in ("status", "payment_status", "ship_by", "cancelled_at")})
    return list(orders)
