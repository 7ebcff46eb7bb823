"""What a variant has cost, and what may be said of a reduction: pure functions over its periods.

The rule of the lowest earlier price (Directive 98/6/EC, article 6a) is explained in docs/decisions/prices.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAYS = 30
LEAST = timedelta(days=1)  # what was offered for less before its reduction has no earlier price to speak of


class Period(NamedTuple):
    """A price from a moment until another (None: without end)."""

    starts_at: datetime
    ends_at: datetime | None
    minor: int
    is_reduction: bool = False


class Span(NamedTuple):
    starts_at: datetime
    ends_at: datetime | None


class Prior(NamedTuple):
    """The lowest price of the window before a reduction. `since`: prices are known only from then on, which is later than its start."""

    minor: int
    since: datetime | None


@dataclass(frozen=True)
class Paid:
    """What was asked of everybody for a time: the lower of the regular price and of a reduction."""

    starts_at: datetime
    ends_at: datetime | None
    minor: int
    is_reduced: bool


def paid(periods: Sequence[Period]) -> list[Paid]:
    """The one price of every moment, in order, from regular and reduced periods. Moments without a regular price have none."""
    marks = sorted({period.starts_at for period in periods} | {period.ends_at for period in periods if period.ends_at is not None})
    found: list[Paid] = []
    for n, mark in enumerate(marks):
        until = marks[n + 1] if n + 1 < len(marks) else None
        here = [period for period in periods if period.starts_at <= mark and (period.ends_at is None or period.ends_at > mark)]
        regular = min((period.minor for period in here if not period.is_reduction), default=None)
        reduction = min((period.minor for period in here if period.is_reduction), default=None)
        if regular is None:
            continue
        is_reduced = reduction is not None and reduction < regular
        minor = reduction if is_reduced and reduction is not None else regular
        last = found[-1] if found else None
        if last and last.ends_at == mark and (last.minor, last.is_reduced) == (minor, is_reduced):
            found[-1] = Paid(last.starts_at, until, minor, is_reduced)
        else:
            found.append(Paid(mark, until, minor, is_reduced))
    return found


def announced_at(history: Sequence[Paid], at: datetime) -> datetime | None:
    """When the reduction of a moment was announced: its start, or, where one reduction followed another without a pause and never for a
    higher price, the start of the first. None where nothing is reduced."""
    index = next((n for n, one in enumerate(history) if one.starts_at <= at and (one.ends_at is None or one.ends_at > at)), None)
    if index is None or not history[index].is_reduced:
        return None
    while index and (before := history[index - 1]).is_reduced and before.ends_at == history[index].starts_at and before.minor >= history[index].minor:
        index -= 1
    return history[index].starts_at


def window_start(announced: datetime, zone: ZoneInfo) -> datetime:
    """Thirty days earlier by the market's calendar, at the same time of the day."""
    return announced.astimezone(zone) - timedelta(days=DAYS)


def lowest_prior(history: Sequence[Paid], at: datetime, zone: ZoneInfo, offered_from: datetime | None = None, off_sale: Sequence[Span] = ()) -> Prior | None:
    """The lowest price asked in the 30 days before the reduction of a moment was announced: what held at the window's start counts.

    Only prices of times when the product was offered count (from `offered_from` on, not `off_sale`). None: nothing is reduced, or it was
    offered in the window for less than a day, so that nothing may be called an earlier price.
    """
    announced = announced_at(history, at)
    return lowest_before(history, announced, zone, offered_from, off_sale) if announced else None


def lowest_before(
    history: Sequence[Paid], announced: datetime, zone: ZoneInfo, offered_from: datetime | None = None, off_sale: Sequence[Span] = ()
) -> Prior | None:
    """The same for a reduction that is announced at a moment, or would be."""
    begins = window_start(announced, zone)
    offered = max(begins, offered_from) if offered_from else begins
    found = [
        (start, end, one.minor) for one in history for start, end in _without(max(one.starts_at, offered), min(one.ends_at or announced, announced), off_sale)
    ]
    if sum((end - start for start, end, _minor in found), timedelta()) < LEAST:
        return None
    first = min(start for start, _end, _minor in found)
    return Prior(min(minor for _start, _end, minor in found), first if first > begins else None)


def _without(start: datetime, end: datetime, gaps: Sequence[Span]) -> list[tuple[datetime, datetime]]:
    """What is left of a time when the gaps are taken out."""
    left = [(start, end)] if start < end else []
    for gap in gaps:
        cut: list[tuple[datetime, datetime]] = []
        for begins, ends in left:
            if gap.starts_at > begins:
                cut.append((begins, min(ends, gap.starts_at)))
            if gap.ends_at is not None and gap.ends_at < ends:
                cut.append((max(begins, gap.ends_at), ends))
        left = [(begins, ends) for begins, ends in cut if begins < ends]
    return left
