"""Grades: periods by the calendar, and vectors of what was counted, with what has to come out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from marketplace.platform.evaluations.grades import Facts, Period, bounds, evaluated, next_month, next_quarter, period_from, value_of
from marketplace.platform.evaluations.queries import PROPOSED

GOOD = Facts(orders=100, due=100, in_time=98, came_back=1, reviews=5, stars=23)


def graded(**changed: int) -> tuple[str, list[tuple[int | None, str]]]:
    grade, figures = evaluated(Facts(**{**vars(GOOD), **changed}), PROPOSED, least_orders=10, least_reviews=5)
    return grade, [(part["value"], part["grade"]) for part in figures["parts"]]


@pytest.mark.parametrize(
    ("changed", "grade", "parts"),
    [
        ({}, "A", [(9_800, "A"), (100, "A"), (460, "A")]),  # each just on its limit
        ({"in_time": 97}, "B", [(9_700, "B"), (100, "A"), (460, "A")]),
        ({"came_back": 2}, "B", [(9_800, "A"), (200, "B"), (460, "A")]),
        ({"stars": 20}, "C", [(9_800, "A"), (100, "A"), (400, "C")]),  # the worst of them counts
        ({"in_time": 89, "came_back": 7, "stars": 18}, "D", [(8_900, "D"), (700, "D"), (360, "D")]),
        ({"reviews": 4, "stars": 4}, "A", [(9_800, "A"), (100, "A"), (None, "")]),  # too few reviews to count
        ({"due": 0, "in_time": 0}, "A", [(None, ""), (100, "A"), (460, "A")]),  # nothing had to be shipped
        ({"orders": 9, "due": 9, "in_time": 9, "came_back": 0}, "", [(10_000, "A"), (0, "A"), (460, "A")]),  # too few orders for a grade
        ({"orders": 0, "due": 0, "in_time": 0, "came_back": 0, "reviews": 0, "stars": 0}, "", [(None, ""), (None, ""), (None, "")]),
        ({"due": 100_000, "in_time": 97_999}, "B", [(9_799, "B"), (100, "A"), (460, "A")]),  # a hair below is below, not rounded up
        ({"orders": 99_999, "came_back": 1_000}, "B", [(9_800, "A"), (101, "B"), (460, "A")]),  # and a hair above is above
    ],
)
def test_a_grade_is_the_worst_of_the_figures_and_no_rounding_helps(changed, grade, parts):
    assert graded(**changed) == (grade, parts)


def test_a_rounded_value_keeps_a_limit_just_when_the_fraction_does():
    for of in range(1, 40):
        for n in range(of + 1):
            for limit in (0, 1, 3_333, 3_334, 5_000, 9_999, 10_000):
                assert (value_of("in_time", n, of) >= limit) == (n * 10_000 >= limit * of)
                assert (value_of("returns", n, of) <= limit) == (n * 10_000 <= limit * of)


def test_periods_are_those_of_the_calendar():
    assert period_from(date(2028, 2, 1), is_quarter=False) == Period(date(2028, 2, 1), date(2028, 2, 29))
    assert period_from(date(2026, 10, 1), is_quarter=True) == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert period_from(date(2026, 11, 1), is_quarter=True) is None
    assert period_from(date(2026, 11, 2), is_quarter=False) is None
    assert [next_month(date(2026, 12, 31)), next_quarter(date(2026, 12, 31)), next_quarter(date(2026, 1, 1))] == [
        date(2027, 1, 1),
        date(2027, 1, 1),
        date(2026, 4, 1),
    ]


def test_a_period_begins_and_ends_at_midnight_of_the_market_and_is_looked_at_a_week_later():
    first, end, look = bounds(Period(date(2026, 10, 1), date(2026, 10, 31)), ZoneInfo("Asia/Shanghai"))
    assert [moment.astimezone(UTC) for moment in (first, end, look)] == [
        datetime(2026, 9, 30, 16, tzinfo=UTC),
        datetime(2026, 10, 31, 16, tzinfo=UTC),
        datetime(2026, 11, 7, 16, tzinfo=UTC),
    ]
