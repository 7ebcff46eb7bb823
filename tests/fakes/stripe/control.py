"""What a test may do to the fake. The same names work in Python and as POST /_control/<name> with a JSON object."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from tests.fakes.stripe import accounts, checkout, disputes, payouts, refunds
from tests.fakes.stripe.faults import Faults, Rule
from tests.fakes.stripe.idempotency import Keys
from tests.fakes.stripe.ledger import available, book, sums
from tests.fakes.stripe.methods import CARDS
from tests.fakes.stripe.recorder import Recorder, as_lines
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.webhooks import ACCOUNT, CONNECT, Endpoint, Post, type_receiver
from tests.fakes.stripe.world import World, type_object

type_method = TypeVar("type_method", bound=Callable[..., Any])

OVER_HTTP: list[str] = []


def over_http(method: type_method) -> type_method:
    """May be asked for at /_control/<its name>."""
    OVER_HTTP.append(method.__name__)
    return method


class Control:
    """Powers over one world. A wrong id or word raises LookupError or ValueError: the test is mistaken."""

    def __init__(self, seed: int | None = None) -> None:
        self.world = World(seed)
        self.world.recorder = Recorder()
        self.world.keys = Keys(self.world)
        self.world.faults = Faults(self.world)
        self.world.post = Post(self.world)
        self.world.watches.append(lambda: refunds.release_held(self.world))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Under the lock, after everything that is due."""
        with self.world.lock:
            self.world.run_due()
            yield

    def _get(self, name: str, kind: str) -> type_object:
        return self.world.get(name, kind)

    # ── clock and figures ────────────────────────────────────────────────────────────────────────────────────────────

    @over_http
    def now(self) -> int:
        return self.world.now()

    @over_http
    def advance(self, seconds: int) -> int:
        """Move the clock; what falls due happens. Returns the new moment."""
        with self.world.changed:
            moment = self.world.advance(seconds)
            self.world.changed.notify_all()
            return moment

    @over_http
    def set_now(self, moment: int, is_frozen: bool = False) -> None:
        """Go on from this moment, or stand still at it until advanced."""
        with self._alone():
            self.world.set_now(moment, is_frozen=is_frozen)

    @over_http
    def terms(self, **figures: Any) -> dict[str, Any]:
        """Set fees and waits, for example fee_fixed=30, settlement_s=0; returns all of them."""
        with self._alone():
            for name, value in figures.items():
                if not hasattr(self.world.terms, name):
                    raise ValueError(f"no such figure: {name}")
                setattr(self.world.terms, name, value)
            return asdict(self.world.terms)

    # ── accounts and money ───────────────────────────────────────────────────────────────────────────────────────────

    @over_http
    def onboard(self, account: str, charges_enabled: bool | None = None) -> type_object:
        """As if the hosted form had been sent and accepted."""
        with self._alone():
            accounts.onboard(self.world, self._get(account, "account"), charges_enabled=charges_enabled)
            return shown(self.world, self._get(account, "account"))

    @over_http
    def restrict(self, account: str, reason: str = "requirements.past_due") -> type_object:
        """Take the capabilities away."""
        with self._alone():
            accounts.restrict(self.world, self._get(account, "account"), reason=reason)
            return shown(self.world, self._get(account, "account"))

    @over_http
    def balance(self, account: str | None = None) -> dict[str, dict[str, int]]:
        """Available and pending by currency, of the platform or of an account."""
        with self._alone():
            ready, pending = sums(self.world, account or self.world.platform)
            return {"available": dict(ready), "pending": dict(pending)}

    @over_http
    def add_funds(self, amount: int, currency: str, account: str | None = None) -> str:
        """Top up the available balance. Returns the balance transaction."""
        with self._alone():
            made = book(self.world, "topup", amount, currency, self.world.new_id("tu"), account=account)
            self.world.run_due()
            return str(made["id"])

    @over_http
    def payout(self, account: str, amount: int | None = None, currency: str = "usd") -> type_object:
        """An automatic payout: all that is available, when no amount is said."""
        with self._alone():
            amount = available(self.world, account, currency) if amount is None else amount
            return shown(self.world, payouts.pay_out(self.world, account, amount, currency, is_automatic=True))

    @over_http
    def finish_payout(self, payout: str, is_paid: bool = True) -> type_object:
        """The bank took it, or sent it back (also after it was paid)."""
        with self._alone():
            payouts.finish(self.world, self._get(payout, "payout"), is_paid=is_paid)
            return shown(self.world, self._get(payout, "payout"))

    # ── paying ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @over_http
    def pay(self, session: str, card: str = "pm_card_visa", email: str = "buyer@example.test") -> type_object:
        """As if the customer had paid on the hosted page; raises checkout.NotOpen when the page is closed."""
        with self._alone():
            checkout.pay(self.world, self._get(session, "checkout.session"), card=CARDS[card], email=email)
            return shown(self.world, self._get(session, "checkout.session"))

    @over_http
    def decline(self, session: str) -> type_object:
        """As if the customer's card had been declined; the page stays open."""
        return self.pay(session, card="pm_card_visa_chargeDeclined")

    @over_http
    def pay_later(self, session: str, email: str = "buyer@example.test") -> type_object:
        """As if the customer had chosen a bank debit, of which the outcome is known later."""
        with self._alone():
            checkout.pay_later(self.world, self._get(session, "checkout.session"), email=email)
            return shown(self.world, self._get(session, "checkout.session"))

    @over_http
    def settle_later(self, session: str, is_succeeded: bool = True) -> type_object:
        with self._alone():
            checkout.settle_later(self.world, self._get(session, "checkout.session"), is_succeeded=is_succeeded)
            return shown(self.world, self._get(session, "checkout.session"))

    @over_http
    def decline_next(self, code: str = "card_declined", decline_code: str = "generic_decline", times: int = 1) -> None:
        """Whatever card is used next, it is declined."""
        with self._alone():
            self.world.declines += [(code, decline_code)] * times

    # ── refunds and disputes ─────────────────────────────────────────────────────────────────────────────────────────

    @over_http
    def next_refund(self, status: str = "pending", pending_reason: str = "processing", times: int = 1) -> None:
        """How refunds begin from now on."""
        with self._alone():
            self.world.next_refunds += [{"status": status, "pending_reason": pending_reason}] * times

    @over_http
    def finish_refund(self, refund: str, is_succeeded: bool = True, reason: str = "expired_or_canceled_card") -> type_object:
        """A pending refund arrives, or a refund fails and its money comes back."""
        with self._alone():
            refunds.finish(self.world, self._get(refund, "refund"), is_succeeded=is_succeeded, reason=reason)
            return shown(self.world, self._get(refund, "refund"))

    @over_http
    def dispute(self, charge: str, amount: int | None = None, reason: str = "fraudulent", is_inquiry: bool = False, is_withdrawn: bool = True) -> type_object:
        """A cardholder disputes; `is_withdrawn` false leaves the money until withdraw_funds()."""
        with self._alone():
            found = self._get(charge, "charge")
            made = disputes.open_dispute(self.world, found, amount=amount, reason=reason, is_inquiry=is_inquiry, is_withdrawn=is_withdrawn)
            return shown(self.world, made)

    @over_http
    def withdraw_funds(self, dispute: str) -> type_object:
        with self._alone():
            disputes.withdraw(self.world, self._get(dispute, "dispute"))
            return shown(self.world, self._get(dispute, "dispute"))

    @over_http
    def escalate(self, dispute: str) -> type_object:
        """An inquiry becomes a dispute."""
        with self._alone():
            disputes.escalate(self.world, self._get(dispute, "dispute"))
            return shown(self.world, self._get(dispute, "dispute"))

    @over_http
    def decide(self, dispute: str, is_won: bool) -> type_object:
        """The bank decides; an inquiry is closed either way."""
        with self._alone():
            disputes.decide(self.world, self._get(dispute, "dispute"), is_won=is_won)
            return shown(self.world, self._get(dispute, "dispute"))

    # ── webhooks ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def endpoint(
        self, url: str = "", *, kind: str = ACCOUNT, secret: str | None = None, receiver: type_receiver | None = None, enabled: list[str] | None = None
    ) -> str:
        """Send events there from now on; `kind` account or connect. Returns the signing secret."""
        if kind not in (ACCOUNT, CONNECT) or bool(url) == bool(receiver):
            raise ValueError("an endpoint is of kind account or connect, and has either a url or a receiver")
        with self._alone():
            name = self.world.new_id("we")
            made = Endpoint(name, kind, secret or f"whsec_{name.removeprefix('we_')}", url, receiver, enabled or ["*"])
            self.world.post.endpoints[name] = made
            return made.secret

    @over_http
    def add_endpoint(self, url: str, kind: str = ACCOUNT, secret: str | None = None, enabled: list[str] | None = None) -> str:
        return self.endpoint(url, kind=kind, secret=secret, enabled=enabled)

    @over_http
    def webhooks(self, mode: str | None = None, copies: int | None = None, drop_share: float | None = None, signed_ago_s: int | None = None) -> dict[str, Any]:
        """How events go out. `mode`: held (until deliver), at_once (by a thread of ours) or dropped; the others apply in every mode."""
        with self._alone():
            post = self.world.post
            post.copies = post.copies if copies is None else copies
            post.drop_share = post.drop_share if drop_share is None else drop_share
            post.signed_ago_s = post.signed_ago_s if signed_ago_s is None else signed_ago_s
            if mode:
                post.set_mode(mode)
            return {"mode": post.mode, "copies": post.copies, "drop_share": post.drop_share, "signed_ago_s": post.signed_ago_s}

    @over_http
    def deliver(self, shuffle: int | None = None, copies: int = 1, is_all: bool = False, limit: int | None = None) -> list[dict[str, Any]]:
        """Deliver what is held, in this thread. `shuffle`: a seed for the order; `is_all`: also what waits for its next try."""
        return [asdict(one) for one in self.world.post.deliver(shuffle=shuffle, copies=copies, is_all=is_all, limit=limit)]

    @over_http
    def deliver_again(self, event: str) -> list[dict[str, Any]]:
        """An old event once more."""
        return [asdict(one) for one in self.world.post.send_again(event)]

    @over_http
    def held(self) -> list[dict[str, Any]]:
        """What is not delivered yet."""
        with self._alone():
            return self.world.post.queue()

    @over_http
    def drop_held(self) -> int:
        """Lose what is held. Returns how many letters that were."""
        with self._alone():
            lost, self.world.post.letters = len(self.world.post.letters), []
            return lost

    @over_http
    def wait_delivered(self, patience_s: float = 10) -> bool:
        """In mode at_once: whether everything due went out within that time."""
        return self.world.post.wait(patience_s)

    # ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @over_http
    def fault(
        self,
        kind: str,
        method: str = "",
        path: str = "",
        times: int | None = 1,
        share: float = 1.0,
        seed: int = 1,
        seconds: float | None = None,
        status: int | None = None,
    ) -> None:
        """The next `times` requests (None: all) that match fail so: see faults.KINDS. `path` is a regular expression."""
        with self._alone():
            self.world.faults.rules.append(Rule(kind, method, path, times, share, seed, seconds, status))

    @over_http
    def clear_faults(self) -> None:
        with self._alone():
            self.world.faults.rules.clear()
        self.world.faults.release()

    @over_http
    def release(self) -> None:
        """Let go of requests that hang."""
        self.world.faults.release()

    @over_http
    def wait_hanging(self, count: int = 1, patience_s: float = 10) -> bool:
        return self.world.faults.wait_hanging(count, patience_s)

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @over_http
    def requests(self, path: str = "") -> list[dict[str, Any]]:
        """What was asked of the API so far, below a path."""
        with self._alone():
            return [row for row in self.world.recorder.rows if row["path"].startswith(path)]

    @over_http
    def dump(self, file: str) -> int:
        """Write the requests as JSON lines. Returns how many."""
        rows = self.requests()
        Path(file).write_text(as_lines(rows))
        return len(rows)

    @over_http
    def objects(self, kind: str) -> list[type_object]:
        """All objects of a kind, oldest first."""
        with self._alone():
            return [shown(self.world, one) for one in self.world.all(kind)]

    @over_http
    def events(self, kind: str = "") -> list[type_object]:
        """All events so far, of every account, oldest first."""
        with self._alone():
            return [shown(self.world, one) for one in self.world.events if one["type"].startswith(kind)]


def asked(control: Control, name: str, arguments: dict[str, Any]) -> Any:
    """Carry out what came over HTTP. Raises LookupError, ValueError or TypeError for what cannot be."""
    if name not in OVER_HTTP:
        raise LookupError(f"no such control: {name}; there are {', '.join(sorted(OVER_HTTP))}")
    method = getattr(control, name)
    inspect.signature(method).bind(**arguments)
    return method(**arguments)
