"""A merchant's orders: verbs. All run in the merchant's schema that is open; flows join them with stock, parcels and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import IllegalMove
from marketplace.kernel.verbs import verb
from marketplace.merchant.orders.errors import (
    NothingToShip,
    NotPaidYet,
    NotShippedYet,
    OrderUnknown,
)
from marketplace.merchant.orders.models import Order, OrderLine, StatusChange
from marketplace.merchant.orders.states import (
    ORDER_MOVES,
    FulfilmentStatus,
    OrderStatus,
    PaymentStatus,
)
from tenants.tenancy.schemas import current_merchant_id


@verb
def write_order(*, by: Actor, order: Order, lines: Sequence[OrderLine]) -> Order:
    """A new order, awaiting payment, with its lines and the first row of its history."""
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(lines)
    StatusChange.objects.bulk_create([_change(order, "", OrderStatus.AWAITING_PAYMENT, by, "placed")])
    return order


@verb
def confirm_order(*, by: Actor, order_id: UUID) -> Order:
    """The money is there: the merchant may ship."""
    with transaction.atomic():
        order = locked_order(pk=order_id)
        move(order, OrderStatus.CONFIRMED, by=by, reason="paid")
        order.payment_status, order.paid_at = PaymentStatus.PAID, clock.now()
        order.save(update_fields=["payment_status", "paid_at"])
    return order


@verb
def cancel_order(*, by: Actor, order_id: UUID, reason: str) -> Order:
    """The order will not be fulfilled. The flow that calls this frees stock and returns money."""
    with transaction.atomic():
        order = locked_order(pk=order_id)
        move(order, OrderStatus.CANCELLED, by=by, reason=reason)
        order.cancelled_at = clock.now()
        order.save(update_fields=["cancelled_at"])
    return order


@verb
def note_shipped(*, by: Actor, number: str, quantities: Mapping[UUID, int] | None) -> tuple[Order, dict[UUID, int]]:
    """Count what goes out: line id → quantity (None: all that is left). Returns the order and what really ships.

    Raises OrderUnknown, NotPaidYet, NothingToShip.
    """
    with transaction.atomic():
        order = locked_order(number=number)
        if order.payment_status not in (PaymentStatus.PAID, PaymentStatus.PART_REFUNDED):
            raise NotPaidYet(number=order.number)
        if order.status != OrderStatus.CONFIRMED:
            raise IllegalMove
        lines = list(order.lines.order_by("position"))
        ships = {}
        for line in lines:
            left = line.quantity - line.shipped
            quantity = left if quantities is None else quantities.get(line.pk, 0)
            if not 0 <= quantity <= left:
                raise NothingToShip(number=order.number)
            if quantity:
                ships[line.pk] = quantity
                line.shipped += quantity
        if not ships:
            raise NothingToShip(number=order.number)
        OrderLine.objects.bulk_update(lines, ["shipped"])
        whole = all(line.shipped == line.quantity for line in lines)
        before = order.fulfilment_status
        order.fulfilment_status = FulfilmentStatus.SHIPPED if whole else FulfilmentStatus.PART_SHIPPED
        order.shipped_at = clock.now() if whole else None
        order.save(update_fields=["fulfilment_status", "shipped_at"])
        StatusChange.objects.create(**_as_fields(order, before, order.fulfilment_status, by, ""))
        audit(
            by=by,
            action="order.shipped",
            subject="order",
            subject_id=order.number,
            merchant_id=current_merchant_id(),
            before={"fulfilment_status": before},
            after={"fulfilment_status": order.fulfilment_status, "lines": ships},
        )
    return order, ships


@verb
def complete_order(*, by: Actor, order_id: UUID, reason: str) -> Order | None:
    """The buyer has the goods. None if it was complete before. Raises NotShippedYet."""
    with transaction.atomic():
        order = locked_order(pk=order_id)
        if order.status == OrderStatus.COMPLETED:
            return None
        if order.fulfilment_status not in (FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED):
            raise NotShippedYet(number=order.number)
        order.fulfilment_status, order.completed_at = FulfilmentStatus.DELIVERED, clock.now()
        order.save(update_fields=["fulfilment_status", "completed_at"])
        move(order, OrderStatus.COMPLETED, by=by, reason=reason)
    return order


def move(order: Order, new: str, *, by: Actor, reason: str) -> None:
    """The one way a status changes: checked against the table, compared and set, written into the history and the log."""
    old = order.status
    ORDER_MOVES.check(old, new)
    if Order.objects.filter(pk=order.pk, status=old).update(status=new) != 1:
        raise IllegalMove
    order.status = new
    StatusChange.objects.create(**_as_fields(order, old, new, by, reason))
    audit(
        by=by,
        action=f"order.{new}",
        subject="order",
        subject_id=order.number,
        merchant_id=current_merchant_id(),
        before={"status": old},
        after={"status": new},
        why=reason,
    )


def locked_order(**which: object) -> Order:
    order: Order | None = Order.objects.select_for_update(of=("self",)).filter(**which).first()
    if order is None:
        raise OrderUnknown
    return order


def _as_fields(order: Order, old: str, new: str, by: Actor, reason: str) -> dict[str, object]:
    return {"order": order, "old": old, "new": new, "actor_kind": by.kind, "actor_label": by.label, "reason": reason}


def _change(order: Order, old: str, new: str, by: Actor, reason: str) -> StatusChange:
    return StatusChange(**_as_fields(order, old, new, by, reason))
