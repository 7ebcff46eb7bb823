"""The product's life with Stripe in one run, with the calls as the product makes them."""

from __future__ import annotations

from typing import Any

from tests.fakes.stripe.behaviours.scene import SHOP, Scene


def play(scene: Scene) -> None:
    """Onboard two shops, sell to both in one payment, pay them, refund, be disputed, sweep, balance the day."""
    shops = [_shop(scene, name) for name in ("mugs", "tea")]
    charge = _sell(scene)
    transfers = [
        scene.transfer(
            shop, 1_400, source_transaction=charge.id, transfer_group="g-1", metadata={"order": f"o-{number}"}, description=f"Order o-{number}"
        )
        for number, shop in enumerate(shops, start=1)
    ]  # fmt: skip
    _give_back(scene, charge, transfers[0])
    _be_disputed(scene)
    _close_the_day(scene, shops[1])


def _shop(scene: Scene, name: str) -> str:
    account = scene.new_account(metadata={"merchant": name}, business_profile={"name": name, "url": f"https://{name}.example"}).id
    params = {"account": account, "type": "account_onboarding", "return_url": SHOP + "back/", "refresh_url": SHOP + "again/"}
    scene.v1.account_links.create(params=params, options={"idempotency_key": scene.key("al")})
    scene.fake.onboard(account)
    scene.v1.accounts.update(account, params={"metadata": {"merchant": name, "group": "pilot"}, "settings": {"payouts": {"schedule": {"interval": "manual"}}}})
    assert scene.v1.accounts.retrieve(account).payouts_enabled
    return str(account)


def _sell(scene: Scene) -> Any:
    assert scene.v1.accounts.retrieve_current().id
    scene.v1.checkout.sessions.expire(scene.session().id)
    session = scene.session(expires_at=scene.fake.now() + 3600)
    scene.fake.decline(session.id)
    scene.fake.pay(session.id)
    paid = scene.v1.checkout.sessions.retrieve(session.id, params={"expand": ["payment_intent.latest_charge", "line_items"]})
    assert paid.payment_status == "paid"
    scene.v1.checkout.sessions.list(params={"payment_intent": paid.payment_intent.id})
    scene.v1.checkout.sessions.line_items.list(session.id)
    scene.v1.payment_intents.retrieve(paid.payment_intent.id, params={"expand": ["latest_charge.balance_transaction"]})
    return paid.payment_intent.latest_charge


def _give_back(scene: Scene, charge: Any, transfer: Any) -> None:
    refund = scene.refund(charge.payment_intent, 700, metadata={"refund": "r-1"}, reason="requested_by_customer")
    scene.v1.transfers.reversals.create(transfer.id, params={"amount": 650, "metadata": {"refund": "r-1"}}, options={"idempotency_key": scene.key("trr")})
    scene.v1.transfers.reversals.list(transfer.id)
    scene.v1.transfers.list(params={"transfer_group": "g-1"})
    scene.v1.transfers.retrieve(transfer.id)
    scene.v1.refunds.list(params={"payment_intent": charge.payment_intent})
    scene.v1.refunds.retrieve(refund.id)
    scene.v1.charges.retrieve(charge.id, params={"expand": ["refunds"]})


def _be_disputed(scene: Scene) -> None:
    first, second = (scene.paid(2_000, card="pm_card_createDispute").latest_charge for _ in range(2))
    found = scene.v1.disputes.list(params={"charge": first.id}).data[0]
    evidence = {"uncategorized_text": "winning_evidence", "shipping_tracking_number": "SF1234567890"}
    scene.v1.disputes.update(found.id, params={"evidence": evidence, "metadata": {"order": "o-3"}, "submit": True})
    scene.v1.disputes.close(scene.v1.disputes.list(params={"charge": second.id}).data[0].id)
    assert scene.v1.disputes.retrieve(found.id).status == "won"


def _close_the_day(scene: Scene, shop: str) -> None:
    scene.fake.advance(3 * 86_400)
    scene.v1.payouts.create(params={"amount": 1_000, "currency": scene.currency}, options={"stripe_account": shop})
    scene.v1.balance.retrieve(options={"stripe_account": shop})
    since = scene.fake.now() - 4 * 86_400
    scene.v1.events.list(params={"created": {"gte": since}, "types": ["checkout.session.completed", "charge.refunded"], "limit": 100})
    scene.v1.events.list(params={"created": {"gte": since}, "limit": 100})
    scene.v1.events.list(params={"limit": 100}, options={"stripe_account": shop})
    rows = scene.v1.balance_transactions.list(params={"created": {"gte": since, "lt": scene.fake.now() + 1}, "limit": 100, "expand": ["data.source"]}).data
    balance = scene.v1.balance.retrieve()
    assert sum(row.net for row in rows) == balance.available[0].amount + balance.pending[0].amount
