"""The one contract of search. Both backends keep it; tests/search/ holds them to it with the same assertions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Protocol
from uuid import UUID

SIZE = 24
REACH = 2400  # listings that paging can reach, whatever the total: a hundred pages
AMONG = 10_000  # listings that a question can be narrowed to by their keys
LARGEST_KEY = 2**29 - 1  # of categories, brands, shops and values; it names nothing
HIGHEST_PRICE = 2**62
UNRATED = 0.75  # what a rating counts where there is none: four stars of one to five
PRICE_STEPS = (0, *(mantissa * 10**exponent for exponent in range(2, 9) for mantissa in (1, 2, 5)))  # minor units: where a step of prices begins


class Sort(StrEnum):
    RELEVANCE = "relevance"  # without words: the most popular first
    POPULAR = "popular"
    NEWEST = "newest"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"


class Rung(IntEnum):
    """How far a question was loosened until it found something. The answer says what was given up."""

    ALL = 0  # nothing: all words, under all filters
    FEWER = 1  # the least useful words
    WIDER = 2  # the category, for a wider one
    FREER = 3  # filters
    SOME = 4  # any words: all that hold one or several
    NEIGHBOURS = 5  # everything: what is shown is popular near by, and no match


LOOSE = frozenset({"category", "brand", "shop", "price", "values", "stock"})  # what a question may allow to be given up


@dataclass(frozen=True)
class Query:
    """What a buyer asks for. Values within one group are joined by OR, groups by AND. Of a listing with variants one and the same variant has to
    hold what is chosen of its options.

    Categories, brands, attributes and values are taxonomy keys; shops are merchants' ordinals; prices are minor units of
    the market's currency, both ends included. A value belongs to one attribute, and whoever asks names it under that one (taxonomy/merging.py,
    chosen_now): under another the backends answer otherwise. Text without a single word in it is no text.
    """

    text: str = ""
    language: str = ""  # of the page it is asked on; the operator's rules of other languages do not hold then. Empty: none in particular
    category: int | None = None  # the category itself and everything below it
    brands: frozenset[int] = frozenset()
    shops: frozenset[int] = frozenset()
    values: Mapping[int, frozenset[int]] = field(default_factory=dict)  # attribute → values
    price_from: int | None = None
    price_to: int | None = None
    in_stock: bool = False
    among: frozenset[UUID] | None = None  # of these listings only, at most AMONG; None: of all
    # What whoever asks is known to like, if they agreed to it: with words, listings of these categories (with what is below) and brands rank a little
    # higher. Changes no count.
    liked_categories: frozenset[int] = frozenset()
    liked_brands: frozenset[int] = frozenset()
    sort: Sort = Sort.RELEVANCE
    as_typed: bool = False  # whoever asks wants no other reading of the words
    exact: bool = False  # nothing is loosened, not even words
    # Where nothing is found: the filters that may be given up (LOOSE), and the categories above the asked one that may be looked in instead, the
    # nearest first, in the end all. Without any only words are loosened, and there are no neighbours.
    may_loosen: frozenset[str] = frozenset()
    above: tuple[int, ...] = ()
    page: int = 1
    size: int = SIZE

    def but(self, **changes: object) -> Query:
        return replace(self, **changes)  # type: ignore[arg-type]

    def bounded(self) -> Query:
        """The same question with numbers that both backends can hold: what is beyond them finds nothing, and raises nothing."""
        size = min(max(self.size, 1), 100)
        return replace(
            self,
            category=None if self.category is None else min(max(self.category, 1), LARGEST_KEY),
            brands=_bounded(self.brands),
            shops=_bounded(self.shops),
            liked_categories=_bounded(self.liked_categories),
            liked_brands=_bounded(self.liked_brands),
            values={min(max(attribute, 1), LARGEST_KEY): _bounded(values) for attribute, values in self.values.items() if values},
            price_from=None if self.price_from is None else min(max(self.price_from, 0), HIGHEST_PRICE),
            price_to=None if self.price_to is None else min(max(self.price_to, -1), HIGHEST_PRICE),
            page=max(self.page, 1),
            size=size,
        )

    @property
    def start(self) -> int:
        """Place of the page's first listing, from 0; never beyond REACH."""
        return min((self.page - 1) * self.size, REACH)

    @property
    def end(self) -> int:
        """Place behind the page's last listing."""
        return min(self.start + self.size, REACH)


def _bounded(keys: frozenset[int]) -> frozenset[int]:
    """0 is what has no brand, and no key of anything."""
    return frozenset(key if 0 < key < LARGEST_KEY else LARGEST_KEY for key in keys)


@dataclass(frozen=True)
class Count:
    """A facet value and how many listings one would see with it, the choices of its own group aside."""

    id: int
    count: int


@dataclass(frozen=True)
class Answer:
    """Listing keys of the page, and the facets of everything that was found.

    Listings that the operator pins for these words (rules.py) are found whether they hold the words or not, as long as they hold
    under the filters, and stand first among the best matches.

    Facet lists are sorted by count, then id, and hold what counts at least one, the 300 largest of a kind. `categories` are
    the children of the asked category (roots without one) that hold something. `attributes` maps attribute → values, the
    attribute that most listings have first. `price_from`/`price_to` span what was found, the price choice aside, and `prices` says how many of it lie in each
    of PRICE_STEPS that has any, by where it begins, lowest first. Pages end at REACH.

    `read_as`: the words that were answered instead, because under these filters nothing holds all words as typed and one of them
    no listing knows. `rung` says how far the question, in this reading, had to be loosened: then `dropped` are the words that were left out, in their
    order; `category` the wider category that was looked in, None for all; `freed` the filters that were taken off, by the names of LOOSE or the key of an
    attribute. `also`: where the words fill less than the first page of best matches, listings that hold some of them, best
    first, to be shown below; they are in no count. As neighbours they hold none, `category` is what they are popular in, and nothing is counted.
    `is_estimate`: total and counts were made from an unbiased sample.
    """

    ids: list[UUID]
    total: int
    categories: list[Count]
    brands: list[Count]
    shops: list[Count]
    attributes: dict[int, list[Count]]
    price_from: int | None
    price_to: int | None
    prices: list[Count] = field(default_factory=list)
    rung: Rung = Rung.ALL
    is_estimate: bool = False
    backend: str = ""
    read_as: str = ""
    also: list[UUID] = field(default_factory=list)
    dropped: tuple[str, ...] = ()
    category: int | None = None
    freed: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Doc:
    """A listing, made ready by documents.py: the same for both backends."""

    id: UUID
    tokens: Mapping[str, int]  # token of its texts → frequency weighted by field
    length: int  # weighted number of tokens
    category_path: list[int]  # from the root to its own
    brand: int  # 0: none
    shop: int
    values: list[tuple[int, int]]  # (attribute, value) of facet attributes, of the listing and of all its variants
    price: int
    popularity: float
    published: int  # seconds since 1970
    in_stock: bool
    version: int
    marks: frozenset[str] = frozenset()  # what is only there or not there: see tokens.py
    variants: Sequence[frozenset[tuple[int, int]]] = ()  # options of each, where some combinations of them are missing: see options.py
    rating: float = UNRATED  # 0 for one star to 1 for five, few ratings counting little
    shop_score: float = UNRATED  # the same of its shop


# What an index notes of a listing to be compared with it (drift.py): version, price, pieces sold, when it was published, whether in stock, shop, brand,
# rating and score of its shop. Its words, categories, values and variants are not.
type_state = tuple[int, int, float, int, bool, int, int, float, float]


class BackendAway(Exception):
    """The backend did not answer, or not in time, or not with what was asked."""


class NotBuilt(BackendAway):
    """There is no index yet. Only a rebuild gives readers one, so that none ever answers from what happened to change first."""


class Backend(Protocol):
    name: str

    def search(self, query: Query) -> Answer:
        """Raises BackendAway."""

    def put(self, docs: Iterable[Doc]) -> None:
        """Add or replace. An older version never overwrites a newer one; the same version does. Raises NotBuilt, BackendAway."""

    def remove(self, ids: Iterable[UUID]) -> None:
        """Take out what is there of these. Raises NotBuilt, BackendAway."""

    def states(self, ids: Collection[UUID] | None = None) -> Iterator[tuple[UUID, type_state]]:
        """What is noted of every listing that is there, or of these, by key. Raises BackendAway."""

    def rebuild(self, docs: Iterable[Doc]) -> int:
        """Replace everything, readers seeing the old or the new and nothing between. Returns how many."""

    def refresh(self) -> None:
        """Make what was put findable now (tests and rebuilds; in production it happens within a second)."""

    def is_well(self) -> bool: ...
