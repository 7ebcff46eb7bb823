"""R4, R5, R9 with real processes: a provider that loses answers, repeats itself, is imitated, hangs, and is away."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.test import override_settings

from marketplace.flows.connect import begin_account
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import Delivery
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.ledger.models import JournalEntry, Payout
from marketplace.platform.payments.models import PayoutAccount, RailMovement, RailNotice, Refund, Transfer
from tenants.accounts.models import User
from tenants.tenancy.models import Market
from tests import factories as make
from tests.buyers import CSRF, Ready, at_the_checkout, place, session_of
from tests.databases import MERCHANTS
from tests.fakes.stripe import KEY, FakeStripe, signature
from tests.flows.at_stripe import SIGNING, a_rail_of_its_own
from tests.flows.test_stripe_payments import cancelled
from tests.running import RunningMarket, running, until

HOOKS = {"account": "/hooks/stripe/", "connect": "/hooks/stripe/connect/"}


@dataclass
class There:
    """The running market, and Stripe as it sees it."""

    market: RunningMarket
    fake: FakeStripe
    answers: Counter[int] = field(default_factory=Counter)

    def ask(self, ready: Ready | None, path: str, form: dict[str, str] | None = None, timeout_s: float = 60) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        line = http.client.HTTPConnection("127.0.0.1", self.market.port, timeout=timeout_s)
        try:
            headers = {"Host": f"market.localhost:{self.market.port}", "Content-Type": "application/x-www-form-urlencoded"}
            headers |= {"Cookie": ready.cookie} if ready else {}
            line.request("POST" if form is not None else "GET", path, urlencode(form) if form is not None else None, headers)
            response = line.getresponse()
            return response.status, response.getheader("Location", ""), response.read().decode(errors="replace")
        finally:
            line.close()

    def hear(self, kind: str, body: bytes, signed: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.market.port, timeout=60)
        try:
            host = f"market.localhost:{self.market.port}"
            line.request("POST", HOOKS[kind], body, {"Host": host, "Content-Type": "application/json", "Stripe-Signature": signed})
            status = line.getresponse().status
            self.answers[status] += 1
            return status
        finally:
            line.close()

    def page_at_stripe(self, ready: Ready, number: str) -> str:
        """The buyer goes to pay until there is a page. Returns Stripe's name of it."""
        for _try in range(400):  # an open breaker lets one through in fifteen seconds
            _status, leads, _body = self.ask(ready, f"/pay/{number}/")
            if leads.startswith("http"):
                return next(row["id"] for row in self.fake.objects("checkout.session") if row["url"] == leads)
            time_passes()
        raise AssertionError(f"no page for {number}")


def time_passes() -> None:
    threading.Event().wait(0.3)


@contextmanager
def at_stripe(database, static_files, *processes: str, mode: str = "at_once", **settings: str) -> Iterator[There]:
    with FakeStripe() as fake:
        at = {"STRIPE_SECRET_KEY": KEY, "STRIPE_API_URL": fake.url, "STRIPE_WEBHOOK_SECRET": SIGNING[0], "STRIPE_CONNECT_WEBHOOK_SECRET": SIGNING[1]}
        with override_settings(**at), a_rail_of_its_own(), running(database, static_files, *processes, **at, **settings) as market:
            Market.objects.update(rail="stripe", settle_days=0)
            there = There(market, fake)
            for kind, secret in zip(HOOKS, SIGNING, strict=True):
                fake.endpoint(receiver=lambda body, signed, kind=kind: there.hear(kind, body, signed), kind=kind, secret=secret)
            fake.webhooks(mode=mode)
            yield there


def buy(there: There, n: int) -> list[tuple[Ready, str]]:
    """So many baskets of three shops, placed."""
    goods = [(shop, make.a_product(shop, title=f"Thing {shop}", price="33.33", stock=n * 2), 1) for shop in MERCHANTS]
    found = []
    for _buyer in range(n):
        ready = at_the_checkout(*goods)
        answer = place(there.market, ready)
        assert answer.placed, answer.body[:300]
        found.append((ready, answer.location.strip("/").split("/")[-1]))
    return found


def quiet() -> bool:
    return not Delivery.objects.filter(status="waiting").exists()


def all_paid(groups: int) -> bool:
    return OrderGroup.objects.filter(status="paid").count() == groups


# ── R5 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def told_ten_times(there: There, seed: int) -> None:
    """What Stripe has to say, each ten times, in any order, eight at a time; between it what somebody else makes up."""
    dice, now = random.Random(seed), int(time.time())
    letters = []
    for event in there.fake.events():
        body = json.dumps(event).encode()
        letters += [("account", body, signature(body, SIGNING[0], now))] * 10
        letters.append(("account", body, signature(body, "whsec_guessed", now)))
        letters.append(("account", body, signature(body, SIGNING[0], now - 3600)))
        forged = json.dumps({**event, "id": f"evt_forged{len(letters)}"}).encode()
        letters.append(("account", forged, signature(body, SIGNING[0], now)))
    dice.shuffle(letters)
    with ThreadPoolExecutor(8) as eight:
        for _status in eight.map(lambda letter: there.hear(*letter), letters):
            pass


def pay_all(there: There, n: int) -> None:
    for ready, number in buy(there, n):
        there.fake.pay(there.page_at_stripe(ready, number))
    there.fake.drop_held()


def check_told(there: There, n: int, seed: int) -> None:
    pay_all(there, n)
    events = len(there.fake.events())
    told_ten_times(there, seed)
    until(lambda: all_paid(n) and quiet(), within_s=120, what=lambda: f"all paid; {there.market.log('worker')}")
    assert there.answers == {200: events * 10, 400: events * 3}
    assert RailNotice.objects.count() == events
    assert not RailNotice.objects.filter(is_quarantined=True).exists()
    assert JournalEntry.objects.filter(kind="payment_received").count() == n
    assert Refund.objects.count() == 0


def test_notices_ten_times_in_any_order_eight_at_once_have_one_effect(own_database, static_files):
    with at_stripe(own_database, static_files, "web", "worker", "scheduler", mode="held") as there:
        check_told(there, n=5, seed=1)


@pytest.mark.long
def test_more_than_five_thousand_notices_have_one_effect_each(own_database, static_files):
    before = OrderGroup.objects.filter(status="paid").count()
    with at_stripe(own_database, static_files, "web", "worker", "scheduler", mode="held") as there:
        RailNotice.objects.all().delete()
        pay_all(there, 90)
        told_ten_times(there, seed=2)
        until(lambda: all_paid(before + 90) and quiet(), within_s=600, what="all paid")
        print(f"\nR5: {sum(there.answers.values())} deliveries of {len(there.fake.events())} events: {dict(there.answers)}")
        assert RailNotice.objects.count() == len(there.fake.events())
        assert Refund.objects.count() == 0


@pytest.mark.long  # the control of the test above: with the long forms
def test_if_every_word_counted_again_buyers_would_be_paid_back(own_database, static_files):
    """The control of R5: the same notices, without the guard that a success is news once."""
    with at_stripe(own_database, static_files, "web", "worker", "scheduler", mode="held", MUTANT="success_counts_again") as there:
        before = Refund.objects.count()
        pay_all(there, 2)
        told_ten_times(there, seed=3)
        until(lambda: Refund.objects.count() > before, within_s=60, what="money sent back that nobody paid twice")


def test_if_signatures_were_not_checked_anybody_could_tell_us_things(own_database, static_files):
    """The control of the forged ones."""
    body = json.dumps({"id": "evt_made_up", "object": "event", "type": "charge.succeeded", "data": {"object": {"id": "ch_1", "object": "charge"}}}).encode()
    with at_stripe(own_database, static_files, "web", mode="held") as there:
        assert there.hear("account", body, "t=1,v1=guessed") == 400
    with at_stripe(own_database, static_files, "web", mode="held", MUTANT="signatures_not_checked") as there:
        assert there.hear("account", body, "t=1,v1=guessed") == 200


# ── R4 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.long
def test_a_hundred_carts_of_three_shops_though_a_third_of_the_answers_is_lost(own_database, static_files):
    """The short form: tests/flows/test_random_lives.py, with the same loss, in one process."""
    n, before = 100, OrderGroup.objects.filter(status="paid").count()
    with at_stripe(own_database, static_files, "web", "worker", "scheduler") as there:
        for shop in ("a", "b", "c"):
            begin_account(by=SYSTEM, merchant_id=MERCHANTS[shop], country="US", back="http://market.localhost/")
            there.fake.onboard(PayoutAccount.objects.get(merchant_id=MERCHANTS[shop]).stripe_account)
        there.fake.fault("lose", "POST", times=None, share=0.3, seed=4)
        placed = buy(there, n)
        for ready, number in placed:
            there.fake.pay(there.page_at_stripe(ready, number))
        until(lambda: all_paid(before + n), within_s=300, what=lambda: f"all paid; {there.market.log('worker')}")
        groups = list(OrderGroup.objects.filter(number__in=[number for _ready, number in placed]))
        for group in groups:
            cancelled(group, "b")
            for shop in ("a", "c"):
                make.ship(make.order_of(group, shop))
                make.receive(make.order_of(group, shop))
        make.settled("a", "c")
        until(lambda: not Refund.objects.exclude(status="done").exists(), within_s=600, what="all refunded")
        until(lambda: not Payout.objects.filter(rail="stripe").exclude(status="paid").exists(), within_s=600, what="all paid out")
        fake = there.fake
        assert len([row for row in fake.objects("checkout.session") if row["payment_status"] == "paid"]) == n
        assert len(fake.objects("refund")) == Refund.objects.filter(payment__group__in=groups).count() == n
        assert len(fake.objects("transfer")) == Transfer.objects.filter(attempt__payment__group__in=groups).count() == 2 * n
        print(f"\nR4: {n} carts of three shops, {len(fake.requests())} requests")


# ── R9 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def browse(there: There, ready: Ready) -> None:
    """Looking, carts and placing do not know that the provider is away."""
    for path in ("/", "/search/?q=thing", "/cart/", "/orders/"):
        assert there.ask(ready, path)[0] == 200, path


@pytest.mark.parametrize("how", ["refused", *(pytest.param(how, marks=pytest.mark.long) for how in ("hanging", "slow", "broken"))])
def test_while_the_provider_is_away_only_paying_waits_and_nobody_is_charged_twice(own_database, static_files, how):
    with at_stripe(own_database, static_files, "web", "worker", "scheduler") as there:
        (ready, number), *others = buy(there, 5)
        if how == "refused":
            there.fake.down()
        else:
            seconds = {"slow": 7.0}.get(how)
            there.fake.fault("broken" if how == "broken" else "hang", "POST", "/v1/checkout/sessions", times=None, seconds=seconds)
        with ThreadPoolExecutor(4) as four:
            tries = [four.submit(there.ask, buyer, f"/pay/{own}/", None, 20) for buyer, own in others]
            browse(there, ready)
            for status, leads, _body in (one.result() for one in tries):
                assert status == 302 and leads.startswith("/orders/"), "answered while the provider is still away"
        status, leads, _body = there.ask(ready, f"/pay/{number}/")
        page = there.ask(ready, leads)[2]
        assert status == 302 and re.search("provider does not answer|支付机构", page), "it says what to do"
        late = at_the_checkout(("a", make.a_product("a", title="Late"), 1))
        assert place(there.market, late).placed, "placing does not need the provider"
        there.fake.up() if how == "refused" else there.fake.clear_faults()
        for buyer, own in [(ready, number), *others]:
            there.fake.pay(there.page_at_stripe(buyer, own))
        numbers = [own for _buyer, own in [(ready, number), *others]]
        paid = OrderGroup.objects.filter(number__in=numbers, status="paid")
        until(lambda: paid.count() == 5, within_s=90, what=lambda: f"all paid; {there.market.log('worker')}")
        assert len(there.fake.objects("charge")) == 5


@pytest.mark.long  # the control of the test above: with the long forms
def test_a_page_that_waits_for_the_provider_is_found(own_database, static_files):
    """The control of R9: without an end to patience, the buyer waits as long as the provider hangs."""
    with at_stripe(own_database, static_files, "web", MUTANT="waits_for_the_provider") as there:
        ((ready, number),) = buy(there, 1)
        there.fake.fault("hang", "POST", "/v1/checkout/sessions", times=None)
        with pytest.raises(TimeoutError):
            there.ask(ready, f"/pay/{number}/", timeout_s=12)
        there.fake.clear_faults()


def test_what_moved_while_nobody_listened_is_found_when_the_operator_asks(own_database, static_files):
    with at_stripe(own_database, static_files, "web", "worker", "scheduler", mode="dropped") as there:
        ((ready, number),) = buy(there, 1)
        there.fake.pay(there.page_at_stripe(ready, number))
        there.fake.drop_held()
        operator = session_of(User.objects.get(email="operator@market.localhost"))
        assert there.market.port
        line = http.client.HTTPConnection("127.0.0.1", there.market.port, timeout=30)
        headers = {"Host": f"ops.market.localhost:{there.market.port}", "Cookie": operator, "Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST", "/movements/ask/", urlencode({"csrfmiddlewaretoken": CSRF}), headers)
        assert line.getresponse().status == 302
        line.close()
        until(lambda: OrderGroup.objects.get(number=number).status == "paid", within_s=30, what="paid, though no notice came")
        until(lambda: RailMovement.objects.filter(kind="charge").exists(), within_s=30, what="the movement of it")
