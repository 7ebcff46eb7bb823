"""The score of candidates from their packed forward records, by the formula of words.py: what Elasticsearch computes itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from search.backends.packing import RECORD, fingerprint
from search.tokens import Form
from search.words import K1, PINNED, Asked, B, Shares, Word

type_floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Candidates:
    """Keys (two halves of the UUID), popularity, what the score of the words is taken times, and forward records of listings, in any order."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    popularity: type_floats
    factor: type_floats
    records: NDArray[Any]
    holder: NDArray[np.integer[Any]]  # which listing a record belongs to

    @classmethod
    def unpack(cls, keys: bytes, popularity: bytes, factor: bytes, forward: bytes, sizes: bytes) -> Candidates:
        halves = np.frombuffer(keys, ">u8").reshape(-1, 2)
        lengths = np.frombuffer(sizes, ">i4")
        holder = np.repeat(np.arange(len(lengths)), lengths)
        return cls(halves[:, 0], halves[:, 1], np.frombuffer(popularity, ">f8"), np.frombuffer(factor, ">f8"), np.frombuffer(forward, RECORD), holder)

    def __len__(self) -> int:
        return len(self.high)

    def key(self, place: int) -> UUID:
        return UUID(int=int(self.high[place]) << 64 | int(self.low[place]))


def best_first(asked: Asked, candidates: Candidates) -> list[int]:
    """Places of the candidates, best first, what is pinned before all; ties by popularity, then key."""
    if not len(candidates):
        return []
    scoring = Scoring(asked, candidates)
    score = candidates.factor * sum((scoring.of_word(word) for word in asked.words), start=np.zeros(len(candidates)))
    for place, pin in enumerate(reversed(asked.pins), 1):
        score[(candidates.high == pin.int >> 64) & (candidates.low == pin.int & 2**64 - 1)] += place * PINNED
    return np.lexsort((candidates.low, candidates.high, -candidates.popularity, -score.round(4))).tolist()  # type: ignore[no-any-return]


class Scoring:
    """Scores of candidates for one question."""

    def __init__(self, asked: Asked, candidates: Candidates) -> None:
        self.asked, self.holder, self.size = asked, candidates.holder, len(candidates)
        self.token, self.times = candidates.records["token"], candidates.records["times"]
        length = np.bincount(self.holder, weights=self.times, minlength=self.size)
        self.shares = Shares.now()
        self.norm = K1 * (1 - B + B * length / asked.mean_length)

    def of_word(self, word: Word) -> type_floats:
        best, holds = np.zeros(self.size), np.zeros(self.size, bool)
        for form in word.forms:
            score, has = self.of_form(form, word.unit)
            best, holds = np.maximum(best, score), holds | has
        naming = self.frequency(word.head)[1]
        return best + word.unit * (self.shares.holding * holds + self.shares.naming * (naming & holds))

    def of_form(self, form: Form, unit: float) -> tuple[type_floats, NDArray[np.bool_]]:
        score, has = np.zeros(self.size), np.ones(self.size, bool)
        for token in form.tokens:
            times, holds = self.frequency(token)
            has &= holds
            score += self.asked.idf(token) * (K1 + 1) * times / (times + self.norm)
        return np.where(has, form.weight * (unit if form.is_marks else score), 0.0), has

    def frequency(self, token: str) -> tuple[type_floats, NDArray[np.bool_]]:
        """How often each candidate has a token, and whether it has it: a mark it has no times."""
        hit = self.token == fingerprint(token)
        times, holds = np.zeros(self.size), np.zeros(self.size, bool)
        times[self.holder[hit]] = self.times[hit]
        holds[self.holder[hit]] = True
        return times, holds
