"""The four figures of a period, worked out of its days. Definitions: docs/figures.md. Pure: nothing is read here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from marketplace.kernel.money import Money

HUNDREDTH = Decimal("0.01")
TENTH_OF_A_PERCENT = Decimal("0.001")


@dataclass(frozen=True)
class Day:
    """What a day came to. Amounts in minor units of the market's currency, stock in pieces at the day's end."""

    day: date
    orders: int = 0
    sales_minor: int = 0
    refunds_minor: int = 0
    sold: int = 0
    stock: int = 0


@dataclass(frozen=True)
class Figures:
    """The figures of one period. None where the quotient has no divisor."""

    sales: Money
    refunds: Money
    orders: int
    sold: int
    stock: int  # at the period's end
    average_stock: Decimal | None  # of the ends of its days
    average_order: Money | None  # sales ÷ orders
    turnover: Decimal | None  # sold ÷ average stock
    stock_to_sales: Decimal | None  # stock ÷ sold


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment a calendar day begins in a zone."""
    return datetime.combine(day, time(), zone)


def figures_of(days: Sequence[Day], currency: str) -> Figures:
    """Of days in their order, each once. Quotients are rounded half up, once, to two decimals; money to its minor unit."""
    sales = Money(sum(day.sales_minor for day in days), currency)
    orders, sold = sum(day.orders for day in days), sum(day.sold for day in days)
    stock, piece_days = (days[-1].stock if days else 0), sum(day.stock for day in days)
    return Figures(
        sales=sales,
        refunds=Money(sum(day.refunds_minor for day in days), currency),
        orders=orders,
        sold=sold,
        stock=stock,
        average_stock=_quotient(piece_days, len(days)),
        average_order=sales.times(1, per=orders) if orders else None,
        turnover=_quotient(sold * len(days), piece_days),
        stock_to_sales=_quotient(stock, sold) if sold > 0 else None,
    )


def _quotient(of: int, by: int) -> Decimal | None:
    return (Decimal(of) / by).quantize(HUNDREDTH, rounding=ROUND_HALF_UP) if by > 0 else None


def change_of(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """By what share it is more (or less, negative) than before; None where there is nothing to compare with."""
    if now is None or not before or before < 0:
        return None
    return ((Decimal(now) - before) / before).quantize(TENTH_OF_A_PERCENT, rounding=ROUND_HALF_UP)


def periods(days: Iterable[Day], until: date, length: int) -> tuple[list[Day], list[Day]]:
    """The `length` days that end with `until`, and as many before them. A day without a row has not been counted: it is left out."""
    start, before = until - timedelta(days=length), until - timedelta(days=2 * length)
    ordered = sorted((day for day in days if before < day.day <= until), key=lambda day: day.day)
    return [day for day in ordered if day.day > start], [day for day in ordered if day.day <= start]
