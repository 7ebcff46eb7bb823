"""Pieces that will not ship, or came back: what they are worth of what was frozen when the order was placed.

A line's amounts are divided over its pieces once and for ever (largest remainder), and pieces leave in that order. So the
parts given back, in however many steps, always add up to the whole, and nothing is ever priced anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.orders.actions import refresh_fulfilment
from marketplace.merchant.orders.errors import NothingToGiveBack
from marketplace.merchant.orders.models import Order, OrderLine, StatusChange
from marketplace.merchant.orders.states import PaymentStatus, Step
from marketplace.platform.taxonomy.tax import tax_in
from tenants.tenancy.schemas import current_merchant_id

CANCELLED, RETURNED = "cancelled", "returned"


@dataclass(frozen=True)
class Back:
    """What pieces of a line give back."""

    line_id: UUID
    quantity: int
    goods: Money
    freight: Money
    commission: Money
    tax: Money  # of `amount`, which includes it

    @property
    def amount(self) -> Money:
        return self.goods + self.freight


def back_of(line: OrderLine, quantity: int, *, with_freight: bool) -> Back:
    """The next `quantity` pieces of a line, of those neither cancelled nor returned. Pure."""
    gone = line.cancelled + line.returned

    def share(whole: Money) -> Money:
        return Money.sum(whole.split([1] * line.quantity)[gone : gone + quantity], line.currency)

    nothing = Money.zero(line.currency)
    goods_tax = tax_in(line.total, line.tax_rate)
    return Back(
        line.pk,
        quantity,
        goods=share(line.total),
        freight=share(line.freight) if with_freight else nothing,
        commission=share(line.commission),
        tax=share(goods_tax) + (share(line.tax - goods_tax) if with_freight else nothing),
    )


def of_what_is_left(order: Order, backs: list[Back]) -> list[Back]:
    """The same pieces of an order of which a bank has taken money back: never more than is left, commission and tax in proportion. Pure."""
    kept, commission, tax = order.total - order.refunded, order.commission - order.commission_returned, order.tax - order.tax_returned
    found = []
    for back in backs:
        amount = min(back.amount, kept)
        part = replace(
            back,
            goods=min(back.goods, amount),
            freight=amount - min(back.goods, amount),
            commission=_share(commission, amount, kept),
            tax=_share(tax, amount, kept),
        )
        kept, commission, tax = kept - amount, commission - part.commission, tax - part.tax
        found.append(part)
    return found


def cancellable(line: OrderLine) -> int:
    """Pieces that lie in no parcel."""
    return line.to_pack


def returnable(line: OrderLine) -> int:
    """Pieces that were shipped and have not come back."""
    return line.shipped - line.returned


@verb
def note_given_back(*, by: Actor, order: Order, pieces: Mapping[UUID, int], as_: str, with_freight: bool, reason: str) -> list[Back]:
    """Count pieces of a locked order as cancelled or returned, and what goes back for them. Raises NothingToGiveBack.

    `as_` is "cancelled" or "returned". The caller frees or takes in the stock and sends the money.
    """
    limit = cancellable if as_ == CANCELLED else returnable
    with transaction.atomic():
        lines = list(order.lines.order_by("position"))
        backs = []
        for line in lines:
            quantity = pieces.get(line.pk, 0)
            if not 0 <= quantity <= limit(line):
                raise NothingToGiveBack(number=order.number)
            if quantity:
                backs.append(back_of(line, quantity, with_freight=with_freight))
                setattr(line, as_, getattr(line, as_) + quantity)
        if not backs:
            raise NothingToGiveBack(number=order.number)
        if order.changes.filter(new=Step.CHARGED_BACK).exists():
            backs = of_what_is_left(order, backs)
        OrderLine.objects.bulk_update(lines, [as_])
        before = {"refunded": order.refunded_minor, "payment_status": order.payment_status}
        order.refunded_minor += sum(back.amount.minor for back in backs)
        order.commission_returned_minor += sum(back.commission.minor for back in backs)
        order.tax_returned_minor += sum(back.tax.minor for back in backs)
        order.payment_status = PaymentStatus.REFUNDED if order.refunded_minor == order.total_minor else PaymentStatus.PART_REFUNDED
        order.save(update_fields=["refunded_minor", "commission_returned_minor", "tax_returned_minor", "payment_status"])
        refresh_fulfilment(order, lines)
        step = Step.PART_CANCELLED if as_ == CANCELLED else Step.REFUNDED
        StatusChange.objects.create(order=order, old=order.status, new=step, actor_kind=by.kind, actor_label=by.label, reason=reason[:200])
        audit(
            by=by,
            action=f"order.pieces_{as_}",
            subject="order",
            subject_id=order.number,
            merchant_id=current_merchant_id(),
            before=before,
            after={"refunded": order.refunded_minor, "payment_status": order.payment_status, "pieces": dict(pieces)},
            why=reason,
        )
    return backs


@verb
def note_charged_back(*, by: Actor, order: Order, amount: Money, reason: str) -> Money:
    """The buyer's bank took so much of a locked order's payment back. Returns the commission that goes with it.

    Pieces stay as they are: no goods come back by it. Money, commission and tax go in proportion to what was still kept.
    """
    kept = order.total - order.refunded
    with transaction.atomic():
        before = {"refunded": order.refunded_minor, "payment_status": order.payment_status}
        commission = _share(order.commission - order.commission_returned, amount, kept)
        tax = _share(order.tax - order.tax_returned, amount, kept)
        order.refunded_minor += amount.minor
        order.commission_returned_minor += commission.minor
        order.tax_returned_minor += tax.minor
        order.payment_status = PaymentStatus.REFUNDED if order.refunded_minor == order.total_minor else PaymentStatus.PART_REFUNDED
        order.save(update_fields=["refunded_minor", "commission_returned_minor", "tax_returned_minor", "payment_status"])
        StatusChange.objects.create(order=order, old=order.status, new=Step.CHARGED_BACK, actor_kind=by.kind, actor_label=by.label, reason=reason[:200])
        audit(
            by=by,
            action="order.charged_back",
            subject="order",
            subject_id=order.number,
            merchant_id=current_merchant_id(),
            before=before,
            after={"refunded": order.refunded_minor, "payment_status": order.payment_status},
            why=reason,
        )
    return commission


def _share(whole: Money, part: Money, of: Money) -> Money:
    """`whole` in the proportion part : of, rounded half up; all of it when the part is all, nothing when there is nothing."""
    return whole if part == of else whole.times(part.minor, of.minor)
