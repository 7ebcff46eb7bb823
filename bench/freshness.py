"""How soon a change is seen: approval to findable on both backends, and letting a shop in to its first page.

With the real web server, worker, scheduler and Elasticsearch. The time begins when the verb has returned, so when its change is
committed, and ends when somebody who looks all the time sees it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from bench import grounds, market
from bench.measure import Row, at, at_most, exactly, row, say
from bench.visitor import Visitor
from launch import elasticsearch
from launch.paths import cache

PRODUCTS, SHOPS = {True: 40, False: 200}, {True: 15, False: 60}  # short: approvals, openings
MOST_TO_FIND_S, MOST_TO_OPEN_S = at_most(2.0), at_most(3.0)
PATIENCE_S, LOOK_EVERY_S = 20.0, 0.02


def run(short: bool) -> list[Row]:
    port = grounds.free_port()
    with grounds.cluster() as cluster, grounds.broker() as broker:
        say("Elasticsearch")
        server = elasticsearch.start(cache() / grounds.FOLDER / "elasticsearch", fresh=True, heap="512m", is_lasting=True)
        try:
            base = f"http://market.localhost:{port}"
            env = grounds.enter(cluster, "bench_freshness", broker.url(), BASE_URL=base, RATE_LIMIT_FACTOR="1000", ELASTICSEARCH_URL=server.url())
            goods = market.open_shops(1)
            _index_anew()
            grounds.prepare_pages(env)
            with grounds.product(env, port, "web", "worker", "scheduler"):
                rows = approvals(goods.shops[0][0][0], PRODUCTS[short])
                rows += openings(port, SHOPS[short])
            return rows
        finally:
            elasticsearch.stop(server)


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


def approvals(merchant_id: UUID, count: int) -> list[Row]:
    """A new product each time, submitted by its merchant, with a word that no other has."""
    from search.backends.choice import configured
    from search.backends.postgres import PostgresBackend

    say(f"{count} approvals")
    backends: dict[str, Any] = {"PostgreSQL": PostgresBackend(), "Elasticsearch": configured()}
    seconds: dict[str, list[float]] = {name: [] for name in backends}
    lost = 0
    for n in range(count + 1):  # the first warms the worker
        word = f"fresh{uuid4().hex[:10]}"
        approve, product_id = _submitted(merchant_id, f"Mug {word}")
        time.sleep(0.3)  # what followed from submitting is over
        approve()
        seen = _when_seen({name: partial(_finds, backend, word, product_id) for name, backend in backends.items()})
        if n:
            for name in backends:
                seconds[name].append(seen.get(name, PATIENCE_S))
            lost += len(seen) < len(backends)
    return [
        *(row(f"approval to findable in {name}, p50", at(each, 0.5), "s") for name, each in seconds.items()),
        *(row(f"approval to findable in {name}, p95", at(each, 0.95), "s", goal=MOST_TO_FIND_S, note=f"of {count}") for name, each in seconds.items()),
        row(f"approvals not found within {PATIENCE_S:.0f} s", lost, "products", goal=exactly(0)),
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
        seen = _when_seen({"page": partial(_answers, port, url)})
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


def _when_seen(looks: dict[str, Callable[[], bool]]) -> dict[str, float]:
    """After how many seconds each of these was true; what was not within PATIENCE_S is left out."""
    began = time.monotonic()
    seen: dict[str, float] = {}
    while len(seen) < len(looks) and time.monotonic() < began + PATIENCE_S:
        for name, look in looks.items():
            if name not in seen and look():
                seen[name] = time.monotonic() - began
        time.sleep(LOOK_EVERY_S)
    return seen
