"""Facet lists: counting the packed columns of a set of listings, and the order in which both backends give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.backends.variants import Variants
from search.contract import HIGHEST_PRICE, PRICE_STEPS, Count, Query

MOST_COUNTS = 300  # of brands, shops, categories or attribute values in an answer: the largest

type_ints = NDArray[np.integer[Any]]
type_mask = NDArray[np.bool_]


def in_order(pairs: Iterable[tuple[int, int]]) -> list[Count]:
    """Counts from (id, count): the largest first, then by id."""
    ordered = sorted(((key, count) for key, count in pairs if count > 0), key=lambda pair: (-pair[1], pair[0]))
    return [Count(key, count) for key, count in ordered[:MOST_COUNTS]]


def by_attribute(triples: Iterable[tuple[int, int, int]]) -> dict[int, list[Count]]:
    """Lists by attribute from (attribute, value, count); the attribute with the largest sum first."""
    lists: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for attribute, value, count in triples:
        lists[attribute].append((value, count))
    order = sorted(lists, key=lambda attribute: (-sum(count for _value, count in lists[attribute]), attribute))
    return {attribute: in_order(lists[attribute]) for attribute in order}


@dataclass(frozen=True)
class Found:
    """The packed columns of a set of listings; `fraction`: one listing in so many was looked at."""

    fraction: int
    brand: type_ints
    shop: type_ints
    price: type_ints
    # All listings' pairs one after another, (attribute, value) or (-1 - parent, category), and which listing each belongs to.
    kind: type_ints
    value: type_ints
    holder: type_ints
    variants: Variants

    @classmethod
    def unpack(cls, fraction: int, facets: bytes, sizes: bytes, brand: bytes, shop: bytes, price: bytes, options: bytes, option_sizes: bytes) -> Found:
        lengths = np.frombuffer(sizes, ">i2")
        kind, value = np.frombuffer(facets, "<i4").reshape(-1, 2).T.copy()
        return cls(
            fraction,
            np.frombuffer(brand, ">i4").astype(np.int64),
            np.frombuffer(shop, ">i4").astype(np.int64),
            np.frombuffer(price, ">i8").astype(np.int64),
            kind,
            value,
            np.repeat(np.arange(len(lengths)), lengths),
            Variants.unpack(options, option_sizes),
        )

    def __len__(self) -> int:
        return len(self.brand)

    def whole(self, chosen: Mapping[int, frozenset[int]]) -> Part:
        """All of them, which are known to fit; `chosen`: values by which they were found."""
        return Part(self, None, self._pairs(chosen))

    def parts(self, query: Query, groups: list[object]) -> dict[object, Part]:
        """For each group what fits all groups but this one; for None what fits all."""
        fits = {group: self.chosen(query, group) for group in groups}
        parts = {}
        for but in (None, *groups):
            masks = [mask for group, mask in fits.items() if group != but]
            chosen = {attribute: values for attribute, values in query.values.items() if attribute != but}
            if len(chosen) > 1:
                masks.append(self.variants.listings_with(self.variants.fitting(chosen)))
            parts[but] = Part(self, np.logical_and.reduce(masks) if masks else None, self._pairs(chosen))
        return parts

    def _pairs(self, chosen: Mapping[int, frozenset[int]]) -> type_mask | None:
        """The pairs that hold for a variant with these values; None: all."""
        if not chosen or not len(self.variants.holder):
            return None
        return self.variants.pairs_with(self.variants.fitting(chosen), self.kind, self.value, self.holder)

    def chosen(self, query: Query, group: object) -> type_mask:
        """The listings that fit what a question chooses in one group."""
        match group:
            case "brand":
                return np.isin(self.brand, list(query.brands))
            case "shop":
                return np.isin(self.shop, list(query.shops))
            case "price":
                low, high = price_range(query)
                return (self.price >= low) & (self.price <= high)
        hit = (self.kind > 0) & np.isin(self.value, list(query.values[group]))  # type: ignore[index]
        mask = np.zeros(len(self), bool)
        mask[self.holder[hit]] = True
        return mask


@dataclass(frozen=True)
class Part:
    """Some of the listings found, to be counted, and of these some of the pairs; without a mask all of them."""

    found: Found
    mask: type_mask | None
    pairs: type_mask | None

    @property
    def is_estimate(self) -> bool:
        return self.found.fraction > 1

    def total(self) -> int:
        return (len(self.found) if self.mask is None else int(self.mask.sum())) * self.found.fraction

    def brands(self) -> list[Count]:
        return in_order(pair for pair in self._tally(self._of_each(self.found.brand)) if pair[0])

    def shops(self) -> list[Count]:
        return in_order(self._tally(self._of_each(self.found.shop)))

    def categories(self, parent: int) -> list[Count]:
        return in_order(self._tally(self.found.value[self._held(self.found.kind == -1 - parent)]))

    def values(self, of: int | None = None) -> list[tuple[int, int, int]]:
        """(attribute, value, count), the largest counts, of all attributes or of one."""
        wanted = self._held(self.found.kind > 0 if of is None else self.found.kind == of)
        values = self.found.value[wanted]
        if not len(values):
            return []
        keys, counts = _occurrences(values)
        attribute = np.zeros(int(keys[-1]) + 1, np.int32)
        attribute[values] = self.found.kind[wanted]
        largest = np.lexsort((keys, -counts))[:MOST_COUNTS]
        return [(int(attribute[keys[n]]), int(keys[n]), int(counts[n]) * self.found.fraction) for n in largest]

    def span(self) -> tuple[int | None, int | None]:
        """Lowest and highest price."""
        prices = self._of_each(self.found.price)
        return (int(prices.min()), int(prices.max())) if len(prices) else (None, None)

    def prices(self) -> list[Count]:
        """How many lie in each step of prices, lowest first."""
        steps = np.searchsorted(PRICE_STEPS, self._of_each(self.found.price), "right") - 1
        return [Count(PRICE_STEPS[step], count) for step, count in self._tally(steps)]

    def _of_each(self, column: type_ints) -> type_ints:
        return column if self.mask is None else column[self.mask]

    def _held(self, wanted: type_mask) -> type_mask:
        """The pairs wanted that belong to a listing of this part."""
        if self.pairs is not None:
            wanted = wanted & self.pairs
        return wanted if self.mask is None else wanted & self.mask[self.found.holder]

    def _tally(self, keys: type_ints) -> list[tuple[int, int]]:
        found, counts = _occurrences(keys)
        return [(int(key), int(count) * self.found.fraction) for key, count in zip(found, counts, strict=True)]


def _occurrences(keys: type_ints) -> tuple[type_ints, type_ints]:
    """Each key that occurs, and how often. Keys are from sequences, so an array up to the largest is quicker than sorting."""
    counts = np.bincount(keys)
    found = np.nonzero(counts)[0]
    return found, counts[found]


def price_range(query: Query) -> tuple[int, int]:
    """Lowest and highest price asked for, both included."""
    return query.price_from or 0, HIGHEST_PRICE if query.price_to is None else query.price_to


def groups_of(query: Query) -> list[object]:
    """The groups of choices a question makes: "brand", "shop", "price", and attributes by their key."""
    named = {"brand": query.brands, "shop": query.shops, "price": query.price_from is not None or query.price_to is not None}
    return [*(name for name, chosen in named.items() if chosen), *query.values]
