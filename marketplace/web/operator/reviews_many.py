"""Many submissions on one page: what differs in each, and one decision for each, by mouse or keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.kernel.errors import MarketError
from marketplace.platform.listings.models import ForbiddenWord, Listing, ProductChange
from marketplace.platform.listings.words import every_word, hits_in
from marketplace.web.cases import Fact, case_of
from marketplace.web.lists.bulk import chosen
from marketplace.web.operator.findings import Finding, findings_of
from marketplace.web.operator.reviews import REASONS, decide_one

MOST = 30  # on one page
LEAVE = "leave"
DECISIONS = ((LEAVE, _lazy("Leave it")), ("approve", _lazy("Approve")), ("send_back", _lazy("Send back")), ("refuse", _lazy("Refuse")))


@dataclass
class Looked:
    """A submission as it is looked through: of an edit only what differs."""

    change: ProductChange
    findings: list[Finding]
    shown: list[Fact]
    decision: str = LEAVE
    reason: str = ""
    refusal: str = ""


def many(request: HttpRequest) -> HttpResponse:
    """Those that were ticked in the list, or what waits longest."""
    keys = chosen(request)[:MOST] if request.GET.getlist("chosen") else []
    return _page(request, keys, {})


def decide_many(request: HttpRequest) -> HttpResponse:
    """Each by itself: what is refused stays on the page with its reason, what is left stays in the queue."""
    done, refused = 0, {}
    for key in chosen(request)[:MOST]:
        decision = request.POST.get(f"decision_{key.hex}", LEAVE)
        if decision == LEAVE:
            continue
        seen, reason = request.POST.get(f"seen_{key.hex}", ""), request.POST.get(f"reason_{key.hex}", "")
        try:
            decide_one(request, key, decision, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0, reason, {})
            done += 1
        except MarketError as refusal:
            refused[key] = (decision, reason, str(refusal))
    if done:
        messages.success(request, ngettext("{n} submission is decided.", "{n} submissions are decided.", done).format(n=done))
    if refused:
        return _page(request, list(refused), refused)
    if not done:
        messages.info(request, _("Nothing was decided."))
    return HttpResponseRedirect("/reviews/many/")


def _page(request: HttpRequest, keys: list[UUID], refused: dict[UUID, tuple[str, str, str]]) -> HttpResponse:
    waiting = ProductChange.objects.select_related("merchant").filter(status=ProductChange.Status.WAITING)
    found = list((waiting.filter(pk__in=keys) if keys else waiting).order_by("submitted_at", "pk")[:MOST])
    live = Listing.objects.prefetch_related("variants").in_bulk([row.product_id for row in found])
    words = every_word()
    cases = [_looked(row, live.get(row.product_id), refused.get(row.pk), words) for row in found]
    context: dict[str, Any] = {
        "title": _("Look through what waits"),
        "cases": cases,
        "more": max(waiting.count() - len(cases), 0),
        "decisions": DECISIONS,
        "reasons": REASONS,
    }
    return render(request, "operator/reviews_many.html", context, status=422 if refused else 200)


def _looked(row: ProductChange, live: Listing | None, refused: tuple[str, str, str] | None, words: list[ForbiddenWord]) -> Looked:
    case = case_of(row, live)
    shown = case.changed if live else [fact for fact in case.facts if fact.new]
    looked = Looked(row, findings_of(row.proposed, 0, hits_in(row.proposed, words)), shown)
    if refused:
        looked.decision, looked.reason, looked.refusal = refused
    return looked
