"""Signed webhooks: at once, held back, doubled, shuffled, dropped, tried again."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.stripe.events import matches
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.world import DAY_S, World, type_object

type_receiver = Callable[[bytes, str], int]

PATIENCE_S = 30.0  # for an endpoint's answer
FIRST_RETRY_S = 3600  # the intervals are not published: ours double from an hour
GIVEN_UP_S = 3 * DAY_S
ACCOUNT, CONNECT = "account", "connect"


@dataclass
class Endpoint:
    """Where events go. `kind` account: the platform's own; connect: those of connected accounts."""

    id: str
    kind: str
    secret: str
    url: str = ""
    receiver: type_receiver | None = None  # instead of a url: called with body and signature, answers a status
    enabled: list[str] = field(default_factory=lambda: ["*"])


@dataclass
class Letter:
    """One event on its way to one endpoint."""

    event: str
    endpoint: str
    written_at: int
    due_at: int
    attempts: int = 0


@dataclass(frozen=True)
class Delivery:
    """What came of one attempt; status 0 when nobody answered."""

    event: str
    kind: str
    endpoint: str
    status: int


def signature(body: bytes, secret: str, moment: int) -> str:
    """The Stripe-Signature header. Source: docs.stripe.com/webhooks, "Verify webhook signatures manually"."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


class Post:
    """The endpoints, and the letters not yet delivered. `mode`: at_once, held or dropped."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.endpoints: dict[str, Endpoint] = {}
        self.letters: list[Letter] = []
        self.mode = "held"
        self.copies = 1
        self.drop_share = 0.0
        self.signed_ago_s = 0
        self._under_way = 0
        self._ended = False
        self._worker: threading.Thread | None = None

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def put(self, event: type_object) -> None:
        """Address an event to every endpoint that wants it (under the lock)."""
        kind = ACCOUNT if event["_account"] == self.world.platform else CONNECT
        for endpoint in self.endpoints.values():
            if endpoint.kind != kind or not any(matches(event["type"], pattern) for pattern in endpoint.enabled):
                continue
            if self.mode == "dropped" or (self.drop_share and self.world.random.random() < self.drop_share):
                continue
            for _ in range(self.copies):
                self.letters.append(Letter(event["id"], endpoint.id, self.world.now(), self.world.now()))
        self.world.changed.notify_all()

    def waiting(self, event: str) -> int:
        """How many endpoints have not yet taken this event."""
        return len({letter.endpoint for letter in self.letters if letter.event == event})

    def set_mode(self, mode: str) -> None:
        if mode not in ("at_once", "held", "dropped"):
            raise ValueError(f"no such mode: {mode}")
        self.mode = mode
        if mode == "at_once" and self._worker is None:
            self._worker = threading.Thread(target=self._work, daemon=True)
            self._worker.start()
        self.world.changed.notify_all()

    # ── delivering ───────────────────────────────────────────────────────────────────────────────────────────────────

    def deliver(self, *, shuffle: int | None = None, copies: int = 1, is_all: bool = False, limit: int | None = None) -> list[Delivery]:
        """Deliver what is due, in the caller's thread. `is_all`: also what waits for another try. `shuffle`: a seed."""
        with self.world.lock:
            self.world.run_due()
            due = [letter for letter in self.letters if is_all or letter.due_at <= self.world.now()]
            if shuffle is not None:
                random.Random(shuffle).shuffle(due)
            due = due[:limit]
            order = [letter for letter in due for _ in range(copies)]
            if shuffle is not None and copies > 1:
                random.Random(shuffle + 1).shuffle(order)
        return [self._attempt(letter) for letter in order]

    def send_again(self, event: str) -> list[Delivery]:
        """Deliver an event once more, whether it had arrived or not."""
        with self.world.lock:
            found = self.world.get(event, "event")
            kind = ACCOUNT if found["_account"] == self.world.platform else CONNECT
            letters = [Letter(event, one.id, self.world.now(), self.world.now()) for one in self.endpoints.values() if one.kind == kind]
        return [self._attempt(letter) for letter in letters]

    def _attempt(self, letter: Letter) -> Delivery:
        with self.world.lock:
            event, endpoint = self.world.get(letter.event, "event"), self.endpoints[letter.endpoint]
            body = json.dumps(shown(self.world, event), indent=2, ensure_ascii=False).encode()
            header = signature(body, endpoint.secret, int(time.time()) - self.signed_ago_s)
            self._under_way += 1
        try:
            status = endpoint.receiver(body, header) if endpoint.receiver else _sent(endpoint.url, body, header)
        finally:
            with self.world.lock:
                self._under_way -= 1
                self.world.changed.notify_all()
        with self.world.lock:
            self._settle(letter, status)
        return Delivery(letter.event, event["type"], letter.endpoint, status)

    def _settle(self, letter: Letter, status: int) -> None:
        if 200 <= status < 300:
            self.letters = [one for one in self.letters if one is not letter]
        else:
            letter.due_at = self.world.now() + FIRST_RETRY_S * 2**letter.attempts
            letter.attempts += 1
            if letter.due_at > letter.written_at + GIVEN_UP_S:
                self.letters = [one for one in self.letters if one is not letter]
        self.world.changed.notify_all()

    def _work(self) -> None:
        while True:
            with self.world.changed:
                self.world.changed.wait_for(lambda: self._ended or (self.mode == "at_once" and self._due()))
                if self._ended:
                    return
            self.deliver(limit=1)

    def _due(self) -> bool:
        return any(letter.due_at <= self.world.now() for letter in self.letters)

    def wait(self, patience_s: float) -> bool:
        """Whether everything due was attempted within that time (mode at_once)."""
        with self.world.changed:
            return self.world.changed.wait_for(lambda: not self._due() and not self._under_way, patience_s)

    def end(self) -> None:
        with self.world.changed:
            self._ended = True
            self.world.changed.notify_all()
        if self._worker:
            self._worker.join(PATIENCE_S)

    def queue(self) -> list[dict[str, Any]]:
        return [{**asdict(letter), "type": self.world.objects[letter.event]["type"]} for letter in self.letters]


def _sent(url: str, body: bytes, header: str) -> int:
    """Post it; the hosts of a local market (*.localhost) are on this machine."""
    parts = urlsplit(url)
    host = parts.hostname or "127.0.0.1"
    line = http.client.HTTPConnection("127.0.0.1" if host.endswith("localhost") else host, parts.port or 80, timeout=PATIENCE_S)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": parts.netloc, "Content-Type": "application/json; charset=utf-8", "Stripe-Signature": header}
        line.request("POST", path or "/", body, {**headers, "User-Agent": "Stripe/1.0 (a stand-in)"})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()
