"""The product page: made anew, and as it is kept for visitors; beside it Django's own floor of one row, django-oscar and Vendure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from bench import asker, grounds, market, peers
from bench.measure import Goal, Row, at, at_least, at_most, cpu_s, row, say, until_steady
from launch import postgres

SHOPS, PRODUCTS = 4, {True: 400, False: 1_000}
ROUNDS, SECONDS = {True: 3, False: 5}, {True: 2.0, False: 4.0}
AT_ONCE, WORKERS = 8, 2
UNCACHED, ALONE_P95_MS, CACHED = at_least(100), at_most(30), at_least(800)


@dataclass
class Place:
    """A server and what it is asked for."""

    name: str
    port: int
    pid: int
    requests: list[bytes]
    per_s: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def ask(self, seconds: float) -> None:
        """One round: eight at once, then one."""
        before = cpu_s(self.pid)
        many = asker.ask(self.port, self.requests, at_once=AT_ONCE, seconds=seconds)
        self.cpu_ms.append((cpu_s(self.pid) - before) * 1000 / len(many.ms))
        self.per_s.append(many.per_s)
        self.alone.append(at(asker.ask(self.port, self.requests, at_once=1, seconds=seconds).ms, 0.95))


def run(short: bool) -> list[Row]:
    with grounds.cluster() as cluster, grounds.broker() as broker, ExitStack() as open_places:
        env = grounds.enter(cluster, "bench_pages", broker.url(), RATE_LIMIT_FACTOR="0")
        keys = fill(PRODUCTS[short])
        grounds.prepare_pages(env)
        floor, made, kept = (open_places.enter_context(place) for place in ours(env, cluster, keys))
        others = [open_places.enter_context(one) for one in peers.places(cluster, PRODUCTS[short])]
        theirs = [Place(one.name, one.port, one.pid, one.requests) for one in others]
        for place in (kept, *theirs):  # a kept page has to be there; theirs get warm too
            asker.ask(place.port, place.requests, at_once=1, seconds=SECONDS[short])
        say(f"{len(keys)} products; floor, made, kept and {', '.join(place.name for place in theirs) or 'no peer'} take turns")

        def one_round() -> None:
            for place in (floor, made, kept, *theirs):
                place.ask(SECONDS[short])

        rounds = until_steady(ROUNDS[short], one_round, lambda: [floor.per_s])
        return figures(rounds, floor, made, kept, theirs)


def figures(rounds: list[int], floor: Place, made: Place, kept: Place, theirs: list[Place]) -> list[Row]:
    def middle(values: list[float]) -> float:
        return at([values[n] for n in rounds], 0.5)

    def two(place: Place, of: str, per_s: Goal | None = None, p95: Goal | None = None) -> list[Row]:
        note = f"{middle(place.cpu_ms):.1f} CPU-ms each; worst and best of {len(rounds)} rounds {min(place.per_s):.0f} and {max(place.per_s):.0f}"
        return [
            row(f"{of}, {AT_ONCE} at once", middle(place.per_s), "/s", beside=middle(floor.per_s), goal=per_s, note=note),
            row(f"{of}, 1 at once, p95", middle(place.alone), "ms", beside=middle(floor.alone), goal=p95),
        ]

    rows = [row(f"floor: Django, one row, {AT_ONCE} at once", middle(floor.per_s), "/s", note=f"{middle(floor.cpu_ms):.1f} CPU-ms each")]
    rows += two(made, "product page, made anew", UNCACHED, ALONE_P95_MS) + two(kept, "product page, kept for visitors", CACHED)
    return rows + [line for place in theirs for line in two(place, place.name)]


def fill(count: int) -> list[str]:
    """Products of four variants in a few shops; their keys."""
    from marketplace.kernel.relay import deliver_events
    from marketplace.platform.listings.models import Listing

    grounds.open_market()
    for shop in range(1, SHOPS + 1):
        merchant_id = grounds.open_shop(shop)
        for n in range(count // SHOPS):
            market.put_on_sale(merchant_id, f"Mug {shop}-{n}", stock=market.STOCK)
    while deliver_events():
        pass
    return [str(key) for key in Listing.objects.order_by("pk").values_list("pk", flat=True)]


def ours(env: dict[str, str], cluster: postgres.Cluster, keys: list[str]) -> Iterator[object]:
    host = "market.localhost"
    pages = [asker.get(f"/p/{key}/", host) for key in keys]

    @contextmanager
    def web(name: str, kept_s: int, requests: list[bytes]) -> Iterator[Place]:
        port = grounds.free_port()
        with grounds.web_server({**env, "PAGE_CACHE_S": str(kept_s)}, port, WORKERS) as pid:
            yield Place(name, port, pid, requests)

    @contextmanager
    def floor() -> Iterator[Place]:
        port = grounds.free_port()
        with peers.gunicorn("floor", "bench.floor:application", port, {**env, "FLOOR_DATABASE_URL": cluster.url("bench_pages")}) as pid:
            yield Place("floor", port, pid, pages)

    yield floor()
    yield web("made", 0, pages)
    yield web("kept", 600, pages[:50])  # what many look at
