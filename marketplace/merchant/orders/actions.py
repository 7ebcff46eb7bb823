"""A merchant's orders: verbs. All run in the merchant's schema that is open; flows join them with stock, parcels and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import IllegalMove
from marketplace.kernel.verbs import verb
from marketplace.merchant.orders.errors import (
    NothingIsShipped,
    NothingToShip,
    NotPaidYet,
    NotShippedYet,
    OrderUnknown,
)
from marketplace.merchant.orders.models import Order, OrderLine, StatusChange
from marketplace.merchant.orders.search_keys import set_search_keys
from marketplace.merchant.orders.states import (
    ORDER_MOVES,
    FulfilmentStatus,
    OrderStatus,
    PaymentStatus,
    waiting_status,
)
from tenants.tenancy.rows import insert_new
from tenants.tenancy.schemas import current_merchant_id


@verb
def write_order(*, by: Actor, order: Order, lines: Sequence[OrderLine]) -> Order:
    """A new order, awaiting payment, with its lines and the first row of its history."""
    set_search_keys(order)
    insert_new([order])
    insert_new(lines)
    insert_new([_change(order, "", OrderStatus.AWAITING_PAYMENT, by, "placed")])
    return order


@verb
def confirm_order(*, by: Actor, order_id: UUID, ship_by: datetime) -> Order:
    """The money is there: the merchant may ship, and should by `ship_by`; virtual goods wait for nobody."""
    with transaction.atomic():
        order = locked_order(pk=order_id)
        move(order, OrderStatus.CONFIRMED, by=by, reason="paid")
        order.payment_status, order.paid_at, order.ship_by = PaymentStatus.PAID, clock.now(), None if order.is_virtual else ship_by
        order.save(update_fields=["payment_status", "paid_at", "ship_by"])
    return order


@verb
def put_ship_by(*, by: Actor, order: Order, ship_by: datetime) -> None:
    """The day by which a locked order has to leave has moved. The verb that moves it audits why."""
    order.ship_by = ship_by
    order.save(update_fields=["ship_by"])


@verb
def accept_order(*, by: Actor, number: str) -> Order:
    """The merchant has seen it and will ship. Safe to repeat. Raises OrderUnknown, NotPaidYet, IllegalMove, NothingIsShipped."""
    with transaction.atomic():
        order = _order_to_pack(number)
        if order.accepted_at is None:
            order.accepted_at = clock.now()
            order.save(update_fields=["accepted_at"])
            StatusChange.objects.create(**_as_fields(order, order.status, "accepted", by, ""))
            _audit_step(by, order, "order.accepted", before={"accepted_at": None}, after={"accepted_at": order.accepted_at})
    return order


@verb
def note_packed(*, by: Actor, number: str, quantities: Mapping[UUID, int] | None) -> tuple[Order, dict[UUID, int]]:
    """Count what goes into a parcel: line id → quantity (None: all that is left). Returns the order and what was packed.

    Raises OrderUnknown, NotPaidYet, NothingToShip, NothingIsShipped.
    """
    with transaction.atomic():
        order = _order_to_pack(number)
        lines = list(order.lines.order_by("position"))
        packs = {}
        for line in lines:
            quantity = line.to_pack if quantities is None else quantities.get(line.pk, 0)
            if not 0 <= quantity <= line.to_pack:
                raise NothingToShip(number=order.number)
            if quantity:
                packs[line.pk] = quantity
                line.packed += quantity
        if not packs:
            raise NothingToShip(number=order.number)
        OrderLine.objects.bulk_update(lines, ["packed"])
        if order.accepted_at is None:  # who packs has accepted
            order.accepted_at = clock.now()
            order.save(update_fields=["accepted_at"])
        StatusChange.objects.create(**_as_fields(order, order.fulfilment_status, "packed", by, ""))
        _audit_step(by, order, "order.packed", before={}, after={"lines": packs})
    return order, packs


@verb
def note_unpacked(*, by: Actor, order_id: UUID, pieces: Mapping[UUID, int]) -> Order:
    """A parcel that had not left was opened again. Raises OrderUnknown."""
    with transaction.atomic():
        order = locked_order(pk=order_id)
        for line_id, quantity in pieces.items():
            OrderLine.objects.filter(pk=line_id, order=order).update(packed=F("packed") - quantity)
        StatusChange.objects.create(**_as_fields(order, order.fulfilment_status, "unpacked", by, ""))
        _audit_step(by, order, "order.unpacked", before={"lines": dict(pieces)}, after={})
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
def note_shipped(*, by: Actor, order_id: UUID, pieces: Mapping[UUID, int]) -> Order:
    """A packed parcel has left: line id → quantity. Raises OrderUnknown, IllegalMove."""
    with transaction.atomic():
        order = locked_order(pk=order_id)
        if order.status != OrderStatus.CONFIRMED:
            raise IllegalMove
        lines = list(order.lines.order_by("position"))
        for line in lines:
            line.packed -= pieces.get(line.pk, 0)
            line.shipped += pieces.get(line.pk, 0)
        OrderLine.objects.bulk_update(lines, ["packed", "shipped"])
        before = order.fulfilment_status
        refresh_fulfilment(order, lines)
        StatusChange.objects.create(**_as_fields(order, before, order.fulfilment_status, by, ""))
        _audit_step(
            by,
            order,
            "order.shipped",
            before={"fulfilment_status": before},
            after={"fulfilment_status": order.fulfilment_status, "lines": dict(pieces)},
        )
    return order


@verb
def note_handed_over(*, by: Actor, order: Order, pieces: Mapping[UUID, int], step: str) -> Order:
    """Pieces of a locked order of virtual goods reached the buyer: line id → quantity. Raises IllegalMove, NothingToShip."""
    with transaction.atomic():
        if order.status != OrderStatus.CONFIRMED or not order.is_virtual:
            raise IllegalMove
        lines = list(order.lines.order_by("position"))
        for line in lines:
            if not 0 <= pieces.get(line.pk, 0) <= line.to_pack:
                raise NothingToShip(number=order.number)
            line.shipped += pieces.get(line.pk, 0)
        OrderLine.objects.bulk_update(lines, ["shipped"])
        before = order.fulfilment_status
        refresh_fulfilment(order, lines)
        StatusChange.objects.create(**_as_fields(order, before, step, by, ""))
        after: dict[str, object] = {"fulfilment_status": order.fulfilment_status, "lines": dict(pieces)}
        _audit_step(by, order, f"order.{step}", before={"fulfilment_status": before}, after=after)
    return order


@verb
def note_step(*, by: Actor, order: Order, step: str) -> None:
    """A row of its history for what changes no status of a locked order."""
    StatusChange.objects.create(**_as_fields(order, order.status, step, by, ""))


def refresh_fulfilment(order: Order, lines: Sequence[OrderLine]) -> None:
    """Compute and store how much of a locked order has left: what is cancelled is not waited for."""
    left = any(line.quantity > line.cancelled + line.shipped for line in lines)
    some = any(line.shipped for line in lines)
    if order.fulfilment_status == FulfilmentStatus.DELIVERED:
        return
    if order.is_virtual:
        order.fulfilment_status = waiting_status(order.kind) if left or not some else FulfilmentStatus.SHIPPED
    else:
        order.fulfilment_status = FulfilmentStatus.NONE if not some else FulfilmentStatus.PART_SHIPPED if left else FulfilmentStatus.SHIPPED
    if order.fulfilment_status == FulfilmentStatus.SHIPPED and order.shipped_at is None:
        order.shipped_at = clock.now()
    order.save(update_fields=["fulfilment_status", "shipped_at"])


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


def order_to_ship(number: str) -> Order:
    """The order, locked, if its goods may leave. Raises OrderUnknown, NotPaidYet, IllegalMove."""
    order = locked_order(number=number)
    if order.payment_status not in (PaymentStatus.PAID, PaymentStatus.PART_REFUNDED):
        raise NotPaidYet(number=order.number)
    if order.status != OrderStatus.CONFIRMED:
        raise IllegalMove
    return order


def _order_to_pack(number: str) -> Order:
    order = order_to_ship(number)
    if order.is_virtual:
        raise NothingIsShipped(number=number)
    return order


def locked_order(**which: object) -> Order:
    order: Order | None = Order.objects.select_for_update(of=("self",)).filter(**which).first()
    if order is None:
        raise OrderUnknown
    return order


def _audit_step(by: Actor, order: Order, action: str, *, before: dict[str, object], after: dict[str, object], why: str = "") -> None:
    audit(by=by, action=action, subject="order", subject_id=order.number, merchant_id=current_merchant_id(), before=before, after=after, why=why)


def _as_fields(order: Order, old: str, new: str, by: Actor, reason: str) -> dict[str, object]:
    return {"order": order, "old": old, "new": new, "actor_kind": by.kind, "actor_label": by.label, "reason": reason}


def _change(order: Order, old: str, new: str, by: Actor, reason: str) -> StatusChange:
    return StatusChange(**_as_fields(order, old, new, by, reason))
