"""Transfers to connected accounts and their reversals.

Source: docs.stripe.com/connect/separate-charges-and-transfers
"""

from __future__ import annotations

from tests.fakes.stripe.errors import invalid
from tests.fakes.stripe.events import emit
from tests.fakes.stripe.ledger import available, book, insufficient, spelled
from tests.fakes.stripe.lists import page, paged
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.world import Call, World, type_object


def create_transfer(world: World, call: Call) -> type_object:
    form = call.form.only("amount", "currency", "destination", "source_transaction", "transfer_group", "metadata", "description", "expand")
    amount, currency, metadata = form.needed_number("amount"), form.currency(), form.metadata()
    destination = _destination(world, form.needed("destination"))
    charge = _source(world, call, amount, currency)
    if charge is None and available(world, call.account, currency) < amount:
        raise insufficient()
    if charge is not None and not charge["transfer_group"]:
        charge["transfer_group"] = f"group_{charge['payment_intent']}"
        world.objects[charge["payment_intent"]]["transfer_group"] = charge["transfer_group"]
    available_on = _available_on(world, charge)
    group = form.text("transfer_group") or (charge["transfer_group"] if charge else None)
    made = world.make(
        "tr",
        "transfer",
        account=call.account,
        amount=amount,
        amount_reversed=0,
        balance_transaction=None,
        currency=currency,
        description=form.text("description"),
        destination=destination["id"],
        destination_payment=None,
        livemode=False,
        metadata=metadata,
        reversed=False,
        source_transaction=charge["id"] if charge else None,
        source_type="card",
        transfer_group=group,
    )
    row = book(world, "transfer", -amount, currency, made["id"], account=call.account, available_on=available_on, description=form.text("description"))
    made["balance_transaction"] = row["id"]
    made["destination_payment"] = _payment(world, destination, made, available_on)["id"]
    emit(world, "transfer.created", made)
    return shown(world, made, form.texts("expand"))


def _destination(world: World, name: str) -> type_object:
    destination = world.find(name, "account", param="destination", what="destination")
    if destination["capabilities"].get("transfers") != "active":
        message = "Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments"
        raise invalid(message, code="insufficient_capabilities_for_transfer")
    return destination


def _source(world: World, call: Call, amount: int, currency: str) -> type_object | None:
    """The charge that pays for it, if one is named: it must have succeeded, in this currency, and have enough left."""
    name = call.form.text("source_transaction")
    if not name:
        return None
    charge = world.find(name, "charge", account=call.account, param="source_transaction")
    if charge["status"] != "succeeded":
        message = f"The charge {name} is {charge['status']}. The fake takes only a succeeded one as source_transaction."
        raise invalid(message, param="source_transaction")
    if charge["currency"] != currency:
        message = f"The currency of source_transaction's balance transaction ({charge['currency']}) must be the same as the transfer currency ({currency})"
        raise invalid(message, param="currency")
    rows = [row for row in world.all("transfer") if row["source_transaction"] == charge["id"]]
    used = sum(row["amount"] - (row["amount_reversed"] if world.terms.reversals_free_the_source else 0) for row in rows)
    if used + amount > charge["amount"]:
        message = f"Transfers using this transaction as a source must not exceed the source amount of {spelled(charge['amount'], currency)}."
        if used:
            message += f" (There is already a transfer using this source, amounting to {spelled(used, currency)}.)"
        raise invalid(message)
    return charge


def _available_on(world: World, charge: type_object | None) -> int:
    """With a source, when the charge is; one that is not booked yet counts as just made."""
    if charge is None:
        return world.now()
    if charge["balance_transaction"] is None:
        return world.now() + world.terms.settlement_s
    return max(world.now(), int(world.objects[charge["balance_transaction"]]["available_on"]))


def _payment(world: World, destination: type_object, transfer: type_object, available_on: int) -> type_object:
    """What the connected account receives."""
    name = world.new_id("py")
    row = book(world, "payment", transfer["amount"], transfer["currency"], name, account=destination["id"], available_on=available_on)
    return world.make(
        "py",
        "charge",
        account=destination["id"],
        name=name,
        amount=transfer["amount"],
        amount_captured=transfer["amount"],
        amount_refunded=0,
        balance_transaction=row["id"],
        billing_details={},
        captured=True,
        currency=transfer["currency"],
        disputed=False,
        livemode=False,
        metadata={},
        paid=True,
        payment_intent=None,
        refunded=False,
        source_transfer=transfer["id"],
        status="succeeded",
        transfer_group=transfer["transfer_group"],
    )


def retrieve_transfer(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    return shown(world, world.find(call.parts[0], "transfer", account=call.account, param="transfer", status=404), form.texts("expand"))


def update_transfer(world: World, call: Call) -> type_object:
    form = call.form.only("metadata", "description", "expand")
    one = world.find(call.parts[0], "transfer", account=call.account, param="transfer", status=404)
    before = shown(world, one)
    one["metadata"] = form.metadata(one["metadata"])
    one["description"] = form.text("description") or one["description"]
    emit(world, "transfer.updated", one, before=before)
    return shown(world, one, form.texts("expand"))


def list_transfers(world: World, call: Call) -> type_object:
    return page(world, call, world.all("transfer", call.account), "destination", "transfer_group")


# ── reversals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def create_reversal(world: World, call: Call) -> type_object:
    form = call.form.only("amount", "metadata", "description", "expand")
    asked, metadata = form.number("amount"), form.metadata()
    transfer = world.find(call.parts[0], "transfer", account=call.account, param="transfer", status=404)
    left = transfer["amount"] - transfer["amount_reversed"]
    if left == 0:
        raise invalid("This transfer has already been fully reversed.")
    amount = asked or left
    if amount > left:
        spelled_asked, spelled_left = spelled(amount, transfer["currency"]), spelled(left, transfer["currency"])
        raise invalid(f"Reversal amount ({spelled_asked}) is greater than the unreversed amount of the transfer ({spelled_left}).", param="amount")
    payment = world.objects[world.objects[transfer["destination_payment"]]["balance_transaction"]]
    if _coverable(world, transfer, payment) < amount:
        raise insufficient("The connected account has insufficient funds for this reversal.")
    return _reverse(world, call, transfer, payment, amount, metadata)


def _coverable(world: World, transfer: type_object, payment: type_object) -> int:
    """What the connected account can give back: its available balance, and this transfer's own money while that is pending."""
    ready = available(world, transfer["destination"], transfer["currency"])
    pending = transfer["amount"] - transfer["amount_reversed"] if payment["available_on"] > world.now() else 0
    return int(ready + pending)


def _reverse(world: World, call: Call, transfer: type_object, payment: type_object, amount: int, metadata: dict[str, str]) -> type_object:
    before = shown(world, transfer)
    made = world.make(
        "trr",
        "transfer_reversal",
        account=call.account,
        amount=amount,
        balance_transaction=None,
        currency=transfer["currency"],
        destination_payment_refund=world.new_id("pyr"),
        metadata=metadata,
        source_refund=None,
        transfer=transfer["id"],
    )
    available_on = max(world.now(), payment["available_on"])
    row = book(world, "transfer_refund", amount, transfer["currency"], made["id"], account=call.account, available_on=available_on)
    made["balance_transaction"] = row["id"]
    book(
        world, "payment_refund", -amount, transfer["currency"], made["destination_payment_refund"], account=transfer["destination"],
        available_on=available_on,
    )  # fmt: skip
    received = world.objects[transfer["destination_payment"]]
    received["amount_refunded"] += amount
    received["refunded"] = received["amount_refunded"] == received["amount"]
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    emit(world, "transfer.reversed", transfer, before=before)
    return shown(world, made, call.form.texts("expand"))


def list_reversals(world: World, call: Call) -> type_object:
    call.form.only("limit", "starting_after", "ending_before", "expand")
    transfer = world.find(call.parts[0], "transfer", account=call.account, param="transfer", status=404)
    return paged(world, call, [row for row in world.all("transfer_reversal") if row["transfer"] == transfer["id"]])


def retrieve_reversal(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    transfer = world.find(call.parts[0], "transfer", account=call.account, param="transfer", status=404)
    one = world.find(call.parts[1], "transfer_reversal", account=call.account, status=404)
    return shown(world, one if one["transfer"] == transfer["id"] else world.find("", "transfer_reversal", status=404), form.texts("expand"))
