"""Money back for an order, or a part of it: from escrow before the order is complete, afterwards from what the merchant earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from marketplace.kernel.actors import SYSTEM, Actor, rail
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.orders.giving_back import Back
from marketplace.merchant.orders.models import Order
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.models import Account
from marketplace.platform.ledger.queries import earned_on
from marketplace.platform.payments.actions import note_refunded, refund_share
from marketplace.platform.payments.events import RefundDue
from marketplace.platform.payments.models import Dispute, Refund
from marketplace.platform.payments.moving import ask_rail, note_refund_failed, note_refund_sent
from marketplace.platform.payments.rails import rail_named
from marketplace.platform.payments.rails.port import Moved


@verb
def give_back(*, by: Actor, merchant_id: UUID, order: Order, backs: Sequence[Back], reason: str) -> Refund | None:
    """Owe the buyer what these pieces are worth, and have the rail asked. In the transaction of the change, of a locked order.

    The commission goes back in the same proportion. None where a bank has given the buyer everything already. Raises RefundTooLarge.
    """
    amount = Money.sum((back.amount for back in backs), order.currency)
    if not amount:
        return None
    commission = Money.sum((back.commission for back in backs), order.currency)
    refund: Refund = refund_share(by=by, order_id=order.pk, order_number=order.number, amount=amount, commission=commission, reason=reason)
    if order.completed_at:
        sides = [debit(earned_on(merchant_id), amount - commission, merchant_id), debit(Account.COMMISSION_INCOME, commission, merchant_id)]
    else:
        sides = [debit(Account.BUYER_ESCROW, amount)]
    post(
        by=by,
        kind="order_refunded",
        ref=refund.key,
        sides=[*sides, credit(Account.REFUNDS_DUE, amount)],
        order_id=order.pk,
        order_number=order.number,
    )
    return refund


def send_refund(event: RefundDue) -> None:
    """Outward reaction: ask the rail, under the refund's own key, then write down what became of it.

    While a dispute is open it waits: the bank may give the money back by itself. The dispute's end brings the fact again.
    """
    refund = Refund.objects.select_related("payment", "attempt").get(pk=event.refund_id)
    if refund.status != Refund.Status.DUE or refund.attempt.disputes.filter(status=Dispute.Status.OPEN).exists():
        return
    moved = ask_rail(by=SYSTEM, row=refund, call=rail_named(refund.payment.rail).refund)
    if moved.state == "waits" and refund.attempt.disputes.filter(status=Dispute.Status.LOST).exists():
        moved = replace(moved, state="failed")  # of what a bank took, the rail sends nothing back any more
    note_moved(refund.pk, rail(refund.payment.rail), moved)


def note_moved(refund_id: UUID, by: Actor, moved: Moved) -> None:
    """Write down how a refund stands at the rail."""
    if moved.state == "done":
        note_refunded(by=by, refund_id=refund_id, rail_ref=moved.ref)
    elif moved.state == "sent":
        note_refund_sent(by=by, refund_id=refund_id, rail_ref=moved.ref)
    elif moved.state == "failed":
        note_refund_failed(by=by, refund_id=refund_id, why=moved.why, came_back=moved.ref if moved.came_back else "")
