"""How soon a change is seen: approval to findable on both backends, and corrections of prices and stock, alone and while 200 changes a second come in;
letting a shop in to its first page. Then whether searches go on: while Elasticsearch is away (proof R8), and while indexes are built anew.

With the real web server, worker, scheduler and Elasticsearch. The time begins when the verb has returned, so when its change is
committed, and ends when somebody who looks all the time sees it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from bench import away, changing, grounds, market, turning
from bench.changing import MOST_LOST, MOST_TO_FIND_S, PATIENCE_S, both, when_seen
from bench.measure import Row, at, at_most, exactly, row, say
from bench.visitor import Visitor
from launch import elasticsearch
from launch.paths import cache

PRODUCTS, CORRECTIONS, SHOPS = {True: 40, False: 200}, {True: 30, False: 150}, {True: 15, False: 60}  # short: approvals, corrections, openings
MOST_TO_OPEN_S = at_most(3.0)


def run(short: bool) -> list[Row]:
    port = grounds.free_port()
    with grounds.cluster() as cluster, grounds.broker() as broker:
        say("Elasticsearch")
        server = away.Elastic(cache() / grounds.FOLDER / "elasticsearch")
        url = server.server.url()
        try:
            base = f"http://market.localhost:{port}"
            more = {"BASE_URL": base, "RATE_LIMIT_FACTOR": "0", "PAGE_CACHE_S": "0", "ELASTICSEARCH_URL": url}
            env = grounds.enter(cluster, "bench_freshness", broker.url(), **more)
            merchant_id = market.open_shops(1).shops[0][0][0]
            say(f"{changing.SHOPS * changing.PRODUCTS:,} goods that change")
            for number in range(2, changing.SHOPS + 2):
                grounds.open_shop(number)
            goods = [article for number in range(2, changing.SHOPS + 2) for article in changing.enter_goods(number, changing.PRODUCTS, "moving")]
            watched = changing.enter_goods(1, changing.WATCHED, "watched")
            _index_anew()
            grounds.prepare_pages(env)
            with grounds.product(env, port, "web", "worker", "scheduler"):
                rows = approvals(merchant_id, PRODUCTS[short]) + changing.corrections(watched, CORRECTIONS[short])
                stream = changing.Changing(goods)
                with stream:
                    time.sleep(5)
                    while_ = f" while {changing.PER_S} changes/s come in"
                    rows += approvals(merchant_id, PRODUCTS[short], while_) + changing.corrections(watched, CORRECTIONS[short], while_)
                rows += changing.afterwards(stream)
                rows += openings(port, SHOPS[short])
                rows += away.measure(server, port, goods, short)
            return rows + turning.measure(cluster, broker.url(), url, short)
        finally:
            elasticsearch.stop(server.server)


def _index_anew() -> None:
    """What was put on sale before Elasticsearch was looked after; the reactions to it are over."""
    from marketplace.kernel.relay import deliver_events
    from search import indexer
    from search.backends.choice import configured

    deliver_events()
    server = configured()
    if server is None:
        raise RuntimeError("no Elasticsearch is configured")
    indexer.rebuild(server)


def approvals(merchant_id: UUID, count: int, while_: str = "") -> list[Row]:
    """A new product each time, submitted by its merchant, with a word that no other has. `while_`: what goes on besides."""
    say(f"{count} approvals{while_}")
    backends = both()
    seconds: dict[str, list[float]] = {name: [] for name in backends}
    lost = 0
    for n in range(count + 1):  # the first warms the worker
        word = f"fresh{uuid4().hex[:10]}"
        approve, product_id = _submitted(merchant_id, f"Mug {word}")
        time.sleep(0.3)  # what followed from submitting is over
        approve()
        seen = when_seen({name: partial(_finds, backend, word, product_id) for name, backend in backends.items()})
        if n:
            for name in backends:
                seconds[name].append(seen.get(name, PATIENCE_S))
            lost += len(seen) < len(backends)
        if lost == MOST_LOST:
            break
    return [
        *(row(f"approval to findable in {name}, p50{while_}", at(each, 0.5), "s") for name, each in seconds.items()),
        *(
            row(f"approval to findable in {name}, p95{while_}", at(each, 0.95), "s", goal=MOST_TO_FIND_S, note=f"of {len(each)}")
            for name, each in seconds.items()
        ),
        row(f"approvals not found within {PATIENCE_S:.0f} s{while_}", lost, "products", goal=exactly(0)),
    ]


def _submitted(merchant_id: UUID, title: str) -> tuple[Callable[[], object], UUID]:
    """What approves the product, and its key."""
    from marketplace.flows.review_product import approve_change, save_product
    from marketplace.kernel.actors import SYSTEM
    from marketplace.kernel.money import Money
    from marketplace.merchant.catalogue.actions import VariantInput
    from marketplace.platform.listings.models import ProductChange
    from tenants.tenancy.schemas import merchant_schema

    variant = VariantInput(sku=uuid4().hex[:12])
    with merchant_schema(merchant_id):
        product = save_product(
            by=SYSTEM,
            product_id=uuid4(),
            is_new=True,
            submits=True,
            product=market.product_input(title, [variant], []),
            prices={variant.id: (Money(2_500, "CNY"), None)},
            stock={variant.id: 10},
        )
        product_id = UUID(str(product.pk))
    change = ProductChange.objects.get(product_id=product_id, status=ProductChange.Status.WAITING)
    return lambda: approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version), product_id


def _finds(backend: Any, word: str, product_id: UUID) -> bool:
    from search.contract import Query

    return product_id in backend.search(Query(text=word)).ids


def openings(port: int, count: int) -> list[Row]:
    """A shop let in each time; it is open when its first page is answered."""
    from marketplace.flows.open_shop import open_shop
    from marketplace.kernel.actors import SYSTEM

    say(f"{count} openings")
    seconds: list[float] = []
    lost = 0
    for number in range(100, 100 + count + 1):  # the first warms the worker
        names = {"zh-hans": f"商铺 {number}", "en": f"Shop {number}"}
        owner = f"owner-{number}@bench.localhost"
        open_shop(by=SYSTEM, merchant_id=grounds.merchant_id(number), slug=grounds.slug(number), names=names, owner_email=owner)
        url = f"http://{grounds.slug(number)}.market.localhost:{port}/"
        seen = when_seen({"page": partial(_answers, port, url)})
        if number > 100:
            seconds.append(seen.get("page", PATIENCE_S))
            lost += not seen
    return [
        row("shop let in to its first page, p50", at(seconds, 0.5), "s"),
        row("shop let in to its first page, p95", at(seconds, 0.95), "s", goal=MOST_TO_OPEN_S, note=f"of {count}"),
        row(f"shops not open within {PATIENCE_S:.0f} s", lost, "shops", goal=exactly(0)),
    ]


def _answers(port: int, url: str) -> bool:
    return Visitor(port).get(url).status == 200
