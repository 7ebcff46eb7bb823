"""English words with a typing error: is the first correction the word that was meant? On the words of the products that are at hand."""

from __future__ import annotations

import random
from collections import Counter
from statistics import fmean

from search.lexicon import Lexicon
from search.tokens import stem
from tests.relevance.judged import quick, source

WORDS, SEED = 300, 11
LEAST, FREQUENT = 5, 3  # letters, and products that hold the word
REACHED = 0.95


def misspelt(word: str, dice: random.Random) -> str:
    """One letter left out, doubled, put for another, or changed with its neighbour; never the first."""
    place = dice.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return dice.choice([before + after, before + 2 * letter + after, before + dice.choice("aeiorstln") + after, before + after[0] + letter + after[1:]])


def test_the_word_that_was_meant_is_the_first_correction(capsys):
    df: Counter[str] = Counter()
    for doc in quick().docs:
        df.update(token for token in doc.tokens if token.isascii() and token.isalpha() and len(token) > 2)
    lexicon, dice = Lexicon.of(df.items()), random.Random(SEED)
    known = sorted(word for word, count in df.items() if count >= min(FREQUENT, max(df.values()) // 2 or 1) and len(word) >= LEAST and stem(word) == word)
    asked = [(word, misspelt(word, dice)) for word in dice.choices(known, k=WORDS)]
    unknown = [(word, typed) for word, typed in asked if not df[stem(typed)]]
    right = [bool(near := lexicon.nearest(typed)) and stem(near[0]) == word for word, typed in unknown]
    with capsys.disabled():
        print(f"\nOf {len(unknown)} English words with a typing error, among {len(df)}, the first correction is right for {fmean(right):.3f} ({source()})")
    assert len(unknown) > WORDS / 2
    assert fmean(right) >= REACHED - 0.02
