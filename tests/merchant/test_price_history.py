"""The lowest price of the 30 days before an announced reduction, by the cases the law has and by a slow oracle; periods never overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.merchant.pricing.history import Paid, Period, Prior, Span, announced_at, lowest_prior, paid
from marketplace.merchant.pricing.periods import stretches

ZONE = ZoneInfo("Asia/Shanghai")
DAY0 = datetime(2026, 3, 1, tzinfo=UTC)


def day(n: float) -> datetime:
    return DAY0 + timedelta(days=n)


def prices(*rows: tuple[float, float | None, int]) -> list[Period]:
    return [Period(day(start), None if end is None else day(end), minor) for start, end, minor in rows]


def sale(start: float, end: float | None, minor: int) -> Period:
    return Period(day(start), None if end is None else day(end), minor, True)


def prior(periods: list[Period], at: float, **more) -> tuple[int, float | None] | None:
    found = lowest_prior(paid(periods), day(at), ZONE, **more)
    return found and (found.minor, None if found.since is None else (found.since - DAY0) / timedelta(days=1))


# 80 → 100 → 90: raised before the “reduction”. What was asked within the 30 days counts, not what stood last.
RAISED = [*prices((0, 80, 8000), (80, None, 10000)), sale(100, 110, 9000)]
# A sale that goes deeper twice without a pause: all three stand beside the price from before the first.
PROGRESSIVE = [*prices((0, None, 10000)), sale(60, 65, 9000), sale(65, 70, 8000), sale(70, 75, 7000)]
# A shallower sale right behind a deeper one, and one a week after another: each is a reduction of its own.
SHALLOWER = [*prices((0, None, 10000)), sale(60, 65, 7000), sale(65, 70, 9000)]
AGAIN = [*prices((0, None, 10000)), sale(60, 65, 7000), sale(72, 75, 8000)]
# Two that hold at once: the deeper counts while both hold, and what comes back is more than what was asked before.
STACKED = [*prices((0, None, 10000)), sale(60, 80, 9000), sale(65, 70, 7000)]


@pytest.mark.parametrize(
    ("periods", "at", "expected"),
    [
        (RAISED, 105, (8000, None)),
        (RAISED, 95, None),  # nothing is reduced
        ([*prices((0, 60, 8000), (60, None, 10000)), sale(100, 110, 9000)], 105, (10000, None)),  # 80 was too long ago
        ([*prices((0, 70, 8000), (70, None, 10000)), sale(100, 110, 9000)], 105, (10000, None)),  # it ended as the window begins
        ([*prices((0, 70.01, 8000), (70.01, None, 10000)), sale(100, 110, 9000)], 105, (8000, None)),  # it held at the window's start
        (PROGRESSIVE, 61, (10000, None)),
        (PROGRESSIVE, 66, (10000, None)),
        (PROGRESSIVE, 74, (10000, None)),
        (SHALLOWER, 66, (7000, None)),
        (AGAIN, 73, (7000, None)),
        (STACKED, 62, (10000, None)),
        (STACKED, 66, (10000, None)),  # 90 became 70: deeper, without a pause
        (STACKED, 75, (7000, None)),  # 70 went back to 90: not below what was asked a moment ago
        ([*prices((50, None, 10000)), sale(60, 65, 9000)], 61, (10000, 50)),  # ten days old
        ([*prices((60, None, 10000)), sale(60, 65, 9000)], 61, None),  # reduced from its first day: nothing was asked before
    ],
)
def test_the_lowest_price_before(periods, at, expected):
    assert prior(periods, at) == expected


def test_a_sale_that_goes_deeper_after_more_than_thirty_days_keeps_its_anchor():
    assert prior([*prices((0, None, 10000)), sale(60, 100, 9000), sale(100, 110, 8000)], 105) == (10000, None)


def test_what_was_asked_before_the_product_was_listed_counts_for_nothing():
    periods = [*prices((0, 50, 5000), (50, None, 10000)), sale(60, 65, 9000)]
    assert prior(periods, 61) == (5000, None)
    assert prior(periods, 61, offered_from=day(55)) == (10000, 55)


def test_times_off_sale_count_for_nothing():
    periods = [*prices((0, 50, 5000), (50, None, 10000)), sale(60, 65, 9000)]
    assert prior(periods, 61, off_sale=[Span(day(20), day(52))]) == (10000, 52)
    assert prior(periods, 61, off_sale=[Span(day(40), day(45))]) == (5000, None)
    assert prior(periods, 61, off_sale=[Span(day(20), None)]) is None  # it was not offered at all


def test_the_window_is_thirty_days_of_the_markets_calendar():
    """Clocks go back on 25 October 2026 in Berlin: the 30th day before is an hour further away."""
    starts = datetime(2026, 11, 1, 11, tzinfo=UTC)  # noon in Berlin
    edge = datetime(2026, 10, 2, 10, 30, tzinfo=UTC)  # half past twelve there, half an hour into the window
    periods = [Period(starts - timedelta(days=90), edge, 8000), Period(edge, None, 10000), Period(starts, None, 9000, True)]
    assert lowest_prior(paid(periods), starts, ZoneInfo("Europe/Berlin")) == Prior(8000, None)
    assert lowest_prior(paid(periods), starts, ZoneInfo("UTC")) == Prior(10000, None)


# ── Against an oracle that looks at every day ────────────────────────────────────────────────────────────────────────

LAST = 80


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Period], list[Span], int]:
    """Whole days: regular prices without a gap, any reductions without overlap, times off sale, and the first day of the offer."""
    marks = sorted(draw(st.sets(st.integers(1, LAST - 1), max_size=5)))
    regular = [Period(day(a), day(b) if b < LAST else None, draw(st.integers(5, 9))) for a, b in zip([0, *marks], [*marks, LAST], strict=True)]
    edges = sorted(draw(st.sets(st.integers(1, LAST), max_size=8)))
    reduced = [sale(a, b, draw(st.integers(3, 9))) for a, b in pairwise(edges) if draw(st.booleans())]
    gaps = sorted(draw(st.sets(st.integers(0, LAST), max_size=4)))
    off = [Span(day(a), day(b)) for a, b in zip(gaps[::2], gaps[1::2], strict=False)]
    return [*regular, *reduced], off, draw(st.integers(0, 40))


def price_on(periods: list[Period], n: int) -> tuple[int, bool]:
    here = [p for p in periods if p.starts_at <= day(n) and (p.ends_at is None or p.ends_at > day(n))]
    regular = min(p.minor for p in here if not p.is_reduction)
    reduced = min((p.minor for p in here if p.is_reduction), default=regular)
    return min(regular, reduced), reduced < regular


def slowly(periods: list[Period], off: list[Span], first: int, n: int) -> int | None:
    """Day by day, by the words of the rule."""
    minor, is_reduced = price_on(periods, n)
    if not is_reduced:
        return None
    announced = n
    while announced and price_on(periods, announced - 1)[1] and price_on(periods, announced - 1)[0] >= minor:
        announced -= 1
        minor = price_on(periods, announced)[0]
    offered = [d for d in range(max(0, first, announced - 30), announced) if not any(gap.starts_at <= day(d) < gap.ends_at for gap in off)]
    return min((price_on(periods, d)[0] for d in offered), default=None)


@settings(deadline=None)
@given(histories(), st.integers(0, LAST))
def test_the_lowest_price_is_what_a_look_at_every_day_finds(history, n):
    periods, off, first = history
    found = lowest_prior(paid(periods), day(n), ZONE, day(first), off)
    assert (found and found.minor) == slowly(periods, off, first, n)


@settings(deadline=None)
@given(histories())
def test_what_was_paid_has_one_price_at_every_moment(history):
    periods, _off, _first = history
    found = paid(periods)
    assert all(a.ends_at == b.starts_at for a, b in pairwise(found)) and found[0].starts_at == day(0) and found[-1].ends_at is None
    assert all(one(found, n) == price_on(periods, n) for n in range(LAST))


def one(history: list[Paid], n: int) -> tuple[int, bool]:
    (found,) = [paid for paid in history if paid.starts_at <= day(n) and (paid.ends_at is None or paid.ends_at > day(n))]
    return found.minor, found.is_reduced


@settings(deadline=None)
@given(histories(), st.integers(0, LAST))
def test_a_reduction_was_never_announced_after_it_holds(history, n):
    found = announced_at(paid(history[0]), day(n))
    assert found is None or found <= day(n)


# ── Several reductions of one variant ────────────────────────────────────────────────────────────────────────────────


def line(start: int, length: int | None, minor: int, key: UUID) -> SimpleNamespace:
    reduction = SimpleNamespace(starts_at=day(start), ends_at=None if length is None else day(start + length))
    return SimpleNamespace(reduction=reduction, reduction_id=key, sale_minor=minor, currency="CNY")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(1, 20), st.integers(1, 5)), max_size=6), st.integers(0, 30))
def test_of_reductions_that_hold_at_once_the_lowest_counts_and_none_overlap(wanted, now):
    lines = [line(*one, uuid4()) for one in wanted]
    found = stretches([one for one in lines if one.reduction.ends_at is None or one.reduction.ends_at > day(now)], day(now))
    assert all(a.ends_at is not None and a.ends_at <= b.starts_at for a, b in pairwise(found))
    for n in range(now, 55):
        holding = [one.sale_minor for one in lines if one.reduction.starts_at <= day(n) and (one.reduction.ends_at is None or one.reduction.ends_at > day(n))]
        here = [one.minor for one in found if one.starts_at <= day(n) and (one.ends_at is None or one.ends_at > day(n))]
        assert here == ([min(holding)] if holding else [])
