"""The calendar of the workbench: what will happen by itself, a month on a page, in the market's time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from marketplace.flows.coming import Coming, Kind, coming
from marketplace.kernel import clock
from marketplace.kernel.formats import format_count
from tenants.access.rights import Right

MONTHS_AHEAD = 24
IN_A_CELL = 3


@dataclass(frozen=True)
class Group:
    """Kinds that are shown and hidden together."""

    key: str
    label: str | Promise
    sign: str
    kinds: tuple[Kind, ...]


GROUPS = (
    Group("goods", pgettext_lazy("calendar", "On and off sale"), "box", (Kind.ON_SALE, Kind.OFF_SALE)),
    Group("prices", pgettext_lazy("calendar", "Reductions and prices"), "chart", (Kind.REDUCTION_BEGINS, Kind.REDUCTION_ENDS, Kind.PRICE_BEGINS)),
    Group("lists", pgettext_lazy("calendar", "Price lists"), "list", (Kind.LIST_BEGINS, Kind.LIST_ENDS)),
    Group("papers", pgettext_lazy("calendar", "Documents that end"), "shield", (Kind.PAPER_ENDS,)),
    Group("holiday", pgettext_lazy("calendar", "Holiday"), "clock", (Kind.HOLIDAY_BEGINS, Kind.HOLIDAY_ENDS)),
)
GROUP_OF = {kind: group for group in GROUPS for kind in group.kinds}


@dataclass
class Line:
    """What stands in a cell or a day: one thing, or several of a kind."""

    text: str
    sign: str
    href: str = ""
    at: datetime | None = None
    is_warning: bool = False


@dataclass
class Day:
    day: date
    is_in_month: bool
    is_today: bool
    is_past: bool
    is_chosen: bool = False
    href: str = ""
    found: list[Coming] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)  # all of it
    short: list[Line] = field(default_factory=list)  # as much as a cell holds
    more: int = 0


def calendar(request: HttpRequest) -> HttpResponse:
    """`month` (2026-11), `day` (2026-11-12), `kind` (of GROUPS, several); what makes no sense is left out."""
    today = timezone.localtime(clock.now()).date()
    month = month_asked(request.GET.get("month", ""), today)
    first, after = month, after_month(month)
    begins = first - timedelta(days=first.weekday())
    ends = after + timedelta(days=(7 - after.weekday()) % 7)
    everything = coming(midnight(begins), midnight(ends))
    counted = {group.key: sum(one.kind in group.kinds for one in everything) for group in GROUPS}
    wanted = [group.key for group in GROUPS if group.key in request.GET.getlist("kind")]
    by_day: dict[date, list[Coming]] = defaultdict(list)
    for one in everything:
        if not wanted or GROUP_OF[one.kind].key in wanted:
            by_day[timezone.localtime(one.at).date()].append(one)
    soonest = min((day for day in by_day if first <= day < after), default=first)
    chosen = _day_asked(request.GET.get("day", ""), begins, ends) or (today if first <= today < after else soonest)
    days = [_day(request, begins + timedelta(days=n), first, after, today, chosen, by_day) for n in range((ends - begins).days)]
    filters = [(group, counted[group.key], group.key in wanted) for group in GROUPS if counted[group.key] or group.key in wanted]
    context = {
        "title": _("Calendar"),
        "month": month,
        "weeks": [days[n : n + 7] for n in range(0, len(days), 7)],
        "names": days[:7],
        "days": [day for day in days if day.is_in_month and day.lines],
        "chosen": next(day for day in days if day.is_chosen),
        "filters": filters if wanted or len(filters) > 1 else [],
        "before": _previous(month) if month > today.replace(day=1) else None,
        "after": after if after <= _ahead(today) else None,
        "this": today.replace(day=1),
        "is_empty": not everything,
    }
    return render(request, "seller/calendar.html", context)


def _day(request: HttpRequest, day: date, first: date, after: date, today: date, chosen: date, by_day: dict[date, list[Coming]]) -> Day:
    query = request.GET.copy()
    query["month"], query["day"] = f"{first:%Y-%m}", day.isoformat()
    found = Day(day, first <= day < after, day == today, day < today, day == chosen, f"{request.path}?{query.urlencode()}", by_day.get(day, []))
    found.lines = [_line(request, one) for one in found.found]
    found.short = _short(request, found.found)
    found.more = max(0, len(found.short) - IN_A_CELL)
    if found.more:
        found.short, found.more = found.short[: IN_A_CELL - 1], len(found.short) - IN_A_CELL + 1
    return found


def _short(request: HttpRequest, found: Sequence[Coming]) -> list[Line]:
    """A line a kind: the thing itself, or how many there are."""
    by_kind: dict[Kind, list[Coming]] = defaultdict(list)
    for one in found:
        by_kind[one.kind].append(one)
    lines = []
    for kind, some in by_kind.items():
        if len(some) == 1:
            lines.append(_line(request, some[0]))
        else:
            lines.append(Line(_several(kind, len(some)), GROUP_OF[kind].sign, is_warning=kind == Kind.PAPER_ENDS))
    return lines


def _line(request: HttpRequest, one: Coming) -> Line:
    return Line(said(one), GROUP_OF[one.kind].sign, href_of(request, one), one.at, one.kind == Kind.PAPER_ENDS)


def said(one: Coming) -> str:
    n = format_count(one.number)
    name = one.name
    texts = {
        Kind.ON_SALE: _("“{name}” goes on sale") if not one.waits else _("“{name}” goes on sale, if it passes review"),
        Kind.OFF_SALE: _("“{name}” goes off sale"),
        Kind.REDUCTION_BEGINS: ngettext("Reduction “{name}” begins: {n} variant", "Reduction “{name}” begins: {n} variants", one.number),
        Kind.REDUCTION_ENDS: ngettext("Reduction “{name}” ends: {n} variant", "Reduction “{name}” ends: {n} variants", one.number),
        Kind.PRICE_BEGINS: ngettext("New regular price of {n} variant", "New regular prices of {n} variants", one.number),
        Kind.LIST_BEGINS: _("Price list “{name}” begins"),
        Kind.LIST_ENDS: _("Price list “{name}” ends"),
        Kind.PAPER_ENDS: ngettext("A document ends: {n} product can no longer be sold", "A document ends: {n} products can no longer be sold", one.number),
        Kind.HOLIDAY_BEGINS: _("The holiday begins"),
        Kind.HOLIDAY_ENDS: _("The holiday ends"),
    }
    return texts[one.kind].format(name=name, n=n)


def _several(kind: Kind, number: int) -> str:
    texts = {
        Kind.ON_SALE: _("{n} go on sale"),
        Kind.OFF_SALE: _("{n} go off sale"),
        Kind.REDUCTION_BEGINS: _("{n} reductions begin"),
        Kind.REDUCTION_ENDS: _("{n} reductions end"),
        Kind.PRICE_BEGINS: _("{n} times new prices"),
        Kind.LIST_BEGINS: _("{n} price lists begin"),
        Kind.LIST_ENDS: _("{n} price lists end"),
        Kind.PAPER_ENDS: _("{n} documents end"),
    }
    return texts[kind].format(n=format_count(number)) if kind in texts else ""


def href_of(request: HttpRequest, one: Coming) -> str:
    """Where the thing is, for who may see it."""
    may = request.user.has_perm
    if one.kind in (Kind.ON_SALE, Kind.OFF_SALE):
        return reverse("product", args=[one.key])
    if one.kind in (Kind.REDUCTION_BEGINS, Kind.REDUCTION_ENDS):
        return reverse("reduction", args=[one.key])
    if one.kind == Kind.PRICE_BEGINS:
        return reverse("product-prices", args=[one.key]) if one.key else f"{reverse('products')}?sale=new_price"
    if one.kind in (Kind.LIST_BEGINS, Kind.LIST_ENDS):
        return reverse("price-list", args=[one.key]) if may(Right.EDIT_PRODUCTS.full_name) else ""
    if one.kind == Kind.PAPER_ENDS:
        return reverse("qualifications")
    return reverse("holiday") if may(Right.MANAGE_DELIVERY.full_name) else ""


def midnight(day: date) -> datetime:
    """The beginning of a day in the zone of the request."""
    return timezone.make_aware(datetime.combine(day, time()))


def after_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _previous(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _ahead(today: date) -> date:
    months = today.year * 12 + today.month - 1 + MONTHS_AHEAD
    return date(months // 12, months % 12 + 1, 1)


def month_asked(text: str, today: date) -> date:
    """From this month to two years ahead; anything else is this month."""
    try:
        month = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  a month has no zone
    except ValueError:
        return today.replace(day=1)
    return month if today.replace(day=1) <= month <= _ahead(today) else today.replace(day=1)


def _day_asked(text: str, begins: date, ends: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if begins <= day < ends else None
