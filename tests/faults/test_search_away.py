"""R8: Elasticsearch hangs, is paused or killed while buyers search: no page fails, none takes long, and its index is whole soon after it is back."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections

from launch import elasticsearch
from marketplace.flows.publish_product import take_product_off_sale
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from search import indexer
from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.postgres import PostgresBackend
from search.contract import BackendAway, Query
from search.drift import drift_of
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.fakes.door import Door
from tests.running import RunningMarket, running, until
from tests.search.conftest import UNHURRIED_S

BUYERS, PAGES = 2, 30  # at once; of them together before and during the time away
MOST_S, WHOLE_S = 1.5, 60.0  # p95 of a page while it is away; from its return to a whole index


class Away(Protocol):
    """An Elasticsearch that can go away and come back."""

    url: str

    def go(self) -> None: ...

    def come_back(self) -> None: ...

    def end(self) -> None: ...


class Hanging:
    """The network before it takes everything and answers nothing."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.door = Door(request.getfixturevalue("elasticsearch_url"), "open")
        self.url = self.door.url

    def go(self) -> None:
        self.door.turn("hanging")

    def come_back(self) -> None:
        self.door.turn("open")

    def end(self) -> None:
        self.door.close()


class Paused:
    """The server itself stands still: kill -STOP."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.folder, self.server = folder, elasticsearch.start(folder, fresh=True)
        self.url = self.server.url()

    def go(self) -> None:
        self._signal(signal.SIGSTOP)

    def come_back(self) -> None:
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        with suppress(ProcessLookupError):  # it was killed already
            self._signal(signal.SIGKILL)

    def _signal(self, what: signal.Signals) -> None:
        assert self.server.process, "this test's Elasticsearch was running before it started"
        os.killpg(self.server.process.pid, what)


class Killed(Paused):
    """kill -9, and a start on what it had written."""

    def go(self) -> None:
        self.end()
        assert self.server.process
        self.server.process.wait()

    def come_back(self) -> None:
        self.server = elasticsearch.start(self.folder, port=self.server.port)


class Buyers:
    """They look at one page after another: words, words with a slip, filters, a category. Each has to find something."""

    def __init__(self, market: RunningMarket, paths: list[str]) -> None:
        self.market, self.paths = market, paths
        self.took_s: list[float] = []
        self.failed: list[str] = []
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._look) for _n in range(BUYERS)]

    def __enter__(self) -> Buyers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _look(self) -> None:
        for path in cycle(self.paths):
            if self._ends.is_set():
                return
            began = time.monotonic()
            status, page = answered(self.market, path)
            self.took_s.append(time.monotonic() - began)
            if status != 200 or 'data-total="0"' in page or "data-total" not in page:
                self.failed.append(f"{path}: {status} {page[:80]}")

    def see_more(self, pages: int) -> None:
        there = len(self.took_s)
        until(lambda: len(self.took_s) >= there + pages, within_s=120, what=lambda: f"{pages} more pages; {self.market.log('web')}")


def answered(market: RunningMarket, path: str) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", market.port, timeout=60)
    try:
        line.request("GET", path, headers={"Host": f"market.localhost:{market.port}", "Accept-Language": "en"})
        answer = line.getresponse()
        return answer.status, answer.read().decode()
    except OSError as error:
        return 0, repr(error)
    finally:
        line.close()


@pytest.fixture
def away(request: pytest.FixtureRequest) -> Iterator[Away]:
    folder = Path(tempfile.mkdtemp(prefix="wanshang-elasticsearch-"))
    folder.chmod(0o711)  # the server is another user than root
    away = request.param(folder / "server", request)
    yield away
    away.end()
    shutil.rmtree(folder, ignore_errors=True)


def whole(server: ElasticsearchBackend) -> bool:
    """Whether the index holds what is on sale, as it is, and nothing else."""
    try:
        server.refresh()
        return not drift_of(server).keys
    except BackendAway:
        return False


def searched_while_away(away: Away, database: str, static: Path, seconds: float, **more: str) -> tuple[Buyers, list[float], float]:
    """The buyers; seconds of each page while it was away; and after how many seconds the index was whole again, or WHOLE_S."""
    cups = make.a_category(f"cups{time.time_ns()}", {"en": "Cups"})
    first, *_others = [make.a_product(title=f"Mug {n}", category=cups) for n in range(8)]
    deliver_events()
    server = ElasticsearchBackend(away.url, settings.SEARCH_INDEX, timeout_s=UNHURRIED_S)
    indexer.rebuild(server)
    with running(database, static, PAGE_CACHE_S="0", ELASTICSEARCH_URL=away.url, **more) as market:
        with Buyers(market, ["/search/?q=mug", "/search/?q=muug", "/search/?q=mug&stock=1&sort=newest", f"/c/{cups.pk}/"]) as buyers:
            buyers.see_more(PAGES)
            assert json.loads(answered(market, "/readyz")[1])["search"] == "elasticsearch"
            assert not buyers.failed, buyers.failed[:3]
            there, until_s = len(buyers.took_s), time.monotonic() + seconds
            away.go()
            word = f"zeppelin{uuid4().hex[:8]}"
            fresh = make.a_product(title=f"Mug {word}", category=cups)
            with merchant_schema(MERCHANTS["a"]):
                take_product_off_sale(by=SYSTEM, product_id=first.pk)
            if not more:
                ours = PostgresBackend()
                until(lambda: ours.search(Query(text=word)).ids == [fresh.pk], within_s=30, what=lambda: f"the other index follows; {market.log('worker')}")
            buyers.see_more(PAGES)
            while time.monotonic() < until_s:
                buyers.see_more(1)
            took_s = buyers.took_s[there:]
            away.come_back()
            back = time.monotonic()
            while not more and not whole(server) and time.monotonic() < back + WHOLE_S:
                buyers.see_more(1)
            whole_s = time.monotonic() - back
        connections.close_all()
    server.drop()
    return buyers, took_s, whole_s


def p95(took_s: list[float]) -> float:
    return sorted(took_s)[int(0.95 * len(took_s))]


@pytest.mark.parametrize(
    ("away", "seconds"),
    [
        pytest.param(Hanging, 6, id="hanging for some seconds"),
        pytest.param(Paused, 60, id="paused for a minute", marks=pytest.mark.long),
        pytest.param(Killed, 60, id="killed for a minute", marks=pytest.mark.long),
    ],
    indirect=["away"],
)
def test_no_page_fails_or_waits_and_the_index_is_whole_soon_after(own_database, static_files, away, seconds, capsys):
    buyers, took_s, whole_s = searched_while_away(away, own_database, static_files, seconds)
    with capsys.disabled():
        print(f"\nElasticsearch away: {len(took_s)} pages, p95 {p95(took_s):.2f} s, the longest {max(took_s):.2f} s; whole {whole_s:.1f} s after it was back")
    assert len(took_s) >= PAGES and not buyers.failed, buyers.failed[:3]
    assert p95(took_s) <= MOST_S
    assert whole_s < WHOLE_S


@pytest.mark.long
@pytest.mark.parametrize("away", [Hanging], indirect=True)
@pytest.mark.parametrize("mutant", ["asks_elasticsearch_alone", "waits_for_elasticsearch"])
def test_without_the_other_backend_pages_fail_and_without_a_breaker_they_wait(own_database, static_files, away, mutant):
    """The control."""
    buyers, took_s, _whole_s = searched_while_away(away, own_database, static_files, 6, MUTANT=mutant)
    if mutant == "asks_elasticsearch_alone":
        assert buyers.failed
    else:
        assert not buyers.failed and p95(took_s) > MOST_S
