"""The workbench's list of products with 100,000 of them: tabs, filters, searches, page 200, by the real view.

One product is entered by the verbs; the others are copies of it with other keys, titles, SKUs, states and times, written by the database itself.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from bench import grounds, market
from bench.measure import Row, at, at_least, at_most, row, say

COUNT = {True: 20_000, False: 100_000}  # short: products
ASKED = {True: 8, False: 30}  # short: how often each page
MOST_MS, MOST_SLOWER = at_most(150), at_most(1.2)

# Of each table the columns that differ; the others are those of the first product. `n` counts, `key` is made of it.
KEY = "('018f0000-{0}000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
COPIES = (
    (
        "merchant_catalogue_product",
        {
            "id": KEY.format(1),
            "titles": "jsonb_build_object('zh-hans', '手作杯子 ' || n || ' 号', 'en', 'Mug no. ' || n || CASE WHEN n % 997 = 0 THEN ' celadon' ELSE '' END)",
            "status": "CASE WHEN n % 10 < 7 THEN 'on_sale' WHEN n % 10 < 9 THEN 'draft' ELSE 'off_sale' END",
            "review": "CASE WHEN n % 10 < 7 THEN 'approved' WHEN n % 200 = 8 THEN 'waiting' WHEN n % 500 = 9 THEN 'sent_back' ELSE 'none' END",
            "created_at": "now() - (n || ' minutes')::interval",
            "source_ref": "'M' || n",
            "listed_until": "CASE WHEN n % 400 = 0 THEN now() + (n || ' minutes')::interval END",
        },
    ),
    ("merchant_catalogue_variant", {"id": KEY.format(2), "product_id": KEY.format(1), "sku": "'SKU-' || n"}),
    ("merchant_pricing_price", {"id": KEY.format(3), "variant_id": KEY.format(2), "sale_minor": "1000 + n % 5000", "market_minor": "NULL"}),
    ("merchant_inventory_stocklevel", {"id": KEY.format(4), "variant_id": KEY.format(2), "on_hand": "n % 50"}),
    ("merchant_catalogue_picture", {"id": KEY.format(5), "product_id": KEY.format(1)}),
)

# Of some: a reduction that runs, a regular price of a later day, a condition of sale that has taken a part of them off.
STANDING = (
    """INSERT INTO merchant_pricing_price (id, variant_id, is_reduction, from_quantity, currency, sale_minor, starts_at, ends_at)
        SELECT {own}, {variant}, true, 1, 'CNY', 900, now() - interval '1 day', now() + interval '9 days'
        FROM generate_series(1, {count}) AS n WHERE n % 200 = 0""",
    """UPDATE merchant_pricing_price SET ends_at = date_trunc('day', now()) + interval '9 days'
        WHERE NOT is_reduction AND variant_id IN (SELECT {variant} FROM generate_series(1, {count}) AS n WHERE n % 300 = 0)""",
    """INSERT INTO merchant_pricing_price (id, variant_id, is_reduction, from_quantity, currency, sale_minor, starts_at)
        SELECT {other}, {variant}, false, 1, 'CNY', 9000, date_trunc('day', now()) + interval '9 days'
        FROM generate_series(1, {count}) AS n WHERE n % 300 = 0""",
    """INSERT INTO merchant_conditions_salecondition (id, product_id, off_at, on_at, waits_for_stock, taken_off_at, "left")
        SELECT {own}, {product}, 3, 8, false, CASE WHEN n % 1000 = 9 THEN now() END, 2 FROM generate_series(1, {count}) AS n WHERE n % 100 = 9""",
)


def measure(merchant_id: UUID, short: bool) -> list[Row]:
    from tenants.tenancy.schemas import merchant_schema

    count = COUNT[short]
    market.put_on_sale(merchant_id, "杯子 Mug", stock=10, is_plain=True)
    with merchant_schema(merchant_id):
        began = time.perf_counter()
        loaded = load(count)
        took = time.perf_counter() - began
        return [row("products in the merchant's schema", loaded, "products", goal=at_least(count), note=f"loaded in {took:.0f} s"), *pages(short)]


def load(count: int) -> int:
    from django.db import connection

    say(f"{count:,} products")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table, other in COPIES:
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")
            names = [column.name for column in cursor.description]
            said = ", ".join(other.get(name, f"model.{name}") for name in names)
            newest = f"(SELECT * FROM {table} ORDER BY id DESC LIMIT 1) AS model"
            cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {said} FROM {newest}, generate_series(1, {count}) AS n")
            cursor.execute(f"ANALYZE {table}")
        for statement in STANDING:
            cursor.execute(statement.format(count=count, product=KEY.format(1), variant=KEY.format(2), own=KEY.format(6), other=KEY.format(7)))
        cursor.execute("ANALYZE merchant_pricing_price, merchant_conditions_salecondition")
        cursor.execute("RESET statement_timeout")
        cursor.execute("SELECT count(*) FROM merchant_catalogue_product")
        return int(cursor.fetchone()[0])


def pages(short: bool) -> list[Row]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from marketplace.merchant.catalogue.models import Product
    from marketplace.web.lists.keyset import cursor as cursor_of
    from tenants.accounts.models import User
    from tenants.tenancy.schemas import current_merchant_id, merchant_schema

    client = Client()
    client.force_login(User.objects.get(email="owner-1@bench.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    host = f"{grounds.slug(1)}.seller.market.localhost"
    far = Product.objects.order_by("-created_at", "-pk")[25 * 199 - 1]
    tabs = ("on_sale", "draft", "waiting", "sent_back", "off_sale")
    asked: dict[str, str] = {
        "unfiltered": "view=",
        **{f"tab {tab}": f"show={tab}" for tab in tabs},
        "by a word many have": "q=mug",
        "by a word few have": "q=celadon",
        "by Chinese": "q=777 号",
        "by SKU": "q=SKU-77",
        "by a middle part of a SKU": "q=U-777",
        "filter out of stock": "stock=out",
        "filter in stock": "stock=in",
        "filter reduced": "sale=reduced",
        "filter a new price": "sale=new_price",
        "filter goes off later": "sale=goes_off",
        "filter taken off by its condition": "sale=taken_off",
        "filter category, out of stock": f"category={far.category_id}&stock=out",
        "of nothing": "q=nothingofthisname",
        "oldest first": "sort=product",
        "page 200": f"after={cursor_of(far, ['created_at', 'pk'])}",
    }

    def ask(query: str) -> float:
        began = time.perf_counter()
        response = client.get(f"/products/?{query}", headers={"host": host, "accept-language": "zh-hans"})
        if response.status_code != 200:
            raise RuntimeError(f"{response.status_code} for {query}")
        return 1e3 * (time.perf_counter() - began)

    def limit() -> float:
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM merchant_catalogue_product ORDER BY created_at DESC, id DESC LIMIT 26")
            cursor.fetchall()
        return 1e3 * (time.perf_counter() - began)

    times: dict[str, list[float]] = {name: [] for name in asked}
    limits: list[float] = []
    merchant_id: Any = current_merchant_id()
    for query in asked.values():
        ask(query)  # warm
    for _round in range(ASKED[short]):
        with merchant_schema(merchant_id):
            limits.append(limit())
        for name, query in asked.items():
            times[name].append(ask(query))
    beside = at(limits, 0.95)
    found = [row(f"products {name}, p95", at(of, 0.95), "ms", beside=beside, goal=MOST_MS, note=f"p50 {at(of, 0.5):.0f} ms") for name, of in times.items()]
    first, last = sorted(times["unfiltered"]), sorted(times["page 200"])
    ratio = last[len(last) // 2] / first[len(first) // 2]
    return [*found, row("products: page 200 by page 1, p50", ratio, "times", goal=MOST_SLOWER)]
