"""What the market asks of this shop, what it has shown, what is not sold for want of it, and handing in anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.kernel.inputs import DayInput
from marketplace.platform.listings.holding import held_of
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Category
from marketplace.web.overview import MOST_COUNTED, ToDo, capped
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.onboarding.market_rules import accept_rules, unaccepted
from tenants.onboarding.models import Decision, Paper, Qualification, Requirement, RulesAccepted
from tenants.onboarding.papers import FILES, paper_response
from tenants.onboarding.qualifications import REMINDED_AT, hand_in_renewal, last_day_of
from tenants.onboarding.standing import Standing, standing_of
from tenants.tenancy.hosts import market_url

SOON = timedelta(days=REMINDED_AT[0])
SHOWN = 8


@dataclass
class Asked:
    """A requirement as it stands for this shop. `state`: valid, soon, lacks, waits (to be handed in by a day) or open (nothing is held back)."""

    requirement: Requirement
    state: str
    until: Any = None  # the moment it ends, or has to be there
    is_waived: bool = False
    waiting: list[Paper] | None = None
    refused: Paper | None = None
    categories: list[str] | None = None

    @property
    def last_day(self) -> Any:
        return last_day_of(self.until) if self.until else None


class PaperForm(forms.Form):
    code = forms.ChoiceField(label=_lazy("Kind of document"))
    file = forms.FileField(label=_lazy("File"), help_text=_lazy("JPEG, PNG, WebP or PDF, up to 10 MB"), widget=forms.FileInput(FILES))
    ends_on = forms.DateField(label=_lazy("Last day it holds"), required=False, widget=DayInput())

    def __init__(self, *args: Any, asked: list[Requirement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [(one.code, one.name) for one in asked]  # type: ignore[attr-defined]


def qualifications(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    standing = standing_of(merchant.pk, clock.now())
    form = PaperForm(request.POST or None, request.FILES or None, asked=_all_asked(merchant.pk, standing), initial={"code": request.GET.get("for", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        upload = data["file"]
        try:
            hand_in_renewal(by=actor_of(request), merchant_id=merchant.pk, code=data["code"], name=upload.name, upload=upload, ends_on=data["ends_on"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Handed in. It counts as soon as the market has accepted it."))
            return HttpResponseRedirect("/qualifications/")
    held = held_of(merchant.pk, standing)
    context = {
        "title": _("Qualifications"),
        "asked": asked_of_shop(merchant.pk, standing),
        "held": [(one, one.listings[:SHOWN], len(one.listings)) for one in held],
        "form": form,
    }
    return render(request, "seller/qualifications.html", context, status=422 if form.errors else 200)


def asked_of_shop(merchant_id: UUID, standing: Standing) -> list[Asked]:
    papers: dict[str, list[Paper]] = {}
    for paper in Paper.objects.filter(merchant_id=merchant_id).order_by("-added_at")[:100]:
        papers.setdefault(paper.kind, []).append(paper)
    waived = {row.requirement_id for row in Qualification.objects.filter(merchant_id=merchant_id, paper=None, state=Qualification.State.VALID)}
    names = {one.pk: one.name for one in Category.objects.filter(pk__in={key for row in standing.asked for key in row.categories})}
    return [_asked(one, standing, papers.get(one.code, []), one.pk in waived, names) for one in _all_asked(merchant_id, standing)]


def _all_asked(merchant_id: UUID, standing: Standing) -> list[Requirement]:
    """What is asked of it, and the authorisations for brands that it has shown once or has goods of."""
    own = set(Listing.objects.filter(merchant_id=merchant_id, brand__in=list(standing.of_brands)).values_list("brand_id", flat=True).distinct())
    return [*standing.asked, *(one for key, one in standing.of_brands.items() if one.pk in standing.spans or key in own)]


def _asked(one: Requirement, standing: Standing, papers: list[Paper], is_waived: bool, names: dict[int, str]) -> Asked:
    is_covered, until = standing.cover(one)
    if is_covered:
        state = "soon" if until is not None and until - standing.at < SOON else "valid"
    elif standing.is_counted(one):
        state = "lacks"
    else:
        state, until = ("waits", one.enforced_from) if one.enforced_from else ("open", None)
    waiting = [paper for paper in papers if paper.decision == Decision.WAITING]
    refused = papers[0] if papers and papers[0].decision == Decision.MORE else None
    return Asked(one, state, until, is_waived and is_covered, waiting, refused, [names[key] for key in one.categories if key in names])


def paper(request: HttpRequest, paper_id: UUID) -> Any:
    """A document this shop has handed in, or its application had."""
    merchant_id = request.merchant.pk  # type: ignore[attr-defined]
    rows = Paper.objects.filter(pk=paper_id)
    found = rows.filter(merchant_id=merchant_id).first() or rows.filter(application__merchant_id=merchant_id).first()
    if found is None:
        raise NotFound
    return paper_response(found)


def rules(request: HttpRequest) -> HttpResponse:
    """The market's rules: what this shop has accepted and when, and what it is asked to accept."""
    merchant_id = request.merchant.pk  # type: ignore[attr-defined]
    if request.method == "POST":
        chosen = request.POST.getlist("rules")
        accept_rules(
            by=actor_of(request),
            rules_ids=[row.pk for row in unaccepted(merchant_id=merchant_id) if str(row.pk) in chosen],
            merchant_id=merchant_id,
        )
        messages.success(request, _("Kept, with the version and the time."))
        return HttpResponseRedirect("/market-rules/")
    accepted = RulesAccepted.objects.filter(merchant_id=merchant_id).select_related("rules").order_by("-at")
    context = {
        "title": _("Market rules"),
        "now": clock.now(),
        "open": [(row, market_url(f"/sell/rules/{row.kind}/{row.version}/")) for row in unaccepted(merchant_id=merchant_id)],
        "accepted": [(one, market_url(f"/sell/rules/{one.rules.kind}/{one.rules.version}/")) for one in accepted],
    }
    return render(request, "seller/market_rules.html", context)


def todos(merchant_id: UUID, may: set[Right]) -> list[ToDo]:
    """For the first page: what is not sold, and what ends soon or has to be handed in."""
    found: list[ToDo] = []
    n = Listing.objects.filter(merchant_id=merchant_id, is_listed=True, is_held=True)[: MOST_COUNTED + 1].count()
    if n:
        label = ngettext("product is not sold: a qualification is missing", "products are not sold: a qualification is missing", n)
        found.append(ToDo(capped(n), label, "/qualifications/", "danger"))
    if Right.MANAGE_PAPERS in may and (due := _due(merchant_id)):
        label = ngettext("document to hand in anew", "documents to hand in anew", len(due))
        found.append(ToDo(capped(len(due)), label, "/qualifications/", due=min(due)))
    return found


def _due(merchant_id: UUID) -> list[datetime]:
    """By when a document has to be there that nobody has handed in yet: the ends of qualifications, and what is enforced soon."""
    now = clock.now()
    mine = Qualification.objects.filter(merchant_id=merchant_id, state=Qualification.State.VALID)
    longer = Q(valid_until=None) | Q(valid_until__gt=OuterRef("valid_until"))
    later = mine.filter(longer, requirement_id=OuterRef("requirement_id"), valid_from__lte=OuterRef("valid_until"))
    waiting = Paper.objects.filter(merchant_id=merchant_id, decision=Decision.WAITING, kind=OuterRef("requirement__code"))
    soon = mine.filter(valid_until__gt=now, valid_until__lte=now + SOON, requirement__is_active=True)
    due = [end for end in soon.exclude(Exists(later)).exclude(Exists(waiting)).values_list("valid_until", flat=True) if end]
    if Requirement.objects.filter(is_active=True, enforced_from__gt=now).exists():
        due += [one.until for one in asked_of_shop(merchant_id, standing_of(merchant_id, now)) if one.state == "waits" and not one.waiting]
    return due
