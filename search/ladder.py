"""How far a question is loosened until it finds something: the same steps for both backends, and the answer says which it was.

1. All words as typed. 2. Where one of them no listing knows: all words, read otherwise (readings.py).
3. All but the least useful words, at most half of them. 4. The same in a wider category, the nearest that has something, in the end in all.
5. The same without filters, as few as it takes. 6. Some of the words. 7. What is popular near by, which is no match and in no count.

4, 5 and 7 happen only where the question allows it. A step that finds something is the same for every choice that it counts one or more
of: what comes before it finds nothing under a choice more either, because a choice only narrows. So a count is what a click gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, islice
from typing import Protocol

from search.contract import Answer, Query, Rung, Sort
from search.place import Place
from search.readings import readings
from search.words import Asked, ask

MOST_TRIES = 14  # ways to take off some of the filters: every one of four
NEAR = 12  # neighbours


class Steps(Protocol):
    def holding_all(self, query: Query, asked: Asked) -> Answer:
        """Listings that hold every word that is needed, and on a first page that they do not fill, `also` those that hold some."""

    def holding_some(self, query: Query, asked: Asked) -> Answer:
        """Listings that hold one of the words or several."""


def climb(steps: Steps, query: Query, place: Place) -> Answer:
    """The answer of the first step that finds something; where none does, that of all words."""
    ladder = _Ladder(steps, query, place)
    if ladder.strict.total:
        return ladder.strict
    rungs = () if query.exact else (ladder.by_words, ladder.wider, ladder.freer, ladder.some)
    found = (rung() for rung in (*rungs, ladder.neighbours))
    return next((each for each in found if each is not None), ladder.strict)


@dataclass
class _Ladder:
    """One question on its way up. A rung gives None where it finds nothing, or may not be stepped on."""

    steps: Steps
    query: Query
    place: Place
    freest: Query | None = None  # as wide as what is tried now can become
    in_vain: set[tuple[str, int]] = field(default_factory=set)  # readings, with how many words needed, that find nothing even so

    @cached_property
    def asked(self) -> Asked:
        return self.weighed(self.query.text)

    def weighed(self, text: str) -> Asked:
        return ask(text, self.place, self.query.language).liking(self.query)

    @cached_property
    def others(self) -> list[tuple[str, Asked]]:
        """Other readings of the words, each as a text and weighed."""
        if self.query.as_typed or all(word.is_known for word in self.asked.words):
            return []
        return [(text, self.weighed(text)) for text in readings(self.asked, self.place)]

    @cached_property
    def strict(self) -> Answer:
        return self.steps.holding_all(self.query, self.asked)

    @property
    def reading(self) -> tuple[str, Asked]:
        """Of which words are left out: the likeliest with the fewest that no listing knows; of equals not one of which none is known."""

        def unknown(reading: tuple[str, Asked]) -> tuple[int, bool]:
            words = reading[1].words
            count = sum(not word.is_known for word in words)
            return count, count == len(words)

        return min([("", self.asked), *self.others], key=unknown)

    def worth_saying(self, read_as: str) -> str:
        """A reading, unless it is but the same signs parted otherwise: that some of them are left out is said anyway."""
        return "" if "".join(read_as.split()) == "".join(self.query.text.split()) else read_as

    def all_words(self, query: Query) -> Answer:
        return self.holding(query, "", self.asked)

    def holding(self, query: Query, read_as: str, asked: Asked) -> Answer:
        """All needed words of a reading. What finds nothing in the widest question finds nothing in a narrower one, and is not asked for again."""
        which = (read_as, len(asked.needed))
        if which in self.in_vain:
            return self.strict
        answer = self.steps.holding_all(query, asked)
        if query is self.freest and not answer.total:
            self.in_vain.add(which)
        return answer

    def by_words(self, query: Query | None = None) -> Answer | None:
        """All words in another reading, or all but the least useful of them."""
        query = query or self.query
        for text, asked in self.others:
            answer = self.holding(query, text, asked)
            if answer.total:
                return replace(answer, read_as=text)
        return self._fewer(query)

    def _fewer(self, query: Query) -> Answer | None:
        """As few words left out as it takes: the more are kept, the less is found. With less than half of them it is another question."""
        read_as, asked = self.reading
        best, least, most = None, -(-len(asked.words) // 2), min(len(asked.words) - 1, sum(word.is_known for word in asked.words))
        while least <= most:
            count = (least + most + 1) // 2
            kept = asked.keeping(count)
            answer = self.holding(query, read_as, kept)
            if answer.total:
                best, least = (
                    replace(answer, rung=Rung.FEWER, read_as=self.worth_saying(read_as), dropped=tuple(word.typed for word in kept.dropped)),
                    count + 1,
                )
            else:
                most = count - 1
        return best

    def wider(self) -> Answer | None:
        query = self.query
        if "category" not in query.may_loosen or query.category is None or not self.asked.words:
            return None
        everywhere = self._at_most(query.but(category=None))
        if everywhere is None:
            return None
        for category in query.above:
            if answer := self._anywhere(query.but(category=category)):
                return replace(answer, rung=Rung.WIDER, category=category)
        return replace(everywhere, rung=Rung.WIDER, category=None)

    def freer(self) -> Answer | None:
        """Without as few filters as it takes."""
        chosen = _loose(self.query)
        if self.asked.words and self.query.category is not None and "category" in self.query.may_loosen:
            chosen.append("category")
        free = self._at_most(_without(self.query, chosen)) if chosen else None
        if free is None:
            return None
        fewer = (freed for count in range(1, len(chosen)) for freed in combinations(chosen, count))
        for freed in islice(fewer, MOST_TRIES):
            if answer := self._anywhere(_without(self.query, freed)):
                return replace(answer, rung=Rung.FREER, freed=freed)
        return replace(free, rung=Rung.FREER, freed=tuple(chosen))

    def some(self) -> Answer | None:
        read_as, asked = self.reading
        if len(asked.words) < 2:
            return None
        answer = self.steps.holding_some(self.query, asked)
        return replace(answer, rung=Rung.SOME, read_as=self.worth_saying(read_as)) if answer.total else None

    def neighbours(self) -> Answer | None:
        """Popular in the asked category or the nearest above it, whatever was asked for."""
        query = self.query
        if not query.may_loosen:
            return None
        free = _without(query, _loose(query)).but(text="", sort=Sort.POPULAR, page=1, size=NEAR)
        categories = (query.category, *query.above, None) if "category" in query.may_loosen else (query.category,)
        for category in dict.fromkeys(categories):
            near = self.steps.holding_all(free.but(category=category), Asked((), {}))
            if near.total:
                return replace(self.strict, rung=Rung.NEIGHBOURS, category=category, also=near.ids)
        return None

    def _at_most(self, freest: Query) -> Answer | None:
        """The same in a question that is wider than all that are asked after it."""
        self.freest, self.in_vain = freest, set()
        return self._anywhere(freest)

    def _anywhere(self, query: Query) -> Answer | None:
        answer = self.all_words(query)
        return answer if answer.total else self.by_words(query)


def _loose(query: Query) -> list[str | int]:
    """The filters that were chosen and may be given up, in the order in which they are."""
    chosen = {"brand": query.brands, "shop": query.shops, "price": query.price_from is not None or query.price_to is not None, "stock": query.in_stock}
    named = [name for name, is_chosen in chosen.items() if is_chosen and name in query.may_loosen]
    return [*(query.values if "values" in query.may_loosen else ()), *named]


def _without(query: Query, freed: Iterable[str | int]) -> Query:
    freed = set(freed)
    return query.but(
        category=None if "category" in freed else query.category,
        values={attribute: values for attribute, values in query.values.items() if attribute not in freed},
        brands=frozenset() if "brand" in freed else query.brands,
        shops=frozenset() if "shop" in freed else query.shops,
        price_from=None if "price" in freed else query.price_from,
        price_to=None if "price" in freed else query.price_to,
        in_stock=query.in_stock and "stock" not in freed,
    )
