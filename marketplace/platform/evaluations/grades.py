"""Periods by the calendar, and grades out of what was counted. Pure: nothing is read here, and only whole numbers are reckoned with.

Shares are per ten thousand, ratings hundredths of a star. A value is rounded against the shop (what should be high down, what should be low up),
so comparing it with a limit is the same as comparing the fraction itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

GRADES = ("A", "B", "C", "D")
WHOLE = 10_000
WAIT_DAYS = 7  # after a period: a return of its last days is on record by then
MOST_STARS = 500


@dataclass(frozen=True)
class Period:
    first: date
    last: date


@dataclass(frozen=True)
class Facts:
    """What the public copies say of a shop's period."""

    orders: int  # paid in it
    due: int  # of them: to be shipped by a moment that has passed, and not cancelled
    in_time: int  # of those: whose first parcel left by then
    came_back: int  # of the orders: with a return for the shop's fault
    reviews: int  # written in the period
    stars: int  # their sum


@dataclass(frozen=True)
class Part:
    """One figure as it was graded: `n` of `of`; without a value there was too little to grade it."""

    name: str
    n: int
    of: int
    value: int | None
    limits: list[int]  # for A, B and C
    grade: str


def is_high_good(name: str) -> bool:
    return name != "returns"


def next_month(day: date) -> date:
    """The first day of the month after a day's."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def next_quarter(day: date) -> date:
    """The first day of the quarter after a day's."""
    first = day.replace(day=1)
    while (first := next_month(first)).month % 3 != 1:
        pass
    return first


def period_from(first: date, *, is_quarter: bool) -> Period | None:
    """The period that begins on a day; None where none does."""
    if first.day != 1 or (is_quarter and first.month % 3 != 1):
        return None
    after = next_quarter(first) if is_quarter else next_month(first)
    return Period(first, after - timedelta(days=1))


def bounds(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime, datetime]:
    """The moments a period begins and ends, and from which on it is evaluated."""
    after = period.last + timedelta(days=1)
    first, end, look = (datetime.combine(day, time(), zone) for day in (period.first, after, after + timedelta(days=WAIT_DAYS)))
    return first, end, look


def grade_of(name: str, value: int, limits: Sequence[int]) -> str:
    """The best grade whose limit the value keeps; D where it keeps none."""
    for grade, limit in zip(GRADES, limits, strict=False):
        if (value >= limit) if is_high_good(name) else (value <= limit):
            return grade
    return GRADES[-1]


def value_of(name: str, n: int, of: int) -> int | None:
    """A share, or the mean of stars, rounded against the shop; None without a divisor."""
    if of <= 0:
        return None
    per = 100 if name == "rating" else WHOLE
    return n * per // of if is_high_good(name) else -(-n * per // of)


def parts_of(facts: Facts, limits: Mapping[str, Sequence[int]], least_reviews: int) -> list[Part]:
    """Each figure with its grade; a rating by fewer reviews than asked for has none."""
    counted = (("in_time", facts.in_time, facts.due), ("returns", facts.came_back, facts.orders), ("rating", facts.stars, facts.reviews))
    found = []
    for name, n, of in counted:
        value = None if name == "rating" and of < least_reviews else value_of(name, n, of)
        of_name = list(limits[name])
        found.append(Part(name, n, of, value, of_name, "" if value is None else grade_of(name, value, of_name)))
    return found


def evaluated(facts: Facts, limits: Mapping[str, Sequence[int]], *, least_orders: int, least_reviews: int) -> tuple[str, dict[str, Any]]:
    """The grade, the worst of its figures' ("": too few orders to grade), and everything it follows from, as it is frozen."""
    parts = parts_of(facts, limits, least_reviews)
    grade = max((part.grade for part in parts), default="") if facts.orders >= least_orders else ""
    return grade, {"orders": facts.orders, "least_orders": least_orders, "least_reviews": least_reviews, "parts": [asdict(part) for part in parts]}
