"""Goods whose prices and stock change all the time, by the product's verbs, as merchants' other systems send them; and how soon single corrections among
them are found."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID

from bench import grounds, market
from bench.beside import Beside
from bench.measure import Row, at, at_least, at_most, exactly, row, say

SHOPS, PRODUCTS = 4, 600  # goods that change: each every twelve seconds
WATCHED = 20  # goods of the first shop that nothing else changes
PER_S, TOGETHER = 200, 20  # changes a second; of one shop in one transaction
STOCK = 100
MOST_TO_FIND_S = at_most(2.0)
PATIENCE_S, LOOK_EVERY_S = 20.0, 0.02
MOST_LOST = 3  # that are waited for in vain: whoever has fallen behind stays so

Article = tuple[UUID, UUID, str]  # merchant, variant, and a word that no other article has


def enter_goods(number: int, count: int, name: str) -> list[Article]:
    """Products of one variant each in shop `number`, entered as an import enters them."""
    from marketplace.flows.import_batch import ImportedProduct
    from marketplace.flows.import_products import import_products
    from marketplace.kernel.actors import SYSTEM
    from marketplace.kernel.money import Money
    from marketplace.merchant.catalogue.actions import VariantInput
    from tenants.tenancy.schemas import merchant_schema

    merchant_id = grounds.merchant_id(number)
    articles, products = [], []
    for n in range(count):
        variant, word = VariantInput(sku=f"{name}-{number}-{n}"), f"{name}{_in_letters(1000 * number + n)}"
        product = market.product_input(f"杯子 Mug {word}", [variant], [], source_ref=variant.sku)
        products.append(ImportedProduct(product, {variant.sku: Money(2_500, "CNY")}, {variant.sku: STOCK}))
        articles.append((variant.sku, word))
    with merchant_schema(merchant_id):
        for start in range(0, count, 200):
            done = import_products(by=SYSTEM, products=products[start : start + 200])
            if done.entered != len(products[start : start + 200]):
                raise RuntimeError(f"{done.entered} products were entered: {done.refused[:3]}")
        keys = _variants(merchant_id)
    return [(merchant_id, keys[sku], word) for sku, word in articles]


def _in_letters(number: int) -> str:
    """Consonants, so that search neither parts nor stems it."""
    return "".join("kmprtvwxzb"[int(digit)] for digit in str(number))


def _variants(merchant_id: UUID) -> dict[str, UUID]:
    """Of a shop on sale, by SKU."""
    from marketplace.platform.listings.models import ListingVariant

    return dict(ListingVariant.objects.filter(listing__merchant_id=merchant_id).values_list("sku", "pk"))


# ── changes all the time ─────────────────────────────────────────────────────────────────────────────────────────────


_seeds = itertools.count(5)  # who changes goods later than another changes them otherwise


class Changing(Beside):
    """While this is entered a process changes `per_s` articles a second, one part of a shop after another: prices in one round, stock to nothing and back
    in the next. Afterwards `per_s` says how many it were."""

    def __init__(self, goods: Sequence[Article], per_s: int = PER_S) -> None:
        parts = [list(goods[start : start + TOGETHER]) for start in range(0, len(goods), TOGETHER)]
        super().__init__(_change, parts, TOGETHER / per_s, next(_seeds))

    @property
    def per_s(self) -> float:
        return self.result or 0.0


def _change(parts: list[list[Article]], every_s: float, seed: int, ends: Any, result: Connection) -> None:
    """One part each `every_s`; who comes late goes on without a pause."""
    from marketplace.merchant.inventory.queries import available_of

    dice = random.Random(seed)
    stock = [available_of(merchant_id, variant_id) for (merchant_id, variant_id, _word), *_others in parts]
    began, changed = time.monotonic(), 0
    for turn, number in enumerate(cycle(range(len(parts)))):
        if ends.is_set():
            break
        if (turn // len(parts) + number) % 2:
            set_prices(parts[number], [2_000 + dice.randrange(1_000) for _article in parts[number]])
        else:
            stock[number] = 0 if stock[number] else STOCK
            count_stock(parts[number], stock[number])
        changed += len(parts[number])
        time.sleep(max(0.0, began + (turn + 1) * every_s - time.monotonic()))
    result.send(changed / (time.monotonic() - began))


def set_prices(articles: Sequence[Article], minor: Sequence[int]) -> None:
    """Of articles of one shop."""
    from marketplace.flows import prices
    from marketplace.kernel.actors import SYSTEM
    from marketplace.kernel.money import Money
    from tenants.tenancy.schemas import merchant_schema

    with merchant_schema(articles[0][0]):
        new = {variant_id: (Money(each, "CNY"), None) for (_merchant, variant_id, _word), each in zip(articles, minor, strict=True)}
        prices.set_prices(by=SYSTEM, prices=new)


def count_stock(articles: Sequence[Article], pieces: int) -> None:
    """Of articles of one shop."""
    from marketplace.kernel.actors import SYSTEM
    from marketplace.merchant.inventory import actions
    from tenants.tenancy.schemas import merchant_schema

    with merchant_schema(articles[0][0]):
        actions.count_stock(by=SYSTEM, counted={variant_id: pieces for _merchant, variant_id, _word in articles})


# ── single corrections ───────────────────────────────────────────────────────────────────────────────────────────────


def corrections(watched: Sequence[Article], count: int, while_: str = "") -> list[Row]:
    """One article's price, and its stock to nothing and back, each from the moment its verb returned. `while_`: what goes on besides."""
    say(f"{count} corrections of prices and of stock{while_}")
    backends = both()
    seconds: dict[tuple[str, str], list[float]] = {(what, name): [] for what in ("price", "stock") for name in backends}
    lost = 0
    for n, article in zip(range(count + 1), cycle(watched), strict=False):  # the first warms
        for what, change, finds in _steps(article, n):
            change()
            seen = when_seen({name: partial(finds, backend) for name, backend in backends.items()})
            if n:
                for name in backends:
                    seconds[what, name].append(seen.get(name, PATIENCE_S))
                lost += len(seen) < len(backends)
        if lost >= MOST_LOST:
            break
    rows = []
    for (what, name), each in seconds.items():
        rows.append(row(f"correction of {what} to findable in {name}, p50{while_}", at(each, 0.5), "s"))
        rows.append(row(f"correction of {what} to findable in {name}, p95{while_}", at(each, 0.95), "s", goal=MOST_TO_FIND_S, note=f"of {len(each)}"))
    return [*rows, row(f"corrections not found within {PATIENCE_S:.0f} s{while_}", lost, "corrections", goal=exactly(0))]


def _steps(article: Article, n: int) -> list[tuple[str, Callable[[], None], Callable[[Any], bool]]]:
    """What is corrected, the change, and whether a backend knows it."""
    from search.contract import Query

    price, word = 5_000 + n, article[2]

    def found(**chosen: Any) -> Callable[[Any], bool]:
        return lambda backend: bool(backend.search(Query(text=word, exact=True, **chosen)).total)

    return [
        ("price", partial(set_prices, [article], [price]), found(price_from=price, price_to=price)),
        ("stock", partial(count_stock, [article], 0), lambda backend: not found(in_stock=True)(backend)),
        ("stock", partial(count_stock, [article], STOCK), found(in_stock=True)),
    ]


def both() -> dict[str, Any]:
    """The two backends as the product has them."""
    from search.backends.choice import configured
    from search.indexer import postgres

    return {"PostgreSQL": postgres, "Elasticsearch": configured()}


def when_seen(looks: dict[str, Callable[[], bool]]) -> dict[str, float]:
    """After how many seconds each of these was true; what was not within PATIENCE_S is left out."""
    began = time.monotonic()
    seen: dict[str, float] = {}
    while len(seen) < len(looks) and time.monotonic() < began + PATIENCE_S:
        for name, look in looks.items():
            if name not in seen and look():
                seen[name] = time.monotonic() - began
        time.sleep(LOOK_EVERY_S)
    return seen


# ── what comes of it ─────────────────────────────────────────────────────────────────────────────────────────────────


def afterwards(changing: Changing) -> list[Row]:
    """Whether as many came in as are spoken of, and when both indexes were as the goods are once they ended."""
    whole = {name: whole_s(backend) for name, backend in both().items()}
    return [
        row("changes that came in", changing.per_s, "1/s", goal=at_least(0.95 * PER_S), note=f"{TOGETHER} of a shop at once, {SHOPS * PRODUCTS:,} goods"),
        *(row(f"all changes in {name} after the last", each, "s", goal=at_most(WHOLE_S)) for name, each in whole.items()),
    ]


WHOLE_S = 60.0


def whole_s(backend: Any) -> float:
    """After how many seconds an index is as the goods are; twice WHOLE_S if it is not by then."""
    from search.contract import BackendAway
    from search.drift import drift_of

    began = time.monotonic()
    while time.monotonic() < began + 2 * WHOLE_S:
        try:
            backend.refresh()
            if not drift_of(backend).keys:
                return time.monotonic() - began
        except BackendAway:
            pass
        time.sleep(0.2)
    return 2 * WHOLE_S
