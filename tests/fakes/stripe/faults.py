"""What goes wrong on demand: lost answers, errors after the effect, limits, waits."""

from __future__ import annotations

import random
import re
from dataclasses import asdict, dataclass
from typing import Any

from tests.fakes.stripe.errors import Refusal
from tests.fakes.stripe.world import Call, World

# lose: carried out, then the line is cut. error: carried out, then 500. broken: 500 and nothing carried out.
# rate_limit, lock_timeout: refused before anything. hang: the key is taken, then it waits, then it is carried out.
KINDS = ("lose", "error", "broken", "rate_limit", "lock_timeout", "hang")


@dataclass
class Rule:
    """Meets requests by method and path. `times`: how often still, None for always. `share`: of those, by the seed."""

    kind: str
    method: str = ""
    path: str = ""
    times: int | None = 1
    share: float = 1.0
    seed: int = 1
    seconds: float | None = None  # of a hang; None: until release
    status: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}")
        self.random = random.Random(self.seed)

    def meets(self, call: Call) -> bool:
        if self.times == 0 or (self.method and self.method != call.method) or not re.search(self.path, call.path):
            return False
        if self.random.random() >= self.share:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    def __init__(self, world: World) -> None:
        self.world = world
        self.rules: list[Rule] = []
        self.hanging = 0
        self._released = 0

    def take(self, call: Call) -> Rule | None:
        """The rule that meets this request (under the lock)."""
        return next((rule for rule in self.rules if rule.meets(call)), None)

    def hang(self, rule: Rule) -> None:
        """Wait until released, or as long as the rule says."""
        with self.world.changed:
            self.hanging += 1
            self.world.changed.notify_all()
            now = self._released
            self.world.changed.wait_for(lambda: self._released > now, rule.seconds)
            self.hanging -= 1
            self.world.changed.notify_all()

    def release(self) -> None:
        with self.world.changed:
            self._released += 1
            self.world.changed.notify_all()

    def wait_hanging(self, count: int, patience_s: float) -> bool:
        """Whether so many requests hang within that time."""
        with self.world.changed:
            return self.world.changed.wait_for(lambda: self.hanging >= count, patience_s)

    def shown(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self.rules]


def refusal_before(rule: Rule) -> Refusal | None:
    """Limits stand before the layer of idempotency: nothing of them is kept."""
    if rule.kind == "rate_limit":
        message = "Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits."
        return Refusal(rule.status or 429, "invalid_request_error", message, code="rate_limit", is_saved=False)
    if rule.kind == "lock_timeout":
        message = "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. Try again later."
        return Refusal(rule.status or 429, "invalid_request_error", message, code="lock_timeout", is_saved=False, headers={"Stripe-Should-Retry": "true"})
    return None


def server_error() -> Refusal:
    return Refusal(500, "api_error", "Sorry! There was an error while talking to Stripe. This one was asked for by a test.")
