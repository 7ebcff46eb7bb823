"""What the variants of a listing are told apart by, so that what is chosen of it is held by one and the same variant.

A value of a listing is either described, and then holds for every variant, or an option of some of them. A listing whose every
combination of options is on offer needs no look at its variants: whatever is chosen of each option, some variant has it. The
same holds for one with a single option. So only the others, with gaps in their table of variants, carry their variants along.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

type_pairs = frozenset[tuple[int, int]]  # (attribute, value)


def values_of(described: Sequence[tuple[int, int]], options: Iterable[type_pairs]) -> tuple[list[tuple[int, int]], list[type_pairs]]:
    """All values of a listing, each once, and its variants, each with what it is told apart by; no variants where none of their combinations is missing.

    Where variants are told apart by an attribute, it says what they have and not what is described; a variant that does not say
    it has what is described.
    """
    variants = list(options)
    apart = {attribute for variant in variants for attribute, _value in variant}
    whole = dict.fromkeys(_filled(variant, apart, described) for variant in variants)
    values = [pair for pair in described if pair[0] not in apart]
    values += sorted(pair for pair in frozenset().union(*whole))
    return list(dict.fromkeys(values)), ([] if _is_complete(whole, apart) else list(whole))


def _filled(variant: type_pairs, apart: set[int], described: Sequence[tuple[int, int]]) -> type_pairs:
    unsaid = apart - {attribute for attribute, _value in variant}
    return variant | {pair for pair in described if pair[0] in unsaid}


def _is_complete(variants: Iterable[type_pairs], apart: set[int]) -> bool:
    """Whether there is a variant for every combination of one value of each attribute."""
    rows = list(variants)
    if len(apart) < 2:
        return True
    if any(len(row) != len(apart) or len(dict(row)) != len(apart) for row in rows):
        return False
    return len(rows) == prod(len({value for row in rows for key, value in row if key == attribute}) for attribute in apart)
