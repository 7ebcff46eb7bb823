"""Refunds: bounded by the charge, taken from the available balance, at times pending or failed.

Source: docs.stripe.com/refunds
"""

from __future__ import annotations

from tests.fakes.stripe import disputes
from tests.fakes.stripe.errors import invalid, malformed
from tests.fakes.stripe.events import emit
from tests.fakes.stripe.ledger import available, book, spelled
from tests.fakes.stripe.lists import page
from tests.fakes.stripe.methods import Card
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.world import Call, World, type_object

LATER_S = 60  # until a test card's refund goes on


def refund(
    world: World, charge: type_object, amount: int, *, metadata: dict[str, str], reason: str | None, status: str, pending_reason: str | None
) -> type_object:
    """Give money back: the balance is debited at once, whatever becomes of it."""
    before = shown(world, charge)
    made = world.make(
        "re",
        "refund",
        account=charge["_account"],
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details={"type": "card", "card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}},
        metadata=metadata,
        payment_intent=charge["payment_intent"],
        reason=reason,
        receipt_number=None,
        source_transfer_reversal=None,
        status=status,
        transfer_reversal=None,
    )
    if status == "pending":
        made["pending_reason"] = pending_reason or "processing"
    if pending_reason != "insufficient_funds":
        _take(world, charge, made)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    emit(world, "refund.created", made)
    emit(world, "charge.refunded", charge, before=before)
    if charge["refunded"]:
        disputes.close_inquiries(world, charge)
    return made


def _take(world: World, charge: type_object, made: type_object) -> None:
    kind = "refund" if charge["payment_method_details"]["type"] == "card" else "payment_refund"
    row = book(world, kind, -made["amount"], made["currency"], made["id"], account=made["_account"], description="REFUND FOR CHARGE")
    made["balance_transaction"] = row["id"]


def release_held(world: World) -> None:
    """Refunds that wait for money go on, oldest first, once the available balance covers them."""
    for made in world.all("refund"):
        if made.get("pending_reason") == "insufficient_funds" and available(world, made["_account"], made["currency"]) >= made["amount"]:
            finish(world, made, is_succeeded=True)


def finish(world: World, one: type_object, *, is_succeeded: bool, reason: str = "expired_or_canceled_card") -> None:
    """A pending refund arrives, or one fails: then the money is back in the balance, and the charge can be refunded again."""
    if one["status"] == "failed" or (is_succeeded and one["status"] != "pending"):
        raise ValueError(f"the refund {one['id']} is {one['status']} already")
    before = shown(world, one)
    charge = world.get(one["charge"], "charge")
    one.pop("pending_reason", None)
    if is_succeeded:
        if not one["balance_transaction"]:
            _take(world, charge, one)
        one["status"] = "succeeded"
        emit(world, "refund.updated", one, before=before)
        emit(world, "charge.refund.updated", one, before=before)
        return
    one.update(status="failed", failure_reason=reason)
    if one["balance_transaction"]:
        row = book(world, "refund_failure", one["amount"], one["currency"], one["id"], account=one["_account"], description="REFUND FAILURE")
        one["failure_balance_transaction"] = row["id"]
    charge["amount_refunded"] -= one["amount"]
    charge["refunded"] = False
    emit(world, "refund.updated", one, before=before)
    emit(world, "charge.refund.updated", one, before=before)
    emit(world, "refund.failed", one)


# ── endpoints ────────────────────────────────────────────────────────────────────────────────────────────────────────


def create_refund(world: World, call: Call) -> type_object:
    form = call.form.only("payment_intent", "charge", "amount", "metadata", "reason", "expand")
    amount, metadata = form.number("amount"), form.metadata()
    reason = form.text("reason", choices=("duplicate", "fraudulent", "requested_by_customer"))
    if form.has("payment_intent") == form.has("charge"):
        raise malformed("One of the following params should be provided for this request: payment_intent or charge.", code="parameter_missing")
    charge = _charge(world, call)
    left = charge["amount"] - charge["amount_refunded"]
    if disputes.refused_refund(world, charge):
        raise invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if left == 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount and amount > left:
        asked, rest = spelled(amount, charge["currency"]), spelled(left, charge["currency"])
        raise invalid(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})", param="amount")
    status, pending_reason = _beginning(world, charge, amount or left)
    made = refund(world, charge, amount or left, metadata=metadata, reason=reason, status=status, pending_reason=pending_reason)
    if later := _card(charge).refund_later:
        world.later(LATER_S, lambda: _go_on(world, made, status, later))
    return shown(world, made, form.texts("expand"))


def _go_on(world: World, made: type_object, began: str, later: str) -> None:
    """What the test card does to its refund, unless a control was quicker."""
    if made["status"] == began:
        finish(world, made, is_succeeded=later == "succeeded")


def _charge(world: World, call: Call) -> type_object:
    if name := call.form.text("charge"):
        charge = world.find(name, "charge", account=call.account, param="charge")
    else:
        intent = world.find(call.form.needed("payment_intent"), "payment_intent", account=call.account, param="payment_intent")
        if not intent["latest_charge"] or intent["status"] != "succeeded":
            raise invalid(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", param="payment_intent")
        charge = world.find(intent["latest_charge"], "charge", account=call.account)
    if not charge["paid"]:
        raise invalid(f"Charge {charge['id']} is not refundable.", code="charge_not_refundable")
    return charge


def _beginning(world: World, charge: type_object, amount: int) -> tuple[str, str | None]:
    if world.terms.refunds_wait_for_funds and available(world, charge["_account"], charge["currency"]) < amount:
        return "pending", "insufficient_funds"
    if world.next_refunds:
        asked = world.next_refunds.pop(0)
        return asked["status"], asked.get("pending_reason")
    return _card(charge).refund, None


def _card(charge: type_object) -> Card:
    card: Card | None = charge.get("_card")
    return card or Card()


def retrieve_refund(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    return shown(world, world.find(call.parts[0], "refund", account=call.account, param="refund", status=404), form.texts("expand"))


def update_refund(world: World, call: Call) -> type_object:
    form = call.form.only("metadata", "expand")
    one = world.find(call.parts[0], "refund", account=call.account, param="refund", status=404)
    before = shown(world, one)
    one["metadata"] = form.metadata(one["metadata"])
    emit(world, "refund.updated", one, before=before)
    return shown(world, one, form.texts("expand"))


def list_refunds(world: World, call: Call) -> type_object:
    return page(world, call, world.all("refund", call.account), "payment_intent", "charge")
