"""B1 to B12: idempotency keys."""

from __future__ import annotations

import threading
from typing import Any

import stripe

from tests.fakes.stripe.behaviours.registry import behaviour
from tests.fakes.stripe.behaviours.scene import Scene, refused


def _create(scene: Scene, key: str, amount: int = 10_000, **more: Any) -> Any:
    return scene.v1.payment_intents.create(params={"amount": amount, "currency": scene.currency, **more}, options={"idempotency_key": key})


@behaviour(1)
def repeat_with_the_same_key_gets_the_first_answer(scene: Scene) -> None:
    """The same key with the same parameters replays the stored status and body, makes nothing new, and says so in a header."""
    key = scene.key("pi")
    first, second = _create(scene, key, metadata={"a": "1", "b": "2"}), _create(scene, key, metadata={"b": "2", "a": "1"})
    assert first.to_dict() == second.to_dict()
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers


@behaviour(2)
def same_key_with_other_parameters_is_refused(scene: Scene) -> None:
    """A key used again with other parameters is refused with 400 idempotency_error, and nothing is carried out."""
    key = scene.key("pi")
    first = _create(scene, key)
    with refused(stripe.IdempotencyError, status=400) as held:
        _create(scene, key, amount=20_000)
    assert "same parameters" in held.message
    assert _create(scene, key).id == first.id


@behaviour(3)
def same_key_on_another_endpoint_is_refused(scene: Scene) -> None:
    """A key used at one address is refused at another, even with the same parameters."""
    key = scene.key("cs")
    first, second = scene.session().id, scene.session().id
    scene.v1.checkout.sessions.expire(first, options={"idempotency_key": key})
    with refused(stripe.IdempotencyError, status=400):
        scene.v1.checkout.sessions.expire(second, options={"idempotency_key": key})
    assert scene.v1.checkout.sessions.retrieve(second).status == "open"


@behaviour(4)
def refusal_after_execution_began_is_kept(scene: Scene) -> None:
    """A refusal that came while the request was carried out (a declined card, 402) is replayed to the same key."""
    key = scene.key("pi")
    params: dict[str, Any] = {
        "confirm": True,
        "payment_method": "pm_card_visa_chargeDeclined",
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    }
    with refused(stripe.CardError, status=402, code="card_declined") as first:
        _create(scene, key, **params)
    with refused(stripe.CardError, status=402, code="card_declined") as second:
        _create(scene, key, **params)
    assert first.error and second.error
    assert first.error.json_body == second.error.json_body
    assert second.error.headers and second.error.headers["Idempotent-Replayed"] == "true"


@behaviour(5)
def failed_validation_is_not_kept(scene: Scene) -> None:
    """A request that fails validation leaves its key free: corrected, it is carried out under the same key."""
    key = scene.key("pi")
    with refused(stripe.InvalidRequestError, status=400, code="parameter_unknown", param="amuont"):
        _create(scene, key, amuont=1)
    assert _create(scene, key).id.startswith("pi_")


@behaviour(6, "control")
def key_in_use_is_a_conflict(scene: Scene) -> None:
    """While a request is carried out, another with its key is refused with 409, which is not kept: later the key gets the first answer."""
    key, made = scene.key("pi"), []
    scene.fake.fault("hang", "POST", "/v1/payment_intents")
    first = threading.Thread(target=lambda: made.append(_create(scene, key)))
    first.start()
    assert scene.fake.wait_hanging()
    with refused(stripe.APIError, status=409, code="idempotency_key_in_use"):
        _create(scene, key)
    scene.fake.release()
    first.join(10)
    assert _create(scene, key).id == made[0].id


@behaviour(7, "control")
def server_error_is_kept_though_the_effect_may_be_there(scene: Scene) -> None:
    """A 500 is replayed to the same key; whether anything was carried out is found only by looking."""
    key = scene.key("pi")
    scene.fake.fault("error", "POST", "/v1/payment_intents")
    for _ in range(2):
        with refused(stripe.APIError, status=500):
            _create(scene, key)
    assert len(scene.v1.payment_intents.list().data) == 1


@behaviour(8, "control")
def keys_are_forgotten_after_a_day(scene: Scene) -> None:
    """A key may be forgotten once it is 24 hours old: the same request is then carried out again."""
    key = scene.key("pi")
    first = _create(scene, key)
    scene.fake.advance(23 * 3600)
    assert _create(scene, key).id == first.id
    scene.fake.advance(3600)
    assert _create(scene, key).id != first.id


@behaviour(9, "control")
def lost_answer_is_fetched_by_repeating(scene: Scene) -> None:
    """When the answer is lost the effect stays, and a repeat with the same key brings the answer without a second effect."""
    key = scene.key("pi")
    scene.fake.fault("lose", "POST", "/v1/payment_intents")
    with refused_by_the_network():
        _create(scene, key)
    (made,) = scene.v1.payment_intents.list().data
    assert _create(scene, key).id == made.id
    assert len(scene.v1.payment_intents.list().data) == 1


class refused_by_the_network:
    """The block must end without any answer."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> bool:
        assert kind is not None and issubclass(kind, stripe.APIConnectionError), f"answered, or failed with {kind}"
        return True


@behaviour(10, "control")
def rate_limit_stands_before_the_keys(scene: Scene) -> None:
    """A 429 is not kept: the limiter stands before the layer of keys, so the same key can be used again later."""
    key = scene.key("pi")
    scene.fake.fault("rate_limit", "POST", "/v1/payment_intents")
    with refused(stripe.RateLimitError, status=429, code="rate_limit"):
        _create(scene, key)
    assert scene.v1.payment_intents.list().data == []
    assert _create(scene, key).id.startswith("pi_")


@behaviour(11, "control")
def lock_timeout_can_be_repeated(scene: Scene) -> None:
    """An object that another request holds is refused with lock_timeout; nothing was carried out, and the same key works later."""
    key = scene.key("pi")
    scene.fake.fault("lock_timeout", "POST", "/v1/payment_intents")
    with refused(stripe.RateLimitError, status=429, code="lock_timeout"):
        _create(scene, key)
    assert _create(scene, key).id.startswith("pi_")


@behaviour(12)
def a_read_ignores_keys(scene: Scene) -> None:
    """A key on a GET has no effect: the answer is of this moment, never a replay."""
    key = scene.key("pi")
    intent = scene.paid()
    before = scene.v1.payment_intents.retrieve(intent.id, params={"expand": ["latest_charge"]}, options={"idempotency_key": key})
    scene.refund(intent.id, 1_000)
    after = scene.v1.payment_intents.retrieve(intent.id, params={"expand": ["latest_charge"]}, options={"idempotency_key": key})
    assert (before.latest_charge.amount_refunded, after.latest_charge.amount_refunded) == (0, 1_000)
