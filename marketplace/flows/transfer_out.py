"""From a statement to the merchant's account at a rail: one transfer an order, drawn from what was paid for it, and back again."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from marketplace.flows.events import PayoutMoved
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor, rail
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import check_reason
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.actions import open_payout
from marketplace.platform.ledger.errors import PayoutClosed
from marketplace.platform.ledger.models import Payout
from marketplace.platform.payments.actions import kept_attempt
from marketplace.platform.payments.events import PayoutAccountReady, RefundSent, ReversalDue, TransferDue
from marketplace.platform.payments.models import Payment, PaymentAttempt, PayoutAccount, Refund, Transfer, TransferReversal
from marketplace.platform.payments.moving import (
    ask_rail,
    note_reversal_refused,
    note_reversed,
    note_transfer_failed,
    note_transferred,
    plan_reversals,
    plan_transfers,
)
from marketplace.platform.payments.rails import connect_rail

RAIL = "stripe"
Part = tuple[PaymentAttempt | None, UUID | None, str, int]  # attempt it draws from, order, its number, amount


def payout_rail(merchant_id: UUID) -> str:
    """How a merchant is paid: at the rail where it has an account, else by bank file."""
    return RAIL if PayoutAccount.objects.filter(merchant_id=merchant_id, kind=PayoutAccount.Kind.STRIPE).exists() else "bank"


@verb
def send_by_rail(*, by: Actor, payout_id: UUID) -> bool:
    """Plan the transfers of a payout that waits and was released, if the merchant's account can receive them. False if it waits on. Safe to repeat."""
    with transaction.atomic():
        payout = Payout.objects.select_for_update(of=("self",)).select_related("statement").get(pk=payout_id)
        account = PayoutAccount.objects.filter(merchant_id=payout.merchant_id, kind=PayoutAccount.Kind.STRIPE, payouts_enabled=True).first()
        if payout.rail != RAIL or payout.status != Payout.Status.DUE or payout.released_at is None or account is None:
            return False
        plan_transfers(by=by, payout=payout, parts=parts_of(payout), destination=account.stripe_account)
        payout.status, payout.sent_at, payout.destination = Payout.Status.SENT, clock.now(), {"stripe_account": account.stripe_account}
        payout.save(update_fields=["status", "sent_at", "destination"])
        note_payout_moved(by, payout, "due")
    return True


def parts_of(payout: Payout) -> list[Part]:
    """What of a payout is which order's: its net on the statement, less what is netted, as far as its charge still covers it.

    The rest (netted the other way, or not covered) is one transfer without a source.
    """
    nets: dict[UUID, int] = defaultdict(int)
    numbers: dict[UUID, str] = {}
    for line in payout.statement.lines.order_by("order_number", "pk"):
        if line.order_id is None:  # a fee: netted from the orders
            continue
        nets[line.order_id] += line.net.minor
        numbers[line.order_id] = line.order_number
    earned = {key: net for key, net in nets.items() if net > 0}
    netted = max(sum(earned.values()) - payout.amount_minor, 0)
    attempts = _charges(list(earned))
    parts: list[Part] = []
    left: dict[UUID, int] = {}
    for key in sorted(earned, key=lambda order_id: numbers[order_id]):
        amount = earned[key] - min(netted, earned[key])
        netted -= earned[key] - amount
        attempt = attempts.get(key)
        if amount and attempt is not None:
            if attempt.pk not in left:
                left[attempt.pk] = attempt.payment.amount_minor - _drawn(attempt)
            drawn = min(amount, left[attempt.pk])
            left[attempt.pk] -= drawn
            if drawn > 0:
                parts.append((attempt, key, numbers[key], drawn))
    rest = payout.amount_minor - sum(amount for *_which, amount in parts)
    return [*parts, (None, None, "", rest)] if rest else parts


def _charges(order_ids: list[UUID]) -> dict[UUID, PaymentAttempt]:
    """Order id → the attempt that paid it at the rail; orders that were paid otherwise are left out."""
    payments = {
        payment.group_id: payment for payment in Payment.objects.filter(group__orders__in=order_ids, rail=RAIL, status=Payment.Status.SUCCEEDED).distinct()
    }
    found = {}
    for order_id, group_id in OrderCopy.objects.filter(pk__in=order_ids).values_list("pk", "group_id"):
        if group_id in payments:
            attempt = kept_attempt(payments[group_id])
            if attempt.charge_ref:
                found[order_id] = attempt
    return found


def _drawn(attempt: PaymentAttempt) -> int:
    """What was drawn from its charge already; what was taken back does not become free again."""
    rows = Transfer.objects.filter(attempt=attempt).exclude(status=Transfer.Status.FAILED)
    return rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def send_transfer(event: TransferDue) -> None:
    """Outward reaction: ask the rail under the transfer's own key, then write down what became of it."""
    row = Transfer.objects.select_related("attempt__payment__group", "payout").get(pk=event.transfer_id)
    if row.status == Transfer.Status.DUE:
        moved = ask_rail(by=SYSTEM, row=row, call=connect_rail(RAIL).transfer)
        if moved.state == "done":
            note_transferred(by=rail(RAIL), transfer_id=row.pk, rail_ref=moved.ref)
        else:
            note_transfer_failed(by=rail(RAIL), transfer_id=row.pk, why=moved.why, code=moved.code)
    end_if_sent(by=rail(RAIL), payout_id=row.payout_id)


@verb
def end_if_sent(*, by: Actor, payout_id: UUID) -> None:
    """A payout is paid when each of its transfers has arrived."""
    with transaction.atomic():
        payout = Payout.objects.select_for_update(of=("self",)).select_related("statement").get(pk=payout_id)
        if payout.status != Payout.Status.SENT or payout.transfers.exclude(status=Transfer.Status.DONE).exists():
            return
        payout.status, payout.ended_at = Payout.Status.PAID, clock.now()
        payout.save(update_fields=["status", "ended_at"])
        note_payout_moved(by, payout, "sent")


@verb
def give_up_payout(*, by: Actor, payout_id: UUID, reason: str) -> Payout:
    """The rail refused all of a payout's transfers: the same money waits anew, on the way that the merchant has now.

    Raises PayoutClosed when one has arrived or is under way, ReasonMissing.
    """
    check_reason(reason)
    with transaction.atomic():
        payout = Payout.objects.select_for_update(of=("self",)).select_related("statement").get(pk=payout_id)
        if payout.rail != RAIL or payout.status != Payout.Status.SENT or payout.transfers.exclude(status=Transfer.Status.FAILED).exists():
            raise PayoutClosed
        payout.status, payout.failure, payout.ended_at = Payout.Status.RETURNED, reason.strip()[:200], clock.now()
        payout.save(update_fields=["status", "failure", "ended_at"])
        note_payout_moved(by, payout, "sent", why=reason)
        again: Payout = open_payout(by=by, statement=payout.statement, n=payout.n + 1, rail=payout_rail(payout.merchant_id))
        send_by_rail(by=by, payout_id=again.pk)
    return again


def send_waiting(event: PayoutAccountReady) -> None:
    """Reaction: what waited for the merchant's account goes there now."""
    for payout_id in (
        Payout.objects.filter(merchant_id=event.merchant_id, rail=RAIL, status=Payout.Status.DUE).order_by("created_at").values_list("pk", flat=True)
    ):
        send_by_rail(by=SYSTEM, payout_id=payout_id)


def reverse_for_refund(event: RefundSent) -> None:
    """Reaction: the buyer has the money back, so what the merchant got of it comes back, too, as far as it was transferred."""
    refund = Refund.objects.get(pk=event.refund_id)
    for part in refund.allocations.order_by("order_number"):
        plan_reversals(by=SYSTEM, order_id=part.order_id, amount=part.amount - part.commission, refund=refund)


def send_reversal(event: ReversalDue) -> None:
    """Outward reaction: ask the rail; a refusal is what the merchant owes from now on."""
    row = TransferReversal.objects.select_related("transfer").get(pk=event.reversal_id)
    if row.status != TransferReversal.Status.DUE:
        return
    moved = ask_rail(by=SYSTEM, row=row, call=connect_rail(RAIL).reverse)
    if moved.state == "done":
        note_reversed(by=rail(RAIL), reversal_id=row.pk, rail_ref=moved.ref)
    else:
        note_reversal_refused(by=rail(RAIL), reversal_id=row.pk, why=moved.why)


def note_payout_moved(by: Actor, payout: Payout, before: str, why: str = "") -> None:
    """Log and announce how a payout stands now. In the transaction of its change."""
    audit(
        by=by,
        action=f"payout.{payout.status}",
        subject="payout",
        subject_id=payout.key,
        merchant_id=payout.merchant_id,
        before={"status": before},
        after={"status": payout.status, "amount": payout.amount_minor},
        why=why,
    )
    record(PayoutMoved(merchant_id=payout.merchant_id, payout_id=payout.pk, status=payout.status))
