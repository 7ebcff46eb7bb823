"""B47 to B52, B69: refunds."""

from __future__ import annotations

import stripe

from tests.fakes.stripe.behaviours.registry import behaviour
from tests.fakes.stripe.behaviours.scene import Scene, refused


@behaviour(47)
def refunds_are_bounded_by_the_charge(scene: Scene) -> None:
    """A charge can be refunded in parts up to its amount; more than is left is refused, naming the amount, and moves nothing."""
    intent = scene.paid(10_000)
    first = scene.refund(intent.id, 4_000, metadata={"refund": "r-1"})
    assert (first.amount, first.charge, first.payment_intent, first.metadata["refund"]) == (4_000, intent.latest_charge.id, intent.id, "r-1")
    with refused(stripe.InvalidRequestError, status=400, param="amount") as held:
        scene.refund(intent.id, 6_001)
    assert "greater than unrefunded amount" in held.message
    second = scene.refund(intent.id)
    assert second.amount == 6_000
    assert [row.id for row in scene.v1.refunds.list(params={"payment_intent": intent.id}).data] == [second.id, first.id]


@behaviour(48)
def fully_refunded_charge_is_refused(scene: Scene) -> None:
    """A charge that is refunded in full is refused with charge_already_refunded."""
    intent = scene.paid()
    scene.refund(intent.id)
    with refused(stripe.InvalidRequestError, status=400, code="charge_already_refunded"):
        scene.refund(intent.id, 100)
    assert scene.v1.charges.retrieve(intent.latest_charge.id).refunded


@behaviour(49)
def refund_is_booked_and_the_fee_stays(scene: Scene) -> None:
    """A refund is booked with its full amount and no fee given back, and reported by refund.created and charge.refunded."""
    intent = scene.paid(10_000, card="pm_card_bypassPending")
    refund = scene.refund(intent.id, 4_000)
    (row,) = scene.booked(refund.id)
    assert (row.type, row.amount, row.fee, row.net) == ("refund", -4_000, 0, -4_000)
    scene.event("refund.created", refund.id)
    event = scene.event("charge.refunded", intent.latest_charge.id)
    assert (event.data.object["amount_refunded"], event.data.object["refunded"]) == (4_000, False)
    assert event.data.previous_attributes["amount_refunded"] == 0


@behaviour(50, "account")
def refund_leaves_transfers_alone(scene: Scene) -> None:
    """A refund takes the platform's money only: transfers made from the charge stay until they are reversed."""
    intent = scene.paid(10_000, card="pm_card_bypassPending")
    transfer = scene.transfer(scene.ready_account(), 9_000, source_transaction=intent.latest_charge.id)
    scene.refund(intent.id)
    now = scene.v1.transfers.retrieve(transfer.id)
    assert (now.amount_reversed, now.reversed) == (0, False)


@behaviour(51)
def pending_refund_arrives_later(scene: Scene) -> None:
    """A refund may begin pending with its money already taken, and turns succeeded with refund.updated, which says what it was before."""
    intent = scene.paid(10_000, card="pm_card_pendingRefund")
    refund = scene.refund(intent.id, 4_000)
    assert refund.status == "pending" and refund.balance_transaction
    event = scene.event("refund.updated", refund.id)
    assert (event.data.object["status"], event.data.previous_attributes["status"]) == ("succeeded", "pending")
    assert scene.v1.refunds.retrieve(refund.id).status == "succeeded"


@behaviour(52)
def failed_refund_brings_the_money_back(scene: Scene) -> None:
    """A refund may fail after it read as succeeded: refund.failed, a failure_balance_transaction that returns the money, and the charge is refundable again."""
    intent = scene.paid(10_000, card="pm_card_refundFail")
    refund = scene.refund(intent.id, 4_000)
    assert refund.status == "succeeded"
    event = scene.event("refund.failed", refund.id)
    assert event.data.object["status"] == "failed" and event.data.object["failure_reason"]
    back = scene.v1.balance_transactions.retrieve(event.data.object["failure_balance_transaction"])
    assert (back.type, back.net) == ("refund_failure", 4_000)
    assert scene.v1.charges.retrieve(intent.latest_charge.id).amount_refunded == 0


@behaviour(69, "control")
def refund_without_money_waits(scene: Scene) -> None:
    """A refund that the available balance does not cover may be held as pending, insufficient_funds, until it does; then refund.updated."""
    scene.fake.terms(refunds_wait_for_funds=True)
    refund = scene.refund(scene.paid(10_000).id, 4_000)
    assert (refund.status, refund.pending_reason, refund.balance_transaction) == ("pending", "insufficient_funds", None)
    scene.fake.add_funds(4_000, scene.currency)
    assert scene.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert scene.event("refund.updated", refund.id).data.previous_attributes["status"] == "pending"
    assert [row.amount for row in scene.booked(refund.id)] == [-4_000]
