"""What the demo takes: gunicorn with two workers, the Celery worker and the scheduler, after pages of every kind were served."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from bench import grounds
from bench.measure import Row, at_most, pss_mb, row, say, with_children
from bench.visitor import Visitor

if TYPE_CHECKING:
    from launch.demo import Demo

MOST_WEB_MB = at_most(350)
ROUNDS = {True: 8, False: 40}  # short: how often every page is asked for
AT_ONCE = 8  # two workers of four threads
PEERS = "memory of two web workers on such a machine, measured earlier: Vendure 3.7 233 MB, Saleor 3.24 566 MB, django-oscar 4.2 199 MB"


def run(short: bool) -> list[Row]:
    with grounds.demo() as (launched, demo):
        pages = warm(launched.PORT, launched.HOST, launched.PASSWORD, ROUNDS[short])
        rows = figures(demo, pages)
    say(PEERS)
    return rows


def figures(demo: Demo, pages: int) -> list[Row]:
    pids = {name: with_children(process.pid) for name, process in demo.started}
    sizes = {name: sum(pss_mb(pid) for pid in of) for name, of in pids.items()}
    web = pids["web"]
    return [
        row(f"gunicorn, master and {len(web) - 1} workers, PSS", sizes["web"], "MB", goal=MOST_WEB_MB, note=f"after {pages} pages"),
        row("of it the master", pss_mb(web[0]), "MB"),
        row(f"worker, Celery with {len(pids['worker']) - 1} processes, PSS", sizes["worker"], "MB"),
        row("scheduler, PSS", sizes["scheduler"], "MB"),
        row("Valkey, PSS", sizes["Valkey"], "MB"),
        row("PostgreSQL with all its sessions, PSS", sizes["PostgreSQL"], "MB"),
    ]


def warm(port: int, host: str, password: str, rounds: int) -> int:
    """Ask for pages of all four kinds of host, again and again, until every thread has served them. How many were asked for."""
    market, shop, workbench, console = (f"http://{name}{host}:{port}" for name in ("", "kiln.", "kiln.seller.", "ops."))
    buyer, owner, operator = Visitor(port), Visitor(port), Visitor(port)
    buyer.sign_in(market, "lin@buyer.localhost", password)
    owner.sign_in(market, "owner@kiln.localhost", password)
    operator.sign_in(console, "operator@market.localhost", password)
    home = buyer.get(f"{market}/").body
    goods, categories = _links(home, r"/p/[0-9a-f-]{36}/"), _links(home, r"/c/\d+/")
    for path in goods[:6]:  # more than one: what had its last pieces sold goes out of stock when the worker gets to it
        variant = re.search(r'name="variant" value="([0-9a-f-]{36})"', buyer.get(market + path).body)
        if variant and buyer.post(f"{market}/cart/add/", {"variant": variant[1], "quantity": "1"}).status != 200:
            raise RuntimeError("nothing was put into the cart")
    product = _links(owner.get(f"{workbench}/products/").body, r"/products/[0-9a-f-]{36}/")[0]
    merchant = _links(operator.get(f"{console}/merchants/").body, r"/merchants/[0-9a-f-]{36}/")[0]
    asked = [
        *((buyer, market, path) for path in ["/", "/shops/", "/search/?q=杯", "/search/?q=cup", *goods[:6], *categories[:6]]),
        *((buyer, market, path) for path in ["/cart/", "/checkout/", "/orders/", "/account/", "/account/addresses/"]),
        (buyer, shop, "/"),
        *((owner, workbench, path) for path in ["/", "/orders/", "/products/", product, "/products/new/", "/statements/", "/log/", "/cms/", "/cms/images/"]),
        *((operator, console, path) for path in ["/", "/merchants/", merchant, "/orders/", "/settlement/", "/statements/", "/journal/", "/log/", "/cms/"]),
    ]
    say(f"{rounds} times {len(asked)} pages, {AT_ONCE} at once")

    def ask(who: Visitor, base: str, path: str) -> None:
        page = who.get(urljoin(base, path))
        if page.status != 200 or page.url != urljoin(base, path):
            raise RuntimeError(f"{page.status} at {page.url}, asked for {base}{path}")

    for who, base, path in asked:
        ask(who, base, path)  # one by one: hand-overs set cookies
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for done in [threads.submit(ask, *one) for _round in range(rounds) for one in asked]:
            done.result()
    return (rounds + 1) * len(asked)


def _links(page: str, pattern: str) -> list[str]:
    return sorted(set(re.findall(rf'href="(?:https?://[^/"]+)?({pattern})', page)))
