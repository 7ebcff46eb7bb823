"""What the words of a question weigh: the part of ranking that both backends share.

The score of a listing is the sum over its words of the best form it holds, plus a little for every word it holds at all and
for every word that names its own category. A form of tokens scores by BM25, a form of marks by a constant. That is taken times what the
listing itself brings along (`Shares`), what the operator set for these words and what whoever asks is known to like. Ties go to what sells
more, then by key. The weights were chosen on the shared English queries: docs/decisions/search.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log, log10
from uuid import UUID

from django.conf import settings
from django.db import connection

from marketplace.kernel import clock
from search.contract import Query
from search.place import MARKET, Place
from search.rules import STAMP, Rules, Weight, rules_again, rules_held
from search.tokens import HEAD, Clause, Form, joined_neighbours, query_clauses, with_joined_neighbours

K1, B = 0.9, 0.6  # of BM25
PINNED = 1_000_000.0  # a step between pinned listings, and above all others
HALF_AS_NEW_S = 30 * 86_400

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
class Shares:
    """Weights of the installation (docs/settings.md). The score of a listing's words is taken times 1 and its shares: for stock; for each power
    of ten of pieces sold; for being new, half of it after 30 days; for its rating and its shop's score, each from nothing for one star to the whole
    for five."""

    holding: float  # of the word's unit, for holding it at all
    naming: float  # of the word's unit, where it names the listing's category
    stock: float
    sales: float
    new: float
    rating: float
    shop: float
    liked: float  # for a category that whoever asks is known to like, and once more for a brand

    @classmethod
    def now(cls) -> Shares:
        return cls(
            holding=settings.SEARCH_FOR_HOLDING,
            naming=settings.SEARCH_FOR_NAMING,
            stock=settings.SEARCH_FOR_STOCK,
            sales=settings.SEARCH_FOR_SALES,
            new=settings.SEARCH_FOR_NEWNESS,
            rating=settings.SEARCH_FOR_RATING,
            shop=settings.SEARCH_FOR_SHOP,
            liked=settings.SEARCH_FOR_LIKED,
        )

    def of_sales(self, pieces: float) -> float:
        return self.sales * log10(1 + max(pieces, 0))

    def of_newness(self, published: int) -> float:
        return self.new * 0.5 ** (abs(now_s() - published) / HALF_AS_NEW_S)


@dataclass(frozen=True)
class Asked:
    """The words of a question, with what the vocabulary knows of their tokens, and what the operator set for them: listings to be put first,
    in order, and what is weighed, which what whoever asks likes joins. `dropped`: those of the words that count where a listing holds them, and
    need not be held."""

    words: tuple[Word, ...]
    df: Mapping[str, int]
    pins: tuple[UUID, ...] = ()
    weights: tuple[Weight, ...] = ()
    dropped: tuple[Word, ...] = ()

    @property
    def needed(self) -> tuple[Word, ...]:
        return tuple(word for word in self.words if word not in self.dropped)

    def keeping(self, count: int) -> Asked:
        """The same question, of which only the most useful words are needed: first those that listings know, of them what names a category, then what
        looks like a model, then what is rarest."""
        kept = sorted(self.words, key=lambda word: (not word.is_known, not self.df.get(word.head), not _MODEL.search(word.typed), -word.unit))[:count]
        return replace(self, dropped=tuple(word for word in self.words if word not in kept))

    def liking(self, query: Query) -> Asked:
        """The same words of somebody who likes what the question says."""
        times = 1 + Shares.now().liked
        if not self.words or times == 1:
            return self
        liked = (("category", query.liked_categories), ("brand", query.liked_brands))
        return replace(self, weights=(*self.weights, *(Weight(on, key, times) for on, keys in liked for key in sorted(keys))))

    @property
    def docs(self) -> int:
        return self.df.get(DOCS, 0)

    @property
    def mean_length(self) -> float:
        return max(self.df.get(LENGTH, 0), 1) / max(self.docs, 1)

    def idf(self, token: str) -> float:
        return idf(self.df.get(token, 0), self.docs)


def now_s() -> int:
    """Seconds since 1970, as listings note when they were published."""
    return int(clock.now().timestamp())


def idf(df: int, docs: int) -> float:
    """How much a token tells, as Lucene counts it; always above 0."""
    return log(1 + (max(docs - df, 0) + 0.5) / (df + 0.5))


def ask(text: str, place: Place = MARKET, language: str = "") -> Asked:
    """The words of a text, weighed by one look into the vocabulary, under the operator's rules for the language."""
    clauses = query_clauses(text)
    if not clauses:
        return Asked((), {})
    asked = _ask(clauses, rules_held(place, language), place)
    changed = rules_again(place, language, asked.df.get(STAMP, 0))
    return asked if changed is None else _ask(clauses, changed, place)


def _ask(clauses: list[Clause], rules: Rules, place: Place) -> Asked:
    told = rules.without_stops(clauses)
    clauses = rules.with_synonyms(told)
    neighbours = [joined for _place, joined in joined_neighbours(clauses)]
    tokens = (token for clause in clauses for form in clause.forms for token in form.tokens)
    df = look_up({DOCS, LENGTH, STAMP, *neighbours, *(HEAD + clause.joined for clause in clauses), *tokens}, place)
    words = []
    for clause in with_joined_neighbours(clauses, [token for token in neighbours if df.get(token)]):
        holding = [min(df.get(token, 0) for token in form.tokens) for form in clause.forms]
        forms = _bounded(clause.forms, df) if rules.synonyms else clause.forms
        words.append(Word(forms, sum(holding), (K1 + 1) * idf(max(holding), df.get(DOCS, 0)), clause.typed, clause.piece))
    return Asked(tuple(words), df, *rules.of_question(told))


def _bounded(forms: tuple[Form, ...], df: Mapping[str, int]) -> tuple[Form, ...]:
    """A synonym never tells more than the word as it was typed, however rare it is."""
    docs = df.get(DOCS, 0)
    most = idf(max(min(df.get(token, 0) for token in form.tokens) for form in forms if not form.synonym), docs)
    told = [sum(idf(df.get(token, 0), docs) for token in form.tokens) for form in forms]
    return tuple(
        replace(form, weight=form.weight * min(1.0, most / much)) if form.synonym and not form.is_marks else form
        for form, much in zip(forms, told, strict=True)
    )


def look_up(terms: Iterable[str], place: Place = MARKET) -> dict[str, int]:
    """In how many listings each of these occurs; those in none are left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT term, df FROM {place.terms} WHERE term = ANY(%s) AND df > 0", [list(terms)])  # noqa: S608
        return dict(cursor.fetchall())
