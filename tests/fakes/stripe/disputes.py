"""Disputes and inquiries: money withdrawn, evidence, money given back.

Source: docs.stripe.com/disputes/how-disputes-work
"""

from __future__ import annotations

from typing import Any

from tests.fakes.stripe.errors import invalid
from tests.fakes.stripe.events import emit
from tests.fakes.stripe.ledger import book
from tests.fakes.stripe.lists import page
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.world import DAY_S, Call, World, type_object

EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation",
    "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier", "shipping_date",
    "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
OPEN = ("needs_response", "under_review")
INQUIRY = ("warning_needs_response", "warning_under_review")


def open_dispute(
    world: World, charge: type_object, *, amount: int | None = None, reason: str = "fraudulent", is_inquiry: bool = False, is_withdrawn: bool = True
) -> type_object:
    """A cardholder complains. An inquiry takes no money; a dispute does, at once or (`is_withdrawn` false) by withdraw()."""
    before = shown(world, charge)
    details = {"due_by": world.now() + 7 * DAY_S, "enhanced_eligibility": {}, "has_evidence": False, "past_due": False, "submission_count": 0}
    dispute = world.make(
        "du",
        "dispute",
        account=charge["_account"],
        amount=amount or charge["amount"] - charge["amount_refunded"],
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        evidence_details=details,
        is_charge_refundable=is_inquiry,
        livemode=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details={
            "type": "card",
            "card": {"brand": "visa", "case_type": "inquiry" if is_inquiry else "chargeback", "network": "visa", "network_reason_code": "10"},
        },
        reason=reason,
        status="warning_needs_response" if is_inquiry else "needs_response",
    )
    charge["disputed"] = True
    emit(world, "charge.dispute.created", dispute)
    emit(world, "charge.updated", charge, before=before)
    if is_withdrawn and not is_inquiry:
        withdraw(world, dispute)
    return dispute


def withdraw(world: World, dispute: type_object) -> None:
    """The disputed amount and the dispute fee leave the available balance."""
    if dispute["balance_transactions"]:
        raise ValueError(f"the money of the dispute {dispute['id']} is withdrawn already")
    before = shown(world, dispute)
    row = book(
        world, "adjustment", -dispute["amount"], dispute["currency"], dispute["id"], account=dispute["_account"], fee=world.terms.dispute_fee,
        fee_name="Dispute fee", category="dispute", description=f"Chargeback withdrawal for {dispute['charge']}",
    )  # fmt: skip
    dispute["balance_transactions"].append(row["id"])
    emit(world, "charge.dispute.funds_withdrawn", dispute, before=before)


def reinstate(world: World, dispute: type_object) -> None:
    """The disputed amount comes back; the fee only where the terms say so."""
    before = shown(world, dispute)
    fee = -world.terms.dispute_fee if world.terms.dispute_fee_returned else 0
    row = book(
        world, "adjustment", dispute["amount"], dispute["currency"], dispute["id"], account=dispute["_account"], fee=fee,
        fee_name="Dispute fee refund", category="dispute_reversal", description=f"Chargeback reversal for {dispute['charge']}",
    )  # fmt: skip
    dispute["balance_transactions"].append(row["id"])
    emit(world, "charge.dispute.funds_reinstated", dispute, before=before)


def escalate(world: World, dispute: type_object) -> None:
    """An inquiry becomes a dispute and takes the money."""
    before = shown(world, dispute)
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    dispute.update(status="needs_response", is_charge_refundable=False)
    emit(world, "charge.dispute.updated", dispute, before=before)
    withdraw(world, dispute)


def decide(world: World, dispute: type_object, *, is_won: bool) -> None:
    """The bank has decided; or, of an inquiry, it let the matter rest."""
    if dispute["status"] not in (*OPEN, *INQUIRY):
        raise ValueError(f"the dispute {dispute['id']} is {dispute['status']} already")
    before = shown(world, dispute)
    if dispute["status"] in INQUIRY:
        dispute["status"] = "warning_closed"
    else:
        dispute["status"] = "won" if is_won else "lost"
    if is_won and dispute["balance_transactions"] and before["status"] not in INQUIRY:
        reinstate(world, dispute)
    emit(world, "charge.dispute.closed", dispute, before=before)


def refused_refund(world: World, charge: type_object) -> str | None:
    """The dispute that forbids a refund: one that took the money and did not give it back."""
    for dispute in world.all("dispute"):
        if dispute["charge"] == charge["id"] and dispute["status"] in (*OPEN, "lost"):
            return str(dispute["id"])
    return None


def close_inquiries(world: World, charge: type_object) -> None:
    """A full refund settles an inquiry."""
    for dispute in world.all("dispute"):
        if dispute["charge"] == charge["id"] and dispute["status"] in INQUIRY:
            decide(world, dispute, is_won=True)


# ── endpoints ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _dispute(world: World, call: Call) -> type_object:
    return world.find(call.parts[0], "dispute", account=call.account, param="dispute", status=404)


def retrieve_dispute(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    return shown(world, _dispute(world, call), form.texts("expand"))


def list_disputes(world: World, call: Call) -> type_object:
    return page(world, call, world.all("dispute", call.account), "charge", "payment_intent")


def update_dispute(world: World, call: Call) -> type_object:
    """Evidence is kept, and unless `submit` is false goes to the bank."""
    form = call.form.only("evidence", "metadata", "submit", "expand")
    evidence = form.inside("evidence").only(*EVIDENCE)
    metadata, is_submitted = form.metadata(_dispute(world, call)["metadata"]), form.flag("submit", default=True)
    dispute = _dispute(world, call)
    if evidence.values and dispute["status"] not in (*OPEN, *INQUIRY):
        raise invalid("This dispute is already closed.")
    before = shown(world, dispute)
    dispute["metadata"] = metadata
    if evidence.values:
        dispute["evidence"].update(evidence.values)
        dispute["evidence_details"]["has_evidence"] = True
        if is_submitted:
            dispute["evidence_details"]["submission_count"] += 1
            dispute["status"] = "warning_under_review" if dispute["status"] in INQUIRY else "under_review"
    emit(world, "charge.dispute.updated", dispute, before=before)
    _decide_by_test_evidence(world, dispute, evidence.values, is_submitted)
    return shown(world, dispute, form.texts("expand"))


def _decide_by_test_evidence(world: World, dispute: type_object, evidence: dict[str, Any], is_submitted: bool) -> None:
    """Two words decide a test dispute. Source: docs.stripe.com/testing#disputes"""
    word = evidence.get("uncategorized_text")
    if is_submitted and word in ("winning_evidence", "losing_evidence"):
        decide(world, dispute, is_won=word == "winning_evidence")


def close_dispute(world: World, call: Call) -> type_object:
    """Accept it as lost; that cannot be undone."""
    form = call.form.only("expand")
    dispute = _dispute(world, call)
    if dispute["status"] not in ("needs_response", *INQUIRY):
        raise invalid("This dispute is already closed." if dispute["status"] not in OPEN else "This dispute is under review and cannot be closed.")
    decide(world, dispute, is_won=False)
    return shown(world, dispute, form.texts("expand"))
