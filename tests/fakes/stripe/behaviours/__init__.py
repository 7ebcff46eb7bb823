"""What our code may rely on, one function each: played against the fake by the tests, against the real API by launch.stripe_live_check."""

from tests.fakes.stripe.behaviours import checkout, connect, disputes, events, keys, refunds, requests, transfers
from tests.fakes.stripe.behaviours.registry import REGISTERED, Behaviour
from tests.fakes.stripe.behaviours.scene import Scene

BEHAVIOURS: list[Behaviour] = [REGISTERED[number] for number in sorted(REGISTERED)]

__all__ = ["BEHAVIOURS", "Behaviour", "Scene", "checkout", "connect", "disputes", "events", "keys", "refunds", "requests", "transfers"]
