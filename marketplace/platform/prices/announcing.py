"""What may be said beside a price: a reduction is called one only where it is below the lowest price of the 30 days before it was announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from marketplace.kernel.money import Money
from marketplace.platform.prices.resolving import Rate


@dataclass(frozen=True)
class Announced:
    """A reduction that may be called one: the price is below the lowest of the 30 days before it was announced."""

    lowest: Money
    since: datetime | None  # prices are known only from then on
    percent: Decimal  # of `lowest`, rounded down: never more than is saved
    until: datetime | None


def announced(rate: Rate) -> Announced | None:
    """None where it is no reduction, or not below what it cost before: then nothing is said of it."""
    if not rate.is_reduction or rate.lowest_minor is None or rate.lowest_minor <= rate.minor:
        return None
    lowest = Money(rate.lowest_minor, rate.currency)
    return Announced(lowest, rate.lowest_since, Decimal(saved_percent(rate.minor, rate.lowest_minor)) / 100, rate.ends_at)


def saved_percent(minor: int, lowest_minor: int) -> int:
    """How much less a price is than the lowest before, in whole per cent, rounded down; 0 where it is not less."""
    if lowest_minor <= minor:
        return 0
    return int((Decimal(lowest_minor - minor) * 100 / lowest_minor).to_integral_value(ROUND_DOWN))
