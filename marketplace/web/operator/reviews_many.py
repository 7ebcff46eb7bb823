"""Many submissions on one page: what differs in each, and one decision for each, by mouse or keyboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.review_product import NOTE_LABELS
from marketplace.kernel.errors import MarketError
from marketplace.platform.listings.models import ForbiddenWord, Listing, ProductChange
from marketplace.platform.listings.words import every_word, hits_in
from marketplace.web.cases import Case, Fact, case_of
from marketplace.web.lists.bulk import chosen
from marketplace.web.operator.findings import Finding, findings_of
from marketplace.web.operator.reviews import REASONS, decide_one

MOST = 30  # on one page
LEAVE = "leave"
DECISIONS = ((LEAVE, _lazy("Leave it")), ("approve", _lazy("Approve")), ("send_back", _lazy("Send back")), ("refuse", _lazy("Refuse")))


@dataclass
class Sent:
    """What was chosen and written for one, and why it was refused."""

    decision: str = LEAVE
    reason: str = ""
    notes: dict[str, str] = field(default_factory=dict)  # field of NOTE_LABELS → remark
    refusal: str = ""


@dataclass
class Looked:
    """A submission as it is looked through: of an edit only what differs."""

    change: ProductChange
    findings: list[Finding]
    shown: list[Fact]
    read: Case
    is_edit: bool
    sent: Sent

    @property
    def remarks(self) -> list[tuple[str, str, str]]:
        """(field, its name, what was written beside it) of what is shown."""
        codes = [fact.code for fact in self.shown]
        if not self.is_edit or self.read.has_other_variants:
            codes.append("variants")
        return [(code, str(NOTE_LABELS[code]), self.sent.notes.get(code, "")) for code in codes]


def many(request: HttpRequest) -> HttpResponse:
    """Those that were ticked in the list, or what waits longest."""
    keys = chosen(request)[:MOST] if request.GET.getlist("chosen") else []
    return _page(request, keys, {})


def decide_many(request: HttpRequest) -> HttpResponse:
    """Each by itself: what is refused stays on the page with its reason, what is left stays in the queue."""
    done, refused = 0, {}
    for key in chosen(request)[:MOST]:
        sent = _sent(request, key)
        if sent.decision == LEAVE:
            continue
        seen = request.POST.get(f"seen_{key.hex}", "")
        try:
            decide_one(request, key, sent.decision, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0, sent.reason, sent.notes)
            done += 1
        except MarketError as refusal:
            sent.refusal = str(refusal)
            refused[key] = sent
    if done:
        messages.success(request, ngettext("{n} submission is decided.", "{n} submissions are decided.", done).format(n=done))
    for row in ProductChange.objects.filter(pk__in=refused).exclude(status=ProductChange.Status.WAITING):
        messages.error(request, _("“{title}” no longer waits: it was decided or taken back meanwhile.").format(title=row.title.text))
        del refused[row.pk]
    if refused:
        return _page(request, list(refused), refused)
    if not done:
        messages.info(request, _("Nothing was decided."))
    return HttpResponseRedirect("/reviews/many/")


def _sent(request: HttpRequest, key: UUID) -> Sent:
    notes = {code: text for code in NOTE_LABELS if (text := request.POST.get(f"note_{key.hex}_{code}", "").strip())}
    return Sent(request.POST.get(f"decision_{key.hex}", LEAVE), request.POST.get(f"reason_{key.hex}", ""), notes)


def _page(request: HttpRequest, keys: list[UUID], refused: dict[UUID, Sent]) -> HttpResponse:
    waiting = ProductChange.objects.select_related("merchant").filter(status=ProductChange.Status.WAITING)
    found = list((waiting.filter(pk__in=keys) if keys else waiting).order_by("submitted_at", "pk")[:MOST])
    live = Listing.objects.prefetch_related("variants").in_bulk([row.product_id for row in found])
    words = every_word()
    sent_back = ProductChange.objects.filter(product_id__in=[row.product_id for row in found], status=ProductChange.Status.SENT_BACK)
    times = dict(sent_back.order_by().values_list("product_id").annotate(n=Count("pk")))
    cases = [_looked(row, live.get(row.product_id), refused.get(row.pk) or Sent(), words, times.get(row.product_id, 0)) for row in found]
    context: dict[str, Any] = {
        "title": _("Look through what waits"),
        "cases": cases,
        "more": max(waiting.count() - len(cases), 0),
        "decisions": DECISIONS,
        "reasons": REASONS,
    }
    return render(request, "operator/reviews_many.html", context, status=422 if refused else 200)


def _looked(row: ProductChange, live: Listing | None, sent: Sent, words: list[ForbiddenWord], sent_back: int) -> Looked:
    case = case_of(row, live)
    shown = case.changed if live else [fact for fact in case.facts if fact.new]
    return Looked(row, findings_of(row.proposed, sent_back, hits_in(row.proposed, words)), shown, case, is_edit=live is not None, sent=sent)
