"""B13 to B18: answers, errors, lists."""

from __future__ import annotations

import stripe

from tests.fakes.stripe.behaviours.registry import behaviour
from tests.fakes.stripe.behaviours.scene import Scene, refused
from tests.fakes.stripe.world import API_VERSION


@behaviour(13)
def every_answer_names_request_and_version(scene: Scene) -> None:
    """Every answer carries Request-Id, and Stripe-Version as it was asked for; so do refusals."""
    headers = scene.v1.balance.retrieve().last_response.headers
    assert headers["Request-Id"].startswith("req_") and headers["Stripe-Version"] == API_VERSION
    with refused(stripe.InvalidRequestError, status=404) as held:
        scene.v1.charges.retrieve("ch_unknown")
    assert held.error and held.error.request_id and held.error.request_id.startswith("req_")


@behaviour(14)
def unknown_and_missing_parameters_are_named(scene: Scene) -> None:
    """An unknown parameter is refused with parameter_unknown, a missing one with parameter_missing, and `param` names it."""
    with refused(stripe.InvalidRequestError, status=400, code="parameter_unknown", param="colour"):
        scene.v1.refunds.create(params={"payment_intent": "pi_unknown", "colour": "red"})
    with refused(stripe.InvalidRequestError, status=400, code="parameter_missing", param="destination"):
        scene.v1.transfers.create(params={"amount": 100, "currency": scene.currency})
    with refused(stripe.InvalidRequestError, status=400, code="parameter_invalid_integer", param="amount"):
        scene.v1.transfers.create(params={"amount": 0, "currency": scene.currency, "destination": "acct_unknown"})


@behaviour(15)
def what_does_not_exist_is_resource_missing(scene: Scene) -> None:
    """What the address names and does not exist is 404 resource_missing; what a parameter names is 400 resource_missing."""
    with refused(stripe.InvalidRequestError, status=404, code="resource_missing"):
        scene.v1.transfers.retrieve("tr_unknown")
    with refused(stripe.InvalidRequestError, status=400, code="resource_missing", param="payment_intent"):
        scene.v1.refunds.create(params={"payment_intent": "pi_unknown"})


@behaviour(16)
def wrong_key_is_401(scene: Scene) -> None:
    """A key that is not valid is refused with 401, before anything else."""
    with refused(stripe.AuthenticationError, status=401):
        scene.v1.balance.retrieve(options={"api_key": "sk_nothing"})


@behaviour(17)
def lists_page_newest_first_without_gaps(scene: Scene) -> None:
    """A list comes newest first, `limit` rows a page (10 unless said, 100 at most), and starting_after goes on without gap or repeat."""
    made = [scene.paid(1_000 + number).id for number in range(5)]
    first = scene.v1.payment_intents.list(params={"limit": 2})
    second = scene.v1.payment_intents.list(params={"limit": 3, "starting_after": first.data[-1].id})
    assert first.has_more
    assert [row.id for row in [*first.data, *second.data]] == list(reversed(made))
    with refused(stripe.InvalidRequestError, status=400, param="limit"):
        scene.v1.payment_intents.list(params={"limit": 101})


@behaviour(18)
def metadata_is_merged_and_emptied_by_key(scene: Scene) -> None:
    """An update of metadata keeps the keys it does not name, and an empty value takes a key away."""
    refund = scene.refund(scene.paid().id, 500, metadata={"refund": "r-1", "why": "late"})
    changed = scene.v1.refunds.update(refund.id, params={"metadata": {"why": "", "by": "operator"}})
    assert changed.metadata.to_dict() == {"refund": "r-1", "by": "operator"}
