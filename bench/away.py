"""Proof R8 in figures: an Elasticsearch that is paused or killed while buyers look and goods change."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.request import urlopen

from bench.changing import PATIENCE_S, WHOLE_S, Article, Changing, both, whole_s
from bench.looking import Looking, look
from bench.measure import Row, at, at_most, exactly, row, say
from launch import elasticsearch

AWAY_S = {True: 15.0, False: 60.0}
BEFORE_S = 5.0
MOST_S = at_most(1.5)
PER_S = 40  # changes a second that wait for it
HEAP = "512m"
PATHS = ("/search/?q=mug", "/search/?q=muug", "/search/?q=mug&stock=1&sort=newest", "/search/?q=mug&sort=price_up")


class Elastic:
    """A server of our own, which can go away and come back at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started(elasticsearch.start(folder, fresh=True, heap=HEAP, is_lasting=True))

    def _started(self, server: elasticsearch.Server) -> None:
        if server.process is None:
            raise RuntimeError("the bench's Elasticsearch runs already: another bench, which ends by itself?")
        self.server, self.process = server, server.process

    def pause(self) -> None:
        os.killpg(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start_again(self) -> None:
        """On what it had written."""
        self._started(elasticsearch.start(self.folder, port=self.server.port, heap=HEAP, is_lasting=True))


def measure(server: Elastic, port: int, goods: Sequence[Article], short: bool) -> list[Row]:
    """Web server, worker and scheduler run at `port`."""
    rows = []
    for what, go, come_back in (("paused", server.pause, server.go_on), ("killed", server.kill, server.start_again)):
        rows += _away(what, go, come_back, port, goods, AWAY_S[short])
    return rows


def _until_it_answers(port: int) -> None:
    """A process that has left it alone asks it again after a while, once somebody searches."""
    until_s = time.monotonic() + PATIENCE_S
    while True:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            if json.load(answer)["search"] == "elasticsearch":
                return
        if time.monotonic() > until_s:
            raise RuntimeError("Elasticsearch does not answer searches before it goes")
        look(port, PATHS[0])
        time.sleep(0.2)


def _away(what: str, go: Callable[[], None], come_back: Callable[[], None], port: int, goods: Sequence[Article], seconds: float) -> list[Row]:
    say(f"Elasticsearch {what} for {seconds:.0f} s")
    _until_it_answers(port)
    changing = Changing(goods, PER_S)
    with Looking(port, PATHS) as looking:
        with changing:
            time.sleep(BEFORE_S)
            went = time.monotonic()
            go()
            time.sleep(seconds)
            come_back()
            back = time.monotonic()
        whole = whole_s(both()["Elasticsearch"])
    before, away = looking.between(0, went), looking.between(went, back)
    name = f"Elasticsearch {what} for {seconds:.0f} s"
    return [
        row(f"{name}: a page before, p95", at([each.took_s for each in before], 0.95), "s", note=f"of {len(before)}"),
        row(f"{name}: a page meanwhile, p95", at([each.took_s for each in away], 0.95), "s", goal=MOST_S, note=f"of {len(away)}"),
        row(f"{name}: the longest page", max((each.took_s for each in away), default=float("nan")), "s"),
        row(f"{name}: pages that failed, before, meanwhile and after", sum(each.failed for each in looking.looks), "pages", goal=exactly(0)),
        row(f"{name}: pages that found nothing", sum(each.is_empty for each in looking.looks), "pages", goal=exactly(0)),
        row(f"{name}: its index whole after", whole, "s", goal=at_most(WHOLE_S), note=f"{changing.per_s:.0f} changes/s meanwhile"),
    ]
