"""What was paid will not ship: by the buyer before it is packed, by the shop as long as it lies there. The siblings stay paid."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from marketplace.flows.copies import copy_order
from marketplace.flows.events import OrderCancelled
from marketplace.flows.receive import end_if_all_is_back
from marketplace.flows.refund import give_back
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import IllegalMove, check_reason
from marketplace.kernel.formats import format_time
from marketplace.kernel.outbox import record
from marketplace.kernel.texts import localised
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.merchant.aftersales.second_looks import takes_two
from marketplace.merchant.customising.errors import MakingBegun
from marketplace.merchant.customising.queries import first_begun
from marketplace.merchant.customising.questions import end_questions
from marketplace.merchant.fulfilment.actions import remove_package
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.actions import release_stock
from marketplace.merchant.orders.actions import locked_order, note_unpacked, order_to_ship
from marketplace.merchant.orders.errors import AlreadyPacked
from marketplace.merchant.orders.giving_back import CANCELLED, note_given_back
from marketplace.merchant.orders.models import Order
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.payments.models import Refund
from marketplace.platform.virtual.actions import end_vouchers
from marketplace.platform.virtual.kinds import GoodsKind
from marketplace.platform.virtual.models import Voucher
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

CANCEL = "order.cancel"  # what a shop that wants two people asks a colleague for (flows/second_looks.py)


@verb
def cancel_paid_order(*, by: Actor, copy: OrderCopy, reason: str) -> None:
    """The buyer gives up one paid order: all of its money goes back, its stock is free, its siblings stay as they are.

    Possible until the shop packs, or begins to make what is made to wishes, and after `ship_by` until something has left; of a service at any
    time, for what was not used. Safe to repeat. Raises AlreadyPacked, MakingBegun, IllegalMove.
    """
    with transaction.atomic(), merchant_schema(copy.merchant_id):
        order = locked_order(pk=copy.pk)
        if order.status == OrderStatus.CANCELLED:
            return
        if order.status != OrderStatus.CONFIRMED:
            raise IllegalMove
        lines = list(order.lines.all())
        if order.kind == GoodsKind.SERVICE and any(line.shipped for line in lines):
            unused = {line.pk: line.to_pack for line in lines if line.to_pack}
            _cancel(by, order, unused, reason=reason, kind=Refund.Reason.CANCELLED_BY_BUYER)
            return
        is_late = order.ship_by is not None and clock.now() > order.ship_by
        ship_by = format_time(order.ship_by) if order.ship_by else ""
        if any(line.shipped or (line.packed and not is_late) for line in lines):
            raise AlreadyPacked(number=order.number, ship_by=ship_by)
        if not is_late and (begun := first_begun(order.pk)):
            raise MakingBegun(title=localised(begun.line.titles).text, number=order.number, ship_by=ship_by)
        for package in order.packages.filter(status=Package.Status.PACKED).order_by("pk"):
            note_unpacked(by=by, order_id=order.pk, pieces=remove_package(by=by, package=package))
        pieces = {line.pk: line.quantity - line.cancelled for line in lines if line.quantity > line.cancelled}
        _cancel(by, order, pieces, reason=reason, kind=Refund.Reason.CANCELLED_BY_BUYER)


@verb
def cancel_pieces(*, by: Actor, number: str, pieces: Mapping[UUID, int] | None, reason: str) -> Order:
    """The shop cannot send these (line id → quantity; None: all that lies in no parcel): their money goes back, freight included.

    Of an order of the open merchant. Raises OrderUnknown, NotPaidYet, IllegalMove, NothingToGiveBack, ReasonMissing, and SecondPersonNeeded
    where the shop wants two people.
    """
    check_reason(reason)
    with transaction.atomic():
        if takes_two():
            needs_two(by, CANCEL)
        order = order_to_ship(number)
        if pieces is None:
            pieces = {line.pk: line.to_pack for line in order.lines.all() if line.to_pack}
        _cancel(by, order, pieces, reason=reason, kind=Refund.Reason.CANCELLED_BY_SHOP)
    return order


def _cancel(by: Actor, order: Order, pieces: Mapping[UUID, int], *, reason: str, kind: str) -> None:
    """Of a locked order, in its merchant's schema."""
    merchant_id = current_merchant_id()
    backs = note_given_back(by=by, order=order, pieces=pieces, as_=CANCELLED, with_freight=True, reason=reason)
    release_stock(by=by, order_id=order.pk, pieces=pieces)
    if order.kind == GoodsKind.SERVICE:
        end_vouchers(by=by, order_id=order.pk, pieces=pieces, status=Voucher.Status.CANCELLED)
    end_questions(by=by, order=order)
    give_back(by=by, merchant_id=merchant_id, order=order, backs=backs, reason=kind)
    end_if_all_is_back(by=by, order=order, reason=reason)
    copy_order(by=by, order=order)
    record(OrderCancelled(merchant_id=merchant_id, order_id=order.pk, by_buyer=kind == Refund.Reason.CANCELLED_BY_BUYER, reason=reason[:500]))
