"""Placing an order of four lines over three shops: by the product's verb beside pgbench writing the same rows, and through its pages.

By the verb: carts are full, buyers are processes that call place_order on a PostgreSQL with fsync on. The limit is what the product
itself writes and locks, sent by pgbench (replay.py). Limit and ours take turns in every round. Through the pages: gunicorn with two
workers, from the empty cart on, as the peers were asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench import grounds, market, replay
from bench.buyers import Buyers, Worked
from bench.measure import Goal, Row, at, at_least, at_most, cpu_s, exactly, row, say, until_steady
from launch import postgres

DATABASE = "bench_checkout"
AT_ONCE, WEB_AT_ONCE = (1, 2, 8), 4
ROUNDS, EACH_S = {True: 5, False: 8}, {True: 2.0, False: 5.0}  # short: rounds, and seconds of each turn in a round
LEAST_SHARE = at_least(0.15, of_ratio=True)
MOST_P95_MS = {2: at_most(120), 8: at_most(400)}
MOST_STATEMENTS = at_most(45)
LEAST_BY_WEB, MOST_CPU_MS_BY_WEB = at_least(8), at_most(220)
# By HTTP, four at once, one shop: orders a second, CPU-ms of application and database an order.
PEERS = {"Vendure 3.7": (3.9, 485), "Saleor 3.24": (1.4, 924), "django-oscar 4.2": (2.3, 792)}
BEST_PEER = 3.9


def run(short: bool) -> list[Row]:
    port = grounds.free_port()
    with grounds.cluster() as cluster, grounds.broker() as broker:
        env = grounds.enter(cluster, DATABASE, broker.url(), BASE_URL=f"http://market.localhost:{port}", RATE_LIMIT_FACTOR="1000")
        say("a market with three shops")
        goods = market.open_shops()
        market.register()
        market.fill_carts(goods.baskets)
        cluster.psql(DATABASE, "vacuum analyze")  # as the server does by itself before long
        totals = market.totals(goods.baskets)
        limit = replay.record(goods.baskets, totals)
        rows = [*_sizes(cluster, limit, goods.baskets, totals)]
        with Buyers(max(AT_ONCE), goods) as buyers:
            for n in AT_ONCE:
                place = Turn(cluster, goods.baskets, lambda s, n=n: buyers.place(n, s, totals))  # type: ignore[misc]
                rows += _by_verb(cluster, n, limit, place, ROUNDS[short], EACH_S[short])
            grounds.prepare_pages(env)
            with grounds.web_server(env, port, workers=2) as web:
                rows += _by_web(cluster, web, lambda s: buyers.place_by_web(WEB_AT_ONCE, s, port), ROUNDS[short], EACH_S[short])
    for name, (orders, cpu_ms) in PEERS.items():
        say(f"{name}, measured earlier on such a machine, one shop, by HTTP, four at once: {orders} orders/s, {cpu_ms} CPU-ms an order")
    return rows


def _sizes(cluster: postgres.Cluster, limit: replay.Limit, baskets: Sequence[market.Basket], totals: Sequence[Any]) -> list[Row]:
    """What an order is: statements as the server counts them, rows, and that the limit writes as many."""
    market.fill_carts(baskets)
    cluster.psql(DATABASE, "create extension if not exists pg_stat_statements")
    reset = f"select pg_stat_statements_reset(0, oid) from pg_database where datname = '{DATABASE}'"
    cluster.psql(DATABASE, reset)
    market.place(market.people_of(0, len(baskets))[1], totals[0], "k" * 32)
    # What foreign keys ask, and these very questions, were not sent by the product.
    counted = "select sum(calls) from pg_stat_statements s join pg_database d on d.oid = s.dbid where datname = current_database() and toplevel"
    statements = int(cluster.psql(DATABASE, f"{counted} and query not like 'SELECT 1 FROM ONLY %' and query not like '%pg_stat_statements%'"))
    tables = limit.tables()
    before = sum(replay.count_rows(tables).values())
    done = replay.pgbench(cluster, DATABASE, limit, 1, 1.0)
    written = (sum(replay.count_rows(tables).values()) - before) / len(done.ms)
    return [
        row("SQL statements of placing, with BEGIN, COMMIT and NOTIFY", statements, "statements", beside=limit.statements, goal=MOST_STATEMENTS),
        row("rows that an order inserts, beside those of the limit", round(limit.rows, 2), "rows", beside=written, goal=Goal("=", 1.0, of_ratio=True)),
    ]


@dataclass
class Turn:
    """One turn of ours, with carts full before it and the server's CPU noted."""

    cluster: postgres.Cluster
    baskets: Sequence[market.Basket]
    work: Callable[[float], Worked]

    def __call__(self, seconds: float) -> Worked:
        market.fill_carts(self.baskets)
        before = cpu_s(grounds.pid_of(self.cluster))
        worked = self.work(seconds)
        worked.server_cpu_s = cpu_s(grounds.pid_of(self.cluster)) - before
        return worked


@dataclass
class Turns:
    """The rounds of one way to write an order."""

    worked: list[Worked] = field(default_factory=list)

    def speeds(self, kept: Iterable[int] | None = None) -> list[float]:
        return [self.worked[n].per_s for n in (range(len(self.worked)) if kept is None else kept)]

    def all_ms(self, kept: Iterable[int]) -> list[float]:
        return [ms for n in kept for ms in self.worked[n].ms]

    def cpu_ms(self, kept: list[int], whose: str) -> float:
        """CPU an order, milliseconds."""
        return 1e3 * sum(getattr(self.worked[n], whose) for n in kept) / max(len(self.all_ms(kept)), 1)

    def failures(self) -> list[str]:
        """What failed, said on the screen."""
        failures = [failure for worked in self.worked for failure in worked.failures]
        for failure in sorted(set(failures)):
            say(f"  {failures.count(failure)} times {failure}")
        return failures


def _by_verb(cluster: postgres.Cluster, at_once: int, limit: replay.Limit, place: Turn, rounds: int, seconds: float) -> list[Row]:
    name = f"{at_once} at once"
    say(f"{name}: {rounds} rounds of limit and ours, {seconds:.0f} s each")
    limits, ours = Turns(), Turns()
    place(1.0)  # warm

    def one_round() -> None:
        market.fill_carts(place.baskets)
        limits.worked.append(replay.pgbench(cluster, DATABASE, limit, at_once, seconds))
        ours.worked.append(place(seconds))

    kept = until_steady(rounds, one_round, lambda: [limits.speeds()])
    failures = ours.failures()
    speeds = ours.speeds(kept)
    # Of each round, as a busy moment slows both of its turns.
    shares = [speed / beside for speed, beside in zip(speeds, limits.speeds(kept), strict=True)]
    span = f"{min(speeds):.1f} to {max(speeds):.1f}, shares {min(shares):.3f} to {max(shares):.3f} in {len(kept)} rounds"
    p95 = at(ours.all_ms(kept), 0.95)
    return [
        row(f"{name}: orders over three shops", median(speeds), "orders/s", beside=median(limits.speeds(kept)), goal=LEAST_SHARE, note=span),
        row(f"{name}: p50", at(ours.all_ms(kept), 0.5), "ms", beside=at(limits.all_ms(kept), 0.5)),
        row(f"{name}: p95", p95, "ms", beside=at(limits.all_ms(kept), 0.95), goal=MOST_P95_MS.get(at_once)),
        row(f"{name}: CPU of Python per order", ours.cpu_ms(kept, "own_cpu_s"), "CPU-ms"),
        row(f"{name}: CPU of PostgreSQL per order", ours.cpu_ms(kept, "server_cpu_s"), "CPU-ms", beside=limits.cpu_ms(kept, "server_cpu_s")),
        row(f"{name}: orders that failed", len(failures), "orders", goal=exactly(0), note=f"{len(ours.all_ms(range(len(ours.worked))))} placed"),
    ]


def _by_web(cluster: postgres.Cluster, web: int, place: Callable[[float], Worked], rounds: int, seconds: float) -> list[Row]:
    name = f"by web, {WEB_AT_ONCE} at once"
    say(f"{name}: {rounds} rounds, {seconds:.0f} s each")
    ours = Turns()
    place(1.0)  # warm
    for _round in range(rounds):
        own, server = cpu_s(web), cpu_s(grounds.pid_of(cluster))
        worked = place(seconds)
        # The Python that counts is the web server's, not that of those who ask.
        worked.own_cpu_s, worked.server_cpu_s = cpu_s(web) - own, cpu_s(grounds.pid_of(cluster)) - server
        ours.worked.append(worked)
    kept = list(range(rounds))
    failures, speeds = ours.failures(), ours.speeds()
    span = f"{min(speeds):.1f} to {max(speeds):.1f} in {rounds} rounds; Vendure 3.7 beside, of one shop"
    python, server = ours.cpu_ms(kept, "own_cpu_s"), ours.cpu_ms(kept, "server_cpu_s")
    beside = PEERS["Vendure 3.7"]
    return [
        row(f"{name}: empty cart to order", median(speeds), "orders/s", beside=beside[0], goal=LEAST_BY_WEB, note=span),
        row(f"{name}: p50", at(ours.all_ms(kept), 0.5), "ms"),
        row(f"{name}: p95", at(ours.all_ms(kept), 0.95), "ms"),
        row(
            f"{name}: CPU of web workers and PostgreSQL",
            python + server,
            "CPU-ms",
            beside=beside[1],
            goal=MOST_CPU_MS_BY_WEB,
            note=f"{server:.1f} of PostgreSQL",
        ),
        row(f"{name}: orders that failed", len(failures), "orders", goal=exactly(0), note=f"{len(ours.all_ms(kept))} placed"),
    ]
