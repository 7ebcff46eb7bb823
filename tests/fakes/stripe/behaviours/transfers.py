"""B37 to B46, B70: charges, balances, transfers and their reversals, payouts."""

from __future__ import annotations

import stripe

from tests.fakes.stripe.behaviours.registry import behaviour
from tests.fakes.stripe.behaviours.scene import Scene, refused


@behaviour(37)
def charge_is_booked_with_its_fee(scene: Scene) -> None:
    """A charge has one balance transaction: amount, fee, and net = amount - fee, pending until available_on."""
    charge = scene.paid(10_000).latest_charge
    (row,) = scene.eventually(lambda: scene.booked(charge.id))
    assert (row.type, row.amount, row.net, row.source) == ("charge", 10_000, 10_000 - row.fee, charge.id)
    assert row.fee > 0 and row.fee == sum(one.amount for one in row.fee_details)
    assert row.status == "pending" and row.available_on > row.created


@behaviour(38, "control")
def pending_money_becomes_available(scene: Scene) -> None:
    """The balance is the sum of what was booked: pending until available_on, available after it."""
    scene.paid(10_000)
    balance = scene.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (0, 9_680)
    scene.fake.advance(2 * 86_400)
    balance = scene.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (9_680, 0)
    assert sum(row.net for row in scene.v1.balance_transactions.list().data) == 9_680


@behaviour(70)
def charge_is_booked_after_it_succeeded(scene: Scene) -> None:
    """A charge may succeed before it is booked: balance_transaction is null in the answer and in charge.succeeded, and comes with charge.updated."""
    charge = scene.paid(10_000).latest_charge
    assert (charge.paid, charge.balance_transaction) == (True, None)
    assert scene.event("charge.succeeded", charge.id).data.object["balance_transaction"] is None
    event = scene.event("charge.updated", charge.id)
    assert event.data.object["balance_transaction"] and event.data.previous_attributes["balance_transaction"] is None


@behaviour(39, "account")
def transfer_with_a_source_need_not_wait(scene: Scene) -> None:
    """With source_transaction a transfer succeeds while the charge is pending, and what the account receives is available when the charge is."""
    charge = scene.paid(10_000).latest_charge
    transfer = scene.transfer(scene.ready_account(), 9_000, source_transaction=charge.id, metadata={"order": "o-1"})
    (charged,) = scene.eventually(lambda: scene.booked(charge.id))
    (sent,) = scene.booked(transfer.id)
    assert (sent.type, sent.amount, sent.net) == ("transfer", -9_000, -9_000)
    assert sent.available_on == charged.available_on
    assert (transfer.source_transaction, transfer.metadata["order"], transfer.amount_reversed) == (charge.id, "o-1", 0)
    scene.event("transfer.created", transfer.id)


@behaviour(40, "account")
def transfers_may_not_exceed_their_charge(scene: Scene) -> None:
    """The transfers of one source_transaction may not exceed the charge's amount in sum, fee not counted; what goes beyond is refused whole."""
    account, charge = scene.ready_account(), scene.paid(10_000).latest_charge
    scene.transfer(account, 6_000, source_transaction=charge.id)
    with refused(stripe.InvalidRequestError, status=400) as held:
        scene.transfer(account, 4_001, source_transaction=charge.id)
    assert "must not exceed the source amount" in held.message
    assert scene.transfer(account, 4_000, source_transaction=charge.id).amount == 4_000


@behaviour(41, "account")
def transfer_without_a_source_needs_available_money(scene: Scene) -> None:
    """Without source_transaction a transfer above the available balance is refused with balance_insufficient; pending money does not help."""
    account = scene.ready_account()
    scene.paid(10_000)
    much = scene.v1.balance.retrieve().available[0].amount + 1
    with refused(stripe.InvalidRequestError, status=400, code="balance_insufficient"):
        scene.transfer(account, max(much, 1))
    scene.paid(20_000, card="pm_card_bypassPending")
    assert scene.transfer(account, 1_000).source_transaction is None


@behaviour(42, "account")
def transfer_has_the_currency_of_its_charge(scene: Scene) -> None:
    """A transfer in another currency than its source charge's is refused."""
    charge = scene.paid().latest_charge
    with refused(stripe.InvalidRequestError, status=400):
        scene.transfer(scene.ready_account(), 1_000, source_transaction=charge.id, currency="eur")


@behaviour(43, "account")
def transfer_group_comes_from_the_charge(scene: Scene) -> None:
    """A transfer takes the charge's transfer_group, which is made up when the charge has none; transfers are listed by it."""
    account = scene.ready_account()
    group = scene.key("group")
    named, unnamed = scene.paid(transfer_group=group), scene.paid()
    first = scene.transfer(account, 1_000, source_transaction=named.latest_charge.id)
    assert first.transfer_group == group
    assert [row.id for row in scene.v1.transfers.list(params={"transfer_group": group}).data] == [first.id]
    assert scene.transfer(account, 1_000, source_transaction=unnamed.latest_charge.id).transfer_group == f"group_{unnamed.id}"


@behaviour(44, "account")
def reversal_is_bounded_by_its_transfer(scene: Scene) -> None:
    """A transfer can be reversed in parts up to its amount: each is booked as transfer_refund and reported; more is refused."""
    account = scene.ready_account()
    charge = scene.paid(10_000, card="pm_card_bypassPending").latest_charge
    scene.transfer(account, 2_000, source_transaction=charge.id)  # money for more, which must not be taken
    transfer = scene.transfer(account, 8_000, source_transaction=charge.id)
    part = scene.v1.transfers.reversals.create(transfer.id, params={"amount": 3_000, "metadata": {"refund": "r-1"}})
    assert (part.amount, part.transfer, part.metadata["refund"]) == (3_000, transfer.id, "r-1")
    (row,) = scene.booked(part.id)
    assert (row.type, row.amount) == ("transfer_refund", 3_000)
    with refused(stripe.InvalidRequestError, status=400):
        scene.v1.transfers.reversals.create(transfer.id, params={"amount": 5_001})
    scene.v1.transfers.reversals.create(transfer.id)
    now = scene.v1.transfers.retrieve(transfer.id)
    assert (now.amount_reversed, now.reversed, [one.amount for one in now.reversals.data]) == (8_000, True, [5_000, 3_000])
    with refused(stripe.InvalidRequestError, status=400):
        scene.v1.transfers.reversals.create(transfer.id, params={"amount": 1})
    assert scene.event("transfer.reversed", transfer.id).data.object["amount_reversed"] == 8_000


@behaviour(45, "control")
def reversal_needs_money_on_the_account(scene: Scene) -> None:
    """A reversal that the connected account's balance cannot cover is refused with balance_insufficient, and nothing moves."""
    account = scene.ready_account()
    charge = scene.paid(10_000, card="pm_card_bypassPending").latest_charge
    transfer = scene.transfer(account, 8_000, source_transaction=charge.id)
    scene.fake.payout(account, 5_001)
    before = scene.fake.balance(), scene.fake.balance(account)
    with refused(stripe.InvalidRequestError, status=400, code="balance_insufficient"):
        scene.v1.transfers.reversals.create(transfer.id, params={"amount": 3_000})
    assert (scene.fake.balance(), scene.fake.balance(account)) == before
    scene.v1.transfers.reversals.create(transfer.id, params={"amount": 2_999})
    assert scene.fake.balance(account)["available"] == {"usd": 0}


@behaviour(46, "control")
def payout_can_come_back_after_it_was_paid(scene: Scene) -> None:
    """A payout leaves the connected account's balance at once; the bank may send it back even after payout.paid, with payout.failed and the money."""
    account = scene.ready_account()
    scene.transfer(account, 8_000, source_transaction=scene.paid(10_000, card="pm_card_bypassPending").latest_charge.id)
    options = {"stripe_account": account, "idempotency_key": scene.key("po")}
    payout = scene.v1.payouts.create(params={"amount": 5_000, "currency": scene.currency}, options=options)
    assert scene.fake.balance(account)["available"] == {"usd": 3_000}
    scene.fake.finish_payout(payout.id)
    scene.fake.finish_payout(payout.id, is_paid=False)
    assert scene.fake.balance(account)["available"] == {"usd": 8_000}
    rows = scene.v1.events.list(params={"type": "payout.*"}, options={"stripe_account": account}).data
    assert [(row.type, row.account) for row in reversed(rows)] == [(kind, account) for kind in ("payout.created", "payout.paid", "payout.failed")]
    assert rows[0].data.object["failure_balance_transaction"]
