"""The four figures as a person reads them: with what they were worked out from, beside the period before. Definitions: docs/figures.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.formats import format_count, format_money, format_number, format_share
from marketplace.platform.analytics.figures import Day, Figures, change_of, figures_of, periods
from marketplace.web.chart import Chart, chart_of, in_words

LENGTHS = (7, 30, 90)
CHART_DAYS = 30
NONE = "—"


@dataclass(frozen=True)
class Card:
    """A figure: what it is, how it was worked out here, and how it stood before."""

    label: str
    value: str
    meaning: str
    sum: str  # with the numbers of this period
    before: str
    change: str = ""
    is_more: bool = False


@dataclass(frozen=True)
class Board:
    """The figures of a period, and the chart."""

    length: int
    lengths: list[tuple[int, str]]
    cards: list[Card]
    since: str
    until: str
    chart: Chart
    today: Day
    is_empty: bool  # no day has been counted yet
    note: str = ""


def length_asked(request: HttpRequest) -> int:
    """How many days: 7, 30 or 90; 30 for anything else."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(length) for length in LENGTHS} else CHART_DAYS


def board_of(days: Sequence[Day], today: Day, until: date, length: int, *, currency: str, zone: ZoneInfo, note: str = "") -> Board:
    now, before = periods(days, until, length)
    return Board(
        length=length,
        lengths=[(each, ngettext("{n} day", "{n} days", each).format(n=each)) for each in LENGTHS],
        cards=cards(figures_of(now, currency), figures_of(before, currency) if before else None, length),
        since=in_words(now[0].day, zone) if now else "",
        until=in_words(until, zone),
        chart=chart_of(days, today, CHART_DAYS, currency, zone),
        today=today,
        is_empty=not now,
        note=note,
    )


def cards(now: Figures, before: Figures | None, length: int) -> list[Card]:
    def card(label: str, name: str, meaning: str, worked_out: str) -> Card:
        value, former = getattr(now, name), getattr(before, name) if before else None
        change = change_of(_number(value), _number(former))
        told = _("{days} days before: {value}").format(days=length, value=_shown(former)) if former is not None else _("nothing to compare with yet")
        if change is None:
            return Card(label, _shown(value), meaning, worked_out, told)
        sign = "+" if change > 0 else "−" if change < 0 else "±"
        return Card(label, _shown(value), meaning, worked_out, told, f"{sign}{format_share(abs(change))}", change > 0)

    orders, sold, stock = format_count(now.orders), format_count(now.sold), format_count(now.stock)
    sales, average = format_money(now.sales), _shown(now.average_stock)
    return [
        card(
            _("Sales"),
            "sales",
            _("What buyers paid for the orders that were paid in these days: goods and delivery, tax included."),
            ngettext("{orders} order. {refunds} went back in these days.", "{orders} orders. {refunds} went back in these days.", now.orders).format(
                orders=orders, refunds=format_money(now.refunds)
            ),
        ),
        card(
            _("Average order value"),
            "average_order",
            _("Sales ÷ orders."),
            ngettext("{sales} ÷ {orders} order", "{sales} ÷ {orders} orders", now.orders).format(sales=sales, orders=orders),
        ),
        card(
            _("Stock turnover"),
            "turnover",
            _("Pieces sold ÷ average stock. Sold is what left for buyers less what came back; average is that of the ends of these days."),
            _("{sold} pieces sold ÷ {average} in stock on average").format(sold=sold, average=average),
        ),
        card(
            _("Stock to sales"),
            "stock_to_sales",
            _("Stock at the end ÷ pieces sold: for how many more such periods the stock lasts."),
            _("{stock} pieces in stock at the end ÷ {sold} sold").format(stock=stock, sold=sold),
        ),
    ]


def _number(value: Any) -> Decimal | int | None:
    return value.minor if hasattr(value, "minor") else value


def _shown(value: Any) -> str:
    if value is None:
        return NONE
    return format_money(value) if hasattr(value, "minor") else format_number(value)
