"""Virtual goods reach the buyer: codes are handed out as soon as they are paid, vouchers are made then, used at the shop, and end by themselves.

The stock is locked before the codes, here as when they are loaded: what is allocated is always there as unused codes.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.flows.copies import copy_order
from marketplace.flows.events import GoodsHandedOver, OrderGroupPaid, VouchersExpired
from marketplace.flows.receive import end_if_all_is_back, end_if_handed_over
from marketplace.flows.refund import give_back
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.inventory.actions import release_stock, ship_stock
from marketplace.merchant.orders.actions import locked_order, note_handed_over, note_step
from marketplace.merchant.orders.giving_back import CANCELLED, note_given_back
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.orders.states import OrderStatus, Step
from marketplace.merchant.virtual.queries import validities
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.payments.models import Refund
from marketplace.platform.virtual.access import voucher_of_shop
from marketplace.platform.virtual.actions import Wanted, check_usable, end_vouchers, issue_vouchers, note_redeemed, take_codes
from marketplace.platform.virtual.errors import VoucherHeld
from marketplace.platform.virtual.kinds import GoodsKind, valid_until
from marketplace.platform.virtual.models import Voucher
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

EXPIRES = "voucher.expires"


def hand_over_paid(event: OrderGroupPaid) -> None:
    """Reaction: what of the group is virtual goes out. It may come again."""
    for copy in OrderCopy.objects.filter(group_id=event.group_id).exclude(kind=GoodsKind.GOODS).order_by("number"):
        hand_over(by=SYSTEM, copy=copy)


@verb
def hand_over(*, by: Actor, copy: OrderCopy) -> bool:
    """Hand the codes of a paid order out, or make its vouchers: once, however often it is asked. False where that is done, or not due.

    Codes are delivered with it, and the order is complete; a service is when all its vouchers are used. Raises CodesShort.
    """
    with transaction.atomic(), merchant_schema(copy.merchant_id):
        order = locked_order(pk=copy.pk)
        lines = [line for line in order.lines.order_by("position") if line.to_pack]
        if order.status != OrderStatus.CONFIRMED or not lines:
            return False
        if order.kind == GoodsKind.CODES:
            _hand_out(by, order, lines)
        elif order.kind != GoodsKind.SERVICE or Voucher.objects.filter(order_id=order.pk).exists():
            return False
        else:
            _issue(by, order, lines)
        copy_order(by=by, order=order)
        record(GoodsHandedOver(merchant_id=copy.merchant_id, order_id=order.pk))
    return True


def _hand_out(by: Actor, order: Order, lines: list[OrderLine]) -> None:
    pieces = {line.pk: line.to_pack for line in lines}
    ship_stock(by=by, order_id=order.pk, shipped=pieces, ref=order.number)
    wanted = {line.pk: (line.variant_id, line.to_pack) for line in lines}
    take_codes(by=by, merchant_id=current_merchant_id(), order_id=order.pk, number=order.number, wanted=wanted)
    note_handed_over(by=by, order=order, pieces=pieces, step=Step.HANDED_OUT)
    end_if_handed_over(by=by, order=order, reason="codes handed out")


def _issue(by: Actor, order: Order, lines: list[OrderLine]) -> None:
    days, zone, paid_at = validities(order.pk), Market.objects.get().tz, order.paid_at or clock.now()
    wanted = [Wanted(line.pk, line.to_pack, valid_until(paid_at, days[line.pk], zone)) for line in lines]
    issue_vouchers(by=by, merchant_id=current_merchant_id(), order_id=order.pk, number=order.number, wanted=wanted)
    note_step(by=by, order=order, step=Step.VOUCHERS_MADE)
    for line in wanted:
        set_deadline(kind=EXPIRES, subject_id=line.line_id, merchant_id=current_merchant_id(), due_at=line.expires_at)


def find_voucher(text: str) -> Voucher:
    """A voucher of the open shop that can be used now, by its code. Raises VoucherUnknown, VoucherUsed, VoucherEnded, VoucherHeld."""
    row = voucher_of_shop(current_merchant_id(), text)
    check_usable(row)
    if OrderCopy.objects.filter(pk=row.order_id, is_disputed=True).exists():
        raise VoucherHeld
    return row


@verb
def redeem_voucher(*, by: Actor, text: str) -> Voucher:
    """The customer is there: a voucher of the open shop is used, once. With the last one its order is complete.

    Raises VoucherUnknown, VoucherUsed (when and by whom), VoucherEnded, VoucherHeld.
    """
    with transaction.atomic():
        row = voucher_of_shop(current_merchant_id(), text)
        order = locked_order(pk=row.order_id)
        find_voucher(text)  # again, under the lock: of two at once the second reads what the first did
        row = note_redeemed(by=by, voucher=row)
        piece = {row.line_id: 1}
        ship_stock(by=by, order_id=order.pk, shipped=piece, ref=order.number)
        note_handed_over(by=by, order=order, pieces=piece, step=Step.REDEEMED)
        if not Voucher.objects.filter(line_id=row.line_id, status=Voucher.Status.OPEN).exists():
            meet(kind=EXPIRES, subject_id=row.line_id)
        end_if_handed_over(by=by, order=order, reason="all vouchers used")
        copy_order(by=by, order=order)
    return row


def expire_vouchers(event: DeadlineReached) -> None:
    """Reaction to the deadline `voucher.expires`: what was not used goes back to the buyer."""
    if event.merchant_id is None:
        raise ValueError("a voucher belongs to a merchant")
    with merchant_schema(event.merchant_id):
        refund_expired(by=SYSTEM, line_id=event.subject_id)


@verb
def refund_expired(*, by: Actor, line_id: UUID) -> int:
    """Vouchers of a line of the open shop that have passed their last day end, and their money goes back. How many. Safe to repeat."""
    with transaction.atomic():
        line = OrderLine.objects.filter(pk=line_id).first()
        if line is None:
            return 0
        order = locked_order(pk=line.order_id)
        n = Voucher.objects.filter(line_id=line_id, status=Voucher.Status.OPEN, expires_at__lte=clock.now()).count()
        if not n or order.status != OrderStatus.CONFIRMED:
            return 0
        pieces = {line_id: n}
        end_vouchers(by=by, order_id=order.pk, pieces=pieces, status=Voucher.Status.EXPIRED)
        backs = note_given_back(by=by, order=order, pieces=pieces, as_=CANCELLED, with_freight=True, reason="vouchers expired")
        release_stock(by=by, order_id=order.pk, pieces=pieces)
        give_back(by=by, merchant_id=current_merchant_id(), order=order, backs=backs, reason=Refund.Reason.VOUCHERS_EXPIRED)
        end_if_all_is_back(by=by, order=order, reason="vouchers expired")
        copy_order(by=by, order=order)
        record(VouchersExpired(merchant_id=current_merchant_id(), order_id=order.pk, pieces=n))
    return n


@verb
def end_what_was_charged_back(*, by: Actor, order: Order) -> None:
    """A bank has taken all of a locked order's money back: what of its virtual goods has not reached the buyer never will."""
    pieces = {line.pk: line.to_pack for line in order.lines.all() if line.to_pack}
    if order.refunded != order.total or order.status != OrderStatus.CONFIRMED or not pieces:
        return
    end_vouchers(by=by, order_id=order.pk, pieces=pieces, status=Voucher.Status.CANCELLED)
    note_given_back(by=by, order=order, pieces=pieces, as_=CANCELLED, with_freight=False, reason="payment disputed and lost")
    release_stock(by=by, order_id=order.pk, pieces=pieces)
    end_if_all_is_back(by=by, order=order, reason="payment disputed and lost")
