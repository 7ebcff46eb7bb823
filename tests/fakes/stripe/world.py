"""Everything the fake knows, behind one lock, and its clock that can be moved."""

from __future__ import annotations

import heapq
import random
import string
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.stripe.errors import no_such
from tests.fakes.stripe.forms import Form

if TYPE_CHECKING:
    from tests.fakes.stripe.faults import Faults
    from tests.fakes.stripe.idempotency import Keys
    from tests.fakes.stripe.recorder import Recorder
    from tests.fakes.stripe.webhooks import Post

API_VERSION = "2026-08-26.dahlia"
DAY_S = 86_400

type_object = dict[str, Any]


@dataclass
class Call:
    """A request to the API."""

    method: str
    path: str
    query: str
    raw: str
    headers: dict[str, str]
    account: str  # whose behalf: the platform, or what Stripe-Account says
    form: Form = field(default_factory=lambda: Form({}))
    request_id: str = ""
    parts: tuple[str, ...] = ()  # what the address names

    @property
    def key(self) -> str | None:
        """Its idempotency key. A GET has none: there it has no effect."""
        return self.headers.get("idempotency-key") if self.method == "POST" else None


@dataclass
class Terms:
    """What the fake charges and how long it keeps money back. Figures of ours, not Stripe's promises."""

    fee_basis_points: int = 290
    fee_fixed: int = 30
    dispute_fee: int = 1500
    dispute_fee_returned: bool = False
    settlement_s: int = 2 * DAY_S  # until a charge is available
    capture_s: int = 0  # until a charge is booked; even with 0 only after the answer
    account_link_s: int = 300
    refunds_wait_for_funds: bool = False  # hold refunds that the available balance does not cover
    reversals_free_the_source: bool = False


class World:
    """State and clock. Whoever reads or changes it holds `lock`."""

    post: Post
    keys: Keys
    faults: Faults
    recorder: Recorder

    def __init__(self, seed: int | None = None) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.random = random.Random(1 if seed is None else seed)
        letters = random.Random(seed)  # without a seed, two fakes share no ids
        self.stem = "".join(letters.choice(string.ascii_letters + string.digits) for _ in range(8))
        self.terms = Terms()
        self.objects: dict[str, type_object] = {}
        self.events: list[type_object] = []
        self.current: Call | None = None
        self.declines: list[tuple[str, str]] = []
        self.next_refunds: list[dict[str, str]] = []
        self.base_url = ""
        self._clock: Callable[[], float] = time.time
        self._offset_s = 0
        self._numbers = 0
        self.watches: list[Callable[[], None]] = []  # looked after whenever time may have passed
        self._jobs: list[tuple[int, int, Callable[[], None]]] = []
        self.platform = self.new_id("acct")

    # ── the clock ────────────────────────────────────────────────────────────────────────────────────────────────────

    def now(self) -> int:
        return int(self._clock()) + self._offset_s

    def set_now(self, moment: int, *, is_frozen: bool = False) -> None:
        """Go on from this moment, or stand still at it until advanced."""
        self._clock = (lambda: moment) if is_frozen else time.time
        self._offset_s = moment - int(self._clock())
        self.run_due()

    def advance(self, seconds: int) -> int:
        self._offset_s += seconds
        self.run_due()
        return self.now()

    def later(self, seconds: int, job: Callable[[], None]) -> None:
        """Do it when the clock has moved on so far."""
        self._numbers += 1
        heapq.heappush(self._jobs, (self.now() + seconds, self._numbers, job))

    def run_due(self) -> None:
        while self._jobs and self._jobs[0][0] <= self.now():
            heapq.heappop(self._jobs)[2]()
        for watch in self.watches:
            watch()

    # ── objects ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def new_id(self, prefix: str) -> str:
        self._numbers += 1
        return f"{prefix}_{self.stem}{self._numbers:06d}"

    def make(self, prefix: str, kind: str, *, account: str | None = None, name: str | None = None, **fields: Any) -> type_object:
        """A new object. Names that begin with an underscore are ours and are never shown."""
        made = {"id": name or self.new_id(prefix), "object": kind, "created": self.now(), "_account": account or self.platform, **fields}
        self.objects[made["id"]] = made
        return made

    def all(self, kind: str, account: str | None = None) -> list[type_object]:
        """Oldest first."""
        return [one for one in self.objects.values() if one["object"] == kind and (account is None or one["_account"] == account)]

    def find(self, name: str, kind: str, *, account: str | None = None, param: str = "id", status: int = 400, what: str = "") -> type_object:
        """The object, or `No such …`: the same whether it is absent, of another kind, or of another account."""
        found = self.objects.get(name)
        if found is None or found["object"] != kind or (account is not None and found["_account"] != account):
            raise no_such(what or kind, name, param=param, status=status)
        return found

    def get(self, name: str, kind: str) -> type_object:
        """For the controls: a wrong id is the test's mistake."""
        found = self.objects.get(name)
        if found is None or found["object"] != kind:
            raise LookupError(f"the fake has no {kind} '{name}'")
        return found
