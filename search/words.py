"""What the words of a question weigh: the part of ranking that both backends share.

The score of a listing is the sum over its words of the best form it holds, plus a little for every word it holds at all and
for every word that names its own category. A form of tokens scores by BM25, a form of marks by a constant. Ties go to what
sells more, then by key. The weights were chosen on the shared English queries: docs/decisions/search.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log

from django.db import connection

from search.place import MARKET, Place
from search.tokens import HEAD, Form, joined_neighbours, query_clauses, with_joined_neighbours

K1, B = 0.9, 0.6  # of BM25
FOR_HOLDING, FOR_NAMING = 0.1, 0.05  # of the word's unit

_MODEL = re.compile(r"(?=.*\d)[\w.-]{4}")

# Rows of the vocabulary that are no words: how many listings there are, and their tokens together.
DOCS, LENGTH = "~docs", "~length"


@dataclass(frozen=True)
class Word:
    """A word of a question. `unit` is the most a single token of its rarity can score; `most` bounds how many listings hold it;
    `typed` and `piece` say where it stood (tokens.py)."""

    forms: tuple[Form, ...]
    most: int
    unit: float
    typed: str = ""
    piece: int = 0

    @property
    def is_known(self) -> bool:
        return self.most > 0

    @property
    def head(self) -> str:
        """The mark of listings whose category this word names."""
        return HEAD + self.forms[0].tokens[0]


@dataclass(frozen=True)
class Asked:
    """The words of a question, with what the vocabulary knows of their tokens. `dropped`: those of them that count where a listing holds them, and need
    not be held."""

    words: tuple[Word, ...]
    df: Mapping[str, int]
    dropped: tuple[Word, ...] = ()

    @property
    def needed(self) -> tuple[Word, ...]:
        return tuple(word for word in self.words if word not in self.dropped)

    def keeping(self, count: int) -> Asked:
        """The same question, of which only the most useful words are needed: first those that listings know, of them what names a category, then what
        looks like a model, then what is rarest."""
        kept = sorted(self.words, key=lambda word: (not word.is_known, not self.df.get(word.head), not _MODEL.search(word.typed), -word.unit))[:count]
        return replace(self, dropped=tuple(word for word in self.words if word not in kept))

    @property
    def docs(self) -> int:
        return self.df.get(DOCS, 0)

    @property
    def mean_length(self) -> float:
        return max(self.df.get(LENGTH, 0), 1) / max(self.docs, 1)

    def idf(self, token: str) -> float:
        return idf(self.df.get(token, 0), self.docs)


def idf(df: int, docs: int) -> float:
    """How much a token tells, as Lucene counts it; always above 0."""
    return log(1 + (max(docs - df, 0) + 0.5) / (df + 0.5))


def ask(text: str, place: Place = MARKET) -> Asked:
    """The words of a text, weighed by one look into the vocabulary."""
    clauses = query_clauses(text)
    if not clauses:
        return Asked((), {})
    neighbours = [joined for _place, joined in joined_neighbours(clauses)]
    tokens = (token for clause in clauses for form in clause.forms for token in form.tokens)
    df = look_up({DOCS, LENGTH, *neighbours, *(HEAD + clause.joined for clause in clauses), *tokens}, place)
    words = []
    for clause in with_joined_neighbours(clauses, [token for token in neighbours if df.get(token)]):
        holding = [min(df.get(token, 0) for token in form.tokens) for form in clause.forms]
        words.append(Word(clause.forms, sum(holding), (K1 + 1) * idf(max(holding), df.get(DOCS, 0)), clause.typed, clause.piece))
    return Asked(tuple(words), df)


def look_up(terms: Iterable[str], place: Place = MARKET) -> dict[str, int]:
    """In how many listings each of these occurs; those in none are left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT term, df FROM {place.terms} WHERE term = ANY(%s) AND df > 0", [list(terms)])  # noqa: S608
        return dict(cursor.fetchall())
