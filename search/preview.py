"""What a rule would change, before it is in force: the first results of the questions it touches, as they are and as they would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from search.contract import Answer, Query
from search.find import find
from search.models import SearchRule
from search.rules import trying, words_of
from search.ruling import Draft
from search.searched import searched_by_enough

SHOWN = 10  # results of a question
MOST_OWN, MOST_ASKED = 4, 4  # questions: the rule's own, and those that visitors asked
LOOKED_THROUGH = 500  # of the most asked


@dataclass(frozen=True)
class Place:
    """A listing among the first results, from 1. `was`: its place before, or 0."""

    key: UUID
    place: int
    was: int

    @property
    def up(self) -> int:
        """By how many places it rises; below 0: it falls."""
        return self.was - self.place if self.was else 0


@dataclass(frozen=True)
class Compared:
    """A question before and after. `out`: what is no longer among the first."""

    text: str
    language: str
    times: int  # that it was searched for; 0: not known
    before: list[Place]
    after: list[Place]
    out: frozenset[UUID]
    total_before: int
    total_after: int

    @property
    def is_same(self) -> bool:
        return [one.key for one in self.before] == [one.key for one in self.after] and self.total_before == self.total_after


def compare(wanted: Draft | None, *, rule_id: UUID | None, language: str) -> list[Compared]:
    """What keeping a rule would change, or (`wanted` None) removing it. `language`: in which questions are asked where the rule is for all."""
    now = list(SearchRule.objects.order_by("at", "pk"))
    kept = next((row for row in now if row.pk == rule_id), None)
    row = wanted.as_row(rule_id) if wanted else None
    then = [other for other in now if other.pk != rule_id] + ([row] if row else [])
    rows = [each for each in (row, kept) if each]
    questions = list(_questions(rows, language))
    queries = [Query(text=text, language=of, size=SHOWN) for text, of, _times in questions]
    with trying(now):
        before = [find(query) for query in queries]
    with trying(then):
        after = [find(query) for query in queries]
    return [_compared(*each) for each in zip(questions, before, after, strict=True)]


def _questions(rows: Sequence[SearchRule], language: str) -> Iterator[tuple[str, str, int]]:
    """Texts that the rule is about, then the most asked of those that hold its words; each with its language and how often it was searched for."""
    own = dict.fromkeys(text for row in rows if row.kind != SearchRule.Kind.STOPS for text in row.said("words"))
    spoken = next((row.language for row in rows if row.language), "")
    asked = [(each.text, each.language, each.times) for each in searched_by_enough().order_by("-times", "-pk")[:LOOKED_THROUGH]]
    times: dict[tuple[str, ...], int] = {}
    for text, _language, count in asked:
        times[words_of(text)] = times.get(words_of(text), 0) + count
    seen = set()
    for text in list(own)[:MOST_OWN]:
        seen.add(words_of(text))
        yield text, spoken or language, times.get(words_of(text), 0)
    about = [frozenset(words_of(text)) for row in rows for text in row.said("words")]
    left = MOST_ASKED
    for text, of, count in asked:
        words = words_of(text)
        if left and words not in seen and spoken in ("", of) and any(each <= frozenset(words) for each in about):
            seen.add(words)
            left -= 1
            yield text, of, count


def _compared(question: tuple[str, str, int], before: Answer, after: Answer) -> Compared:
    text, language, times = question
    first, second = _first(before), _first(after)
    return Compared(
        text=text,
        language=language,
        times=times,
        before=[Place(key, place, place) for place, key in enumerate(first, 1)],
        after=[Place(key, place, first.index(key) + 1 if key in first else 0) for place, key in enumerate(second, 1)],
        out=frozenset(first) - frozenset(second),
        total_before=before.total,
        total_after=after.total,
    )


def _first(answer: Answer) -> list[UUID]:
    """What a buyer sees first: what was found, and below it what holds some of the words."""
    return [*answer.ids, *answer.also][:SHOWN]
