"""What is proposed while somebody types: one statement on one table, whichever backend answers searches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from marketplace.kernel.texts import NEXT_BEST
from search.suggestions.entries import Kind, has_han, norm_of

MOST = 10  # proposals together
# How many of a kind there are if there is enough of every kind; and how many at most.
SHARE = {Kind.PHRASE: 4, Kind.CATEGORY: 2, Kind.BRAND: 1, Kind.SHOP: 1, Kind.PRODUCT: 2}
AT_MOST = {Kind.PHRASE: 8, Kind.CATEGORY: 3, Kind.BRAND: 2, Kind.SHOP: 2, Kind.PRODUCT: 4}
ROWS_EACH = 4  # rows that are read for one proposal: a name has several beginnings, in several languages
KINDS = list(Kind)
NAMES = frozenset({Kind.BRAND, Kind.SHOP})  # of no language: whoever types a name means it
PRINTABLE = str.maketrans("", "", "\x00")


class Row(NamedTuple):
    """`is_own`: in a language that the reader reads."""

    kind: Kind
    target: str
    text: str
    weight: int
    is_own: bool


@dataclass(frozen=True)
class Suggestions:
    """Words to look for, keys of categories and brands, ordinals of shops, keys of listings; the likeliest of each first."""

    words: list[str] = field(default_factory=list)
    categories: list[int] = field(default_factory=list)
    brands: list[int] = field(default_factory=list)
    shops: list[int] = field(default_factory=list)
    products: list[UUID] = field(default_factory=list)


def suggest(text: str, language: str) -> Suggestions:
    """For what was typed so far on a page in this language. Texts in a language that its reader reads come first, however often others are
    sold; others only where these are few."""
    typed = norm_of(text.translate(PRINTABLE))
    if not typed:
        return Suggestions()
    found: dict[Kind, dict[str, str]] = {kind: {} for kind in KINDS}
    languages = [language.lower(), *NEXT_BEST.get(language.lower(), ()), ""]
    for rows in _own_then_others(typed, languages):
        for row in sorted(rows, key=lambda row: -row.weight):
            if len(found[row.kind]) < _wanted(row.kind):
                found[row.kind].setdefault(row.target, row.text)
        if sum(map(len, found.values())) >= MOST:
            break
    words = dict.fromkeys([*found[Kind.ASKED].values(), *found[Kind.PHRASE].values()])
    same = " ".join(text.casefold().split())
    groups: dict[Kind, list[str]] = {
        Kind.PHRASE: [each for each in words if each != same],
        **{kind: list(found[kind]) for kind in (Kind.CATEGORY, Kind.BRAND, Kind.SHOP, Kind.PRODUCT)},
    }
    sizes = shared_out({kind: len(rows) for kind, rows in groups.items()})
    chosen = {kind: rows[: sizes[kind]] for kind, rows in groups.items()}
    return Suggestions(
        chosen[Kind.PHRASE],
        [int(key) for key in chosen[Kind.CATEGORY]],
        [int(key) for key in chosen[Kind.BRAND]],
        [int(key) for key in chosen[Kind.SHOP]],
        [UUID(key) for key in chosen[Kind.PRODUCT]],
    )


def shared_out(there: dict[Kind, int]) -> dict[Kind, int]:
    """How many of each kind are shown: its share, and what others leave over."""
    sizes = {kind: min(SHARE[kind], count) for kind, count in there.items()}
    for kind in SHARE:
        left = MOST - sum(sizes.values())
        sizes[kind] += max(min(left, AT_MOST[kind] - sizes[kind], there[kind] - sizes[kind]), 0)
    return sizes


def _wanted(kind: Kind) -> int:
    return AT_MOST.get(kind, AT_MOST[Kind.PHRASE])


def _own_then_others(typed: str, languages: list[str]) -> Iterator[list[Row]]:
    """What begins so in these languages, then what does in others.

    Of one sign or letter very much may begin so: the planner chooses between prefixes and the index of weights, which knows no languages. For more it
    must not, because it takes few rows for many and walks the weights of all: what begins so is fetched, once for all languages.
    """
    if len(typed) == 1:
        yield _read(typed, languages, "AND {mine}", "weight", ROWS_EACH)
        yield _read(typed, languages, "AND NOT {mine}", "weight", ROWS_EACH)
    else:
        rows = _read(typed, languages, "", "is_own DESC, weight + 0", 2 * ROWS_EACH)
        yield [row for row in rows if row.is_own]
        yield [row for row in rows if not row.is_own]


def _read(typed: str, languages: list[str], only: str, order: str, rows_each: int) -> list[Row]:
    """What begins so. `only` and `order` are SQL; {mine} in it is whether a row is in one of these languages."""
    keys = ["norm"] if has_han(typed) or not typed.isascii() else ["norm", "pinyin", "initials"]
    begins = " OR ".join(f"{key} LIKE %(begins)s" for key in keys)
    parts: list[str] = []
    for kind in KINDS:
        mine = "true" if kind in NAMES else "language = ANY(%(languages)s)"
        parts.append(
            f"(SELECT kind, target, text, weight, {mine} AS is_own FROM public.search_suggestion"  # noqa: S608
            f" WHERE kind = '{kind.value}' AND ({begins}) {only.format(mine=mine)} ORDER BY {order} DESC LIMIT {_wanted(kind) * rows_each})"
        )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {"begins": f"{typed}%", "languages": languages})
        return [Row(Kind(kind), *rest) for kind, *rest in cursor.fetchall()]
