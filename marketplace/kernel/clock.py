"""The one source of the present moment, so that tests and the demo's history can move it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_shift: ContextVar[timedelta] = ContextVar("clock_shift", default=timedelta())


def now() -> datetime:
    """The present moment in UTC, moved by `shifted` where a test or the demo's history asks for it."""
    return datetime.now(UTC) + _shift.get()


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of a moment in a time zone: periods are counted in the market's zone."""
    return moment.astimezone(zone).date()


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Inside, `now()` answers `by` later (earlier when negative)."""
    token = _shift.set(_shift.get() + by)
    try:
        yield
    finally:
        _shift.reset(token)
