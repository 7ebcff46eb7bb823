"""Where nothing fits all of what was asked for: what may be given up, what is shown instead, and what the page says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from marketplace.platform.taxonomy.models import Category
from marketplace.platform.taxonomy.queries import category_row
from search.contract import LOOSE, Answer, Query, Rung, Sort
from search.find import find
from search.ladder import NEAR
from search.tokens import LONGEST_QUESTION, folded, stem
from storefront.shop import search_page
from storefront.shop.place import Place
from storefront.shop.search_page import Chip

LATIN = re.compile(r"[a-z]{3,}")
MOST_LOOSENED = 5  # filters that are tried away where nothing is found


def may_loosen(query: Query, place: Place, category: Category | None) -> Query:
    """The question, with what may be given up: not what the place itself is, and nothing where a rule says what belongs to it."""
    if place.rule:
        return query
    return query.but(may_loosen=LOOSE - place.fixed, above=tuple(reversed(category.path[:-1])) if category else ())


def with_neighbours(answer: Answer, place: Place) -> Answer:
    """Where even the search has found nothing to show: what the place holds, else what is popular in its shop, or in the market."""
    if answer.total or answer.also:
        return answer
    shop = Query(shops=frozenset({place.shop.ordinal})) if place.shop else Query()
    for query in ((place.rule,) if place.rule else ()) + (shop,):
        if found := find(query.but(sort=Sort.POPULAR, size=NEAR)).ids:
            return replace(answer, rung=Rung.NEIGHBOURS, category=None, also=found)
    return answer


def as_written(answer: Answer, query: Query, titles: Iterable[str]) -> Answer:
    """With the words that were answered instead as goods write them: what an index knows of a word is its stem, and “kettl” is none."""
    if not answer.read_as:
        return answer
    asked = set(LATIN.findall(folded(query.text, LONGEST_QUESTION)))
    as_read = set(LATIN.findall(answer.read_as))
    written: dict[str, str] = {}
    for title in titles:
        for word in LATIN.findall(folded(title, LONGEST_QUESTION)):
            if word in as_read or stem(word) not in written:
                written[stem(word)] = word

    def as_goods_say(found: re.Match[str]) -> str:
        return found[0] if found[0] in asked else written.get(stem(found[0]), found[0])

    return replace(answer, read_as=LATIN.sub(as_goods_say, answer.read_as), dropped=tuple(LATIN.sub(as_goods_say, each) for each in answer.dropped))


@dataclass(frozen=True)
class GivenUp:
    """What was given up to find something, in the page's words. `words` were left out of `of`; `place` was left for `wider`, or for everywhere;
    `filters` were taken off; `is_some`: any of the words; `is_near`: nothing fits, and what is shown is popular in `wider` or at the place."""

    of: str
    words: str = ""
    place: Category | None = None
    wider: Category | None = None
    filters: str = ""
    is_some: bool = False
    is_near: bool = False

    @property
    def is_anything(self) -> bool:
        return bool(self.words or self.place or self.filters or self.is_some)


def given_up(answer: Answer, query: Query, chips: Sequence[Chip], category: Category | None) -> GivenUp:
    labels = [chip.label for chip in chips if chip.group in answer.freed]
    if "category" in answer.freed and category and category.name not in labels:
        labels.insert(0, category.name)
    return GivenUp(
        of=answer.read_as or query.text,
        words=" ".join(answer.dropped),
        place=category if answer.rung == Rung.WIDER else None,
        wider=category_row(answer.category) if answer.category else None,
        filters=" · ".join(dict.fromkeys(labels)),
        is_some=answer.rung == Rung.SOME,
        is_near=answer.rung == Rung.NEIGHBOURS,
    )


def loosened(chips: Sequence[Chip], place: Place, category: Category | None, currency: str) -> list[Chip]:
    """Nothing was found: which filter is to blame? For each of the first few, how much there would be without it; the most helpful first."""
    for chip in chips[:MOST_LOOSENED]:
        stays = category if place.category or chip.left.get("c") else None
        chip.total = find(place.narrowed(search_page.read_query(chip.left, stays, currency).query).but(size=1, page=1)).total
    return sorted(chips, key=lambda chip: -chip.total)
