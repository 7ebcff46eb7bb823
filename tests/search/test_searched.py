"""What was searched for is counted so that nothing about a person can be read from it, and shown once enough different visitors asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from search.contract import Answer
from search.models import SearchedBy, SearchedDay, SearchedWords
from search.searched import FEW, between, forget_old_searches, note_searched, searched_by_enough
from search.suggestions.asked import KEPT_DAYS, VISITORS

pytestmark = pytest.mark.django_db


def answer(total: int = 10, **facts: object) -> Answer:
    return Answer([uuid4() for _n in range(min(total, 3))], total, [], [], [], {}, None, None, **facts)  # type: ignore[arg-type]


def search_by(people: int, text: str = "jade mug", found: Answer | None = None, language: str = "en", first: int = 0) -> None:
    for n in range(first, first + people):
        note_searched(by=Actor(kind="person", address=f"198.51.100.{n}"), text=text, language=language, answer=found or answer())


def figures() -> dict[str, tuple[int, ...]]:
    return {row.text: (row.times, row.nothing, row.few, row.otherwise, row.relaxed) for row in SearchedWords.objects.all()}


def test_each_visitor_counts_once_a_day_for_a_text_however_it_is_written():
    search_by(3)
    search_by(3, "  JADE   Mug ")
    assert figures() == {"jade mug": (3, 0, 0, 0, 0)}
    assert (SearchedWords.objects.get().visitors, SearchedDay.objects.get().times, SearchedBy.objects.count()) == (3, 3, 3)
    search_by(2, language="zh-hans")
    assert SearchedWords.objects.count() == 2  # pages in another language are another matter


def test_figures_say_what_came_of_it():
    for n, found in enumerate((answer(0), answer(FEW - 1), answer(read_as="jade mug"), answer(rung=1), answer(0))):
        search_by(1, found=found, first=n)
    assert figures() == {"jade mug": (5, 2, 1, 1, 1)}


def test_nothing_is_shown_before_enough_different_visitors_asked():
    search_by(VISITORS - 1)
    assert not searched_by_enough().exists()
    search_by(1, first=VISITORS)
    assert searched_by_enough().get().text == "jade mug"


@pytest.mark.parametrize("text", ["13800138000", "mei@example.com", "12 Long Road", "x", "a b c d e f g", "6222 0212 3456"])
def test_what_may_say_something_about_a_person_is_not_noted(text):
    search_by(VISITORS, text)
    assert not SearchedWords.objects.exists() and not SearchedBy.objects.exists()


def test_who_searched_cannot_be_told_nor_that_one_searched_for_two_things():
    search_by(1)
    search_by(1, "jade cup")
    digests = list(SearchedBy.objects.values_list("visitor", flat=True))
    assert len(set(digests)) == 2 and not any("198.51" in digest for digest in digests)


def test_after_thirty_days_all_of_it_is_gone_and_figures_follow():
    search_by(VISITORS)
    old = clock.now().date() - timedelta(days=KEPT_DAYS + 1)
    SearchedBy.objects.update(day=old)
    SearchedDay.objects.update(day=old)
    search_by(1, found=answer(0))  # one of them once more
    assert searched_by_enough().exists()
    forget_old_searches()
    row = SearchedWords.objects.get()
    assert (row.visitors, row.times, row.nothing, SearchedBy.objects.count()) == (1, 1, 1, 1)
    assert not searched_by_enough().exists()
    SearchedBy.objects.update(day=old)
    SearchedDay.objects.update(day=old)
    SearchedWords.objects.update(last_on=old)
    forget_old_searches()
    assert not SearchedWords.objects.exists() and not SearchedDay.objects.exists() and not SearchedBy.objects.exists()


def test_figures_of_some_days_are_those_of_these_days():
    search_by(VISITORS, found=answer(0))
    today = clock.now().date()
    SearchedBy.objects.update(day=today - timedelta(days=3))
    SearchedDay.objects.update(day=today - timedelta(days=3))
    search_by(2)
    rows = searched_by_enough()

    def of(since: int, until: int) -> list[tuple[int, int]]:
        return [(row.of_times, row.of_nothing) for row in between(rows, today - timedelta(days=since), today - timedelta(days=until))]

    assert of(9, 0) == [(7, 5)] and of(1, 0) == [(2, 0)] and of(9, 1) == [(5, 5)] and of(9, 8) == []
    assert [(row.of_times, row.of_nothing) for row in between(rows, None, None)] == [(7, 5)]


def test_a_search_for_the_same_words_is_one_statement(django_assert_num_queries):
    search_by(1, "warm up")
    with django_assert_num_queries(1):
        search_by(1)
