"""A chart of days, drawn by the server: bars of one figure, with a table beside it for who cannot see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from babel.numbers import format_compact_currency

from marketplace.kernel.formats import format_day, locale
from marketplace.kernel.money import Money
from marketplace.platform.analytics.figures import Day, start_of

HEIGHT = 100  # of the drawing, in its own units; a day is SLOT wide
SLOT, BAR = 10, 6
STEPS = (1, 2, 4, 6, 8, 10)  # their halves are round, too


@dataclass(frozen=True)
class Bar:
    """A day as it is drawn; `x` and `y` are its upper left corner."""

    day: str
    orders: int
    sales: Money
    x: int
    y: float
    height: float
    slot: int
    is_over: bool


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    width: int
    top: str  # what the highest line stands for
    middle: str
    marks: list[str]  # days below the drawing, evenly spread
    total: Money
    best: Bar | None


def chart_of(days: Sequence[Day], today: Day, length: int, currency: str, zone: ZoneInfo) -> Chart:
    """The `length` days that end with today. A day without a row had nothing."""
    known = {day.day: day for day in days} | {today.day: today}
    dates = [today.day - timedelta(days=length - 1 - n) for n in range(length)]
    shown = [known.get(one, Day(one)) for one in dates]
    most = max((day.sales_minor for day in shown), default=0)
    top = scale(Money(most, currency))
    bars = []
    for n, day in enumerate(shown):
        height = round(max(day.sales_minor, 0) * HEIGHT / top.minor, 2)
        bars.append(
            Bar(
                in_words(day.day, zone),
                day.orders,
                Money(day.sales_minor, currency),
                n * SLOT + (SLOT - BAR) // 2,
                HEIGHT - height,
                height,
                n * SLOT,
                day.day != today.day,
            )
        )
    total = Money(sum(day.sales_minor for day in shown), currency)
    return Chart(
        bars=bars,
        width=length * SLOT,
        top=_compact(top),
        middle=_compact(Money(top.minor // 2, currency)),
        marks=[in_words(dates[at], zone) for at in (0, length // 3, 2 * length // 3, length - 1)],
        total=total,
        best=max(bars, key=lambda bar: bar.sales.minor) if most > 0 else None,
    )


def scale(most: Money) -> Money:
    """The round amount that the highest line stands for: one figure and zeros, at least the greatest bar."""
    if most.minor <= 0:
        return Money(100, most.currency)
    power: int = 10 ** (len(str(most.minor)) - 1)
    return Money(next(step * power for step in STEPS if step * power >= most.minor), most.currency)


def in_words(day: date, zone: ZoneInfo) -> str:
    return format_day(start_of(day, zone) + timedelta(hours=12))


def _compact(amount: Money) -> str:
    return str(format_compact_currency(amount.decimal, amount.currency, locale=locale(), fraction_digits=1 if amount.decimal < 10 else 0))
