"""Placing an order over three shops: new cart, four lines, placed; beside what PostgreSQL alone needs for such rows.

Buyers are processes that call the product's verbs, one and four at once, on a PostgreSQL with fsync on. The limit is pgbench:
12 rows inserted and 4 rows of stock locked, statement by statement and with all inserts in one statement. Limit and ours
take turns in every round. A row through the web server compares with the peers, who were asked by HTTP. Last: stock of 6,
12 buyers at once.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from uuid import UUID

from bench import grounds
from bench.buyers import Buyers, Worked
from bench.measure import Row, at, cpu_s, row, say, until_steady
from launch import postgres

LIMITS = Path(__file__).parent / "limits"
SHOPS, PRODUCTS, PEOPLE = 3, 40, 10_000  # products a shop
AT_ONCE, WEB_AT_ONCE = (1, 4), 4
ROUNDS, EACH_S = {True: 5, False: 8}, {True: 2.0, False: 5.0}  # short: rounds, and seconds of each turn in a round
OVERSELL_ROUNDS = {True: 5, False: 50}
STOCK, RUSH = 6, 12
LIMIT_STATEMENTS = 13  # of limits/order_statements.sql
# By HTTP, four at once, one shop: orders a second, CPU-ms of application and database an order, orders out of a stock of 6.
PEERS = {"Vendure 3.7": (3.9, 485, 31), "Saleor 3.24": (1.4, 924, 13), "django-oscar 4.2": (2.3, 792, 9)}


def run(short: bool) -> list[Row]:
    port = grounds.free_port()
    with grounds.cluster() as cluster, grounds.broker() as broker:
        env = grounds.enter(cluster, "bench_checkout", broker.url(), BASE_URL=f"http://market.localhost:{port}")
        say("a market with three shops")
        goods = open_shops()
        people = register(PEOPLE)
        prepare_limit(cluster)
        grounds.prepare_pages(env)
        rows: list[Row] = []
        with Buyers(RUSH, goods, people) as buyers:
            for n in AT_ONCE:
                rows += measure(cluster, f"{n} at once", n, lambda s, n=n: buyers.place(n, s), ROUNDS[short], EACH_S[short])  # type: ignore[misc]
            rows.append(row("SQL statements of an order, from the new cart on", buyers.statements(), "statements", beside=LIMIT_STATEMENTS))
            with grounds.web_server(env, port, workers=2) as web:
                by_web = lambda s: _with_cpu_of(web, lambda: buyers.place_by_web(WEB_AT_ONCE, s, port))  # noqa: E731
                rows += measure(cluster, f"by web, {WEB_AT_ONCE} at once", WEB_AT_ONCE, by_web, ROUNDS[short], EACH_S[short])
            rows += oversell(buyers, OVERSELL_ROUNDS[short])
    for name, (orders, cpu_ms, sold) in PEERS.items():
        say(f"{name}, measured earlier on such a machine, one shop, by HTTP, four at once: {orders} orders/s, {cpu_ms} CPU-ms an order, {sold} sold of 6")
    return rows


def _with_cpu_of(pid: int, work: Callable[[], Worked]) -> Worked:
    """The Python that counts is the web server's, not that of those who ask."""
    before = cpu_s(pid)
    worked = work()
    worked.own_cpu_s = cpu_s(pid) - before
    return worked


# ── the market ───────────────────────────────────────────────────────────────────────────────────────────────────────


def open_shops() -> list[list[UUID]]:
    """Variants on sale, shop by shop, with stock that does not run out."""
    grounds.open_market()
    merchants = [grounds.open_shop(n) for n in range(1, SHOPS + 1)]
    return [[put_on_sale(merchant_id, f"Mug {n}", stock=1_000_000) for n in range(PRODUCTS)] for merchant_id in merchants]


def put_on_sale(merchant_id: UUID, title: str, *, stock: int) -> UUID:
    """A product of one variant; the variant's key."""
    from uuid import uuid4

    from marketplace.flows.publish_product import publish_product
    from marketplace.flows.review_product import save_product
    from marketplace.kernel.actors import SYSTEM
    from marketplace.kernel.money import Money
    from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
    from marketplace.platform.taxonomy.actions import put_categories
    from tenants.tenancy.schemas import merchant_schema

    category = put_categories(by=SYSTEM, rows=[{"code": "cups", "parent": None, "names": {"zh-hans": "杯子", "en": "Cups"}}])["cups"]
    variant = VariantInput(sku=f"{title}-{uuid4().hex[:8]}", options={})
    entered = ProductInput(category_id=category.pk, titles={"zh-hans": title, "en": title}, variants=[variant], pictures=[("demo/mug.webp", {})])
    with merchant_schema(merchant_id):
        product = save_product(
            by=SYSTEM, product_id=uuid4(), is_new=True, product=entered, prices={variant.id: (Money(2_500, "CNY"), None)}, stock={variant.id: stock}
        )
        publish_product(by=SYSTEM, product_id=product.pk)
    return variant.id


def register(count: int) -> list[tuple[UUID, UUID]]:
    """People with an address each: (person, address). Written in bulk, because registering is not what is measured."""
    from marketplace.platform.members.models import Address
    from tenants.accounts.models import User

    users = User.objects.bulk_create(User(email=f"buyer-{n}@bench.localhost", password="!", name="林知夏") for n in range(count))
    where = {"recipient": "林知夏", "phone": "+8613800138000", "province": "上海市", "city": "上海市", "district": "徐汇区", "street": "漕溪北路 1 号"}
    addresses = Address.objects.bulk_create(Address(user=user, is_default=True, **where) for user in users)
    return [(user.pk, address.pk) for user, address in zip(users, addresses, strict=True)]


# ── the limit ────────────────────────────────────────────────────────────────────────────────────────────────────────


def prepare_limit(cluster: postgres.Cluster) -> None:
    cluster.psql("postgres", "drop database if exists bench_limit with (force)")
    cluster.ensure_database("bench_limit")
    subprocess.run([postgres.bindir() / "psql", cluster.url("bench_limit"), "-Xq", "-v", "ON_ERROR_STOP=1", "-f", LIMITS / "setup.sql"], check=True)


def pgbench(cluster: postgres.Cluster, script: str, clients: int, seconds: float) -> Worked:
    """Transactions of a script for so long, by so many clients at once."""
    before = cpu_s(grounds.pid_of(cluster))
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(postgres.bindir() / "pgbench"), "--no-vacuum", "-f", str(LIMITS / f"{script}.sql"), "-c", str(clients), "-j", str(clients),
            "-T", str(int(seconds)), "--log", f"--log-prefix={folder}/log", cluster.url("bench_limit"),
        ]  # fmt: skip
        began = time.monotonic()
        subprocess.run(command, check=True, capture_output=True)
        took = time.monotonic() - began
        lines = [line.split() for file in Path(folder).iterdir() for line in file.read_text().splitlines()]
    return Worked([int(line[2]) / 1e3 for line in lines], took, 0.0, cpu_s(grounds.pid_of(cluster)) - before)


# ── ours beside the limit ────────────────────────────────────────────────────────────────────────────────────────────


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


def measure(cluster: postgres.Cluster, name: str, at_once: int, place: Callable[[float], Worked], rounds: int, seconds: float) -> list[Row]:
    """`place` places orders for so many seconds."""
    say(f"{name}: {rounds} rounds of limit, limit in one statement, ours; {seconds:.0f} s each")
    limit, best, ours = Turns(), Turns(), Turns()
    place(1.0)  # warm

    def one_round() -> None:
        limit.worked.append(pgbench(cluster, "order_statements", at_once, seconds))
        best.worked.append(pgbench(cluster, "order_at_once", at_once, seconds))
        before = cpu_s(grounds.pid_of(cluster))
        ours.worked.append(place(seconds))
        ours.worked[-1].server_cpu_s = cpu_s(grounds.pid_of(cluster)) - before

    kept = until_steady(rounds, one_round, lambda: [limit.speeds()])
    failures = [failure for worked in ours.worked for failure in worked.failures]
    for failure in sorted(set(failures)):
        say(f"  {failures.count(failure)} times {failure}")
    speeds, beside = ours.speeds(kept), median(limit.speeds(kept))
    span = f"{min(speeds):.1f} to {max(speeds):.1f} in {len(kept)} rounds"
    return [
        row(f"{name}: limit, all inserts in one statement", median(best.speeds(kept)), "orders/s"),
        row(f"{name}: limit, statement by statement", beside, "orders/s"),
        row(f"{name}: orders over three shops", median(speeds), "orders/s", beside=beside, note=span),
        row(f"{name}: p50", at(ours.all_ms(kept), 0.5), "ms", beside=at(limit.all_ms(kept), 0.5)),
        row(f"{name}: p95", at(ours.all_ms(kept), 0.95), "ms", beside=at(limit.all_ms(kept), 0.95)),
        row(f"{name}: CPU of Python per order", ours.cpu_ms(kept, "own_cpu_s"), "CPU-ms"),
        row(f"{name}: CPU of PostgreSQL per order", ours.cpu_ms(kept, "server_cpu_s"), "CPU-ms", beside=limit.cpu_ms(kept, "server_cpu_s")),
        row(f"{name}: orders that failed, beside those placed", len(failures), "orders", beside=sum(len(each.ms) for each in ours.worked), goal=0),
    ]


def oversell(buyers: Buyers, rounds: int) -> list[Row]:
    """Twelve at once want one of the six that are left. The worst of all rounds is the figure."""
    from marketplace.merchant.inventory.models import StockLevel
    from tenants.tenancy.schemas import merchant_schema

    say(f"stock of {STOCK}, {RUSH} buyers at once, {rounds} rounds")
    merchant_id = grounds.merchant_id(1)
    sold, held = [], []
    failed: list[str] = []
    for n in range(rounds):
        variant_id = put_on_sale(merchant_id, f"Last six {n}", stock=STOCK)
        placed, failures = buyers.rush(variant_id)
        sold.append(placed)
        failed += failures
        with merchant_schema(merchant_id):
            held.append(StockLevel.objects.get(variant_id=variant_id).reserved)
    for failure in sorted(set(failed)):
        say(f"  {failed.count(failure)} times {failure}")
    worst = f"the worst of {rounds} rounds"
    furthest = lambda counts: max(counts, key=lambda count: abs(count - STOCK))  # noqa: E731
    return [
        row(f"stock of {STOCK}, {RUSH} at once: orders", furthest(sold), "orders", goal=STOCK, is_exact=True, note=worst),
        row(f"stock of {STOCK}, {RUSH} at once: pieces held", furthest(held), "pieces", goal=STOCK, is_exact=True, note=worst),
        row(f"stock of {STOCK}, {RUSH} at once: answers that were neither an order nor a refusal", len(failed), "answers", goal=0),
    ]
