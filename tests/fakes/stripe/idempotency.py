"""Idempotency keys: the first answer is kept, and given again.

Source: docs.stripe.com/api/idempotent_requests and docs.stripe.com/error-low-level#idempotency
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.stripe.errors import Refusal, malformed
from tests.fakes.stripe.world import DAY_S, Call, World

KEPT_S = DAY_S
LONGEST = 255


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    is_saved: bool = True
    is_lost: bool = False  # the effect stays, the line is cut


@dataclass
class Kept:
    path: str
    digest: str
    first_request: str
    since: int
    answer: Answer | None = None  # None: still being carried out


class Keys:
    """Keys of one account do not meet those of another."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kept: dict[tuple[str, str], Kept] = {}

    def begin(self, call: Call) -> Answer | None:
        """The answer to give again; None when this is the first request with its key. Refuses misuse."""
        if not call.key:
            return None
        if len(call.key) > LONGEST:
            raise malformed(f"Idempotency keys have at most {LONGEST} characters.")
        slot = (call.account, call.key)
        before = self.kept.get(slot)
        if before and before.since <= self.world.now() - KEPT_S:
            del self.kept[slot]
            before = None
        if before is None:
            self.kept[slot] = Kept(call.path, digest(call), call.request_id, self.world.now())
            return None
        if before.path != call.path:
            same = f"Keys for idempotent requests can only be used for the same endpoint they were first used for ('{before.path}' vs '{call.path}')."
            raise Refusal(400, "idempotency_error", f"{same} Try using a key other than '{call.key}' if you meant to execute a different request.")
        if before.digest != digest(call):
            same = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            raise Refusal(400, "idempotency_error", f"{same} Try using a key other than '{call.key}' if you meant to execute a different request.")
        if before.answer is None:
            busy = "There is currently another in-progress request using this idempotency key: it was probably sent twice. Try again later."
            raise Refusal(409, "idempotency_error", busy, code="idempotency_key_in_use")
        again = {"Idempotent-Replayed": "true", "Original-Request": before.first_request}
        return Answer(before.answer.status, before.answer.body, again)

    def finish(self, call: Call, answer: Answer) -> None:
        """Keep the answer, or forget the key when execution had not begun."""
        if not call.key:
            return
        if answer.is_saved:
            self.kept[call.account, call.key].answer = answer
        else:
            del self.kept[call.account, call.key]


def digest(call: Call) -> str:
    """The parameters, whatever their order."""
    return hashlib.sha256(json.dumps(call.form.values, sort_keys=True).encode()).hexdigest()
