"""The score of candidates from their packed forward records, by the formula of words.py: what Elasticsearch computes itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from search.backends.packing import RECORD, fingerprint
from search.tokens import Form
from search.words import FOR_HOLDING, FOR_NAMING, K1, Asked, B, Word

type_floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Candidates:
    """Keys (two halves of the UUID), popularity and forward records of listings, in any order."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    popularity: type_floats
    records: NDArray[Any]
    holder: NDArray[np.integer[Any]]  # which listing a record belongs to

    @classmethod
    def unpack(cls, keys: bytes, popularity: bytes, forward: bytes, sizes: bytes) -> Candidates:
        halves = np.frombuffer(keys, ">u8").reshape(-1, 2)
        lengths = np.frombuffer(sizes, ">i4")
        return cls(halves[:, 0], halves[:, 1], np.frombuffer(popularity, ">f8"), np.frombuffer(forward, RECORD), np.repeat(np.arange(len(lengths)), lengths))

    def __len__(self) -> int:
        return len(self.high)

    def key(self, place: int) -> UUID:
        return UUID(int=int(self.high[place]) << 64 | int(self.low[place]))


def best_first(asked: Asked, candidates: Candidates) -> list[int]:
    """Places of the candidates, best first; ties by popularity, then key."""
    if not len(candidates):
        return []
    scoring = Scoring(asked, candidates)
    score = sum((scoring.of_word(word) for word in asked.words), start=np.zeros(len(candidates)))
    return np.lexsort((candidates.low, candidates.high, -candidates.popularity, -score.round(4))).tolist()  # type: ignore[no-any-return]


class Scoring:
    """Scores of candidates for one question."""

    def __init__(self, asked: Asked, candidates: Candidates) -> None:
        self.asked, self.holder, self.size = asked, candidates.holder, len(candidates)
        self.token, self.times = candidates.records["token"], candidates.records["times"]
        length = np.bincount(self.holder, weights=self.times, minlength=self.size)
        self.norm = K1 * (1 - B + B * length / asked.mean_length)

    def of_word(self, word: Word) -> type_floats:
        best, holds = np.zeros(self.size), np.zeros(self.size, bool)
        for form in word.forms:
            score, has = self._of_form(form, word.unit)
            best, holds = np.maximum(best, score), holds | has
        naming = self._frequency(word.head)[1]
        return best + word.unit * (FOR_HOLDING * holds + FOR_NAMING * (naming & holds))

    def _of_form(self, form: Form, unit: float) -> tuple[type_floats, NDArray[np.bool_]]:
        score, has = np.zeros(self.size), np.ones(self.size, bool)
        for token in form.tokens:
            times, holds = self._frequency(token)
            has &= holds
            score += self.asked.idf(token) * (K1 + 1) * times / (times + self.norm)
        return np.where(has, form.weight * (unit if form.is_marks else score), 0.0), has

    def _frequency(self, token: str) -> tuple[type_floats, NDArray[np.bool_]]:
        """How often each candidate has a token, and whether it has it: a mark it has no times."""
        hit = self.token == fingerprint(token)
        times, holds = np.zeros(self.size), np.zeros(self.size, bool)
        times[self.holder[hit]] = self.times[hit]
        holds[self.holder[hit]] = True
        return times, holds
