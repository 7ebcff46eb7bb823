"""Measures of a ranking against judgements. Pure functions.

A ranking is a sequence of keys, best first; a key that comes again holds its place and counts for nothing. Grades are whole
numbers, 0 for bad; what has no grade was not judged.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeVar
from zlib import crc32

import numpy as np

TEN = 10

Key = TypeVar("Key", bound=Hashable)


def ndcg(found: Sequence[Key], grades: Mapping[Key, int], at: int = TEN) -> float | None:
    """Normalised discounted gain of the first `at`: 1 where no order could be better. Not judged counts as bad.

    The gain of a grade is 2^grade - 1, its discount log2(place + 1). None where nothing that was judged is good.
    """
    best = _gain(sorted(grades.values(), reverse=True)[:at])
    if not best:
        return None
    seen: set[Key] = set()
    gained = []
    for key in found[:at]:
        gained.append(0 if key in seen else grades.get(key, 0))
        seen.add(key)
    return _gain(gained) / best


def only_judged(found: Iterable[Key], grades: Mapping[Key, int]) -> list[Key]:
    """The ranking without what nobody judged, each key once: the condensed list."""
    return list(dict.fromkeys(key for key in found if key in grades))


def recall(found: Iterable[Key], grades: Mapping[Key, int], at: int) -> float | None:
    """Which share of everything good stands among the first `at`. None where nothing that was judged is good."""
    good = {key for key, grade in grades.items() if grade > 0}
    return len(good.intersection(islice(found, at))) / len(good) if good else None


def succeeds(found: Iterable[Key], wanted: Collection[Key], at: int) -> bool:
    """Whether one of the wanted stands among the first `at`."""
    return any(key in wanted for key in islice(found, at))


def folds(names: Iterable[str], count: int) -> list[list[str]]:
    """The names in `count` parts whose sizes differ by one at most; the same on every machine."""
    dealt = sorted(set(names), key=lambda name: (crc32(name.encode()), name))
    return [dealt[first::count] for first in range(count)]


def interval(values: Sequence[float], *, rounds: int = 4000, seed: int = 1) -> tuple[float, float]:
    """Between which figures the mean lies with 95 %, by drawing the values again `rounds` times. Raises ValueError without values."""
    if not values:
        raise ValueError("an interval needs at least one value")
    drawn = np.random.default_rng(seed).choice(np.array(values, float), (rounds, len(values)))
    low, high = np.quantile(drawn.mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _gain(grades: Iterable[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
