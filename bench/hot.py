"""One article that everybody wants: buyers at once until it is gone, and twelve at once who want one of the last six.

Sold is exactly what was there, pass or fail. The speed is that of orders of this one line, all of which lock the same row of
stock; beside it pgbench writes the same orders (replay.py).
"""

from __future__ import annotations

from statistics import median
from uuid import UUID

from bench import grounds, market, replay
from bench.buyers import Buyers
from bench.measure import Row, at, at_least, cpu_s, exactly, row, say, until_steady
from launch import postgres

DATABASE = "bench_hot"
AT_ONCE = 8
STOCK = {True: 150, False: 500}  # short: pieces in each round
ROUNDS = {True: 5, False: 8}
LIMIT_S = 2.0
LEAST = at_least(30)
LAST, RUSH = 6, 12
RUSH_ROUNDS = {True: 10, False: 50}
PEERS = "stock of 6, twelve at once, measured earlier: Vendure 3.7 sold 31, Saleor 3.24 13, django-oscar 4.2 9"


def run(short: bool) -> list[Row]:
    with grounds.cluster() as cluster:
        grounds.enter(cluster, DATABASE)
        say("a market with one shop")
        goods = market.open_shops(1)
        market.register()
        cluster.psql(DATABASE, "vacuum analyze")
        with Buyers(RUSH, goods) as buyers:
            rows = sell_out(cluster, buyers, STOCK[short], ROUNDS[short])
            rows += rush(buyers, RUSH_ROUNDS[short])
    say(PEERS)
    return rows


def _cart_of(title: str, stock: int) -> tuple[list[market.Basket], UUID]:
    """A new article, one of it in every cart."""
    (line,) = market.put_on_sale(grounds.merchant_id(1), title, stock=stock, is_plain=True)
    market.empty_carts()
    market.fill_carts([[line]])
    return [[line]], line[1]


def sell_out(cluster: postgres.Cluster, buyers: Buyers, stock: int, rounds: int) -> list[Row]:
    say(f"{rounds} rounds of {stock} pieces, {AT_ONCE} buyers at once")
    baskets, _variant = _cart_of("For the limit", market.STOCK)
    limit = replay.record(baskets, market.totals(baskets))
    limits, speeds, ms, wrong, failures, server_cpu_s, own_cpu_s = [], [], [], 0, [], 0.0, 0.0

    def one_round() -> None:
        nonlocal wrong, server_cpu_s, own_cpu_s
        market.fill_carts(baskets)
        limits.append(replay.pgbench(cluster, DATABASE, limit, AT_ONCE, LIMIT_S).per_s)
        ours, variant_id = _cart_of(f"Hot {len(speeds)}", stock)
        totals, before = market.totals(ours), cpu_s(grounds.pid_of(cluster))
        worked = buyers.sell_out(AT_ONCE, totals)
        server_cpu_s += cpu_s(grounds.pid_of(cluster)) - before
        own_cpu_s += worked.own_cpu_s
        speeds.append(worked.per_s)
        ms.extend(worked.ms)
        failures.extend(worked.failures)
        wrong += (len(worked.ms), _held(variant_id), _ordered(variant_id)) != (stock, stock, stock)

    kept = until_steady(rounds, one_round, lambda: [limits])
    for failure in sorted(set(failures)):
        say(f"  {failures.count(failure)} times {failure}")
    kept_speeds = [speeds[n] for n in kept]
    span = f"{min(kept_speeds):.1f} to {max(kept_speeds):.1f} in {len(kept)} rounds"
    return [
        row(f"hot article, {AT_ONCE} at once: orders", median(kept_speeds), "orders/s", beside=median(limits[n] for n in kept), goal=LEAST, note=span),
        row(f"hot article, {AT_ONCE} at once: p50", at(ms, 0.5), "ms"),
        row(f"hot article, {AT_ONCE} at once: p95", at(ms, 0.95), "ms"),
        row("hot article: CPU per order", 1e3 * (own_cpu_s + server_cpu_s) / len(ms), "CPU-ms", note=f"{1e3 * server_cpu_s / len(ms):.1f} of PostgreSQL"),
        row(f"rounds in which not exactly {stock} were sold, held and ordered", wrong, "rounds", goal=exactly(0), note=f"of {len(speeds)}"),
        row("hot article: answers that were neither an order nor a refusal", len(failures), "answers", goal=exactly(0)),
    ]


def rush(buyers: Buyers, rounds: int) -> list[Row]:
    """Twelve at once want one of the six that are left. The worst of all rounds is the figure."""
    say(f"stock of {LAST}, {RUSH} buyers at once, {rounds} rounds")
    sold, held = [], []
    failed: list[str] = []
    for n in range(rounds):
        baskets, variant_id = _cart_of(f"Last six {n}", LAST)
        placed, failures = buyers.rush(market.totals(baskets))
        sold.append(placed)
        held.append(_held(variant_id))
        failed += failures
    for failure in sorted(set(failed)):
        say(f"  {failed.count(failure)} times {failure}")
    worst = f"the worst of {rounds} rounds"
    furthest = lambda counts: max(counts, key=lambda count: abs(count - LAST))  # noqa: E731
    return [
        row(f"stock of {LAST}, {RUSH} at once: orders", furthest(sold), "orders", goal=exactly(LAST), note=worst),
        row(f"stock of {LAST}, {RUSH} at once: pieces held", furthest(held), "pieces", goal=exactly(LAST), note=worst),
        row(f"stock of {LAST}, {RUSH} at once: answers that were neither an order nor a refusal", len(failed), "answers", goal=exactly(0)),
    ]


def _held(variant_id: UUID) -> int:
    from marketplace.merchant.inventory.models import StockLevel
    from tenants.tenancy.schemas import merchant_schema

    with merchant_schema(grounds.merchant_id(1)):
        return int(StockLevel.objects.get(variant_id=variant_id).reserved)


def _ordered(variant_id: UUID) -> int:
    """Pieces on the lines of orders."""
    from django.db.models import Sum

    from marketplace.merchant.orders.models import OrderLine
    from tenants.tenancy.schemas import merchant_schema

    with merchant_schema(grounds.merchant_id(1)):
        return int(OrderLine.objects.filter(variant_id=variant_id).aggregate(pieces=Sum("quantity"))["pieces"] or 0)
