"""The one contract of search. Both backends keep it; tests/search/test_contract.py holds them to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol
from uuid import UUID

SIZE = 24


class Sort(StrEnum):
    RELEVANCE = "relevance"  # without words: the most popular first
    POPULAR = "popular"
    NEWEST = "newest"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"


@dataclass(frozen=True)
class Query:
    """What a buyer asks for. Values within one group are joined by OR, groups by AND.

    Categories, brands, attributes and values are taxonomy keys; shops are merchants' ordinals; prices are minor units of
    the market's currency, both ends included.
    """

    text: str = ""
    category: int | None = None  # the category itself and everything below it
    brands: frozenset[int] = frozenset()
    shops: frozenset[int] = frozenset()
    values: Mapping[int, frozenset[int]] = field(default_factory=dict)  # attribute → values
    price_from: int | None = None
    price_to: int | None = None
    in_stock: bool = False
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = SIZE

    def but(self, **changes: object) -> Query:
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Count:
    """A facet value and how many listings one would see with it, the choices of its own group aside."""

    id: int
    count: int


@dataclass(frozen=True)
class Answer:
    """Listing keys of the page, and the facets of everything that was found.

    Facet lists are sorted by count, then id. `categories` are the children of the asked category (roots without one) that
    hold something. `attributes` maps attribute → values. `price_from`/`price_to` span what was found, the price choice
    aside. `rung` says how far the words had to be relaxed: 0 all words, 1 some words. `is_estimate`: total and counts were
    made from an unbiased sample.
    """

    ids: list[UUID]
    total: int
    categories: list[Count]
    brands: list[Count]
    shops: list[Count]
    attributes: dict[int, list[Count]]
    price_from: int | None
    price_to: int | None
    rung: int = 0
    is_estimate: bool = False
    backend: str = ""


@dataclass(frozen=True)
class Doc:
    """A listing, made ready by documents.py: the same for both backends."""

    id: UUID
    tokens: Mapping[str, float]  # token → frequency weighted by field
    length: float  # weighted number of tokens
    category_path: list[int]
    brand: int  # 0: none
    shop: int
    values: list[tuple[int, int]]  # (attribute, value) of facet attributes
    price: int
    popularity: float
    published: int  # seconds since 1970
    in_stock: bool
    version: int


class Backend(Protocol):
    name: str

    def search(self, query: Query) -> Answer: ...

    def put(self, docs: Iterable[Doc]) -> None:
        """Add or replace. An older version never overwrites a newer one."""

    def remove(self, ids: Iterable[UUID]) -> None: ...

    def rebuild(self, docs: Iterable[Doc]) -> int:
        """Replace everything, readers seeing the old or the new and nothing between. Returns how many."""

    def refresh(self) -> None:
        """Make what was put findable now (tests and rebuilds; in production it happens within a second)."""

    def is_well(self) -> bool: ...
