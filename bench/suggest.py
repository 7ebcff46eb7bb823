"""Suggestions while typing, at the server, over all the shared goods, and in the long form over 100,000 that were made of them.

What is typed are the first letters and signs of names that are there, drawn at random: two to eight of them, in Chinese, English, pinyin and initials.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from urllib.parse import quote

from bench import asker, grounds, grown, imports
from bench.measure import Row, at, at_most, own_cpu_s, row, say, until_steady

GOAL = at_most(25)  # p95, ms
LARGE = (100_000, 200)  # listings, shops
ROUNDS, SECONDS, TYPED = {True: 3, False: 5}, {True: 4.0, False: 10.0}, 400


def run(short: bool) -> list[Row]:
    with grounds.cluster() as cluster, grounds.broker() as broker:
        if not imports.shared_goods(cluster):
            say("no shared goods: nothing is measured")
            return []
        rows = _measure(grounds.enter(cluster, imports.DATABASE, broker.url(), is_new=False, RATE_LIMIT_FACTOR="0"), short)
        if not short:
            grown.grown(cluster, *LARGE, broker.url())
            rows += _measure(grounds.enter(cluster, f"bench_search_{LARGE[0]}", broker.url(), is_new=False, RATE_LIMIT_FACTOR="0"), short)
        return rows


def _measure(env: Mapping[str, str], short: bool) -> list[Row]:
    """The table made anew, the statement by itself, and the web server's answers."""
    from marketplace.platform.listings.models import Listing
    from search.indexer import clear_away
    from search.suggestions.answering import suggest
    from search.suggestions.keeping import rebuild

    began, cpu = time.perf_counter(), own_cpu_s()
    rows_made, goods = rebuild(), Listing.objects.filter(is_on_sale=True).count()
    took, cpu = time.perf_counter() - began, own_cpu_s() - cpu
    clear_away()
    rows = [row(f"suggestions of {goods:,} listings made anew, listings", goods / took, "1/s", note=f"{rows_made:,} rows, {took:.1f} s, {cpu:.1f} CPU-s")]
    typed = typings()
    for text, language in typed:
        suggest(text, language)  # warm
    ms = []
    for text, language in typed:
        before = time.perf_counter()
        suggest(text, language)
        ms.append(1e3 * (time.perf_counter() - before))
    rows += [row(f"the statement, {goods:,} listings, p{n}", at(ms, n / 100), "ms") for n in (50, 95)]
    grounds.prepare_pages({**env})
    port = grounds.free_port()
    with grounds.web_server({**env}, port, 2):
        requests = [asker.get(f"/search/suggest/?q={quote(text)}&hl={language}", "market.localhost") for text, language in typed]
        times: dict[int, list[list[float]]] = {1: [], 2: []}
        asker.ask(port, requests, at_once=1, seconds=SECONDS[short])

        def one_round() -> None:
            for clients, each in times.items():
                each.append(asker.ask(port, requests, at_once=clients, seconds=SECONDS[short]).ms)

        kept = until_steady(ROUNDS[short], one_round, lambda: [[at(each, 0.5) for each in times[1]]])
    for clients, each in times.items():
        all_ms = [one for n in kept for one in each[n]]
        rows.append(row(f"at the server, {goods:,} listings, {clients} at once, p50", at(all_ms, 0.5), "ms"))
        rows.append(row(f"at the server, {goods:,} listings, {clients} at once, p95", at(all_ms, 0.95), "ms", goal=GOAL, note=f"{len(all_ms):,} answers"))
    return rows


def typings() -> list[tuple[str, str]]:
    """What somebody has typed so far, with the language of the page."""
    from search.models import Suggestion

    dice = random.Random(3)
    keys = list(Suggestion.objects.order_by("pk").values_list("norm", "pinyin", "initials"))
    found = []
    for norm, pinyin, initials in dice.choices(keys, k=TYPED):
        text = dice.choice([norm, norm, pinyin or norm, initials or norm])
        language = "zh-hans" if pinyin else dice.choice(["en", "zh-hans"])
        found.append((text[: dice.randint(1 if ord(text[0]) > 0x2E80 else 2, 8)], language))
    return found
