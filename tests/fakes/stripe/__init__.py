"""A stateful stand-in for Stripe's API, for tests. What it promises: BEHAVIOUR.md. It listens on loopback only.

with FakeStripe() as fake:
    session = fake.client().v1.checkout.sessions.create(params={…})
    fake.pay(session.id)
"""

from tests.fakes.stripe.checkout import NotOpen
from tests.fakes.stripe.server import KEY, FakeStripe
from tests.fakes.stripe.webhooks import signature
from tests.fakes.stripe.world import API_VERSION

__all__ = ["API_VERSION", "KEY", "FakeStripe", "NotOpen", "signature"]
