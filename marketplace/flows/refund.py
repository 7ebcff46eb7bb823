"""Money back for an order, or a part of it: from escrow before the order is complete, afterwards from what the merchant earned."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.orders.giving_back import Back
from marketplace.merchant.orders.models import Order
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.models import Account
from marketplace.platform.payments.actions import refund_share
from marketplace.platform.payments.models import Refund


@verb
def give_back(*, by: Actor, merchant_id: UUID, order: Order, backs: Sequence[Back], reason: str) -> Refund:
    """Owe the buyer what these pieces are worth, and have the rail asked. In the transaction of the change, of a locked order.

    The commission goes back in the same proportion. Raises RefundTooLarge.
    """
    amount = Money.sum((back.amount for back in backs), order.currency)
    commission = Money.sum((back.commission for back in backs), order.currency)
    refund: Refund = refund_share(by=by, order_id=order.pk, order_number=order.number, amount=amount, commission=commission, reason=reason)
    if order.completed_at:
        sides = [debit(Account.MERCHANT_PAYABLE, amount - commission, merchant_id), debit(Account.COMMISSION_INCOME, commission, merchant_id)]
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
