"""Many merchants: how long a shop's birth takes, beside migrating a schema, and what serving all their shops costs in memory.

A birth is the product's: the request, then the reaction that makes schema, hosts, site, roles and stock location. The limit is
the same schema's SQL alone. Memory is that of one web worker, and of the database sessions it holds, before and after it has
served the pages of every shop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from bench import grounds
from bench.measure import Row, at, at_most, cpu_s, pss_mb, row, say, with_children
from bench.visitor import Visitor
from launch import postgres

COUNT = {True: 10, False: 100}  # short: births
LIMITS = 5
ENDS = 10  # the first so many births and the last so many
MOST_MS_A_TABLE, MOST_SLOWER, MOST_GROWTH_MB = at_most(16), at_most(1.3), at_most(20)
DATABASE = "bench_fleet"
VISITS = 3  # of every shop


def run(short: bool) -> list[Row]:
    count, port = COUNT[short], grounds.free_port()
    with grounds.cluster() as cluster, grounds.broker() as broker:
        env = grounds.enter(cluster, DATABASE, broker.url(), BASE_URL=f"http://market.localhost:{port}")
        grounds.open_market()
        rows = births(cluster, count)
        say("style sheet and static files")
        grounds.prepare_pages(env)
        with grounds.web_server(env, port, workers=1) as master:
            return rows + memory(cluster, master, port, count)


# ── births ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def births(cluster: postgres.Cluster, count: int) -> list[Row]:
    from tenants.tenancy.models import schema_name_of

    say(f"{count} births")
    first = grounds.open_shop(0)  # warm: the snapshot is unpacked once a process
    size, server = _size_mb(cluster), grounds.pid_of(cluster)
    each_ms, each_cpu_ms, limit_ms = [], [], []
    for number in range(1, count + 1):
        cpu = cpu_s(server)
        each_ms.append(_timed_ms(lambda number=number: grounds.open_shop(number)))  # type: ignore[misc]
        each_cpu_ms.append(1e3 * (cpu_s(server) - cpu))
        if number % max(count // LIMITS, 1) == 0:
            limit_ms.append(_timed_ms(lambda number=number: _load_alone(f"m_limit_{number}")))  # type: ignore[misc]
    size = (_size_mb(cluster) - size) / (count + len(limit_ms))
    say("one schema by its migrations")
    migrated_ms = _timed_ms(_migrate)
    tables = int(cluster.psql(DATABASE, f"select count(*) from pg_tables where schemaname = '{schema_name_of(first)}'"))
    ends = min(ENDS, count // 2)
    p50, first_ms, first_cpu_ms = median(each_ms), median(each_ms[:ends]), median(each_cpu_ms[:ends])
    return [
        row("limit: the schema's SQL alone, p50", median(limit_ms), "ms"),
        row(f"one schema of {tables} tables by its migrations", migrated_ms, "ms"),
        row(f"birth of a shop, p50 of {count}, beside migrating", p50, "ms", beside=migrated_ms),
        row("birth of a shop, p95, beside the limit", at(each_ms, 0.95), "ms", beside=median(limit_ms)),
        row("birth of a shop per table", p50 / tables, "ms", beside=median(limit_ms) / tables, goal=MOST_MS_A_TABLE),
        row(f"the last {ends} births by the first {ends}, p50", median(each_ms[-ends:]) / first_ms, "times", goal=MOST_SLOWER, note=f"from {first_ms:.0f} ms"),
        row("the same in CPU of PostgreSQL", median(each_cpu_ms[-ends:]) / first_cpu_ms, "times", note=f"from {first_cpu_ms:.0f} CPU-ms"),
        row("disk of a shop without goods", size, "MB"),
    ]


def _load_alone(name: str) -> None:
    from django.db import transaction

    from tenants.tenancy.birth import load_merchant

    with transaction.atomic():
        load_merchant(name)


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("render_merchant_schema", schema="m_migrated")
    connection.close()


def _size_mb(cluster: postgres.Cluster) -> float:
    return int(cluster.psql(DATABASE, f"checkpoint; select pg_database_size('{DATABASE}')")) / 2**20


def _timed_ms(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - before)


# ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def memory(cluster: postgres.Cluster, master: int, port: int, count: int) -> list[Row]:
    """One worker; its four threads all come to serve, each with a database session of its own."""
    (worker,) = [pid for pid in with_children(master) if pid != master]
    say(f"pages of {count} shops")
    for _visit in range(60):
        visit(port, 0)
    before, sessions_before = pss_mb(worker), _sessions_mb(cluster)
    for _visit in range(VISITS):
        for number in range(1, count + 1):
            visit(port, number)
    return [
        row("web worker before it served other shops, PSS", before, "MB"),
        row(f"growth of the web worker's PSS after pages of {count} shops", pss_mb(worker) - before, "MB", beside=before, goal=MOST_GROWTH_MB),
        row("its database sessions before, private memory", sessions_before, "MB"),
        row("growth of its database sessions", _sessions_mb(cluster) - sessions_before, "MB", beside=sessions_before),
    ]


def visit(port: int, number: int) -> None:
    """A shop's first page, asked for by a stranger."""
    url = f"http://{grounds.slug(number)}.market.localhost:{port}/"
    page = Visitor(port).get(url)
    if page.status != 200:
        raise RuntimeError(f"{page.status} at {url}")


def _sessions_mb(cluster: postgres.Cluster) -> float:
    pids = cluster.psql(DATABASE, f"select pid from pg_stat_activity where datname = '{DATABASE}' and application_name = 'wanshang'").split()
    return sum(pss_mb(int(pid), "Pss_Anon") for pid in pids)
