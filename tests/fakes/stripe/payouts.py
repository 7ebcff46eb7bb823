"""Payouts: from an account's balance to its bank, and back when the bank refuses. Source: docs.stripe.com/payouts"""

from __future__ import annotations

from tests.fakes.stripe.errors import invalid
from tests.fakes.stripe.events import emit
from tests.fakes.stripe.ledger import available, book, insufficient
from tests.fakes.stripe.lists import page
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.world import DAY_S, Call, World, type_object


def pay_out(world: World, account: str, amount: int, currency: str, *, is_automatic: bool, metadata: dict[str, str] | None = None) -> type_object:
    made = world.make(
        "po",
        "payout",
        account=account,
        amount=amount,
        arrival_date=world.now() + 2 * DAY_S,
        automatic=is_automatic,
        balance_transaction=None,
        currency=currency,
        description=None,
        destination=world.new_id("ba"),
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        livemode=False,
        metadata=metadata or {},
        method="standard",
        original_payout=None,
        reconciliation_status="completed" if is_automatic else "not_applicable",
        reversed_by=None,
        source_type="card",
        statement_descriptor=None,
        status="in_transit",
        type="bank_account",
    )
    made["balance_transaction"] = book(world, "payout", -amount, currency, made["id"], account=account, description="STRIPE PAYOUT")["id"]
    emit(world, "payout.created", made)
    return made


def finish(world: World, one: type_object, *, is_paid: bool) -> None:
    """Arrived, or sent back by the bank: also after it read as paid."""
    if one["status"] == "failed" or (is_paid and one["status"] == "paid"):
        raise ValueError(f"the payout {one['id']} is {one['status']} already")
    before = shown(world, one)
    if is_paid:
        one["status"] = "paid"
        emit(world, "payout.paid", one, before=before)
        return
    row = book(world, "payout_failure", one["amount"], one["currency"], one["id"], account=one["_account"])
    one.update(status="failed", failure_code="account_closed", failure_message="The bank account has been closed.", failure_balance_transaction=row["id"])
    emit(world, "payout.failed", one, before=before)


def create_payout(world: World, call: Call) -> type_object:
    form = call.form.only("amount", "currency", "metadata", "expand")
    amount, currency, metadata = form.needed_number("amount"), form.currency(), form.metadata()
    if call.account != world.platform and not world.get(call.account, "account")["payouts_enabled"]:
        raise invalid("Payouts are not enabled for this account.", code="payouts_not_allowed")
    if available(world, call.account, currency) < amount:
        raise insufficient()
    return shown(world, pay_out(world, call.account, amount, currency, is_automatic=False, metadata=metadata), form.texts("expand"))


def retrieve_payout(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    return shown(world, world.find(call.parts[0], "payout", account=call.account, param="payout", status=404), form.texts("expand"))


def list_payouts(world: World, call: Call) -> type_object:
    return page(world, call, world.all("payout", call.account), "status")
