"""Several rows of a list at once: ticks before the rows, and buttons that send what was ticked to a route of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput, MarketError
from tenants.access.rights import Right

MOST_CHOSEN = 100


@dataclass(frozen=True)
class Bulk:
    """A button below a list. `shows`: it opens a page of what was ticked instead of changing it."""

    label: str | Promise
    route: str
    right: Right
    sign: str
    shows: bool = False


def chosen(request: HttpRequest) -> list[UUID]:
    """Keys of the rows that were ticked, each once. Raises InvalidInput for none, for too many, and for what is no key."""
    sent = dict.fromkeys((request.POST if request.method == "POST" else request.GET).getlist("chosen"))
    if not sent:
        raise InvalidInput(field="chosen", why=_("Tick at least one row first."))
    if len(sent) > MOST_CHOSEN:
        raise InvalidInput(field="chosen", why=_("Tick at most {most} rows at once.").format(most=MOST_CHOSEN))
    try:
        return [UUID(key) for key in sent]
    except ValueError:
        raise InvalidInput(field="chosen", why=_("One of these rows does not exist. Load the list anew and tick again.")) from None


def with_each(request: HttpRequest, do: Callable[[UUID], object], told: Callable[[int], str], *, back: str) -> HttpResponse:
    """Do it to each row that was ticked, one after the other: what is refused stays as it was, and its reason is told.

    `told` says how many it was done to. Afterwards the list is shown again, as it was filtered.
    """
    try:
        keys = chosen(request)
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
        return _back(request, back)
    done, refusals = 0, Counter[str]()
    for key in keys:
        try:
            do(key)
            done += 1
        except MarketError as refusal:
            refusals[str(refusal)] += 1
    if done:
        messages.success(request, told(done))
    for why, times in refusals.items():
        messages.error(request, why if times == 1 else _("{times} times: {why}").format(times=times, why=why))
    return _back(request, back)


def _back(request: HttpRequest, route: str) -> HttpResponse:
    query = urlencode([pair for pair in parse_qsl(request.POST.get("query", "")[:500]) if pair[0] != "export"])
    return HttpResponseRedirect(reverse(route) + (f"?{query}" if query else ""))
