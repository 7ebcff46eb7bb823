"""B19 to B26: connected accounts."""

from __future__ import annotations

import stripe

from tests.fakes.stripe.behaviours.registry import behaviour
from tests.fakes.stripe.behaviours.scene import SHOP, Scene, refused, visit


def _link(scene: Scene, account: str) -> str:
    params = {"account": account, "type": "account_onboarding", "return_url": SHOP + "back/", "refresh_url": SHOP + "again/"}
    return str(scene.v1.account_links.create(params=params).url)


@behaviour(19)
def new_account_can_do_nothing_yet(scene: Scene) -> None:
    """A new account has what it asked for as inactive, pays out nothing, and says what is due; controller, country and metadata are kept."""
    account = scene.new_account(metadata={"merchant": "m-1"})
    assert account.capabilities.transfers == "inactive"
    assert not account.payouts_enabled and not account.details_submitted and account.requirements.currently_due
    assert account.controller.losses.payments == "application" and account.controller.fees.payer == "application"
    assert account.controller.stripe_dashboard.type == "express" and account.controller.requirement_collection == "stripe"
    assert (account.country, account.metadata["merchant"]) == ("US", "m-1")


@behaviour(20)
def transfer_needs_the_capability(scene: Scene) -> None:
    """A transfer to an account whose transfers capability is not active is refused with insufficient_capabilities_for_transfer."""
    account, charge = scene.new_account(), scene.paid().latest_charge
    with refused(stripe.InvalidRequestError, status=400, code="insufficient_capabilities_for_transfer"):
        scene.transfer(account.id, 1_000, source_transaction=charge.id)


@behaviour(21, "control")
def onboarding_activates_and_is_reported(scene: Scene) -> None:
    """When onboarding is finished the transfers capability is active, payouts are enabled, and account.updated of that account says what changed."""
    account = scene.new_account().id
    url = _link(scene, account)
    status, text, _to = visit(url)
    assert status == 200 and "<form" in text
    assert visit(f"{url}/submit", action="submit")[::2] == (303, SHOP + "back/")
    now = scene.v1.accounts.retrieve(account)
    assert now.capabilities.transfers == "active" and now.payouts_enabled and now.details_submitted and not now.requirements.currently_due
    (event,) = scene.v1.events.list(params={"type": "account.updated"}, options={"stripe_account": account}).data
    assert event.account == event.data.object["id"] == account
    assert event.data.previous_attributes["payouts_enabled"] is False
    assert event.data.previous_attributes["capabilities"].to_dict() == {"transfers": "inactive"}


@behaviour(22, "control")
def coming_back_does_not_mean_finished(scene: Scene) -> None:
    """The return address is reached also by who leaves early: only the account tells whether details were handed in."""
    account = scene.new_account().id
    url = _link(scene, account)
    visit(url)
    assert visit(f"{url}/submit", action="leave")[::2] == (303, SHOP + "back/")
    assert not scene.v1.accounts.retrieve(account).details_submitted


@behaviour(23, "control")
def account_link_works_once_and_soon(scene: Scene) -> None:
    """An account link can be followed once, and only for minutes; else it leads to the refresh address."""
    account = scene.new_account().id
    used, late = _link(scene, account), _link(scene, account)
    assert visit(used)[0] == 200
    assert visit(used)[::2] == (303, SHOP + "again/")
    scene.fake.advance(600)
    assert visit(late)[::2] == (303, SHOP + "again/")


@behaviour(24)
def country_without_stripe_is_refused(scene: Scene) -> None:
    """An account in a country that Stripe does not support is refused."""
    with refused(stripe.InvalidRequestError, status=400) as held:
        scene.new_account(country="CN")
    assert "CN" in held.message


@behaviour(25)
def account_of_others_is_403(scene: Scene) -> None:
    """Acting for an account that is not ours is refused with 403 account_invalid."""
    with refused(stripe.PermissionError, status=403):
        scene.v1.balance.retrieve(options={"stripe_account": "acct_1unknown"})


@behaviour(26, "control")
def restricted_account_is_reported_and_gets_nothing(scene: Scene) -> None:
    """An account that loses its capability reports account.updated with a reason, and transfers to it are refused again."""
    account, charge = scene.ready_account(), scene.paid().latest_charge
    scene.fake.restrict(account)
    event = scene.v1.events.list(params={"type": "account.updated"}, options={"stripe_account": account}).data[0]
    assert event.data.object["requirements"]["disabled_reason"] == "requirements.past_due"
    with refused(stripe.InvalidRequestError, status=400, code="insufficient_capabilities_for_transfer"):
        scene.transfer(account, 1_000, source_transaction=charge.id)
