"""Months and days of a price: what a part of a month costs, so that parts always add up to the whole."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.kernel.money import Money


def month_of(day: date) -> tuple[date, date]:
    """The first day of its month, and the first of the next."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def share(price: Money, start: date, from_day: date, to_day: date, end: date) -> Money:
    """What of the price for [start, end) falls on [from_day, to_day): whole minor units.

    Up to a day is due so much as its days are of all, rounded down; a part costs the difference. So parts that follow each other
    cost, to the last unit, what the whole does, however often it is cut.
    """
    days = (end - start).days
    if not start <= from_day <= to_day <= end or days <= 0:
        raise ValueError(f"{from_day} to {to_day} is no part of {start} to {end}")

    def until(day: date) -> int:
        return price.minor * (day - start).days // days

    return Money(until(to_day) - until(from_day), price.currency)
