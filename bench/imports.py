"""Many products at once: the flow behind a merchant's import, and import_market_data, beside COPY of the very rows they wrote.

The limit: after an import the database is copied, the tables of goods are emptied in the copy, and what stood in them comes back by
COPY, in one transaction, into the same tables with all their indexes and constraints. What the imports do besides is theirs:
reading, checking, comparing with what is there, audit, outbox, and for import_market_data the index for search.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import psycopg
from psycopg import sql

from bench import files, grounds, market
from bench.measure import Row, at_least, own_cpu_s, row, say
from launch import postgres
from launch.paths import ROOT

# One database for both, anew for each: a process of Django knows one. What import_market_data leaves, the search bench asks for.
DATABASE, COPY = "bench_goods", "bench_goods_copy"
SHARED = ROOT.parent / "shared" / "data"
SAMPLE = ROOT / "tests" / "market_data_sample"
PRODUCTS = {True: 3_000, False: 20_000}  # short: products of the merchant's import, of four variants each
AT_ONCE = 500
LEAST = at_least(59)  # rows/s of the best peer
PEERS = "rows of an import a second, measured earlier on such a machine: django-oscar 4.2 59, Vendure 3.7 and Saleor 3.24 17 to 19"
# Tables that hold goods, in merchants' schemas and in the public one.
OF_MERCHANTS = (
    "merchant_catalogue_product", "merchant_catalogue_variant", "merchant_catalogue_picture", "merchant_pricing_price", "merchant_inventory_stocklevel",
    "merchant_inventory_stockmovement",
)  # fmt: skip
COUNT = "select count(*) from platform_listings_listing"
PUBLIC = ("platform_listings_listing", "platform_listings_listingvariant", "search_searchdoc")


def run(short: bool) -> list[Row]:
    with grounds.cluster() as cluster:
        rows = _measure(cluster, f"import_products, {PRODUCTS[short]:,} products of four variants", lambda: _merchants_import(PRODUCTS[short]))
        rows += _measure(cluster, "import_market_data, the shared goods" if SHARED.exists() else "import_market_data, the sample", _market_data)
        rows += files.measure(cluster, short)
    say(PEERS)
    return rows


def shared_goods(cluster: postgres.Cluster) -> bool:
    """Django on a database with all the shared goods; they are imported first where they are not there. False: there are no such data."""
    if not SHARED.exists():
        return False
    there = cluster.psql("postgres", f"select 1 from pg_database where datname = '{DATABASE}'")
    if there and cluster.psql(DATABASE, "select to_regclass('platform_listings_listing')") and int(cluster.psql(DATABASE, COUNT)) > 20_000:
        grounds.enter(cluster, DATABASE, is_new=False)
        from tenants.tenancy.versions import schema_versions

        if not schema_versions()["public"]["behind"]:
            return True
    say("importing the shared goods")
    grounds.enter(cluster, DATABASE)
    grounds.open_market()
    _market_data()
    return True


def _measure(cluster: postgres.Cluster, name: str, work: Callable[[], float]) -> list[Row]:
    """`work` imports and returns the seconds that do not belong to it."""
    from django.db import connections

    say(name)
    grounds.enter(cluster, DATABASE)
    grounds.open_market()
    cpu, began = own_cpu_s(), time.monotonic()
    aside_s = work()
    took, cpu = time.monotonic() - began - aside_s, own_cpu_s() - cpu
    connections.close_all()
    goods = int(cluster.psql(DATABASE, COUNT))
    by_copy = median(_copied(cluster) for _time in range(3))
    return [
        row(f"{name}: products", goods / took, "rows/s", beside=goods / by_copy, goal=LEAST, note=f"{goods:,} in {took:.1f} s; COPY in {by_copy:.2f} s"),
        row(f"{name}: CPU of Python a product, openings included", 1e3 * cpu / goods, "CPU-ms"),
    ]


def _merchants_import(count: int) -> float:
    from marketplace.flows.import_batch import ImportedProduct
    from marketplace.flows.import_products import import_products
    from marketplace.kernel.actors import SYSTEM
    from marketplace.kernel.money import Money
    from marketplace.merchant.catalogue.actions import VariantInput
    from tenants.tenancy.schemas import merchant_schema

    began = time.monotonic()
    merchant_id = grounds.open_shop(1)
    options = market.options_of()
    axes = list(options)
    colours, sizes = options.values()

    def one(n: int) -> ImportedProduct:
        variants = [VariantInput(sku=f"{n}-{colour}-{size}", options={axes[0]: colour, axes[1]: size}) for colour in colours for size in sizes]
        product = market.product_input(f"杯子 Mug {n}", variants, axes, source_ref=f"bench-{n}")
        return ImportedProduct(product, {each.sku: Money(2_500 + n, "CNY") for each in variants}, {each.sku: 100 for each in variants})

    batches = [[one(n) for n in range(start, start + AT_ONCE)] for start in range(0, count, AT_ONCE)]
    aside_s = time.monotonic() - began
    with merchant_schema(merchant_id):
        for batch in batches:
            done = import_products(by=SYSTEM, products=batch)
            if done.entered != len(batch):
                raise RuntimeError(f"{done.entered} of {len(batch)} products were entered: {done.refused[:3]}")
    return aside_s


def _market_data() -> float:
    """What the command does; opening its shops is not what is measured."""
    from decimal import Decimal

    from marketplace.config.market_data.run import Wishes, import_all

    rates = {"USD": Decimal("7.2"), "GBP": Decimal("9.2")}
    folder, own_shop = (SHARED, 350) if SHARED.exists() else (SAMPLE, 50)
    result = import_all(folder, Wishes(rates=rates, own_shop=own_shop))
    say("  " + ", ".join(f"{part} {seconds:.1f} s" for part, seconds in result.seconds.items()))
    return result.seconds["shops"]


def _copied(cluster: postgres.Cluster) -> float:
    """Seconds that COPY needs to bring the goods back into a copy of the database."""
    cluster.psql("postgres", f'drop database if exists "{COPY}" with (force)')
    cluster.psql("postgres", f'create database "{COPY}" template "{DATABASE}" strategy file_copy')
    with psycopg.connect(cluster.url(COPY)) as there:
        schemas = [name for (name,) in there.execute("select nspname from pg_namespace where nspname like 'm\\_%'").fetchall()]
        tables = [sql.Identifier(schema, table) for schema in schemas for table in OF_MERCHANTS] + [sql.Identifier("public", table) for table in PUBLIC]
        held = []
        for table in tables:
            with there.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as out:
                held.append((table, b"".join(bytes(part) for part in out)))
        there.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(tables)))
        there.commit()
        began = time.monotonic()
        for table, rows in held:
            with there.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as into:
                into.write(rows)
        there.commit()
        took = time.monotonic() - began
    cluster.psql("postgres", f'drop database "{COPY}" with (force)')
    return took
