"""The test cards that the fake plays. Source: docs.stripe.com/testing"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """What a test payment method does."""

    last4: str = "4242"
    brand: str = "visa"
    is_available_at_once: bool = False
    declined: tuple[str, str] | None = None  # code, decline_code
    dispute: str | None = None  # the reason of a dispute that follows at once
    is_inquiry: bool = False
    refund: str = "succeeded"  # how its refunds begin
    refund_later: str | None = None  # and what becomes of them


CARDS = {
    "pm_card_visa": Card(),
    "pm_card_bypassPending": Card(last4="0077", is_available_at_once=True),
    "pm_card_visa_chargeDeclined": Card(last4="0002", declined=("card_declined", "generic_decline")),
    "pm_card_visa_chargeDeclinedInsufficientFunds": Card(last4="9995", declined=("card_declined", "insufficient_funds")),
    "pm_card_chargeDeclinedExpiredCard": Card(last4="0069", declined=("expired_card", "expired_card")),
    "pm_card_createDispute": Card(last4="0259", dispute="fraudulent"),
    "pm_card_createDisputeProductNotReceived": Card(last4="2685", dispute="product_not_received"),
    "pm_card_createDisputeInquiry": Card(last4="1976", dispute="fraudulent", is_inquiry=True),
    "pm_card_pendingRefund": Card(last4="7726", refund="pending", refund_later="succeeded"),
    "pm_card_refundFail": Card(last4="5126", refund_later="failed"),
}
# A payment that is told later whether it succeeded: a bank debit. The page offers it as "delayed".
DELAYED = "sepa_debit"
