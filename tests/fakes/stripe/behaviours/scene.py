"""Where a behaviour is played: against the fake, or against the real API in test mode, where there is no control."""

from __future__ import annotations

import http.client
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import stripe

from tests.fakes.stripe.server import FakeStripe

type_found = TypeVar("type_found")

# What the product asks of a shop's account: the platform bears losses and pays fees, Stripe collects what is due.
CONTROLLER = {
    "losses": {"payments": "application"},
    "fees": {"payer": "application"},
    "stripe_dashboard": {"type": "express"},
    "requirement_collection": "stripe",
}
SHOP = "https://market.example/"


@dataclass
class Refused:
    """The error, once the block has ended."""

    error: stripe.StripeError | None = None

    @property
    def message(self) -> str:
        return str(self.error and self.error.user_message)


@contextmanager
def refused(kind: type[stripe.StripeError], *, status: int, code: str | None = None, param: str | None = None) -> Iterator[Refused]:
    """The block must be refused with exactly this status, and this code and parameter where they are named."""
    held = Refused()
    try:
        yield held
    except kind as error:
        held.error = error
    assert held.error, f"not refused with {kind.__name__}"
    assert held.error.http_status == status, f"{held.error.http_status}: {held.error}"
    # Not `held.error.code`: the SDK fills that for some kinds of errors only.
    said = held.error.error
    assert code is None or (said and said.code == code), f"{said}"
    assert param is None or (said and said.param == param), f"{said}"


class Scene:
    """A client, and with the fake its control. Behaviours that need no control run against the real API too."""

    currency = "usd"

    def __init__(self, client: stripe.StripeClient, fake: FakeStripe | None = None) -> None:
        self.v1: Any = client.v1
        self.control = fake

    @property
    def fake(self) -> FakeStripe:
        assert self.control, "this behaviour needs the fake's control"
        return self.control

    def uuid(self) -> str:
        return str(uuid.uuid4())

    def key(self, what: str) -> str:
        """A key as the product makes them: environment, what, our uuid, count."""
        return f"test:{what}:{self.uuid()}:1"

    # ── things to begin with ─────────────────────────────────────────────────────────────────────────────────────────

    def new_account(self, **more: Any) -> Any:
        params = {
            "controller": CONTROLLER, "country": "US", "email": "shop@example.test", "capabilities": {"transfers": {"requested": True}},
            "metadata": {"merchant": self.uuid()}, **more,
        }  # fmt: skip
        return self.v1.accounts.create(params=params, options={"idempotency_key": self.key("acct")})

    def ready_account(self) -> str:
        """An account that can receive transfers."""
        account = self.new_account().id
        self.fake.onboard(account)
        return str(account)

    def paid(self, amount: int = 10_000, card: str = "pm_card_visa", **more: Any) -> Any:
        """A payment that succeeded without a page, with its charge."""
        params = {
            "amount": amount, "currency": self.currency, "confirm": True, "payment_method": card,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}, "expand": ["latest_charge"], **more,
        }  # fmt: skip
        return self.v1.payment_intents.create(params=params, options={"idempotency_key": self.key("pi")})

    def session_params(self, **more: Any) -> dict[str, Any]:
        return {
            "mode": "payment",
            "line_items": [self.line("Mug", 1250, 2), self.line("Freight", 500, 1)],
            "client_reference_id": self.uuid(),
            "metadata": {"group": "g-1"},
            "payment_intent_data": {"transfer_group": "g-1", "metadata": {"group": "g-1"}, "description": "Order group g-1"},
            "success_url": SHOP + "paid/?session={CHECKOUT_SESSION_ID}",
            "cancel_url": SHOP + "cart/",
            "customer_email": "buyer@example.test",
            "locale": "auto",
            **more,
        }

    def line(self, name: str, unit_amount: int, quantity: int, currency: str = "") -> dict[str, Any]:
        price = {"currency": currency or self.currency, "unit_amount": unit_amount, "product_data": {"name": name}}
        return {"price_data": price, "quantity": quantity}

    def session(self, **more: Any) -> Any:
        return self.v1.checkout.sessions.create(params=self.session_params(**more), options={"idempotency_key": self.key("cs")})

    def transfer(self, account: str, amount: int, **more: Any) -> Any:
        params = {"amount": amount, "currency": self.currency, "destination": account, **more}
        return self.v1.transfers.create(params=params, options={"idempotency_key": self.key("tr")})

    def refund(self, intent: str, amount: int | None = None, **more: Any) -> Any:
        params = {"payment_intent": intent, **({"amount": amount} if amount else {}), **more}
        return self.v1.refunds.create(params=params, options={"idempotency_key": self.key("re")})

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def eventually(self, look: Callable[[], type_found | None]) -> type_found:
        """What `look` finds, at once or after the clock has moved on a little."""
        if found := look():
            return found
        self.fake.advance(120)
        found = look()
        assert found, "it did not come about"
        return found

    def event(self, kind: str, one: str) -> Any:
        """The newest event of a kind about an object."""

        def look() -> Any:
            rows = self.v1.events.list(params={"type": kind, "limit": 50}).data
            return next((row for row in rows if row.data.object["id"] == one), None)

        return self.eventually(look)

    def booked(self, source: str) -> list[Any]:
        """Balance transactions of an object, oldest first."""
        return list(reversed(self.v1.balance_transactions.list(params={"source": source}).data))


# ── a browser without scripts ────────────────────────────────────────────────────────────────────────────────────────


def visit(url: str, **form: str) -> tuple[int, str, str]:
    """Status, text and where it sends us; with a form, posts it."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        line.request("POST" if form else "GET", parts.path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Location", "")
    finally:
        line.close()
