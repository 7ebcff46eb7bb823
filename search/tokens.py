"""Words of texts and of questions: the one tokeniser, so that both backends index and ask for the same tokens.

Nothing here raises, whatever the text; long texts are cut off. A token has at most MOST_CHARACTERS characters and none of
them holds white space, a quote, a backslash or a control character.

Beside tokens a listing has marks, which say only that something is there and count in no length. They begin with a sign:
GRAM a Han character or a pair of them, which finds words that segmentation cut otherwise; ASIDE a word from its attributes,
shop or wider categories; HEAD the word that names its own category.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

import opencc
import rjieba
import Stemmer

MOST_CHARACTERS = 40
LONGEST_TEXT = 20_000  # characters of one text that are read
LONGEST_QUESTION = 200
MOST_CLAUSES = 12
GRAM, ASIDE, HEAD = "·", "=", "^"

# What a form of a word is worth against the word as it was typed.
AS_TYPED, MEANT_TOO, NEIGHBOURS_JOINED, IN_PARTS, MARKED = 1.0, 0.9, 0.7, 0.6, 0.4

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
# Vowel signs of Indic scripts, Thai and their neighbours belong to the word although they are not letters.
_WORD = rf"(?:(?![{HAN}])(?:[^\W_]|[\u0900-\u0fff]))"
_PIECE = re.compile(rf"([{HAN}]+)|({_WORD}+(?:[-._]+{_WORD}+)*)")
_ATOM = re.compile(r"[0-9]+(?:\.[0-9]+)*|[^\W\d_]+(?:[\u0900-\u0fff]+[^\W\d_]*)*|[^\W_]+|[\u0900-\u0fff]+")
_HAN_ONE = re.compile(f"[{HAN}]")
_APOSTROPHE = re.compile(r"['’ʼ](?:s\b)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BETWEEN_NAMES = re.compile(r"[&/,、，+]|\band\b|(?<=\w\w)[和与及](?=\w\w)")
# Units as they stand behind a number; 克拉 is another one, and what is 升级 or 克服 is no measure.
UNITS = {
    "公斤": "kg", "千克": "kg", "毫克": "mg", "克": "g", "毫升": "ml", "升": "l", "毫米": "mm", "厘米": "cm", "公里": "km", "千瓦": "kw", "毫安时": "mah",
}  # fmt: skip
_UNIT = re.compile(rf"(?<=[0-9])\s*({'|'.join(sorted(UNITS, key=len, reverse=True))})(?![拉级降学温值服隆])")
_CONTROLS = dict.fromkeys(range(ord(" ")), " ")
_VOICE_MARKS = "\u3099\u309a"  # of kana: part of the letter, not an accent

_STOP_WORDS_OF = {
    "en": "a an and are as at be but by for from has have if in into is it its of on or such that the their then there these they this to was were will"
    " with you your",
    "zh": "的 了 和 与 及 或 是 在 也 就 都 而 把 被 让 给 对 等 之 其 地 得 着 您 你 我",
}
STOP_WORDS = frozenset(word for words in _STOP_WORDS_OF.values() for word in words.split())


@dataclass(frozen=True)
class Form:
    """A shape that a word may have in a listing: all these tokens, or all these marks, together. `synonym`: the words that stand for the typed ones."""

    tokens: tuple[str, ...]
    weight: float
    synonym: str = ""

    @property
    def is_marks(self) -> bool:
        return self.tokens[0][0] in (GRAM, ASIDE, HEAD)


@dataclass(frozen=True)
class Clause:
    """One word of a question. A listing holds it in any of its forms; the best of them counts.

    `typed` is the word as it stood in the folded text, `piece` which run of characters of the text, from 0, it was a part of.
    """

    forms: tuple[Form, ...]
    typed: str = ""
    piece: int = 0

    @property
    def joined(self) -> str:
        """The word as one token."""
        return self.forms[0].tokens[0]


def index_tokens(text: str) -> list[str]:
    """The tokens of a text, as often as they occur; compounds give their parts and the joined form."""
    return [token for kind, piece in _pieces(_with_units(folded(text, LONGEST_TEXT))) for token in _tokens_of(kind, piece)]


def han_grams(text: str) -> list[str]:
    """Marks of every Han character and every pair of neighbours, each once: for short texts such as titles."""
    grams: dict[str, None] = {}
    for kind, run in _pieces(_with_units(folded(text, LONGEST_TEXT))):
        if kind == "han":
            grams.update(dict.fromkeys(GRAM + character for character in run))
            grams.update(dict.fromkeys(han_pairs(run)))
    return list(grams)


def words_of(text: str) -> list[tuple[int, str]]:
    """The words of a short text in their order, folded but not stemmed, each with the number of the piece of the text it stands in."""
    found: list[tuple[int, str]] = []
    for place, (kind, piece) in enumerate(_pieces(folded(text, LONGEST_QUESTION))):
        found += [(place, word) for word in (rjieba.cut(piece, True) if kind == "han" else [piece])]
    return found


def head_words(name: str) -> list[str]:
    """The words a category's name is about: the last of each part, `Cups & Mugs` → cup, mug."""
    parts = [index_tokens(part) for part in _BETWEEN_NAMES.split(name)]
    return list(dict.fromkeys(tokens[-1] for tokens in parts if tokens))


def query_clauses(text: str) -> list[Clause]:
    """What a question asks for, a clause a word, each once. Empty where the text holds no word."""
    clauses: dict[str, Clause] = {}
    for place, (kind, piece) in enumerate(_pieces(_in_units(folded(text, LONGEST_QUESTION)))):
        for clause in _han_clauses(piece) if kind == "han" else _word_clauses(piece):
            aside = [Form(tuple(ASIDE + token for token in form.tokens), MARKED) for form in clause.forms if not form.is_marks]
            clauses.setdefault(clause.joined, Clause((*clause.forms, *aside), clause.typed, place))
    return list(clauses.values())[:MOST_CLAUSES]


def with_joined_neighbours(clauses: list[Clause], is_known: Iterable[str]) -> list[Clause]:
    """Give both words of a pair such as `head set` the form `headset`, where that is a word listings know."""
    known, forms = set(is_known), [list(clause.forms) for clause in clauses]
    for place, joined in joined_neighbours(clauses):
        if joined in known:
            for each in forms[place : place + 2]:
                each.append(Form((joined,), NEIGHBOURS_JOINED))
    return [replace(clause, forms=tuple(each)) for clause, each in zip(clauses, forms, strict=True)]


def joined_neighbours(clauses: list[Clause]) -> list[tuple[int, str]]:
    """Place of the first word, and the two words as one token: only letters and digits of the ASCII set."""
    joined = [(place, first.joined + second.joined) for place, (first, second) in enumerate(pairwise(clauses))]
    return [(place, stem(word)) for place, word in joined if word.isascii() and word.isalnum() and len(word) <= MOST_CHARACTERS]


def folded(text: str, longest: int) -> str:
    """One spelling: compatibility forms and accents gone, small letters, Traditional Chinese in Simplified (Taiwan's words too)."""
    text = text[:longest].encode("utf-8", "ignore").decode()  # half a surrogate pair is no character
    text = text.translate(_CONTROLS)
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c) or c in _VOICE_MARKS)
    text = unicodedata.normalize("NFC", text)[: 2 * longest]
    return _to_simplified().convert(text) if _HAN_ONE.search(text) else text


def _in_units(folded: str) -> str:
    """Chinese units behind a number as their signs: 5公斤 → 5kg."""
    return _UNIT.sub(lambda found: f"{UNITS[found[1]]} ", folded)


def _with_units(folded: str) -> str:
    """The same, and the units as they were written beside them: 5公斤 → 5kg 公斤."""
    return _UNIT.sub(lambda found: f"{UNITS[found[1]]} {found[1]}", folded)


def _pieces(folded: str) -> Iterator[tuple[str, str]]:
    """Runs of Han characters, and words of other scripts with the hyphens and dots inside them."""
    for found in _PIECE.finditer(_THOUSANDS.sub("", _APOSTROPHE.sub("", folded))):
        yield ("han", found[1]) if found[1] else ("word", found[2])


def _tokens_of(kind: str, piece: str) -> list[str]:
    if kind == "han":
        return [word[:MOST_CHARACTERS] for word in rjieba.cut_for_search(piece, True) if word not in STOP_WORDS]
    parts, joined = _compound(piece)
    return [*parts, joined] if joined else parts


def _word_clauses(piece: str) -> list[Clause]:
    parts, joined = _compound(piece)
    if not joined:
        return [Clause((Form((part,), AS_TYPED),), piece if len(parts) == 1 else part) for part in parts]
    alternatives = (Form(tuple(dict.fromkeys(parts)), IN_PARTS),) if parts else ()
    return [Clause((Form((joined,), AS_TYPED), *alternatives), piece)]


def _han_clauses(run: str) -> Iterator[Clause]:
    for word in rjieba.cut(run, True):
        if word in STOP_WORDS:
            continue
        forms = [Form((word[:MOST_CHARACTERS],), AS_TYPED)]
        parts = tuple(dict.fromkeys(part for part in rjieba.cut_for_search(word, True) if part != word))
        if len(parts) > 1:
            forms.append(Form(parts, IN_PARTS))
        forms.append(Form(tuple(dict.fromkeys(han_pairs(word))) or (GRAM + word,), MARKED))
        yield Clause(tuple(forms), word)


def han_pairs(run: str) -> list[str]:
    """Marks of every two neighbours in a run of Han characters."""
    return [GRAM + run[place : place + 2] for place in range(len(run) - 1)]


def _compound(piece: str) -> tuple[list[str], str]:
    """The parts of a word without stop words, and the joined form where it has several: `tn-2110` → tn, 2110 and tn2110."""
    atoms = _ATOM.findall(piece)
    parts = [stem(atom[:MOST_CHARACTERS]) for atom in atoms if atom not in STOP_WORDS]
    joined = "".join(atoms)
    return parts, stem(joined) if len(atoms) > 1 and len(joined) <= MOST_CHARACTERS else ""


_of_thread = threading.local()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """English stems, of plain words only: a model number is left as it is."""
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    if not hasattr(_of_thread, "stemmer"):  # a stemmer may not be shared by threads
        _of_thread.stemmer = Stemmer.Stemmer("english")
    return str(_of_thread.stemmer.stemWord(word))


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("tw2sp")
