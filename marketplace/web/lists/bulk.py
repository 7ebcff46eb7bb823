"""Several rows of a list at once: ticks before the rows, and buttons that send what was ticked to a route of their own.

What is ticked on a page is done at once. All rows of a filter, however many, are done by a worker, one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.platform.backoffice.actions import ask_for_job
from marketplace.platform.backoffice.models import ListJob
from tenants.access.actors import actor_of
from tenants.access.rights import Right

if TYPE_CHECKING:
    from marketplace.web.lists.pages import ListPage

MOST_CHOSEN = 100


@dataclass(frozen=True)
class Bulk:
    """A button over a list. `do` is what it does to one row, and has to be harmless when it is done again; `shows`: it opens a page of what
    was ticked instead of changing it, in another window unless it `stays`."""

    label: str | Promise
    route: str
    right: Right
    sign: str
    shows: bool = False
    stays: bool = False
    do: Callable[[Actor, Any], object] | None = None


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


def with_each(request: HttpRequest, page: ListPage, route: str, told: Callable[[int], str]) -> HttpResponse:
    """Do what the button of this route does to each row that was ticked: what is refused stays as it was, and its reason is told.

    `told` says how many it was done to. Afterwards the list is shown again, as it was filtered. With `all`, a worker does it to every row
    of the filter.
    """
    do = action_of(page, route)
    try:
        if request.POST.get("all") == "1":
            return with_all(request, page, route)
        keys = chosen(request)
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return _back(request, page.name)
    by, done, refusals = actor_of(request), 0, Counter[str]()
    for key in keys:
        try:
            do(by, key)
            done += 1
        except MarketError as refusal:
            refusals[str(refusal)] += 1
    if done:
        messages.success(request, told(done))
    for why, times in refusals.items():
        messages.error(request, why if times == 1 else _("{times} times: {why}").format(times=times, why=why))
    return _back(request, page.name)


def with_all(request: HttpRequest, page: ListPage, route: str) -> HttpResponse:
    """Ask for a job over every row of the filter, as it is now. Raises KeyReused, TooManyJobs, InvalidInput."""
    from marketplace.web.lists.forms import start_of
    from marketplace.web.lists.views import kept_query

    merchant = getattr(request, "merchant", None)
    try:
        key = UUID(request.POST.get("job_id", ""))
    except ValueError:
        key = uuid4()
    query = kept_query(request.POST.get("query", ""))
    job = ListJob(pk=key, merchant_id=merchant.pk if merchant else None, list_name=page.name, kind=ListJob.Kind.BULK, what=route, query=query)
    job.start = start_of(page, request, query)
    job = ask_for_job(by=actor_of(request), job=job)
    return HttpResponseRedirect(f"{reverse('jobs')}?new={job.pk}")


def action_of(page: ListPage, route: str) -> Callable[[Actor, Any], object]:
    """What a button does to one row. Raises LookupError for a button that is not there."""
    do = next((each.do for each in page.bulk if each.route == route), None)
    if do is None:
        raise LookupError(route)
    return do


def _back(request: HttpRequest, route: str) -> HttpResponse:
    query = urlencode([pair for pair in parse_qsl(request.POST.get("query", "")[:500]) if pair[0] != "all"])
    return HttpResponseRedirect(reverse(route) + (f"?{query}" if query else ""))
