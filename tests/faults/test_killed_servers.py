"""R2: web server and PostgreSQL are killed while orders are placed and paid: nothing acknowledged is lost, nothing is there by half."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from queue import Empty, Queue
from urllib.parse import urlencode

import pytest
from django.db import connections

from marketplace.kernel.relay import deliver_events
from marketplace.platform.checkout.models import OrderGroup
from tests import factories as make
from tests.buyers import CSRF, Ready, at_the_checkout, place
from tests.faults.cluster import own_cluster
from tests.faults.whole import halves
from tests.running import RunningMarket, running, until

BUYERS_AT_ONCE = 4
AWAY = (ConnectionError, http.client.HTTPException, OSError)


class Traffic:
    """Buyers who press the button again and again until somebody answers, and then pay."""

    def __init__(self, market: RunningMarket, waiting: list[Ready]) -> None:
        self.market = market
        self.waiting: Queue[Ready] = Queue()
        for ready in waiting:
            self.waiting.put(ready)
        self.placed: list[str] = []  # numbers of groups whose placing was answered
        self.paid: list[str] = []  # those whose payment was answered
        self.statuses: Counter[int] = Counter()
        self.failures: list[str] = []
        self.threads = [threading.Thread(target=self._buy) for _n in range(BUYERS_AT_ONCE)]

    def __enter__(self) -> Traffic:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for thread in self.threads:
            thread.join()

    def is_over(self) -> bool:
        return not any(thread.is_alive() for thread in self.threads)

    def _buy(self) -> None:
        while True:
            try:
                ready = self.waiting.get_nowait()
            except Empty:
                return
            number = self._insist(lambda ready=ready: self._place(ready))
            if number is None:
                self.failures.append("an order could not be placed")
                return
            self.placed.append(number)
            if self._insist(lambda ready=ready, number=number: self._pay(ready, number)) is None:
                self.failures.append(f"{number} could not be paid")
                return
            self.paid.append(number)

    def _insist(self, ask):
        """Until it is answered; None after two hundred tries."""
        for _try in range(200):
            try:
                if answered := ask():
                    return answered
            except AWAY:
                threading.Event().wait(0.05)
        return None

    def _place(self, ready: Ready) -> str | None:
        answer = place(self.market, ready)
        self.statuses[answer.status] += 1
        if answer.placed:
            return answer.location.strip("/").split("/")[-1]
        threading.Event().wait(0.05)
        return None

    def _pay(self, ready: Ready, number: str) -> bool:
        """The page of the sandbox, and its first button. An order that is paid leads to its own page."""
        page = self._ask(ready, "GET", f"/pay/{number}/")
        if page is None or page.startswith("/orders/"):
            return page is not None
        return self._ask(ready, "POST", page, {"csrfmiddlewaretoken": CSRF, "outcome": "succeeded"}) is not None

    def _ask(self, ready: Ready, method: str, path: str, form: dict[str, str] | None = None) -> str | None:
        """Where it leads; None when it leads nowhere."""
        line = http.client.HTTPConnection("127.0.0.1", self.market.port, timeout=30)
        try:
            headers = {"Host": f"market.localhost:{self.market.port}", "Cookie": ready.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            line.request(method, path, urlencode(form) if form else None, headers)
            response = line.getresponse()
            response.read()
            self.statuses[response.status] += 1
            return response.getheader("Location") if response.status == 302 else None
        finally:
            line.close()


def stock(n: int) -> list[tuple[str, object]]:
    return [(shop, make.a_product(shop, title=f"Thing {shop}", stock=n * 2)) for shop in ("a", "b", "c")]


def buyers(n: int) -> list[Ready]:
    """Each with a basket of three shops."""
    goods = stock(n)
    return [at_the_checkout(*((shop, product, 1) for shop, product in goods)) for _buyer in range(n)]


def kill_after(traffic: Traffic, more: int, kill) -> bool:
    """Kill once so many more orders were acknowledged; False when there are no more."""
    before = len(traffic.placed)
    until(lambda: len(traffic.placed) >= before + more or traffic.is_over(), within_s=120, what=f"{more} more orders acknowledged")
    if traffic.is_over():
        return False
    kill()
    return True


def check(traffic: Traffic, ready: list[Ready]) -> None:
    connections.close_all()
    deliver_events(rounds=2_000)
    assert traffic.failures == []
    assert set(traffic.statuses) <= {302, 503}, traffic.statuses
    assert len(traffic.placed) == len(traffic.paid) == len(ready), "everybody was answered"
    assert OrderGroup.objects.count() == len(ready), "pressed again and again, each order was placed once"
    assert set(traffic.placed) == set(OrderGroup.objects.values_list("number", flat=True))
    assert set(traffic.paid) == set(OrderGroup.objects.filter(status="paid").values_list("number", flat=True))
    assert halves() == []


@pytest.fixture
def cluster(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), own_cluster("killed") as found:
        yield found


def with_kills(cluster, static_files, *, web: int, database: int, orders: int, **settings: str) -> tuple[Traffic, list[Ready], int]:
    """Kill the web server `web` times and the database `database` times, among so many orders."""
    ready = buyers(orders)
    every = max(1, orders // (web + database + 1))
    kills = 0
    with running("killed", static_files, "web", **settings) as market, Traffic(market, ready) as traffic:

        def kill_web():
            market.kill("web")
            market.start("web")

        plan = ["web"] * web + ["database"] * database
        for n in range(len(plan)):
            kind = plan[n * 7 % len(plan)] if len(plan) % 7 else plan[n]
            kills += kill_after(traffic, every, cluster.crash if kind == "database" else kill_web)
    return traffic, ready, kills


def test_no_acknowledged_order_is_lost_and_none_is_there_by_half(cluster, static_files):
    traffic, ready, kills = with_kills(cluster, static_files, web=1, database=1, orders=24)
    assert kills == 2, "the work outlasted the kills"
    check(traffic, ready)


@pytest.mark.long  # the control of the test above: with the long forms
def test_without_one_transaction_halves_remain(cluster, static_files):
    """The control: orders are committed before their group, and a kill in between leaves them alone."""
    _traffic, _ready, _kills = with_kills(cluster, static_files, web=4, database=0, orders=30, MUTANT="half_committed")
    connections.close_all()
    assert any("has no copy" in half for half in halves())


@pytest.mark.long
def test_two_hundred_kills_of_the_server_and_twenty_five_of_the_database(cluster, static_files):
    traffic, ready, kills = with_kills(cluster, static_files, web=200, database=25, orders=900)
    print(f"\nR2: {kills} kills among {len(ready)} orders of three shops; answers {dict(traffic.statuses)}")
    assert kills >= 200
    check(traffic, ready)
