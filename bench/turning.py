"""Both indexes built anew while pages are looked at: no answer fails, none is empty, and all find as many as before."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.request import urlopen

from bench import grounds, grown
from bench.changing import both
from bench.looking import Look, Looking, look
from bench.measure import Row, at, exactly, row, say
from bench.search import SIZES, address_of, mix_of
from launch import postgres
from launch.paths import ROOT

SIZE = {True: 22_000, False: 100_000}
AROUND_S = 8.0  # that is looked on before and after


def measure(cluster: postgres.Cluster, redis_url: str, url: str, short: bool) -> list[Row]:
    """On a market of its own. Nothing where there are no shared data. `url`: of an Elasticsearch that settings name already."""
    size = SIZE[short]
    if not grown.grown(cluster, size, SIZES[size], redis_url):
        say("no shared goods: no index is built anew")
        return []
    rows = []
    for name, backend in both().items():
        say(f"{name}: {size:,} documents, for the first time")
        _rebuild(backend)
        env = {**os.environ, "REDIS_URL": redis_url, "PAGE_CACHE_S": "0", "RATE_LIMIT_FACTOR": "0", "PYTHONPATH": str(ROOT)}
        if name == "Elasticsearch":
            env["ELASTICSEARCH_URL"] = url
        grounds.prepare_pages(env)
        port = grounds.free_port()
        with grounds.web_server(env, port, 2):
            rows += _anew(name, backend, port, size)
    return rows


def _rebuild(backend: Any) -> None:
    from search import indexer

    indexer.rebuild(backend)


def _anew(name: str, backend: Any, port: int, size: int) -> list[Row]:
    answers = {each.path: each.total for each in (look(port, path) for path in _paths()) if each.total > 0}
    with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        if json.load(answer)["search"] != backend.name:
            raise RuntimeError(f"{name} does not answer searches")
    say(f"{name}: built anew while {len(answers)} pages are looked at")
    with Looking(port, list(answers)) as looking:
        time.sleep(AROUND_S)
        began = time.monotonic()
        _rebuild(backend)
        ended = time.monotonic()
        time.sleep(AROUND_S)
    meanwhile, before = looking.between(began, ended), looking.between(0, began)
    what = f"{name} built anew, {size:,} listings"
    return [
        row(f"{what}: listings, suggestions of PostgreSQL included", size / (ended - began), "1/s", note=f"{ended - began:.0f} s"),
        row(f"{what}: a page before, p95", at([each.took_s for each in before], 0.95), "s", note=f"of {len(before)}"),
        row(f"{what}: a page meanwhile, p95", at([each.took_s for each in meanwhile], 0.95), "s", note=f"of {len(meanwhile)}"),
        row(f"{what}: pages that failed", sum(each.failed for each in looking.looks), "pages", goal=exactly(0)),
        row(f"{what}: pages that found nothing", sum(each.is_empty for each in looking.looks), "pages", goal=exactly(0)),
        row(f"{what}: pages that found more or less than before", _others(looking.looks, answers), "pages", note="the other index counts samples of many"),
    ]


def _paths() -> list[str]:
    """Addresses of what bench search asks, each once. PostgreSQL says what there is to ask for: it answers however long it takes."""
    return list(Counter(address_of(query) for query in mix_of(both()["PostgreSQL"])))


def _others(looks: Sequence[Look], answers: dict[str, int]) -> int:
    return sum(not each.failed and each.total != answers[each.path] for each in looks)
