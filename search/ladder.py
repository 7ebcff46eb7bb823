"""How far a question is relaxed until it finds something: the same steps for both backends.

1. All words as typed. 2. Where one of them no listing knows: all words, read otherwise (readings.py); the answer says how.
3. Some of the words, in that reading if there is one; the answer says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from search.contract import Answer, Query
from search.place import Place
from search.readings import readings
from search.words import Asked, ask


class Steps(Protocol):
    def holding_all(self, query: Query, asked: Asked) -> Answer:
        """Listings that hold every word, and on a first page that they do not fill, `also` those that hold some."""

    def holding_some(self, query: Query, asked: Asked) -> Answer:
        """Listings that hold one of the words or several."""


def climb(steps: Steps, query: Query, place: Place) -> Answer:
    """The answer of the first step that finds something; where none does, that of all words."""
    asked = ask(query.text, place, query.language)
    answer = steps.holding_all(query, asked)
    if answer.total or not asked.words:
        return answer
    others = [] if query.as_typed or all(word.is_known for word in asked.words) else readings(asked, place)
    for text in others:
        answer = steps.holding_all(query, ask(text, place, query.language))
        if answer.total:
            return replace(answer, read_as=text)
    if others:
        asked = ask(others[0], place, query.language)
    if len(asked.words) < 2:
        return answer
    some = steps.holding_some(query, asked)
    return replace(some, rung=1, read_as=others[0] if others else "") if some.total else answer
