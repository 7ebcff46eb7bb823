"""What listings know of words, for questions that are written otherwise: spelt wrongly, run together, in pinyin or its initials.

It is read from the vocabulary, kept by each process, and read again when the vocabulary has changed: a small one at once, a
large one after FRESH_S, because that takes a second where there are hundreds of thousands of words. A word too new to be in
it is found all the same; only corrections do not know it yet.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from marketplace.kernel.pinyin import readings as said
from search.place import Place
from search.tokens import ASIDE, GRAM, stem
from search.words import DOCS, LENGTH, look_up

FRESH_S, SMALL = 600, 20_000  # listings whose vocabulary is read in a tenth of a second
LEAST, SURE = 4, 6  # letters of a word that is corrected, and of one in which two letters may be wrong
LEAST_PART = 3  # letters of each of two words that were run together
WIDTH, MOST = 3000, 150  # ways that are followed at once, and given at the end
MOST_SPELLINGS = 8
LONGEST_MENDED = 8  # characters
LONGEST_SYLLABLE = 6
ENDINGS = ("", "e", "s", "es", "y", "ies", "ing", "ed", "er", "ers", "ion", "ation", "al", "ly", "le", "ness", "ment", "ity", "able")


@dataclass(frozen=True)
class Lexicon:
    """Stems of Latin words, and pairs of Han characters that stand side by side in short texts, each with the number of listings."""

    words: dict[str, int]
    pairs: dict[str, int]
    after: dict[str, str]  # character → those that come behind it
    before: dict[str, str]
    sounds: dict[str, str]  # syllable → characters
    initials: dict[str, str]  # first letter of a syllable → characters

    @classmethod
    def of(cls, terms: Iterable[tuple[str, int]]) -> Lexicon:
        words: dict[str, int] = {}
        pairs: dict[str, int] = {}
        after: dict[str, list[str]] = {}
        before: dict[str, list[str]] = {}
        for term, df in terms:
            if term[0] == GRAM:
                first, second = term[1], term[2]
                pairs[first + second] = df
                after.setdefault(first, []).append(second)
                before.setdefault(second, []).append(first)
            else:
                word = term.lstrip(ASIDE)
                words[word] = max(df, words.get(word, 0))
        sounds: dict[str, list[str]] = {}
        initials: dict[str, list[str]] = {}
        for character in sorted({*after, *before}):
            syllables = said(character)
            for syllable in syllables:
                sounds.setdefault(syllable, []).append(character)
            for letter in {syllable[:1] for syllable in syllables}:
                initials.setdefault(letter, []).append(character)
        joined = ({key: "".join(signs) for key, signs in each.items()} for each in (after, before, sounds, initials))
        return cls(words, pairs, *joined)

    # ── Latin words ──────────────────────────────────────────────────────────────────────────────────────────────────

    def nearest(self, typed: str) -> list[str]:
        """Words that a word may have been meant to be, the likeliest first: one letter wrong, in a long word two; a swap is one."""
        if len(typed) < LEAST:
            return []
        most = 1 if len(typed) < SURE else 2
        hits = {
            hit
            for form in {typed, stem(typed)}
            for hit, _distance, _place in process.extract(form, self.words.keys(), scorer=OSA.distance, score_cutoff=most, limit=40)
        }
        words = {ended_like(hit, typed): self.words[hit] for hit in hits}
        near = [(OSA.distance(word, typed), word[:1] != typed[:1], -df, word) for word, df in words.items() if len(word) >= LEAST - 1]
        return [word for distance, _first, _df, word in sorted(near) if distance <= most][:MOST]

    def parted(self, typed: str) -> list[str]:
        """Two known words that were run together, as `wirelessmouse`."""
        parts = [(typed[:place], typed[place:]) for place in range(LEAST_PART, len(typed) - LEAST_PART + 1)]
        known = [(min(self.words.get(stem(part), 0) for part in each), each) for each in parts]
        return [" ".join(each) for df, each in sorted(known, reverse=True) if df][:MOST]

    # ── Han characters ───────────────────────────────────────────────────────────────────────────────────────────────

    def spelt(self, words: Sequence[str]) -> list[str]:
        """What may be meant by these words as pinyin: characters that stand together in listings, two at least."""
        ways: list[list[str]] = [[]]
        for word in words:
            ways = [[*way, *syllables] for way in ways for syllables in self._syllables(word)][:MOST_SPELLINGS]
        found: dict[str, int] = {}
        for way in ways:
            if len(way) > 1:
                found.update(self._chains([self.sounds[syllable] for syllable in way]))
        return _best(found)

    def begun(self, word: str) -> list[str]:
        """What may be meant by a word as initials of pinyin: three characters at least."""
        steps = [self.initials.get(letter, "") for letter in word]
        return _best(self._chains(steps)) if len(word) >= 3 and all(steps) else []

    def mended(self, word: str) -> list[str]:
        """What may be meant by a word of Han characters that nobody uses: another sign of the same sound, two swapped, one left out or one too many."""
        if len(word) > LONGEST_MENDED:
            return []
        steps = ["".join(dict.fromkeys("".join(self.sounds.get(syllable, "") for syllable in said(sign)) or sign)) for sign in word]
        swapped = [word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)]
        filled = [word[:n] + sign + word[n:] for n in range(1, len(word)) for sign in set(self.after.get(word[n - 1], "")) & set(self.before.get(word[n], ""))]
        less = [word[:n] + word[n + 1 :] for n in range(len(word))] if len(word) > 2 else []
        alike = {found: df for found, df in self._chains(steps).items() if sum(a != b for a, b in zip(found, word, strict=True)) == 1}
        return list(dict.fromkeys([*_best(alike), *(found for some in (swapped, filled, less) for found in _best(self._known(some)))]))[:MOST]

    def _syllables(self, word: str) -> list[list[str]]:
        """Ways to read a word as syllables that characters of listings have, the one of the longest syllables first."""
        ways: dict[int, list[list[str]]] = {len(word): [[]]}  # by where they begin
        for start in range(len(word) - 1, -1, -1):
            ends = range(min(start + LONGEST_SYLLABLE, len(word)), start, -1)
            ways[start] = [[word[start:end], *rest] for end in ends if word[start:end] in self.sounds for rest in ways[end]][:MOST_SPELLINGS]
        return ways[0]

    def _chains(self, steps: Sequence[str]) -> dict[str, int]:
        """Strings with a character of each step, every two neighbours a known pair; with the listings that have the rarest pair."""
        ways = dict.fromkeys(steps[0], max(self.pairs.values(), default=0)) if steps else {}
        for step in steps[1:]:
            among = set(step)
            longer = {way + sign: min(df, self.pairs[way[-1] + sign]) for way, df in ways.items() for sign in self.after.get(way[-1], "") if sign in among}
            ways = dict(sorted(longer.items(), key=lambda each: (-each[1], each[0]))[:WIDTH])
        return ways

    def _known(self, words: Collection[str]) -> dict[str, int]:
        """Those whose neighbours are all known pairs."""
        counted = {word: min((self.pairs.get(a + b, 0) for a, b in pairwise(word)), default=0) for word in words}
        return {word: df for word, df in counted.items() if df}


def ended_like(known: str, typed: str) -> str:
    """A word with this stem, with the ending that comes nearest to the word as typed."""
    bodies = {known, known[:-1]} if known.endswith("i") else {known}
    words = {body + ending for body in bodies for ending in ENDINGS}
    return min((word for word in words if stem(word) == known), key=lambda word: (OSA.distance(word, typed), len(word), word), default=known)


def _best(found: dict[str, int]) -> list[str]:
    return [word for word, _df in sorted(found.items(), key=lambda each: (-each[1], each[0]))][:MOST]


@dataclass(frozen=True)
class _Kept:
    lexicon: Lexicon
    state: tuple[int, int]
    read_at: float


_kept: dict[tuple[str, str], _Kept] = {}


def lexicon_of(place: Place) -> Lexicon:
    """The lexicon of a vocabulary, as fresh as the top of this file says."""
    key = (str(connection.settings_dict["NAME"]), place.schema)
    df = look_up((DOCS, LENGTH), place)
    state, kept = (df.get(DOCS, 0), df.get(LENGTH, 0)), _kept.get(key)
    is_due = kept is None or (kept.state != state and (state[0] < SMALL or time.monotonic() - kept.read_at > FRESH_S))
    if kept is None or is_due:
        kept = _kept[key] = _Kept(Lexicon.of(_terms(place)), state, time.monotonic())
    return kept.lexicon


def _terms(place: Place) -> list[tuple[str, int]]:
    patterns = [f"^{GRAM}..$", f"^{ASIDE}?[a-z]{{3,}}$"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT term, df FROM {place.terms} WHERE df > 0 AND (term ~ %s OR term ~ %s)", patterns)  # noqa: S608
        return list(cursor.fetchall())
