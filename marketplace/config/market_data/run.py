"""The import from end to end. Every change goes through a verb or flow, so it may be stopped anywhere and run again."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from django.db import connection
from django.utils import translation

from demo.media import copy_picture
from marketplace.config.market_data.categories import OTHER, category_of, code_of, picture_of, standing
from marketplace.config.market_data.places import Places, put_places
from marketplace.config.market_data.properties import Vocabulary, colours_of
from marketplace.config.market_data.reading import BIKES, PRODUCTS, Goods, Problem, goods_of
from marketplace.config.market_data.shopping import open_all, shops_of
from marketplace.config.market_data.tables import table
from marketplace.config.market_data.taxonomy import COLOUR, GENDER, SIZE, Keys, brand_code, describe, put_taxonomy
from marketplace.flows.import_batch import Imported, ImportedProduct
from marketplace.flows.import_products import MOST_AT_ONCE, import_products
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money, minor_digits
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema

BY = Actor(kind="system", label="import_market_data")
LOCK = "wanshang.import_market_data"


class AnotherRuns(RuntimeError):
    """The same import is running on this database."""


@dataclass
class Result:
    """What was done, and the rows that were left out."""

    places: Places = field(default_factory=Places)
    imported: Imported = field(default_factory=Imported)
    problems: list[Problem] = field(default_factory=list)
    goods: int = 0
    shops: int = 0
    other: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[part] += time.monotonic() - began


@dataclass(frozen=True)
class Wishes:
    """How to import. `rates`: units of the market's currency for one of the file's. `own_shop`: so many goods make a brand's shop.
    Without `goods`: divisions and carriers alone."""

    rates: Mapping[str, Decimal]
    own_shop: int = 350
    gifts: bool = False
    goods: bool = True
    most: int | None = None
    password: str | None = None


def import_all(folder: Path, wishes: Wishes, *, progress: Callable[[int, int], None] = lambda done, of: None) -> Result:
    """Everything in the folder. `progress` hears how many goods are done, after each batch. Raises AnotherRuns."""
    with _alone():
        return _import_all(folder, wishes, progress)


def _import_all(folder: Path, wishes: Wishes, progress: Callable[[int, int], None]) -> Result:
    result = Result()
    with result.timed("divisions and carriers"):
        result.places = put_places(folder, result.problems, by=BY)
    if not wishes.goods:
        return result
    currency = Market.objects.get().currency
    with result.timed("reading and describing"):
        goods = goods_of(folder, result.problems, gifts=wishes.gifts)
        categories = {one.ref: category_of(one) for one in goods}
        goods_in = Counter(categories.values())
        vocabulary = Vocabulary((categories[one.ref], one.properties) for one in goods if one.file == PRODUCTS)
    with result.timed("taxonomy"):
        bikes = str(table("shops")["bikes"]["brand"])
        keys = put_taxonomy(
            folder,
            result.problems,
            by=BY,
            goods_in=goods_in,
            vocabulary=vocabulary,
            sizes={part.size for one in goods for part in one.parts if part.size},
            brands=sorted({one.brand for one in goods if one.brand} | {bikes}),
        )
    categories = {ref: standing(category, keys.categories) for ref, category in categories.items()}
    shops = shops_of(goods, categories, wishes.own_shop)
    if wishes.most is not None:  # who sells what, and what things are called, follow from all goods all the same
        shops = {shop: _spread(sold, wishes.most, len(goods)) for shop, sold in shops.items()}
    with result.timed("shops"):
        merchants = open_all(list(shops), by=BY, password=wishes.password)
    used: dict[str, Counter[str]] = defaultdict(Counter)
    wanted = [one for sold in shops.values() for one in sold]
    result.goods, result.shops, result.other = len(wanted), len(shops), sum(categories[one.ref] == OTHER for one in wanted)
    done = 0
    for shop, sold in shops.items():
        with merchant_schema(merchants[shop].pk):
            maker = Maker(keys, vocabulary, categories, currency, wishes.rates, used)
            for start in range(0, len(sold), MOST_AT_ONCE):
                batch = sold[start : start + MOST_AT_ONCE]
                with result.timed("reading and describing"):
                    made = [maker.product(one) for one in batch]
                with result.timed("products"), translation.override("en"):  # the language of the command line, for refusals
                    part = import_products(by=BY, products=made)
                result.imported += part
                result.problems += _as_problems(part, batch)
                done += len(batch)
                progress(done, len(wanted))
        with result.timed("search index"):
            deliver_events()
    with result.timed("taxonomy"):
        describe(by=BY, keys=keys, used=used, goods_in=goods_in)
    return result


def _spread(goods: list[Goods], most: int, of: int) -> list[Goods]:
    """A shop's share when of all goods only about so many are wanted, taken evenly."""
    return goods[:: max(1, -(-of // most))]


def _as_problems(part: Imported, batch: list[Goods]) -> list[Problem]:
    at = {one.ref: one for one in batch}
    return [Problem(at[ref].file, at[ref].line, why) for ref, why in part.refused if ref in at]


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK])
        if not cursor.fetchone()[0]:
            raise AnotherRuns(LOCK)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [LOCK])


class Maker:
    """Makes inputs of the flow from goods, in the schema of the shop that sells them."""

    def __init__(
        self, keys: Keys, vocabulary: Vocabulary, categories: Mapping[str, str], currency: str, rates: Mapping[str, Decimal], used: dict[str, Counter[str]]
    ) -> None:
        self.keys, self.vocabulary, self.categories, self.currency, self.rates, self.used = keys, vocabulary, categories, currency, rates, used

    def product(self, goods: Goods) -> ImportedProduct:
        category = self.categories[goods.ref]
        axes = self._axes(goods)
        attributes = self._attributes(goods, category, axes)
        self.used[category].update({*axes, *(code for code, _values, _text in attributes)})
        brand = str(table("shops")["bikes"]["brand"]) if goods.file == BIKES else goods.brand
        picture = copy_picture(picture_of(category))
        return ImportedProduct(
            product=ProductInput(
                category_id=self.keys.categories[code_of(category)],
                titles=goods.titles,
                descriptions=goods.texts,
                brand_id=self.keys.brands.get(brand_code(brand)) if brand else None,
                axes=[self.keys.attributes[code] for code in axes],
                attributes=[[self.keys.attributes[code], [self.keys.values[code, value] for value in values], text] for code, values, text in attributes],
                variants=[VariantInput(sku=part.sku, options=self._options(part.colour, part.size, axes)) for part in goods.parts],
                pictures=[(picture, goods.titles)],
                source_ref=goods.ref,
            ),
            prices={part.sku: converted(part.price, self.rates[goods.currency], self.currency) for part in goods.parts},
            stock={part.sku: stock_of(part.sku) for part in goods.parts},
        )

    def _axes(self, goods: Goods) -> list[str]:
        """What tells the variants apart: colour, size, both, or nothing."""
        axes = []
        if any(part.colour for part in goods.parts) and COLOUR in self.keys.attributes:
            axes.append(COLOUR)
        if any(part.size for part in goods.parts):
            axes.append(SIZE)
        return axes if len(goods.parts) > 1 else []

    def _options(self, colour: str, size: str, axes: list[str]) -> dict[int, int]:
        options: dict[int, int] = {}
        if COLOUR in axes and (value := self._colour(colour)):
            options[self.keys.attributes[COLOUR]] = value
        if SIZE in axes and size:
            options[self.keys.attributes[SIZE]] = self.keys.values[SIZE, size]
        return options

    def _colour(self, colour: str) -> int | None:
        code = colour.lower().replace("/", "_").replace(" ", "_")
        code = {"grey": "gray", "multi": "multicolor"}.get(code, code)
        return self.keys.values.get((COLOUR, f"color__{code}"))

    def _attributes(self, goods: Goods, category: str, axes: list[str]) -> list[tuple[str, list[str], dict[str, str] | None]]:
        """(attribute code, value codes, text) in the order of the specification."""
        rows: list[tuple[str, list[str], dict[str, str] | None]] = []
        colours = colours_of(goods.properties) or [part.colour.lower() for part in goods.parts[:1] if part.colour]
        known = [f"color__{code}" for code in colours if (COLOUR, f"color__{code}") in self.keys.values]
        if known and COLOUR not in axes:
            rows.append((COLOUR, known, None))
        if goods.properties.get("gender") in ("F", "M") and goods.file != PRODUCTS:
            rows.append((GENDER, [goods.properties["gender"]], None))
        if goods.file == PRODUCTS:
            for row in self.vocabulary.rows_of(category, goods.properties):
                code = self.vocabulary.properties[row.name].code
                rows.append((code, list(row.codes), dict(row.text) if row.text else None))
        return rows


def converted(amount: Decimal, rate: Decimal, currency: str) -> Money:
    """An amount at a rate, exact until it is rounded half up to the currency's smallest unit, once."""
    exact = (amount * rate).scaleb(minor_digits(currency))
    return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)


def stock_of(sku: str) -> int:
    """How many there are on the first day: always the same for an article, few of some, none of a few."""
    number = int.from_bytes(hashlib.sha256(sku.encode()).digest()[:4], "big")
    kind, much = number % 100, number // 100
    if kind < 3:
        return 0
    return 1 + much % 5 if kind < 12 else 6 + much % 195
