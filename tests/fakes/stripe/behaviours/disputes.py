"""B53 to B58: disputes and inquiries."""

from __future__ import annotations

from typing import Any

import stripe

from tests.fakes.stripe.behaviours.registry import behaviour
from tests.fakes.stripe.behaviours.scene import Scene, refused


def _disputed(scene: Scene, card: str = "pm_card_createDispute") -> tuple[Any, Any]:
    """A payment and the dispute about it."""
    intent = scene.paid(10_000, card=card)
    look = lambda: next(iter(scene.v1.disputes.list(params={"charge": intent.latest_charge.id}).data), None)
    return intent, scene.eventually(look)


@behaviour(53)
def dispute_takes_amount_and_fee(scene: Scene) -> None:
    """A dispute begins as needs_response; its amount and a fee are withdrawn as an adjustment, reported by created and funds_withdrawn."""
    intent, dispute = _disputed(scene)
    event = scene.event("charge.dispute.funds_withdrawn", dispute.id)
    (row,) = event.data.object["balance_transactions"]
    assert (row["type"], row["amount"], row["reporting_category"]) == ("adjustment", -10_000, "dispute")
    assert row["fee"] > 0 and row["net"] == -10_000 - row["fee"]
    assert scene.event("charge.dispute.created", dispute.id).data.object["status"] == "needs_response"
    assert scene.v1.charges.retrieve(intent.latest_charge.id).disputed
    assert (dispute.payment_intent, dispute.charge, dispute.is_charge_refundable) == (intent.id, intent.latest_charge.id, False)


@behaviour(54)
def disputed_charge_cannot_be_refunded(scene: Scene) -> None:
    """A charge whose money a dispute has taken is refused a refund with charge_disputed."""
    intent, _dispute = _disputed(scene)
    with refused(stripe.InvalidRequestError, status=400, code="charge_disputed"):
        scene.refund(intent.id, 1_000)


@behaviour(55)
def won_dispute_brings_the_money_back(scene: Scene) -> None:
    """A dispute that is won reinstates the amount as a second balance transaction, reported by funds_reinstated and closed."""
    _intent, dispute = _disputed(scene)
    scene.v1.disputes.update(dispute.id, params={"evidence": {"uncategorized_text": "winning_evidence"}})
    event = scene.event("charge.dispute.funds_reinstated", dispute.id)
    first, second = event.data.object["balance_transactions"]
    assert (second["type"], second["amount"], first["amount"]) == ("adjustment", 10_000, -10_000)
    assert scene.event("charge.dispute.closed", dispute.id).data.object["status"] == "won"


@behaviour(56)
def closing_a_dispute_loses_it(scene: Scene) -> None:
    """Closing a dispute accepts it as lost: charge.dispute.closed, no money back, and it cannot be undone."""
    _intent, dispute = _disputed(scene)
    closed = scene.v1.disputes.close(dispute.id)
    assert closed.status == "lost" and len(closed.balance_transactions) == 1
    assert scene.event("charge.dispute.closed", dispute.id).data.object["status"] == "lost"
    with refused(stripe.InvalidRequestError, status=400):
        scene.v1.disputes.close(dispute.id)


@behaviour(57)
def inquiry_takes_no_money_and_a_refund_settles_it(scene: Scene) -> None:
    """An inquiry (warning_needs_response) withdraws nothing, its charge can be refunded, and a full refund closes it."""
    intent, inquiry = _disputed(scene, "pm_card_createDisputeInquiry")
    assert (inquiry.status, inquiry.balance_transactions, inquiry.is_charge_refundable) == ("warning_needs_response", [], True)
    assert scene.event("charge.dispute.created", inquiry.id).data.object["status"] == "warning_needs_response"
    scene.refund(intent.id)
    assert scene.event("charge.dispute.closed", inquiry.id).data.object["status"] == "warning_closed"


@behaviour(58, "control")
def inquiry_may_become_a_dispute(scene: Scene) -> None:
    """An inquiry that escalates becomes needs_response, and only then the money is withdrawn."""
    _intent, inquiry = _disputed(scene, "pm_card_createDisputeInquiry")
    before = scene.fake.balance()["available"].get("usd", 0)
    scene.fake.escalate(inquiry.id)
    assert scene.event("charge.dispute.funds_withdrawn", inquiry.id).data.object["status"] == "needs_response"
    assert scene.fake.balance()["available"]["usd"] == before - 10_000 - 1_500
