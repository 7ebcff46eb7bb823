"""Log and journal in words: the reasons the market gives by itself, and what entries of the journal are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

WHYS: dict[str, str | Promise] = {
    "all came back": pgettext_lazy("log", "All came back"),
    "every worker that began it ended before it did": pgettext_lazy("log", "Every worker that began it ended before it did"),
    "stock fell to its level": pgettext_lazy("log", "Stock fell to the level of its condition"),
    "stock is back at its level": pgettext_lazy("log", "Stock is back at the level of its condition"),
    "the first stock came": pgettext_lazy("log", "Its first stock came"),
    "nobody confirmed it in time": pgettext_lazy("log", "Nobody confirmed it in time"),
    "stopped by the link in the letter": pgettext_lazy("log", "Stopped by the link in the letter"),
    "set by the link in a letter": pgettext_lazy("log", "Set by the link in a letter"),
    "nobody answered in time": pgettext_lazy("log", "Nobody answered in time"),
    "nobody decided in time": pgettext_lazy("log", "Nobody decided in time"),
    "not disputed in time": pgettext_lazy("log", "Not disputed in time"),
    "not sent back in time": pgettext_lazy("log", "Not sent back in time"),
    "paid": pgettext_lazy("log", "Paid"),
    "paid_twice": pgettext_lazy("log", "Paid twice"),
    "paid_too_late": pgettext_lazy("log", "Paid after the order had expired"),
    "payment disputed and lost": pgettext_lazy("log", "Payment disputed and lost"),
    "not paid in time": pgettext_lazy("log", "Not paid in time"),
    "cancelled by the buyer": pgettext_lazy("log", "Cancelled by the buyer"),
    "codes loaded": pgettext_lazy("log", "Codes loaded"),
    "codes handed out": pgettext_lazy("log", "Codes handed out"),
    "all vouchers used": pgettext_lazy("log", "All vouchers used"),
    "vouchers expired": pgettext_lazy("log", "Vouchers not used in time"),
}

ENTRIES: dict[str, str | Promise] = {
    "deposit_deducted": pgettext_lazy("log", "Deducted from the deposit"),
    "deposit_given_back": pgettext_lazy("log", "Deduction from the deposit taken back"),
    "deposit_received": pgettext_lazy("log", "Deposit received"),
    "deposit_returned": pgettext_lazy("log", "Deposit returned"),
    "dispute_loss": pgettext_lazy("log", "Dispute lost"),
    "dispute_reinstated": pgettext_lazy("log", "Disputed money came back"),
    "dispute_withdrawn": pgettext_lazy("log", "Disputed money taken"),
    "fee": pgettext_lazy("log", "Fee for a package or service"),
    "order_charged_back": pgettext_lazy("log", "Order charged back"),
    "order_completed": pgettext_lazy("log", "Order received"),
    "order_refunded": pgettext_lazy("log", "Order refunded"),
    "payment_received": pgettext_lazy("log", "Payment received"),
    "payment_to_return": pgettext_lazy("log", "Payment to give back"),
    "payout_paid": pgettext_lazy("log", "Payout paid"),
    "payout_returned": pgettext_lazy("log", "Payout sent back"),
    "rail_fee": pgettext_lazy("log", "Fee of the rail"),
    "rail_other": pgettext_lazy("log", "Other movement at the rail"),
    "rail_payout": pgettext_lazy("log", "From the rail to the market's bank"),
    "refund_by_dispute": pgettext_lazy("log", "Refunded by a dispute"),
    "refund_came_back": pgettext_lazy("log", "Refund came back"),
    "refund_paid_otherwise": pgettext_lazy("log", "Refund paid otherwise"),
    "refund_sent": pgettext_lazy("log", "Refund sent"),
    "statement": pgettext_lazy("log", "Statement issued"),
    "transfer_reversed": pgettext_lazy("log", "Transfer taken back"),
    "transfer_sent": pgettext_lazy("log", "Transfer sent"),
}
