"""What sealing the log costs a checkout: the same orders with the sealer running, and with nothing of it at all.

Both take turns in every round, in changing order. "Without" leaves out all of it: no sealer, no index on the rows' transactions, and a
plain number where the server would note the transaction. "With" is the product as it is, with its sealer beside it as in the scheduler.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from bench import grounds, market
from bench.buyers import Buyers
from bench.measure import Goal, Row, at, at_most, exactly, row, say
from launch import postgres

DATABASE = "bench_sealing"
AT_ONCE = 2
ROUNDS, EACH_S = {True: 12, False: 40}, {True: 2.0, False: 4.0}
MOST = Goal("≤", 1.02, of_ratio=True)
WITHOUT = "alter table kernel_auditevent alter tx set default 0; drop index if exists audit_by_transaction"
WITH = (
    "alter table kernel_auditevent alter tx set default pg_current_xact_id()::text::bigint;"
    " create index if not exists audit_by_transaction on kernel_auditevent (tx, id)"
)


def run(short: bool) -> list[Row]:
    with grounds.cluster() as cluster:
        grounds.enter(cluster, DATABASE)
        say("a market with three shops")
        goods = market.open_shops()
        market.register()
        market.fill_carts(goods.baskets)
        totals = market.totals(goods.baskets)
        cluster.psql(DATABASE, "vacuum analyze")
        ms: dict[bool, list[float]] = {True: [], False: []}
        ratios, failures, before = [], 0, _counted(cluster)
        with Buyers(AT_ONCE, goods) as buyers:
            say(f"{ROUNDS[short]} rounds with and without, {EACH_S[short]:.0f} s each")
            for n in range(ROUNDS[short]):
                took = {}
                for is_with in (True, False) if n % 2 else (False, True):
                    cluster.psql(DATABASE, WITH if is_with else WITHOUT)
                    market.fill_carts(goods.baskets)
                    with sealing(is_with):
                        buyers.place(AT_ONCE, 0.5, totals)  # warm: plans are made anew after the table was changed
                        worked = buyers.place(AT_ONCE, EACH_S[short], totals)
                    ms[is_with] += worked.ms
                    failures += len(worked.failures)
                    took[is_with] = median(worked.ms)
                ratios.append(took[True] / took[False])
        with_, without, counted = ms[True], ms[False], _counted(cluster)
        orders = len(with_) + len(without)
        note = f"ratio of each round {at(ratios, 0.25):.3f} to {at(ratios, 0.75):.3f} between its quarters"
        return [
            row("sealed: time of a checkout, p50", median(with_), "ms", beside=median(without), goal=MOST, note=note),
            row("sealed: median of the rounds' ratios", median(ratios), "times", goal=at_most(1.02)),
            row("sealed: time of a checkout, p95", at(with_, 0.95), "ms", beside=at(without, 0.95)),
            row("rows of the log that a checkout writes", (counted[0] - before[0]) / orders, "rows", note="orders of the warm-up among them"),
            row("rows that were sealed meanwhile", counted[1] - before[1], "rows"),
            row("orders that failed", failures, "orders", goal=exactly(0), note=f"{orders} placed"),
        ]


@contextmanager
def sealing(is_on: bool) -> Iterator[None]:
    """The sealer beside what happens inside, as the scheduler runs it."""
    from marketplace.kernel.sealing import keep_sealing

    stop = threading.Event()
    thread = threading.Thread(target=keep_sealing, args=(stop,))
    if is_on:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if is_on:
            thread.join()


def _counted(cluster: postgres.Cluster) -> tuple[int, int]:
    """Rows of the log, and of them under a seal."""
    counted = cluster.psql(DATABASE, "select (select count(*) from kernel_auditevent) || ' ' || (select count(*) from kernel_auditlink)")
    rows, sealed = counted.split()
    return int(rows), int(sealed)
