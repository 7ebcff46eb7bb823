"""What the operator has set for the words of questions: synonyms, words that tell nothing, pinned listings, and what stands higher or lower.

Rules act on the question alone, in Python, before either backend is asked: nothing is indexed again. Each process holds them ready and
reads them again when their stamp has changed, which comes along with every look into the vocabulary (words.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from marketplace.platform.taxonomy.models import Brand, Category
from marketplace.platform.taxonomy.queries import merged
from search.models import SearchRule
from search.place import MARKET, Place
from search.tokens import AS_TYPED, MARKED, MEANT_TOO, Clause, Form, query_clauses

STAMP = "~rules"  # in the vocabulary; it is no word
LEAST_FACTOR, MOST_FACTOR = 0.2, 5.0  # of one rule for one listing

type_words = tuple[str, ...]
MERGED: dict[str, type[Brand] | type[Category]] = {"category": Category, "brand": Brand}  # of what a rule may weigh, what may be merged


@dataclass(frozen=True)
class Weight:
    """What is ranked higher (factor above 1) or lower. `key`: of a category with everything below it, a brand, a listing; a shop's ordinal."""

    on: str
    key: int | UUID
    factor: float


@dataclass(frozen=True)
class About:
    """What a rule says of questions with these words: of exactly these (`is_whole`), or with others beside them."""

    words: frozenset[str]
    is_whole: bool
    pins: tuple[UUID, ...] = ()
    weight: Weight | None = None

    def fits(self, words: frozenset[str]) -> bool:
        return self.words == words if self.is_whole else self.words <= words


@dataclass(frozen=True)
class Rules:
    """The rules that hold for questions in one language, ready to be applied."""

    stops: frozenset[type_words] = frozenset()
    synonyms: Mapping[type_words, tuple[Form, ...]] = field(default_factory=dict)
    about: Mapping[str, tuple[About, ...]] = field(default_factory=dict)  # by one of their words

    @classmethod
    def of(cls, rows: Iterable[SearchRule], language: str) -> Rules:
        held = [row for row in rows if row.language in ("", language)]
        stops = frozenset(words for row in held if row.kind == SearchRule.Kind.STOPS for text in row.said("words") if (words := _joined(_clauses(text))))
        synonyms: dict[type_words, dict[type_words, tuple[Form, ...]]] = {}
        for row in held:
            for text, others in row.meanings():
                typed = _joined(_clauses(text))
                for other in others:
                    if typed and (meant := _clauses(other)) and (words := _joined(meant)) != typed:
                        synonyms.setdefault(typed, {})[words] = _forms_of(meant, other, len(typed))
        bare = cls(stops)
        about: dict[str, list[About]] = {}
        for row in held:
            for one in _about(row, bare):
                about.setdefault(min(one.words), []).append(one)
        return cls(stops, {typed: sum(each.values(), ()) for typed, each in synonyms.items()}, {word: tuple(each) for word, each in about.items()})

    def without_stops(self, clauses: list[Clause]) -> list[Clause]:
        """The words that tell something; all of them where none would be left."""
        if not self.stops:
            return clauses
        gone = {place for start, end in _runs(clauses, self.stops) for place in range(start, end)}
        return [clause for place, clause in enumerate(clauses) if place not in gone] or clauses

    def with_synonyms(self, clauses: list[Clause]) -> list[Clause]:
        """Give words the forms of their synonyms; each word of a run that means something together has them."""
        if not self.synonyms:
            return clauses
        forms = [list(clause.forms) for clause in clauses]
        for start, end in _runs(clauses, self.synonyms):
            for place in range(start, end):
                forms[place] += self.synonyms[_joined(clauses[start:end])]
        return [replace(clause, forms=tuple(each)) for clause, each in zip(clauses, forms, strict=True)]

    def of_question(self, clauses: list[Clause]) -> tuple[tuple[UUID, ...], tuple[Weight, ...]]:
        """What is pinned for these words, in order, and what is weighed; rules for exactly these words come first."""
        if not self.about:
            return (), ()
        words = frozenset(clause.joined for clause in clauses)
        fitting = [one for word in sorted(words) for one in self.about.get(word, ()) if one.fits(words)]
        fitting.sort(key=lambda one: not one.is_whole)
        return tuple(dict.fromkeys(key for one in fitting for key in one.pins)), _as_merged([one.weight for one in fitting if one.weight])


NONE = Rules()


def words_of(text: str) -> type_words:
    """What a text is compared by: its words, whatever their case, spelling and endings."""
    return _joined(query_clauses(text))


def merged_of(on: str, keys: Iterable[Any]) -> dict[Any, int]:
    """What a rule may weigh, of those keys that were merged: the others. Shops and goods are not merged."""
    return merged(MERGED[on], keys) if on in MERGED else {}


def _as_merged(weights: Sequence[Weight]) -> tuple[Weight, ...]:
    into = {on: merged_of(on, (weight.key for weight in weights if weight.on == on)) for on in {weight.on for weight in weights}}
    return tuple(replace(weight, key=into[weight.on].get(weight.key, weight.key)) for weight in weights)


# A word stands beside each of its group.
_clauses = lru_cache(maxsize=4096)(lambda text: tuple(query_clauses(text)))


def _joined(clauses: Sequence[Clause]) -> type_words:
    return tuple(clause.joined for clause in clauses)


def _runs(clauses: Sequence[Clause], known: Mapping[type_words, Any] | frozenset[type_words]) -> Iterator[tuple[int, int]]:
    """Where words stand side by side that are known together: first place, and the one behind."""
    words, longest = _joined(clauses), max(map(len, known))
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            if words[start:end] in known:
                yield start, end


def _forms_of(meant: Sequence[Clause], text: str, typed: int) -> tuple[Form, ...]:
    """Forms of a synonym for each of as many words as were typed: its own, or all of its words together, as text or as marks."""
    share = MEANT_TOO / typed
    if len(meant) == 1:
        return tuple(Form(form.tokens, form.weight * share, text) for form in meant[0].forms)
    marks = [[form for form in clause.forms if form.is_marks] for clause in meant]
    together = tuple(dict.fromkeys(token for some in marks if some for token in some[0].tokens))
    forms = [Form(tuple(dict.fromkeys(clause.joined for clause in meant)), AS_TYPED * share, text)]
    return (*forms, Form(together, MARKED * share, text)) if together and all(marks) else tuple(forms)


def _about(row: SearchRule, bare: Rules) -> Iterator[About]:
    pins, weight = row.pins(), row.weight()
    if not pins and weight is None:
        return
    for text in row.said("words"):
        if words := frozenset(_joined(bare.without_stops(list(_clauses(text))))):
            yield About(words, row.body.get("how") != "holds", pins, None if weight is None else Weight(*weight))


# ── what this process knows ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Kept:
    stamp: int
    rows: Sequence[SearchRule] = ()
    ready: dict[str, Rules] = field(default_factory=dict)  # by language

    def of(self, language: str) -> Rules:
        if not self.rows:
            return NONE
        if language not in self.ready:
            self.ready[language] = Rules.of(self.rows, language)
        return self.ready[language]


_kept: dict[tuple[str, str], _Kept] = {}
_tried: ContextVar[_Kept | None] = ContextVar("rules that are tried and not in force", default=None)


@contextmanager
def trying(rows: Sequence[SearchRule]) -> Iterator[None]:
    """Inside, questions are answered as if these were all rules there are."""
    token = _tried.set(_Kept(0, tuple(rows)))
    try:
        yield
    finally:
        _tried.reset(token)


def rules_held(place: Place, language: str) -> Rules:
    """As this process knows them; whoever looks into the vocabulary then hears whether that is still so."""
    if (tried := _tried.get()) is not None:
        return tried.of(language)
    kept = _kept.get(_key(place))
    return kept.of(language) if kept else NONE


def rules_again(place: Place, language: str, stamp: int) -> Rules | None:
    """The rules anew where those of this process are not of this stamp; None where they are."""
    kept = _kept.get(_key(place))
    if _tried.get() is not None or stamp == (kept.stamp if kept else 0):
        return None
    kept = _kept[_key(place)] = _Kept(stamp, tuple(SearchRule.objects.order_by("at", "pk")) if stamp else ())
    return kept.of(language)


def change_stamp() -> None:
    """Every process reads the rules again, from the end of this transaction on."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MARKET.terms} (term, df) VALUES (%s, %s) ON CONFLICT (term) DO UPDATE SET df = excluded.df",  # noqa: S608
            [STAMP, 1 + secrets.randbelow(2**31 - 2)],
        )


def _key(place: Place) -> tuple[str, str]:
    return str(connection.settings_dict["NAME"]), place.schema
