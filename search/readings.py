"""What a question may have been meant to say, where it holds words that no listing knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connection

from search.backends.packing import tsquery_marks
from search.lexicon import Lexicon, lexicon_of
from search.place import Place
from search.tokens import HAN, han_pairs, query_clauses
from search.words import Asked, Word, look_up

MOST = 4  # readings that are tried
ENOUGH = 20  # listings: more tell nothing more
MOST_SINGLE = 4  # unknown words that are looked at one by one: a question of more is another language, or none
_LATIN, _IS_HAN = re.compile(r"[a-z]+\Z"), re.compile(f"[{HAN}]+\\Z")
_VOWEL = re.compile("[aeiou]")
_STUTTERS = re.compile(r"(.)\1\1")


def readings(asked: Asked, place: Place) -> list[str]:
    """Other texts for a question, the likeliest first; none where nothing comes near its unknown words. A few statements.

    Latin letters are pinyin, a word that was spelt wrongly, two words run together, or initials of pinyin; Han characters have
    one of the same sound for another, two swapped, one left out or one too many, or else are looked for one by one.
    """
    lexicon = lexicon_of(place)
    parts: list[tuple[int, list[str]]] = []  # of each word or run of words: its piece of the text, and what it may mean
    words, is_other, single = list(asked.words), False, 0
    while words:
        taken, meant = _meant(words, lexicon, place, is_single_read=single < MOST_SINGLE)
        is_other |= bool(meant)
        single += taken == 1 and not words[0].is_known
        parts.append((words[0].piece, meant or [words[0].typed]))
        words = words[taken:]
    if not is_other:
        return []
    count = min(MOST, max(len(meant) for _piece, meant in parts))
    return list(dict.fromkeys(_text([(piece, meant[min(nth, len(meant) - 1)]) for piece, meant in parts]) for nth in range(count)))


def _meant(words: Sequence[Word], lexicon: Lexicon, place: Place, *, is_single_read: bool) -> tuple[int, list[str]]:
    """How many of these words belong together, and what they may mean; nothing for a first word that stays as it is."""
    run = 0
    while run < len(words) and _LATIN.match(words[run].typed):
        run += 1
    for end in range(run, 0, -1):
        if not all(word.is_known for word in words[:end]) and (spelt := _said(lexicon.spelt([word.typed for word in words[:end]]), place)):
            return end, spelt
    word = words[0]
    if word.is_known or not is_single_read:
        return 1, []
    if run:
        return 1, _of_letters(word.typed, lexicon, place)
    if _IS_HAN.match(word.typed) and len(word.typed) > 1:
        return 1, [*_held(lexicon.mended(word.typed), place), " ".join(word.typed)]
    return 1, []


def _of_letters(typed: str, lexicon: Lexicon, place: Place) -> list[str]:
    """A word without a vowel is rather initials than a word."""
    words, begun = [*lexicon.nearest(typed), *lexicon.parted(typed)], _said(lexicon.begun(typed), place)
    return [*words, *begun] if _VOWEL.search(typed) else [*begun, *words]


def _said(found: Sequence[str], place: Place) -> list[str]:
    """Those of these strings that listings hold, made of known words and of few first, then those that more hold.

    Where one sign stands beside itself in a listing, that pair would say it for letters struck again and again (“zzzz”), however often.
    """
    held = _held([text for text in found if not _STUTTERS.search(text)], place)
    words = {text: [clause.joined for clause in query_clauses(text)] for text in held}
    df = look_up({word for each in words.values() for word in each}, place)
    return sorted(held, key=lambda text: (sum(word not in df for word in words[text]), len(words[text]), -held[text]))


def _held(found: Sequence[str], place: Place) -> dict[str, int]:
    """Those whose pairs of neighbours some listing has all together, in the order given, with how many have, up to ENOUGH."""
    if not found:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.nth, (SELECT count(*) FROM"  # noqa: S608
            f" (SELECT 1 FROM {place.docs} WHERE tsv @@ asked.pairs::tsquery LIMIT {ENOUGH}) few)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS asked (pairs, nth) ORDER BY asked.nth",
            [[tsquery_marks(han_pairs(text)) for text in found]],
        )
        return {found[nth - 1]: count for nth, count in cursor.fetchall() if count}


def _text(parts: Sequence[tuple[int, str]]) -> str:
    """Words of one piece of the text stand together again, others apart, and so do characters that are looked for one by one."""
    text = ""
    for nth, (piece, word) in enumerate(parts):
        apart = nth and (piece != parts[nth - 1][0] or " " in word + parts[nth - 1][1])
        text += f" {word}" if apart else word
    return text
