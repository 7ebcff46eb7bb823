"""Search beside its limit: the page of 24 with all facets on both backends, and what raw PostgreSQL needs for the bare hits.

The mix: 70 % the shared development queries, 20 % category pages with two facet groups chosen, 10 % one broad word. Limit and
ours take turns in every round, so a busy machine slows both. Goods: listings, as import_market_data made them of the shared
goods, 22,000 over 20 shops and in the long form then 100,000 over 200 (grown.py); of each the whole page as well, and
suggestions while typing. BENCH_DOCUMENTS=1000000: so many documents without listings, and no pages. Without shared data: a
generated catalogue.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from bench import asker, grounds, grown
from bench.measure import Row, at, at_most, cpu_s, own_cpu_s, row, say, until_steady
from bench.suggest import typings
from launch import elasticsearch, postgres
from launch.paths import ROOT, cache

SHARED = ROOT.parent / "shared" / "data" / "search-en"
INDEX = "wanshang-listings"  # as the product calls it
SPACE = UUID("6a5d3a9e-6a55-4f0e-8f0b-0d0a3c1f9f10")
SIZES = {22_000: 20, 100_000: 200}  # listings: shops
ROUNDS = {True: 5, False: 10}
# Milliseconds, p95: one at a time, two at once, of suggestions, and what the whole page may take more.
GOALS = {
    22_000: {"postgres": at_most(60), "elasticsearch": at_most(60)},
    100_000: {"postgres": at_most(150), "elasticsearch": at_most(80)},
    1_000_000: {"postgres": at_most(300), "elasticsearch": at_most(350)},
}
PAGE_MORE, SUGGESTED = at_most(40), at_most(25)
PAGES_S = 10.0
BROAD = {"black", "cable", "printer", "notebook"}


def run(short: bool) -> list[Row]:
    """Milliseconds at one client and at two, pages a second at eight."""
    with grounds.cluster() as cluster, grounds.broker() as broker:
        say("Elasticsearch")
        server = elasticsearch.start(cache() / "bench" / "elasticsearch", fresh=True, heap="1g", is_lasting=True)
        try:
            pids = {"PostgreSQL": grounds.pid_of(cluster)}
            if server.process:
                pids["Elasticsearch"] = server.process.pid
            if asked := int(os.environ.get("BENCH_DOCUMENTS", "0")):
                grounds.enter(cluster, "bench_search")
                return _measure(asked, asked, ROUNDS[short], server.url(), pids)
            rows = []
            for size in list(SIZES)[: 1 if short else None]:
                if not grown.grown(cluster, size, SIZES[size], broker.url()):
                    grounds.enter(cluster, "bench_search")
                    return rows + _measure(size, size, ROUNDS[short], server.url(), pids)
                rows += _measure(None, size, ROUNDS[short], server.url(), pids)
                rows += _suggestions(size) + _whole_pages(cluster, size, broker.url(), server.url())
            return rows
        finally:
            elasticsearch.stop(server)


def _measure(size: int | None, made: int, rounds: int, url: str, pids: dict[str, int]) -> list[Row]:
    """`size`: how many documents of our own making; None: those of the listings that are there, `made` of them."""
    from search.backends.elasticsearch import ElasticsearchBackend
    from search.backends.postgres import PostgresBackend
    from search.contract import Backend
    from search.documents import all_documents

    backends: list[Backend] = [PostgresBackend(), ElasticsearchBackend(url, INDEX, timeout_s=60)]
    goals = GOALS.get(made, {})
    rows = []
    for backend in backends:
        say(f"{backend.name}: building documents")
        before, cpu = time.perf_counter(), own_cpu_s()
        made = backend.rebuild(_documents(size) if size else all_documents())
        took = time.perf_counter() - before
        rows.append(row(f"{backend.name}: documents built per s, {made} documents", made / took, "1/s"))
        rows.append(row(f"{backend.name}: our CPU to build a document", 1e3 * (own_cpu_s() - cpu) / made, "CPU-ms"))
    mix = mix_of(backends[0])
    ways: dict[str, Callable[[Any], object]] = {"limit": _limit, **{backend.name: backend.search for backend in backends}}
    times: dict[str, list[list[float]]] = {name: [] for name in ways}
    cpus: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    say(f"{rounds} rounds of {len(mix)} questions each way")
    for query in mix * 3:
        for ask in ways.values():
            ask(query)  # warm

    def one_round() -> None:
        for name, ask in ways.items():
            before_s = _cpus(pids)
            times[name].append([_timed_ms(ask, query) for query in mix])
            cpus[name].append({whose: used - before_s[whose] for whose, used in _cpus(pids).items()})

    kept = until_steady(rounds, one_round, lambda: [[median(each) for each in times["limit"]]])
    limits = [ms for n in kept for ms in times["limit"][n]]
    for name in ways:
        all_ms = [ms for n in kept for ms in times[name][n]]
        beside = (None, None) if name == "limit" else (at(limits, 0.5), at(limits, 0.95))
        rows.append(row(f"{name}: p50, {made} documents", at(all_ms, 0.5), "ms", beside=beside[0]))
        rows.append(row(f"{name}: p95, {made} documents", at(all_ms, 0.95), "ms", beside=beside[1], goal=goals.get(name), note=f"{len(kept)} rounds"))
        pages_ms = [ms for n in kept for ms, query in zip(times[name][n], mix, strict=True) if query.category is not None]
        rows += [row(f"{name}: category page with two filters, p{n}, {made} documents", at(pages_ms, n / 100), "ms") for n in (50, 95)]
        used = {whose: sum(cpus[name][n][whose] for n in kept) for whose in cpus[name][0]}
        rows += [row(f"{name}: CPU of {whose} per question", 1e3 * used_s / len(all_ms), "CPU-ms") for whose, used_s in used.items() if used_s]
    return rows + _several_at_once(list(ways), made, url, mix, seconds=2.0 * rounds)


def _several_at_once(names: list[str], made: int, url: str, mix: list[Any], seconds: float) -> list[Row]:
    """Latency with two processes that ask, throughput with eight."""
    from django.db import connections

    connections.close_all()  # a forked connection would be spoken to by two
    rows = []
    limits: dict[int, tuple[float, float]] = {}
    for clients in (2, 8):
        say(f"{clients} at once, {seconds:.0f} s each way")
        for name in names:
            with multiprocessing.get_context("fork").Pool(clients) as pool:
                parts = pool.starmap(_ask_for, [(name, url, mix[n * len(mix) // clients :] + mix, seconds) for n in range(clients)], chunksize=1)
            all_ms = [ms for part in parts for ms in part]
            p95, per_s = at(all_ms, 0.95), len(all_ms) / seconds
            limit = limits.setdefault(clients, (p95, per_s))
            beside = (None, None) if name == "limit" else limit
            if clients == 2:
                rows.append(row(f"{name}: p50, 2 at once, {made} documents", at(all_ms, 0.5), "ms"))
                rows.append(row(f"{name}: p95, 2 at once, {made} documents", p95, "ms", beside=beside[0], goal=GOALS.get(made, {}).get(name)))
            else:
                rows.append(row(f"{name}: pages, 8 at once, {made} documents", per_s, "1/s", beside=beside[1]))
    return rows


def _suggestions(size: int) -> list[Row]:
    """Without a web server, as the questions are: bench suggest measures the server's answer."""
    from search.suggestions.answering import suggest

    typed = typings()
    for text, language in typed:
        suggest(text, language)  # warm
    all_ms = [_timed_ms(lambda each: suggest(*each), each) for each in typed]
    return [row(f"suggestions, {size} listings, p{n}", at(all_ms, n / 100), "ms", goal=SUGGESTED if n == 95 else None) for n in (50, 95)]


def _whole_pages(cluster: postgres.Cluster, size: int, redis_url: str, url: str) -> list[Row]:
    """The same questions as pages, through gunicorn with two workers, one and two at a time; beside the bare answers of the same run."""
    from search.backends.elasticsearch import ElasticsearchBackend
    from search.backends.postgres import PostgresBackend

    answers = {"postgres": PostgresBackend(), "elasticsearch": ElasticsearchBackend(url, INDEX, timeout_s=60)}
    mix = mix_of(answers["postgres"])
    requests = [asker.get(address_of(query), "market.localhost") for query in mix]
    shared = {**os.environ, "PAGE_CACHE_S": "0", "REDIS_URL": redis_url, "RATE_LIMIT_FACTOR": "0", "PYTHONPATH": str(ROOT)}
    grounds.prepare_pages(shared)
    rows = []
    for name, backend in answers.items():
        say(f"whole pages, {name}")
        env = {**shared, **({"ELASTICSEARCH_URL": url} if name == "elasticsearch" else {})}
        port = grounds.free_port()
        with grounds.web_server(env, port, 2):
            asker.ask(port, requests, at_once=1, seconds=PAGES_S / 2)
            pages = {clients: asker.ask(port, requests, at_once=clients, seconds=PAGES_S) for clients in (1, 2)}
        bare = at([_timed_ms(backend.search, query) for query in mix * 3], 0.95)
        for clients, asked in pages.items():
            rows += [row(f"{name}: whole page, {clients} at once, p{n}, {size} listings", at(asked.ms, n / 100), "ms") for n in (50, 95)]
        more = at(pages[1].ms, 0.95) - bare
        rows.append(row(f"{name}: whole page beside the bare answer, p95, {size} listings", more, "ms", goal=PAGE_MORE, note=f"bare {bare:.0f} ms"))
    return rows


def address_of(query: Any) -> str:
    """The page that asks this."""
    chosen = [(f"a{attribute}", value) for attribute, values in query.values.items() for value in sorted(values)]
    chosen += [("brand", brand) for brand in sorted(query.brands)]
    if query.category is not None:
        return f"/c/{query.category}/?{urlencode(chosen)}"
    return f"/search/?{urlencode([('q', query.text), *chosen])}"


def _ask_for(name: str, url: str, mix: list[Any], seconds: float) -> list[float]:
    """Milliseconds of each question, one after another for so long, in a process of its own."""
    from search.backends.elasticsearch import ElasticsearchBackend
    from search.backends.postgres import PostgresBackend

    ask = {"limit": lambda: _limit, "postgres": lambda: PostgresBackend().search, "elasticsearch": lambda: ElasticsearchBackend(url, INDEX, 60).search}
    chosen, asked, until = ask[name](), cycle(mix), time.perf_counter() + seconds
    times = []
    while time.perf_counter() < until:
        times.append(_timed_ms(chosen, next(asked)))
    return times


def _cpus(pids: dict[str, int]) -> dict[str, float]:
    return {"Python": own_cpu_s(), **{whose: cpu_s(pid) for whose, pid in pids.items()}}


def _limit(query: Any) -> object:
    """What the same words cost in bare SQL: 24 keys by popularity, no counts and no ranking."""
    from django.db import connection

    from search.backends.packing import required_nodes, tsquery_all
    from search.words import ask

    words = tsquery_all(ask(query.text).words)
    with connection.cursor() as cursor:
        where, values = ("tsv @@ %s::tsquery", [words]) if words else ("nodes @> %s::int[]", [required_nodes(query)])
        cursor.execute(f"SELECT id FROM search_searchdoc WHERE {where} ORDER BY popularity DESC, id LIMIT 24", values)
        return cursor.fetchall()


def mix_of(backend: Any) -> list[Any]:
    from search.contract import Query

    dice = random.Random(1)
    texts = [line.split("\t")[1] for line in (SHARED / "dev" / "queries.tsv").read_text().splitlines()[1:]] if SHARED.exists() else _own_texts()
    asked = [Query(text=text) for text in texts]
    asked += _pages(backend, max(len(asked) * 2 // 7, 1), dice)
    asked += [Query(text=dice.choice(sorted(BROAD))) for _word in range(max(len(texts) // 7, 1))]
    dice.shuffle(asked)
    return asked


def _pages(backend: Any, count: int, dice: random.Random) -> list[Any]:
    """Pages of the largest categories, with some of the brands and some values of the first attribute that they offer."""
    from search.contract import Query

    pages = []
    for category in [each.id for each in backend.search(Query()).categories[:12]]:
        offered = backend.search(Query(category=category))
        attribute, values = next(iter(offered.attributes.items()), (None, []))
        pages.append((category, [each.id for each in offered.brands[:40]], attribute, [each.id for each in values[:8]]))
    asked = []
    for category, brands, attribute, values in (dice.choice(pages) for _page in range(count)):
        chosen = {attribute: frozenset(dice.sample(values, min(3, len(values))))} if attribute else {}
        asked.append(Query(category=category, brands=frozenset(dice.sample(brands, min(3, len(brands)))), values=chosen))
    return asked


def _own_texts() -> list[str]:
    from tests.search.test_parity import TEXTS

    return [text for text in TEXTS if text]


def _documents(size: int) -> Iterator[Any]:
    from tests.search.catalogue import generated

    return islice(_multiplied(), size) if SHARED.exists() else generated(size)


def _multiplied() -> Iterator[Any]:
    """The shared products again and again: later rounds have two words more, other prices and popularity, some values swapped."""
    from search.contract import Doc
    from search.documents import marks, text_tokens

    with gzip.open(SHARED / "products.jsonl.gz", "rt") as lines:
        products = [json.loads(line) for line in lines]
    dice = random.Random(2)
    brands = {name: n for n, name in enumerate(sorted({product["brand"] for product in products}), 1)}
    words = sorted({word for product in products for word in product["title"].split()})
    attributes: dict[str, int] = {}
    values: dict[tuple[str, str], int] = {}
    shown = [_facets(product, attributes, values) for product in products]
    for around in range(10_000):
        for number, product in enumerate(products):
            swap = around and dice.random() < 0.1
            title = product["title"] + (" " + " ".join(dice.sample(words, 2)) if around else "")
            category = product.get("cat") or ""
            root = 1 + hash_of(category) % 12
            tokens = text_tokens(titles=[title], names=[product["brand"], category], texts=[product.get("desc") or ""])
            entered = [str(value) for value in (product.get("attrs") or {}).values() if isinstance(value, str) and len(value) <= 30]
            brand = dice.choice(list(brands.values())) if swap else brands[product["brand"]]
            yield Doc(
                id=uuid5(SPACE, f"{around}/{product['id']}"), tokens=tokens, length=sum(tokens.values()),
                category_path=[root, 100 + hash_of(category) % 60, 1000 + hash_of(category) % 218], brand=brand, shop=1 + brand % 50,
                values=[(1, 1 + hash_of(product["id"]) % 8), *shown[dice.randrange(len(shown)) if swap else number]],
                price=int((product["price_usd_cents"] or 1000) * dice.uniform(0.8, 1.2)), popularity=float(int(dice.paretovariate(0.8)) % 100_000),
                published=1_600_000_000 + dice.randrange(10**8), in_stock=dice.random() < 0.95, version=1,
                marks=marks(aside=entered, heads=[category], short=[title]),
            )  # fmt: skip


def _facets(product: dict[str, Any], attributes: dict[str, int], values: dict[tuple[str, str], int]) -> list[tuple[int, int]]:
    pairs = []
    for name, value in (product.get("attrs") or {}).items():
        attribute = attributes.setdefault(name, len(attributes) + 2)
        pairs.append((attribute, values.setdefault((name, str(value)), len(values) + 100)))
    return pairs


def hash_of(text: str) -> int:
    import zlib

    return zlib.crc32(text.encode())


def _timed_ms(ask: Callable[[Any], object], query: Any) -> float:
    before = time.perf_counter()
    ask(query)
    return 1e3 * (time.perf_counter() - before)
