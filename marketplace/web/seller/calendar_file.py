"""What stands in the calendar of a month as a file that calendars on phones and desks read (iCalendar, RFC 5545).

A file, not an address to subscribe to: such an address would have to open without a sign-in, for whoever gets to know it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.flows.coming import Coming, coming
from marketplace.kernel import clock
from marketplace.web.seller.calendar import GROUP_OF, GROUPS, after_month, href_of, midnight, month_asked, said
from tenants.tenancy.hosts import workbench_url
from tenants.tenancy.models import Merchant

IN_A_LINE = 75  # octets; what is longer goes on in the next, behind a blank


def calendar_file(request: HttpRequest) -> HttpResponse:
    """`month` and `kind` as on the page: what it shows, and no more."""
    month = month_asked(request.GET.get("month", ""), timezone.localtime(clock.now()).date())
    wanted = [group.key for group in GROUPS if group.key in request.GET.getlist("kind")]
    found = [one for one in coming(midnight(month), midnight(after_month(month))) if not wanted or GROUP_OF[one.kind].key in wanted]
    merchant: Merchant = request.merchant  # type: ignore[attr-defined]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Wanshang//Calendar of a shop//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(_('{shop}: calendar').format(shop=merchant.name))}",
        *(line for one in found for line in _event(request, merchant, one)),
        "END:VCALENDAR",
    ]
    answer = HttpResponse("".join(f"{_folded(line)}\r\n" for line in lines), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{merchant.slug}-{month:%Y-%m}.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _event(request: HttpRequest, merchant: Merchant, one: Coming) -> Iterator[str]:
    """A moment, without an end. Its id follows from what it is: the same file read twice makes one entry."""
    yield "BEGIN:VEVENT"
    yield f"UID:{one.kind}-{one.key or merchant.pk}-{_moment(one.at)}@{merchant.slug}.wanshang"
    yield f"DTSTAMP:{_moment(clock.now())}"
    yield f"DTSTART:{_moment(one.at)}"
    yield f"SUMMARY:{_escaped(said(one))}"
    if path := href_of(request, one):
        yield f"URL:{workbench_url(merchant, path)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """As the value of a text: nothing in it ends the line or begins another property."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    parts: list[bytes] = []
    now = b""
    for sign in line:
        raw = sign.encode()
        if len(now) + len(raw) > IN_A_LINE - bool(parts):
            parts.append(now)
            now = b""
        now += raw
    return b"\r\n ".join([*parts, now]).decode()
