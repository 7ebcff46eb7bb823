"""A card's bank questions a payment: what each of its orders has to do with it, and how it ends."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from marketplace.flows.copies import copy_order
from marketplace.flows.hand_over import end_what_was_charged_back
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.money import Money
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.inventory.actions import release_stock
from marketplace.merchant.orders.actions import cancel_order, locked_order
from marketplace.merchant.orders.giving_back import note_charged_back
from marketplace.merchant.orders.models import Order
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus
from marketplace.platform.checkout.actions import locked_group
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.models import Account
from marketplace.platform.ledger.queries import earned_on
from marketplace.platform.payments.events import RefundDue
from marketplace.platform.payments.models import Dispute, DisputeShare, PaymentAttempt, PaymentSplit, Refund, RefundAllocation
from marketplace.platform.payments.moving import plan_reversals
from marketplace.platform.payments.rails.port import SeenDispute
from tenants.tenancy.schemas import in_merchant_schemas

S = Dispute.Status


@verb
def apply_dispute(*, by: Actor, attempt: PaymentAttempt, seen: SeenDispute) -> Dispute:
    """Bring our side in line with what the rail says now, in whatever order its notices came. Safe to repeat.

    While it is open its orders are not settled; money that leaves or comes back is posted once; what was transferred of it is
    taken back; a lost one is the merchants' loss, each of its own share, with the commission on it.
    """
    with transaction.atomic():
        locked_group(attempt.payment.group_id)
        row = Dispute.objects.select_for_update(of=("self",)).filter(rail_ref=seen.ref).first() or _open(by, attempt, seen)
        if row.closed_at:
            return row
        before = row.status
        row.status, row.reason, row.answer_by = S(seen.state), seen.reason[:60], seen.answer_by
        if row.amount and row.withdrawn_at is None and (seen.is_withdrawn or seen.state in (S.LOST, S.WON)):
            _withdraw(by, row)
        if row.withdrawn_at and not seen.is_withdrawn and row.reinstated_at is None and seen.state == S.WON:
            _reinstate(by, row)
        if seen.state in (S.WON, S.LOST, S.CLOSED):
            _close(by, row)
        elif seen.state == S.OPEN:
            _freeze(row, True)
        row.save()
        if before != row.status:
            after = {"status": row.status, "amount": row.amount_minor}
            audit(by=by, action=f"dispute.{row.status}", subject="dispute", subject_id=row.rail_ref, before={"status": before}, after=after, why=row.reason)
    return row


def _open(by: Actor, attempt: PaymentAttempt, seen: SeenDispute) -> Dispute:
    """A new one, shared out over the payment's orders by what of each one's share the rail has not sent back."""
    row = Dispute.objects.create(
        attempt=attempt, rail_ref=seen.ref, status=S(seen.state), currency=seen.amount.currency, amount_minor=seen.amount.minor, reason=seen.reason[:60]
    )
    splits = list(PaymentSplit.objects.filter(payment=attempt.payment).order_by("order_id"))
    numbers = dict(OrderCopy.objects.filter(pk__in=[split.order_id for split in splits]).values_list("pk", "number"))
    sent = RefundAllocation.objects.filter(split__in=splits, refund__status__in=[Refund.Status.DONE, Refund.Status.SENT])
    gone = dict(sent.values_list("split").annotate(sum=Sum("amount_minor")))
    weights = [split.amount_minor - gone.get(split.pk, 0) for split in splits]
    shares = seen.amount.split(weights if any(weights) else [split.amount_minor for split in splits])
    DisputeShare.objects.bulk_create(
        [
            DisputeShare(
                dispute=row,
                split=split,
                merchant_id=split.merchant_id,
                order_id=split.order_id,
                order_number=numbers[split.order_id],
                currency=share.currency,
                amount_minor=share.minor,
            )
            for split, share in zip(splits, shares, strict=True)
            if share
        ]
    )
    audit(by=by, action="dispute.opened", subject="dispute", subject_id=seen.ref, after={"amount": seen.amount.minor, "reason": seen.reason})
    return row


def _withdraw(by: Actor, row: Dispute) -> None:
    row.withdrawn_at = clock.now()
    post(by=by, kind="dispute_withdrawn", ref=row.rail_ref, sides=[debit(Account.DISPUTES, row.amount), credit(Account.RAIL_CLEARING, row.amount)])
    for share in row.shares.order_by("order_number"):
        copy = OrderCopy.objects.get(pk=share.order_id)
        if copy.completed_at:
            plan_reversals(by=by, order_id=share.order_id, amount=share.amount - commission_on(copy, share.amount), dispute=row)


def _reinstate(by: Actor, row: Dispute) -> None:
    row.reinstated_at = clock.now()
    post(by=by, kind="dispute_reinstated", ref=row.rail_ref, sides=[debit(Account.RAIL_CLEARING, row.amount), credit(Account.DISPUTES, row.amount)])


def _freeze(row: Dispute, is_disputed: bool) -> None:
    OrderCopy.objects.filter(pk__in=row.shares.values("order_id")).update(is_disputed=is_disputed)


def _close(by: Actor, row: Dispute) -> None:
    row.closed_at = clock.now()
    _freeze(row, False)
    if row.status == S.LOST:
        covered = _cover_by_refunds(by, row)
        _charge_back(by, row, covered)
    for refund in Refund.objects.filter(attempt=row.attempt, status=Refund.Status.DUE).order_by("pk"):
        record(RefundDue(refund_id=refund.pk))  # it waited: no disputed payment is refunded


def _cover_by_refunds(by: Actor, row: Dispute) -> dict[UUID, int]:
    """Refunds that waited for it are done by it: the bank has given the buyer the money. Returns what of each order's share that was."""
    shares = {share.order_id: share.amount_minor for share in row.shares.all()}
    covered: dict[UUID, int] = dict.fromkeys(shares, 0)
    owed = Refund.objects.filter(attempt=row.attempt, status__in=[Refund.Status.DUE, Refund.Status.FAILED])
    for refund in owed.order_by("created_at", "pk").select_for_update(of=("self",)):
        parts = list(refund.allocations.all())
        if not parts or any(part.amount_minor > shares.get(part.order_id, 0) - covered.get(part.order_id, 0) for part in parts):
            continue
        for part in parts:
            covered[part.order_id] += part.amount_minor
        refund.status, refund.done_at, refund.rail_ref, refund.failure = Refund.Status.DONE, clock.now(), row.rail_ref, ""
        refund.save(update_fields=["status", "done_at", "rail_ref", "failure"])
        post(by=by, kind="refund_by_dispute", ref=refund.key, sides=[debit(Account.REFUNDS_DUE, refund.amount), credit(Account.DISPUTES, refund.amount)])
    return covered


def _charge_back(by: Actor, row: Dispute, covered: dict[UUID, int]) -> None:
    """What is left of each share was given to the buyer by the bank: the merchant's loss, and the market's of its commission."""
    shares: dict[UUID, list[DisputeShare]] = defaultdict(list)
    for one in row.shares.select_related("split").order_by("order_number"):
        shares[one.merchant_id].append(one)
    changed: list[tuple[UUID, Order, bool, Money, Money]] = []  # merchant, order, whether it was earned before, amount, commission on it
    with in_merchant_schemas(shares) as merchants:
        for merchant_id, share in ((key, share) for key in merchants for share in shares[key]):
            order = locked_order(pk=share.order_id)
            amount = min(Money(share.amount_minor - covered[share.order_id], row.currency), order.total - order.refunded)
            if not amount:
                continue
            commission = note_charged_back(by=by, order=order, amount=amount, reason=row.reason)
            if order.status == OrderStatus.CONFIRMED and order.refunded == order.total and order.fulfilment_status == FulfilmentStatus.NONE:
                release_stock(by=by, order_id=order.pk)
                ended = cancel_order(by=by, order_id=order.pk, reason="payment disputed and lost")
                order.status, order.cancelled_at = ended.status, ended.cancelled_at
            changed.append((merchant_id, order, order.completed_at is not None, amount, commission))
            if order.is_virtual:
                end_what_was_charged_back(by=by, order=order)
            copy_order(by=by, order=order)
    left = row.amount - Money(sum(covered.values()), row.currency)
    for merchant_id, order, was_earned, amount, commission in changed:
        left -= amount
        if was_earned:
            sides = [debit(earned_on(merchant_id), amount - commission, merchant_id), debit(Account.COMMISSION_INCOME, commission, merchant_id)]
        else:
            sides = [debit(Account.BUYER_ESCROW, amount)]
        PaymentSplit.objects.filter(order_id=order.pk).update(refunded_minor=F("refunded_minor") + amount.minor)
        post(
            by=by,
            kind="order_charged_back",
            ref=f"{row.rail_ref}:{order.number}",
            sides=[*sides, credit(Account.DISPUTES, amount)],
            order_id=order.pk,
            order_number=order.number,
        )
    if left:  # it had gone back to the buyer already
        post(by=by, kind="dispute_loss", ref=row.rail_ref, sides=[debit(Account.LOSSES, left), credit(Account.DISPUTES, left)])


def commission_on(copy: OrderCopy, amount: Money) -> Money:
    """The part of an order's kept commission that goes with so much of what was kept of its money, rounded half up."""
    kept, commission = copy.total - copy.refunded, copy.commission - copy.commission_returned
    return commission.times(amount.minor, kept.minor) if kept else Money.zero(amount.currency)
