"""The one list over a million orders of one merchant: filtered, searched, sorted and far behind, by the real view; and all of them as a file.

A hundred orders are placed by the verbs; the rest are copies of one of them with other numbers, recipients, states and times, loaded by COPY,
so that they have the same columns and pass the same constraints. What search keys they would have been given is computed by the verb's own
function and compared. The limit is the bare SQL of a page.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bench import grounds, market, products
from bench.measure import Row, at, at_least, at_most, exactly, row, say

COUNT = {True: 40_000, False: 1_000_000}  # short: orders
ASKED = {True: 8, False: 30}  # short: how often each page
BY_VERBS = 100
DATABASE = "bench_lists"
MOST_MS, MOST_SLOWER, MOST_MB = at_most(100), at_most(1.2), at_most(150)
FAMILIES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红梅鹏辉建国志文晓东海燕雪松柏林森知夏望舒亦书言可欣嘉禾航宇轩子涵梓若曦诗婷怡佳琪"
# status, payment, fulfilment, open returns, share
STATES = (
    ("completed", "paid", "delivered", 0, 80),
    ("cancelled", "unpaid", "none", 0, 8),
    ("confirmed", "paid", "shipped", 0, 7),
    ("confirmed", "paid", "none", 0, 3),
    ("awaiting_payment", "unpaid", "none", 0, 1),
    ("completed", "paid", "delivered", 1, 1),
)


def run(short: bool) -> list[Row]:
    count = COUNT[short]
    with grounds.cluster() as cluster, grounds.broker() as broker:
        env = grounds.enter(cluster, DATABASE, broker.url(), BASE_URL="http://market.localhost")
        market.PRODUCTS, market.BASKETS = 25, 20
        goods = market.open_shops(1)
        merchant_id = goods.shops[0][0][0]
        market.register()
        by_verbs(goods)
        say("style sheet and static files")
        grounds.prepare_pages(env)
        _read_static_names()
        from tenants.tenancy.schemas import merchant_schema

        with merchant_schema(merchant_id):
            began = time.perf_counter()
            loaded = load(count)
            took = time.perf_counter() - began
            rows = [row("orders in the merchant's schema", loaded, "orders", goal=at_least(count), note=f"loaded in {took:.0f} s"), check(), *pages(short)]
        return [*rows, *file_of_all(merchant_id, env, loaded), *products.measure(merchant_id, short)]


def _read_static_names() -> None:
    """Files were collected after this process had looked for them."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    staticfiles_storage.hashed_files, _hash = staticfiles_storage.load_manifest()  # type: ignore[attr-defined]


def by_verbs(goods: market.Goods) -> None:
    say(f"{BY_VERBS} orders by the verbs")
    market.fill_carts(goods.baskets)
    totals = market.totals(goods.baskets)
    for n in range(market.FIRST, market.FIRST + BY_VERBS):
        market.place(n, totals[market.part_of(n, len(goods.baskets))], uuid4().hex)


# ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def load(count: int) -> int:
    from django.db import connection

    say(f"{count:,} orders by COPY")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # loading takes longer than a page may
        order, order_names = _one(cursor, "merchant_orders_order")
        line, line_names = _one(cursor, "merchant_orders_orderline", order["id"])
        begin = datetime.now(UTC) - timedelta(days=1_095)
        _copy(cursor, "merchant_orders_order", order_names, _orders(count, order, begin))
        _copy(cursor, "merchant_orders_orderline", line_names, (_line(line, one, n) for n, one in enumerate(_orders(count, order, begin))))
        for table in ("merchant_orders_order", "merchant_orders_orderline"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("RESET statement_timeout")
        cursor.execute("SELECT count(*) FROM merchant_orders_order")
        return int(cursor.fetchone()[0])


def _one(cursor: Any, table: str, order_id: Any = None) -> tuple[dict[str, Any], list[str]]:
    """A row that the verbs have written, as COPY reads it."""
    cursor.execute(f"SELECT * FROM {table} {'WHERE order_id = %s' if order_id else ''} LIMIT 1", [order_id] if order_id else None)
    names = [column.name for column in cursor.description]
    found = dict(zip(names, cursor.fetchone(), strict=True))
    return {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in found.items()}, names


def _orders(count: int, like: dict[str, Any], begin: datetime) -> Iterator[dict[str, Any]]:
    """From old to new over three years; keys rise with time as they do in life. Asked for twice, they are the same."""
    from marketplace.kernel.pinyin import name_keys

    dice = random.Random(7)
    people = [dice.choice(FAMILIES) + "".join(dice.choice(GIVEN) for _sign in range(dice.choice((1, 2, 2, 2)))) for _n in range(6_000)]
    people[0] = "陈望舒"
    keys = {name: name_keys(name) for name in people}
    states, shares = [state[:4] for state in STATES], [state[4] for state in STATES]
    address = json.loads(like["address"])
    step = timedelta(days=1_094) / count
    for n in range(count):
        placed = begin + step * n
        status, payment, fulfilment, returns = dice.choices(states, shares)[0]
        if n < count * 0.95 and status in ("confirmed", "awaiting_payment"):
            status, payment, fulfilment = "completed", "paid", "delivered"  # what is years old no longer waits
        name, phone = dice.choice(people), f"+8613{dice.randrange(10**9):09d}"
        total = 1_000 + dice.randrange(100_000)
        paid = placed if payment == "paid" else None
        key = int(placed.timestamp() * 1000) << 80 | 7 << 76 | dice.getrandbits(12) << 64 | 2 << 62 | dice.getrandbits(62)
        yield like | {
            "id": UUID(int=key), "number": f"{placed:%y%m%d}-{n % 10**7:07d}-1", "group_id": UUID(int=dice.getrandbits(128)), "status": status,
            "payment_status": payment, "fulfilment_status": fulfilment, "open_returns": returns, "items_minor": total, "freight_minor": 0, "total_minor": total,
            "tax_minor": 0, "commission_minor": total // 20, "address": json.dumps(address | {"recipient": name, "phone": phone}, ensure_ascii=False),
            "recipient_key": keys[name].name, "recipient_pinyin": keys[name].pinyin, "recipient_initials": keys[name].initials, "phone_key": phone[:0:-1],
            "placed_at": placed, "paid_at": paid, "ship_by": paid and paid + timedelta(days=3), "completed_at": placed if status == "completed" else None,
            "cancelled_at": placed if status == "cancelled" else None,
        }  # fmt: skip


def _line(like: dict[str, Any], order: dict[str, Any], n: int) -> dict[str, Any]:
    total = order["total_minor"]
    shipped = 1 if order["fulfilment_status"] in ("shipped", "delivered") else 0
    return like | {
        "id": UUID(int=order["id"].int + 1), "order_id": order["id"], "position": 0, "sku": f"SKU-{n % 5_000}", "quantity": 1, "packed": 0, "shipped": shipped,
        "cancelled": 0, "returned": 0, "unit_minor": total, "total_minor": total, "freight_minor": 0, "tax_minor": 0, "commission_minor": total // 20,
    }  # fmt: skip


def _copy(cursor: Any, table: str, names: list[str], made: Any) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as into:
        for one in made:
            into.write_row([one[name] for name in names])


def check() -> Row:
    """Constraints hold, or COPY had failed; what the verbs keep besides is compared row by row in a sample, with what they have written in it."""
    from django.db.models import F, Sum

    from marketplace.merchant.orders.models import SEARCH_KEYS, Order
    from marketplace.merchant.orders.search_keys import set_search_keys

    sample = [*Order.objects.order_by("pk")[:500], *Order.objects.order_by("-pk")[: BY_VERBS + 500]]
    wrong = 0
    for order in sample:
        before = [getattr(order, key) for key in SEARCH_KEYS]
        set_search_keys(order)
        wrong += before != [getattr(order, key) for key in SEARCH_KEYS]
    ids = [order.pk for order in sample]
    wrong += Order.objects.filter(pk__in=ids).annotate(lines_sum=Sum("lines__total_minor")).exclude(lines_sum=F("items_minor")).count()
    return row("loaded orders that differ from what the verbs write", wrong, "orders", goal=exactly(0), note=f"of {len(sample)} compared")


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def pages(short: bool) -> list[Row]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from marketplace.merchant.orders.models import Order
    from marketplace.web.lists.keyset import cursor as cursor_of
    from tenants.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email="owner-1@bench.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    host = f"{grounds.slug(1)}.seller.market.localhost"
    newest = Order.objects.order_by("-placed_at", "-pk")
    far, some = newest[25 * 199 - 1], newest[12_345]
    a_year_ago = datetime.now(UTC) - timedelta(days=365)
    tabs = ("to_ship", "unpaid", "shipped", "after_sales", "completed", "cancelled")
    asked = {
        "unfiltered": "",
        **{f"tab {tab}": f"show={tab}" for tab in tabs},
        "by number": f"q={some.number}",
        "by recipient 陈望舒": "q=陈望舒",
        "by pinyin chenwangshu": "q=chenwangshu",
        "by initials cws": "q=cws",
        "by family chen": "q=chen",
        "by end of phone": f"q={some.address['phone'][-4:]}",
        "by SKU": "q=SKU-77",
        "of nobody": "q=nobodyofthisname",
        "of some days": f"since={some.placed_at:%Y-%m-%d}&until={far.placed_at:%Y-%m-%d}",
        "since a year": f"since={a_year_ago:%Y-%m-%d}",
        "by amount": "sort=-amount",
        "completed by amount": "show=completed&sort=amount",
        "to ship by clock": "show=to_ship&sort=status",
        "oldest first": "sort=order",
        "page 200": f"after={cursor_of(far, ['placed_at', 'pk'])}",
    }

    def ask(query: str) -> float:
        began = time.perf_counter()
        response = client.get(f"/orders/?{query or 'view='}", headers={"host": host, "accept-language": "zh-hans"})
        if response.status_code != 200:
            raise RuntimeError(f"{response.status_code} for {query}")
        return 1e3 * (time.perf_counter() - began)

    def limit() -> float:
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM merchant_orders_order ORDER BY placed_at DESC, id DESC LIMIT 26")
            cursor.fetchall()
        return 1e3 * (time.perf_counter() - began)

    say("pages")
    times: dict[str, list[float]] = {name: [] for name in asked}
    limits: list[float] = []
    for query in asked.values():
        ask(query)  # warm
    from tenants.tenancy.schemas import current_merchant_id, merchant_schema

    merchant_id = current_merchant_id()
    for _round in range(ASKED[short]):
        with merchant_schema(merchant_id):
            limits.append(limit())
        for name, query in asked.items():
            times[name].append(ask(query))
    beside = at(limits, 0.95)
    found = [row(f"{name}, p95", at(of, 0.95), "ms", beside=beside, goal=MOST_MS, note=f"p50 {at(of, 0.5):.0f} ms") for name, of in times.items()]
    first, last = sorted(times["unfiltered"]), sorted(times["page 200"])
    ratio = last[len(last) // 2] / first[len(first) // 2]
    return [row("limit: the bare SQL of a page, p95", beside, "ms"), *found, row("page 200 by page 1, p50", ratio, "times", goal=MOST_SLOWER)]


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────────

WORKER = """
import sys, time
import django
django.setup()
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.backoffice.events import ListJobAsked
from marketplace.web import list_jobs
peak = lambda: next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
before, began = peak(), time.perf_counter()
list_jobs.run_list_job(ListJobAsked(job_id=sys.argv[1]))
print(before, peak(), time.perf_counter() - began)
"""


def file_of_all(merchant_id: UUID, env: dict[str, str], orders: int) -> list[Row]:
    """The job in a process of its own, as a worker runs it."""
    found: list[Row] = []
    for form in ("csv", "xlsx"):
        say(f"{orders:,} orders as {form}")
        job = _ask(merchant_id, form)
        done = subprocess.run([sys.executable, "-c", WORKER, str(job)], env=env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        before, peak, took = map(float, done.stdout.split()[-3:])
        rows, size = _ended(job)
        found += [
            row(f"{form}: rows in the file", rows, "rows", goal=at_least(orders), note=f"{size / 1e6:.0f} MB in {took:.0f} s, {orders / took:,.0f} orders/s"),
            row(f"{form}: growth of the worker's memory at its peak", peak - before, "MB", goal=MOST_MB, note=f"from {before:.0f} MB"),
        ]
    return found


def _ask(merchant_id: UUID, form: str) -> UUID:
    from marketplace.kernel.actors import Actor
    from marketplace.merchant.orders.models import Order
    from marketplace.platform.backoffice.actions import ask_for_job
    from marketplace.platform.backoffice.models import ListJob
    from marketplace.web.lists.keyset import first_cursor
    from tenants.accounts.models import User
    from tenants.tenancy.schemas import merchant_schema

    owner = User.objects.get(email="owner-1@bench.localhost")
    with merchant_schema(merchant_id):
        start = first_cursor(Order.objects.all(), ("-placed_at", "-pk"))
    job = ListJob(merchant_id=merchant_id, list_name="orders", kind=ListJob.Kind.EXPORT, what=form, start=start)
    return UUID(str(ask_for_job(by=Actor(kind="person", user_id=owner.pk, label=owner.email), job=job).pk))


def _ended(job_id: UUID) -> tuple[int, int]:
    from marketplace.platform.backoffice.models import ListJob

    job = ListJob.objects.get(pk=job_id)
    if job.status != "done":
        raise RuntimeError(f"{job.status}: {job.refusals}")
    return job.done, job.size
