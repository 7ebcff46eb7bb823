"""What shops have shown: the list, one qualification, and the documents they hand in anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.qualify import accept_renewal, refuse_renewal, revoke_qualification
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.kernel.inputs import DayInput
from marketplace.platform.listings.holding import held_of
from marketplace.platform.taxonomy.models import BrandClaim
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.onboarding.actions import note_shop_paper_opened
from tenants.onboarding.models import Decision, Paper, Qualification, Requirement
from tenants.onboarding.papers import paper_response
from tenants.onboarding.qualifications import REMINDED_AT, last_day_of
from tenants.onboarding.standing import standing_of
from tenants.tenancy.models import Merchant

SOON = "soon"
MOST_SHOWN = 200


class QualificationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="by_state", choices=[(SOON, pgettext_lazy("qualification", "Ends soon")), *Qualification.State.choices])
    requirement = django_filters.ModelChoiceFilter(queryset=Requirement.objects.all(), label=_lazy("Requirement"), empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[Qualification], name: str, value: str) -> QuerySet[Qualification]:
        """By the shop's web address or name."""
        text = value.strip()
        shops = Merchant.objects.filter(Q(slug__icontains=text) | Q(names__en__icontains=text) | Q(**{"names__zh-hans__icontains": text}))
        return queryset.filter(merchant__in=shops)

    def by_state(self, queryset: QuerySet[Qualification], name: str, value: str) -> QuerySet[Qualification]:
        if value == SOON:
            return queryset.filter(state=Qualification.State.VALID, valid_until__lte=clock.now() + timedelta(days=REMINDED_AT[0]))
        return queryset.filter(state=value)


qualifications = ListPage(
    title=_lazy("Qualifications"),
    name="qualifications",
    right=Right.REVIEW_MERCHANTS,
    columns=[
        Column(_lazy("Shop"), "shop", is_fixed=True),
        Column(_lazy("Requirement"), "requirement"),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Holds until"), "until"),
        Column(_lazy("Granted"), "granted", end=True, sort=("granted_at", "pk")),
    ],
    row_template="operator/_qualification_row.html",
    rows=lambda request: Qualification.objects.select_related("merchant", "requirement"),
    filters=QualificationFilter,
    order=("-granted_at", "-pk"),
    search_hint=_lazy("Name or web address of the shop"),
    empty=_lazy("No shop has shown anything yet. What an applicant hands in stands here once the application is approved."),
    teach=Teach(_lazy("To the applications"), "applications", Right.REVIEW_MERCHANTS),
    export_name="qualifications",
    export_head=[_lazy("Shop"), _lazy("Requirement"), _lazy("Status"), _lazy("Holds from"), _lazy("Holds until"), _lazy("Reason"), _lazy("By")],
    export=lambda row: [(row.merchant.name, row.requirement.name, row.get_state_display(), row.valid_from, row.valid_until, row.reason, row.by_label)],
    base="operator/base.html",
)


def qualification(request: HttpRequest, qualification_id: UUID) -> HttpResponse:
    return _page(request, qualification_id)


def _page(request: HttpRequest, qualification_id: UUID, refusal: MarketError | None = None) -> HttpResponse:
    row = Qualification.objects.select_related("merchant", "requirement", "paper").filter(pk=qualification_id).first()
    if row is None:
        raise NotFound
    held = [one for one in held_of(row.merchant_id, standing_of(row.merchant_id, clock.now())) if row.requirement in one.lacks]
    context = {
        "title": row.requirement.name,
        "row": row,
        "last_day": last_day_of(row.valid_until) if row.valid_until else None,
        "held_count": sum(len(one.listings) for one in held),
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "operator/qualification.html", context, status=refusal.status if refusal else 200)


def revoke(request: HttpRequest, qualification_id: UUID) -> HttpResponse:
    try:
        revoke_qualification(by=actor_of(request), qualification_id=qualification_id, reason=request.POST.get("reason", ""))
    except NotFound:
        raise
    except MarketError as refusal:
        return _page(request, qualification_id, refusal)
    messages.success(request, _("Taken back. What depends on it is not sold any more; the shop is told."))
    return HttpResponseRedirect(f"/qualifications/{qualification_id}/")


# ── Documents handed in anew ─────────────────────────────────────────────────────────────────────────────────────────


class AcceptForm(forms.Form):
    ends_on = forms.DateField(label=_lazy("Last day it holds, as on the document"), required=False, widget=DayInput())


def renewals(request: HttpRequest) -> HttpResponse:
    """The queue, what has waited longest first."""
    waiting = Paper.objects.filter(merchant__isnull=False, decision=Decision.WAITING).select_related("merchant").order_by("added_at", "pk")
    names = {one.code: one for one in Requirement.objects.all()}
    context = {"title": _("Shop documents"), "rows": [(paper, names.get(paper.kind)) for paper in waiting[:MOST_SHOWN]]}
    return render(request, "operator/renewals.html", context)


def _renewal(renewal_id: UUID) -> Paper:
    found = Paper.objects.select_related("merchant").filter(pk=renewal_id, merchant__isnull=False).first()
    if found is None:
        raise NotFound
    return found


def renewal(request: HttpRequest, renewal_id: UUID) -> HttpResponse:
    found = _renewal(renewal_id)
    return _renewal_page(request, found, AcceptForm(initial={"ends_on": found.ends_on}))


def _renewal_page(request: HttpRequest, found: Paper, form: AcceptForm, refusal: MarketError | None = None) -> HttpResponse:
    assert found.merchant_id is not None
    requirement = Requirement.objects.get(code=found.kind)
    standing = standing_of(found.merchant_id, clock.now())
    is_covered, until = standing.cover(requirement)
    context = {
        "title": requirement.name,
        "paper": found,
        "requirement": requirement,
        "form": form,
        "is_covered": is_covered,
        "last_day": last_day_of(until) if until else None,
        "held_count": sum(len(one.listings) for one in held_of(found.merchant_id, standing) if requirement in one.lacks),
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
        "waits": found.decision == Decision.WAITING,
        "claim": BrandClaim.objects.filter(paper_id=found.pk).first(),
    }
    return render(request, "operator/renewal.html", context, status=refusal.status if refusal else 200)


def renewal_decide(request: HttpRequest, renewal_id: UUID) -> HttpResponse:
    found, by = _renewal(renewal_id), actor_of(request)
    form = AcceptForm(request.POST)
    try:
        if request.POST.get("decision") == "accept":
            if form.is_valid():
                accept_renewal(by=by, paper_id=renewal_id, ends_on=form.cleaned_data["ends_on"])
        else:
            refuse_renewal(by=by, paper_id=renewal_id, reason=request.POST.get("reason", ""))
    except MarketError as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, str(refusal))
        return _renewal_page(request, found, form, refusal)
    if form.errors and request.POST.get("decision") == "accept":
        return _renewal_page(request, found, form)
    messages.success(request, _("The decision is kept, and the shop is told."))
    return HttpResponseRedirect("/renewals/")


def renewal_paper(request: HttpRequest, renewal_id: UUID) -> Any:
    """The document; who opened it is written down."""
    found = _renewal(renewal_id)
    note_shop_paper_opened(by=actor_of(request), paper=found)
    return paper_response(found)
