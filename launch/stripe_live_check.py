"""python3 -m launch stripe-live-check: play what our fake Stripe promises against Stripe's own test mode.

It was never run where it was written: there is no network there. Whoever has a test key learns with it how honest
tests/fakes/stripe/BEHAVIOUR.md is. It needs STRIPE_SECRET_KEY, and takes keys of the test mode only.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import stripe

from tests.fakes.stripe.behaviours import BEHAVIOURS, Behaviour, Scene
from tests.fakes.stripe.world import API_VERSION

type_found = TypeVar("type_found")

EXPLAINED = """\
This plays {played} behaviours against Stripe's test mode, in the account that STRIPE_SECRET_KEY belongs to. It makes there, and leaves behind:
  about 40 payments, of some hundred {currency} in all, with test cards: no money moves;
  refunds, among them one that fails and one that is pending for a while; five disputes and inquiries;
  some checkout sessions that nobody pays, three connected accounts that nobody onboards;
  transfers and reversals to the account named by --account, if one is named.
{fake_only} behaviours need the fake's control (clock, faults, hosted pages, webhooks) and are only listed.
Without --account, {account} more are left out: they need a connected account with an active transfers capability. Onboard one by hand in
test mode (https://docs.stripe.com/connect/testing), and name it.
"""


class NoAccount(Exception):
    """The behaviour needs a connected account, and none was named."""


class LiveScene(Scene):
    """Plays without control; what comes later is waited for."""

    def __init__(self, client: stripe.StripeClient, *, account: str, currency: str, country: str, pause: Callable[[], None], tries: int) -> None:
        super().__init__(client)
        self.account = account
        self.currency = currency
        self.country = country
        self.pause = pause
        self.tries = tries

    def new_account(self, **more: Any) -> Any:
        return super().new_account(**{"country": self.country, **more})

    def ready_account(self) -> str:
        if not self.account:
            raise NoAccount
        return self.account

    def eventually(self, look: Callable[[], type_found | None]) -> type_found:
        for _ in range(self.tries):
            if found := look():
                return found
            self.pause()
        raise AssertionError("it did not come about in time")


@dataclass
class Outcome:
    behaviour: Behaviour
    word: str  # holds, DIFFERS, fake only, no account
    why: str = ""


def check(scene: LiveScene, behaviours: list[Behaviour], tell: Callable[[Outcome], None]) -> list[Outcome]:
    """Play each behaviour that can be played without control."""
    outcomes = []
    for one in behaviours:
        outcome = _played(scene, one)
        tell(outcome)
        outcomes.append(outcome)
    return outcomes


def _played(scene: LiveScene, one: Behaviour) -> Outcome:
    if one.needs == "control":
        return Outcome(one, "fake only")
    try:
        one.play(scene)
    except NoAccount:
        return Outcome(one, "no account")
    except (AssertionError, stripe.StripeError, AttributeError, KeyError, IndexError, ValueError, TypeError) as difference:
        return Outcome(one, "DIFFERS", f"{type(difference).__name__}: {difference}")
    return Outcome(one, "holds")


def is_test_key(key: str) -> bool:
    return re.fullmatch(r"(sk|rk)_test_\w+", key) is not None


def explained(currency: str) -> str:
    needs = [one.needs for one in BEHAVIOURS]
    fake_only, account = needs.count("control"), needs.count("account")
    return EXPLAINED.format(played=len(needs) - fake_only, currency=currency, fake_only=fake_only, account=account)


def _tell(outcome: Outcome) -> None:
    print(f"{outcome.word:<10} {outcome.behaviour.name}" + (f"\n           {outcome.why}" if outcome.why else ""), flush=True)


def main() -> None:
    words = argparse.ArgumentParser(prog="python3 -m launch stripe-live-check", description=(__doc__ or "").split("\n\n")[1])
    words.add_argument("--yes", action="store_true", help="do it; without this, only say what would be made")
    words.add_argument("--account", default="", help="a connected account (acct_…) whose transfers capability is active")
    words.add_argument("--currency", default="usd", help="the currency the platform settles in")
    words.add_argument("--country", default="US", help="the country of the accounts that are made")
    words.add_argument("--only", nargs="*", type=int, default=[], help="numbers of behaviours")
    given = words.parse_args()
    key = os.environ.get("STRIPE_SECRET_KEY", "")
    if not is_test_key(key):
        sys.exit("STRIPE_SECRET_KEY must be a key of the test mode: it begins with sk_test_ or rk_test_. A live key is never used here.")
    print(explained(given.currency))
    if not given.yes:
        sys.exit("Nothing was done. Say --yes to go on.")
    scene = LiveScene(
        stripe.StripeClient(key, stripe_version=API_VERSION, max_network_retries=2),
        account=given.account,
        currency=given.currency,
        country=given.country,
        pause=lambda: time.sleep(3),
        tries=40,
    )
    outcomes = check(scene, [one for one in BEHAVIOURS if not given.only or one.number in given.only], _tell)
    differing = [outcome.behaviour.name for outcome in outcomes if outcome.word == "DIFFERS"]
    sys.exit(f"{len(differing)} differ: {', '.join(differing)}" if differing else 0)


if __name__ == "__main__":
    main()
