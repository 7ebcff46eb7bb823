"""Payment intents and charges: what a payment does to the balance and what it reports."""

from __future__ import annotations

from typing import Any

from tests.fakes.stripe import disputes
from tests.fakes.stripe.errors import declined, invalid, malformed
from tests.fakes.stripe.events import emit
from tests.fakes.stripe.forms import Form
from tests.fakes.stripe.ledger import book, fee_for
from tests.fakes.stripe.lists import page
from tests.fakes.stripe.methods import CARDS, DELAYED, Card
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.world import Call, World, type_object

# Source: docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LEAST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50, "chf": 50, "cad": 50, "aud": 50, "nzd": 50, "sgd": 50}
MOST = 99_999_999
BILLING = {"address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")), "email": None, "name": None, "phone": None, "tax_id": None}


def check_amount(amount: int, currency: str, param: str = "amount") -> None:
    if amount < LEAST.get(currency, 1):
        raise malformed(f"Amount must be at least {LEAST[currency]} {currency}", code="amount_too_small", param=param)
    if amount > MOST:
        raise malformed(f"Amount must be no more than {MOST} {currency}", code="amount_too_large", param=param)


def new_intent(world: World, *, account: str, amount: int, currency: str, **fields: Any) -> type_object:
    name = world.new_id("pi")
    intent = world.make(
        "pi",
        "payment_intent",
        account=account,
        name=name,
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic_async",
        client_secret=f"{name}_secret_{world.stem}",
        confirmation_method="automatic",
        currency=currency,
        customer=None,
        description=fields.get("description"),
        last_payment_error=None,
        latest_charge=None,
        livemode=False,
        metadata=fields.get("metadata") or {},
        next_action=None,
        payment_method=None,
        payment_method_types=["card"],
        processing=None,
        receipt_email=fields.get("receipt_email"),
        status="requires_payment_method",
        transfer_data=None,
        transfer_group=fields.get("transfer_group"),
    )
    emit(world, "payment_intent.created", intent)
    return intent


def _new_charge(world: World, intent: type_object, kind: str, card: Card, **fields: Any) -> type_object:
    name = world.new_id("ch" if kind == "card" else "py")
    details = {
        "card": {"brand": card.brand, "last4": card.last4, "exp_month": 12, "exp_year": 2034, "country": "US", "funding": "credit", "network": card.brand}
    }
    return world.make(
        "ch",
        "charge",
        account=intent["_account"],
        name=name,
        _card=card,
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        application=None,
        application_fee=None,
        application_fee_amount=None,
        balance_transaction=None,
        billing_details=BILLING,
        captured=False,
        currency=intent["currency"],
        customer=None,
        description=intent["description"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        fraud_details={},
        livemode=False,
        metadata=dict(intent["metadata"]),
        on_behalf_of=None,
        outcome=None,
        paid=False,
        payment_intent=intent["id"],
        payment_method=world.new_id("pm"),
        payment_method_details={"type": kind, **(details if kind == "card" else {kind: {"last4": "3000", "country": "DE", "bank_code": "37040044"}})},
        receipt_email=intent["receipt_email"],
        receipt_number=None,
        receipt_url=f"{world.base_url}/receipts/{name}",
        refunded=False,
        review=None,
        shipping=None,
        source_transfer=None,
        statement_descriptor=None,
        status="pending",
        transfer_data=None,
        transfer_group=intent["transfer_group"],
        **fields,
    )


def succeed(world: World, intent: type_object, card: Card, *, kind: str = "card", charge: type_object | None = None) -> type_object:
    """The payment has succeeded; that it was captured, and is booked, is told a little later.

    Source: docs.stripe.com/payments/payment-intents/asynchronous-capture-automatic-async
    """
    charge = charge or _new_charge(world, intent, kind, card)
    outcome = {"type": "authorized", "network_status": "approved_by_network", "reason": None, "risk_level": "normal", "seller_message": "Payment complete."}
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"], outcome=outcome)
    intent.update(status="succeeded", latest_charge=charge["id"], amount_received=charge["amount"], last_payment_error=None, processing=None)
    intent["payment_method"] = charge["payment_method"]
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.succeeded", intent)
    world.later(world.terms.capture_s, lambda: _captured(world, charge, card, kind))
    return charge


def _captured(world: World, charge: type_object, card: Card, kind: str) -> None:
    """The charge goes to the pending balance, less the fee."""
    before = shown(world, charge)
    available_on = world.now() + (0 if card.is_available_at_once else world.terms.settlement_s)
    booked = book(
        world,
        "charge" if kind == "card" else "payment",
        charge["amount"],
        charge["currency"],
        charge["id"],
        account=charge["_account"],
        fee=fee_for(world, charge["amount"]),
        available_on=available_on,
        description=charge["description"],
    )
    charge["balance_transaction"] = booked["id"]
    emit(world, "charge.updated", charge, before=before)
    if card.dispute:
        disputes.open_dispute(world, charge, reason=card.dispute, is_inquiry=card.is_inquiry)


def fail(world: World, intent: type_object, card: Card, code: str, decline_code: str, *, charge: type_object | None = None) -> None:
    """The payment was refused: the intent wants another method, no money moves."""
    kind = charge["payment_method_details"]["type"] if charge else "card"
    charge = charge or _new_charge(world, intent, kind, card)
    refusal = declined(code, decline_code)
    outcome = {
        "type": "issuer_declined",
        "network_status": "declined_by_network",
        "reason": decline_code,
        "risk_level": "normal",
        "seller_message": "Declined.",
    }
    charge.update(status="failed", failure_code=code, failure_message=refusal.error["message"], outcome=outcome)
    error = {**refusal.error, "charge": charge["id"]}
    intent.update(status="requires_payment_method", latest_charge=charge["id"], last_payment_error=error, payment_method=None, processing=None)
    emit(world, "charge.failed", charge)
    emit(world, "payment_intent.payment_failed", intent)


def begin_delayed(world: World, intent: type_object) -> type_object:
    """A bank debit has been asked for; whether it succeeds is told later."""
    charge = _new_charge(world, intent, DELAYED, Card())
    intent.update(status="processing", latest_charge=charge["id"], payment_method=charge["payment_method"], payment_method_types=[DELAYED])
    emit(world, "charge.pending", charge)
    emit(world, "payment_intent.processing", intent)
    return charge


def cancel(world: World, intent: type_object, reason: str) -> None:
    intent.update(status="canceled", canceled_at=world.now(), cancellation_reason=reason)
    emit(world, "payment_intent.canceled", intent)


def attempt(world: World, intent: type_object, card: Card) -> tuple[str, str] | None:
    """Charge a card; the reason when it was declined."""
    reason = world.declines.pop(0) if world.declines else card.declined
    if reason:
        fail(world, intent, card, *reason)
    else:
        succeed(world, intent, card)
    return reason


# ── endpoints ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _card(form: Form) -> Card:
    name = form.needed("payment_method")
    if name not in CARDS:
        raise invalid(f"No such PaymentMethod: '{name}'. The fake plays {', '.join(CARDS)}.", code="resource_missing", param="payment_method")
    return CARDS[name]


def create_intent(world: World, call: Call) -> type_object:
    form = call.form.only(
        "amount", "currency", "confirm", "payment_method", "automatic_payment_methods", "description", "metadata", "transfer_group", "receipt_email",
        "expand",
    )  # fmt: skip
    amount, currency = form.needed_number("amount"), form.currency()
    check_amount(amount, currency)
    form.inside("automatic_payment_methods").only("enabled", "allow_redirects")
    card = _card(form) if form.has("payment_method") or form.flag("confirm") else None
    intent = new_intent(
        world,
        account=call.account,
        amount=amount,
        currency=currency,
        description=form.text("description"),
        metadata=form.metadata(),
        transfer_group=form.text("transfer_group"),
        receipt_email=form.text("receipt_email"),
    )
    if form.has("automatic_payment_methods"):
        intent["automatic_payment_methods"] = {"enabled": True, "allow_redirects": form.inside("automatic_payment_methods").text("allow_redirects") or "always"}
    if card and form.flag("confirm"):
        _confirm(world, intent, card)
    return shown(world, intent, form.texts("expand"))


def _confirm(world: World, intent: type_object, card: Card) -> None:
    if reason := attempt(world, intent, card):
        raise declined(*reason, charge=intent["latest_charge"], payment_intent=shown(world, intent))


def confirm_intent(world: World, call: Call) -> type_object:
    form = call.form.only("payment_method", "expand")
    intent = world.find(call.parts[0], "payment_intent", account=call.account, param="intent", status=404)
    card = _card(form)
    if "_session" in intent or intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        message = f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}."
        raise invalid(message, code="payment_intent_unexpected_state")
    _confirm(world, intent, card)
    return shown(world, intent, form.texts("expand"))


def retrieve_intent(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    return shown(world, world.find(call.parts[0], "payment_intent", account=call.account, param="intent", status=404), form.texts("expand"))


def list_intents(world: World, call: Call) -> type_object:
    return page(world, call, world.all("payment_intent", call.account))


def retrieve_charge(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    return shown(world, world.find(call.parts[0], "charge", account=call.account, status=404), form.texts("expand"))


def list_charges(world: World, call: Call) -> type_object:
    return page(world, call, world.all("charge", call.account), "payment_intent", "transfer_group")
