"""What can be proposed while somebody types, as rows of Suggestion: made from names, without looking at what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log2

from marketplace.kernel.pinyin import said_of_goods
from search.models import Suggestion
from search.tokens import HAN, STOP_WORDS, folded, words_of

Kind = Suggestion.Kind
LONGEST = {"norm": 28, "pinyin": 40, "initials": 16, "text": 40}  # characters of a row's fields
STARTS = {Kind.PRODUCT: 5}  # words of a name one may begin at
MOST_STARTS = 4
OTHER_NAMES = 100  # the first place of names that something has besides
FROM_THE_START = 20  # weight of a whole name over one from its middle
LEAST_LISTINGS = 2  # that hold a phrase; one alone is proposed as a product

_NO_SIGN = re.compile(r"[\W_]+")
_IS_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Entry:
    """A row of Suggestion. `key` tells it from all others."""

    kind: str
    target: str
    language: str
    place: int
    text: str
    word: str
    norm: str
    pinyin: str
    initials: str
    weight: int

    @property
    def key(self) -> tuple[str, str, str, int]:
        return self.kind, self.target, self.language, self.place


def norm_of(text: str) -> str:
    """As a prefix is looked for: one spelling, Traditional in Simplified, letters and digits alone."""
    return _NO_SIGN.sub("", folded(text, 200))[: LONGEST["norm"]]


def has_han(text: str) -> bool:
    return bool(_IS_HAN.search(text))


def weight_of(count: float) -> int:
    """Ten for every doubling, so that a single sale or listing changes few rows."""
    return round(10 * log2(1 + max(count, 0)))


def entries_of_name(kind: Kind, target: object, names: Mapping[str, str], weight: int, others: Iterable[str] = ()) -> Iterator[Entry]:
    """Rows of something with a name in several languages, from the first words of each on; `others` are what else it is called."""
    for language, name in names.items():
        for start in _starts(name, STARTS.get(kind, MOST_STARTS)):
            yield Entry(kind, str(target), language, start.place, "", "", *start.keys, weight + (0 if start.place else FROM_THE_START))
    for nth, name in enumerate(others):
        if keys := _keys(name):
            yield Entry(kind, str(target), "", OTHER_NAMES + nth, "", "", *keys, weight)


def entries_of_titles(listing_id: object, titles: Mapping[str, str], sold: int) -> Iterator[Entry]:
    """Rows of a product, each with the phrase it begins with."""
    weight = weight_of(sold)
    for language, title in titles.items():
        for start in _starts(title, STARTS[Kind.PRODUCT]):
            more = 0 if start.place else FROM_THE_START
            yield Entry(Kind.PRODUCT, str(listing_id), language, start.place, start.phrase, start.word, *start.keys, weight + more)


def entry_of_words(kind: Kind, text: str, language: str, weight: int) -> Entry | None:
    """The row of a text that may be looked for; None of one without a letter or digit."""
    keys = _keys(text)
    return Entry(kind, text, language, 0, text, "", *keys, weight) if keys and len(text) <= LONGEST["text"] else None


@dataclass(frozen=True)
class _Start:
    place: int
    word: str
    phrase: str
    keys: tuple[str, str, str]


@lru_cache(maxsize=5000)
def _starts(name: str, most: int) -> tuple[_Start, ...]:
    """The words a name can be begun at. A single Chinese sign and a word that tells nothing are no beginning, unless the name begins so."""
    words = [(piece, word) for piece, word in words_of(name) if _NO_SIGN.sub("", word)]
    found: list[_Start] = []
    for nth, (piece, word) in enumerate(words):
        if len(found) == most:
            break
        if nth and (word in STOP_WORDS or (len(word) == 1 and has_han(word))):
            continue
        rest = _joined(words[nth:])
        if keys := _keys(rest):
            follows = words[nth + 1 : nth + 2]
            phrase = _joined([(piece, word), *follows]) if follows and _tells(word, is_first=True) and _tells(follows[0][1]) else ""
            found.append(_Start(nth, word if _tells(word, is_first=True) else "", phrase if len(phrase) <= LONGEST["text"] else "", keys))
    return tuple(found)


def _tells(word: str, *, is_first: bool = False) -> bool:
    """Whether a word is worth proposing: not a particle, not one sign or letter; at the beginning not a mere number."""
    if word in STOP_WORDS or len(word) > LONGEST["text"] or (is_first and not _LETTER.search(word)):
        return False
    return len(word) > 1 or word.isdigit()


def _joined(words: Iterable[tuple[int, str]]) -> str:
    """Words of one piece of a text stand together, others apart."""
    text, last = "", None
    for piece, word in words:
        text += word if piece == last or not text else f" {word}"
        last = piece
    return text


def _keys(text: str) -> tuple[str, str, str] | None:
    norm = norm_of(text)
    if not norm:
        return None
    pinyin, initials = said_of_goods(norm)
    return norm, pinyin[: LONGEST["pinyin"]], initials[: LONGEST["initials"]]
