"""Applications of merchants: the queue, one application with its papers and findings, and its three reviews."""

from __future__ import annotations

from dataclasses import dataclass
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

from marketplace.flows.let_in import review_application
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.kernel.pinyin import folded, name_keys
from marketplace.platform.taxonomy.models import Category
from marketplace.platform.taxonomy.queries import path_name
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.people import market_staff_with
from tenants.access.rights import Right
from tenants.accounts.addresses import is_in_doubt
from tenants.contracts.queries import makes_contracts
from tenants.onboarding.access import application_for_operator, paper_in
from tenants.onboarding.actions import FIELD_LABELS, JUDGED, note_paper_opened, waive_requirement
from tenants.onboarding.licences import is_credit_code
from tenants.onboarding.models import Application, Decision, Step
from tenants.onboarding.opening import lacks_of
from tenants.onboarding.papers import paper_response, paper_titles
from tenants.onboarding.requirements import items_of
from tenants.onboarding.reviewing import ask_for_paper_again, hand_application_over, take_application
from tenants.tenancy.hosts import shop_host


class ApplicationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=[choice for choice in Application.Status.choices if choice[0] != "draft"])
    work = django_filters.ChoiceFilter(
        method="whose",
        choices=[("mine", _lazy("Mine")), ("nobody", _lazy("Nobody's")), ("late", _lazy("Overdue"))],
        label=_lazy("Work"),
        empty_label=_lazy("All"),
    )
    kind = django_filters.ChoiceFilter(choices=Application.Kind.choices, label=_lazy("Kind"), empty_label=_lazy("All"))

    def whose(self, queryset: QuerySet[Application], name: str, value: str) -> QuerySet[Application]:
        """Of what is in review: one's own, nobody's, or what should be decided by now."""
        waiting = queryset.filter(status=Application.Status.SUBMITTED)
        if value == "mine":
            return waiting.filter(reviewer_id=self.request.user.pk)
        return waiting.filter(reviewer=None) if value == "nobody" else waiting.filter(review_due__lt=clock.now())

    def search(self, queryset: QuerySet[Application], name: str, value: str) -> QuerySet[Application]:
        """By number, company, licence, web address or contact; company and contact also in pinyin or its initials."""
        text = value.strip()
        key = folded(text)
        said = [pk for pk, *names in queryset.values_list("pk", "company", "contact_name") if key and any(name_keys(name).begin_with(key) for name in names)]
        return queryset.filter(
            Q(pk__in=said)
            | Q(number__startswith=text)
            | Q(company__icontains=text)
            | Q(licence_number__istartswith=text)
            | Q(slug__icontains=text)
            | Q(contact_name__icontains=text)
        )


applications = ListPage(
    title=_lazy("Applications"),
    name="applications",
    right=Right.REVIEW_MERCHANTS,
    columns=[
        Column(_lazy("Application"), "number", is_fixed=True, sort=("created_at", "pk")),
        Column(_lazy("Company"), "company"),
        Column(_lazy("Kind"), "kind", wide_only=True),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Reviewer"), "reviewer", wide_only=True),
        Column(_lazy("Due"), "due", wide_only=True),
        Column(_lazy("Handed in on"), "submitted", end=True),
    ],
    row_template="operator/_application_row.html",
    rows=lambda request: Application.objects.select_related("reviewer").filter(submitted_at__isnull=False),
    filters=ApplicationFilter,
    search_hint=_lazy("Number, company, licence or web address"),
    empty=_lazy("No application yet. Businesses apply at the market, under “Sell here”."),
    teach=Teach(_lazy("To the merchants"), "merchants", Right.VIEW_MERCHANTS),
    export_name="applications",
    export_head=[
        _lazy("Application"),
        _lazy("Company"),
        _lazy("Kind"),
        _lazy("Licence number"),
        _lazy("Contact"),
        _lazy("Web address"),
        _lazy("Status"),
        _lazy("Handed in on"),
    ],
    export=lambda row: [
        (
            row.number,
            row.company,
            row.get_kind_display(),
            row.licence_number,
            f"{row.contact_name} {row.contact_phone} {row.contact_email}",
            row.slug,
            row.get_status_display(),
            row.submitted_at,
        )
    ],
    base="operator/base.html",
)


@dataclass
class Finding:
    """Something that was looked at by the machine."""

    is_good: bool
    text: str


def findings_of(row: Application) -> list[Finding]:
    """What can be checked without a person."""
    found = []
    if len(row.licence_number) == 18:
        fits = is_credit_code(row.licence_number)
        found.append(Finding(fits, _("The licence number's check character fits.") if fits else _("The licence number's check character does not fit.")))
    same = Application.objects.filter(licence_number=row.licence_number, submitted_at__isnull=False).exclude(pk=row.pk)
    names = _(", ").join(same.values_list("number", flat=True)[:3])
    found.append(
        Finding(
            not names,
            _("Others applied with this licence number: {numbers}").format(numbers=names) if names else _("Nobody else applied with this licence number."),
        )
    )
    is_known = not is_in_doubt(row.applicant)
    found.append(Finding(is_known, _("The e-mail address is confirmed.") if is_known else _("The e-mail address is not confirmed.")))
    return found


class ReviewForm(forms.Form):
    step = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=500, required=False)


def application(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def _page(request: HttpRequest, number: str, refusal: MarketError | None = None, reason: str = "") -> HttpResponse:
    row = application_for_operator(number)
    context: dict[str, Any] = {
        "title": row.company or row.number,
        "application": row,
        "steps": [(step.label, Decision(getattr(row, step)), getattr(row, step)) for step in Step],
        "due": row.next_step,
        "papers": paper_titles(row.papers.order_by("added_at")),
        "items": items_of(row),
        "colleagues": [person for person in market_staff_with(Right.REVIEW_MERCHANTS) if person.pk not in (row.reviewer_id, request.user.pk)],
        "is_mine": row.reviewer_id == request.user.pk,
        "is_late": row.review_due is not None and row.review_due < clock.now(),
        "can_waive": row.status in (Application.Status.SUBMITTED, Application.Status.RETURNED),
        "reviews": list(row.reviews.order_by("-at")),
        "findings": findings_of(row),
        "fields": [(name, FIELD_LABELS[name]) for name in JUDGED[row.next_step]] if row.next_step else [],
        "ticked": request.POST.getlist("fields"),
        "sells": [path_name(one) for one in Category.objects.filter(pk__in=[path[-1] for path in row.sells if path]).order_by("position", "pk")],
        "makes_contracts": makes_contracts(),
        "lacks": lacks_of(row.merchant) if row.merchant else [],
        "host": shop_host(row.slug),
        "refusal": refusal,
        "reason": reason,
    }
    return render(request, "operator/application.html", context, status=refusal.status if refusal else 200)


def paper(request: HttpRequest, number: str, paper_id: UUID) -> Any:
    """A document of it; who opened it is written down."""
    row = application_for_operator(number)
    found = paper_in(row, paper_id)
    note_paper_opened(by=actor_of(request), application=row, paper=found)
    return paper_response(found)


def take(request: HttpRequest, number: str) -> HttpResponse:
    """Make it one's own work."""
    row = application_for_operator(number)
    try:
        take_application(by=actor_of(request), application_id=row.pk)
    except MarketError as refusal:
        return _page(request, number, refusal)
    messages.success(request, _("It is yours now."))
    return HttpResponseRedirect(f"/applications/{number}/")


def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Make it a colleague's work."""
    row = application_for_operator(number)
    try:
        hand_application_over(by=actor_of(request), application_id=row.pk, to_id=UUID(request.POST.get("to", "")))
    except ValueError:
        raise NotFound from None
    except MarketError as refusal:
        return _page(request, number, refusal)
    messages.success(request, _("Handed over."))
    return HttpResponseRedirect(f"/applications/{number}/")


def paper_again(request: HttpRequest, number: str, paper_id: UUID) -> HttpResponse:
    """Ask for one document anew, with a note beside it."""
    row = application_for_operator(number)
    try:
        ask_for_paper_again(by=actor_of(request), application_id=row.pk, paper_id=paper_id, note=request.POST.get("note", ""))
    except MarketError as refusal:
        return _page(request, number, refusal)
    messages.success(request, _("Noted beside the document. Ask for more to send the application back."))
    return HttpResponseRedirect(f"/applications/{number}/")


def waive(request: HttpRequest, number: str) -> HttpResponse:
    """Do without something that is asked of this applicant."""
    row = application_for_operator(number)
    try:
        waive_requirement(by=actor_of(request), application_id=row.pk, code=request.POST.get("code", ""), reason=request.POST.get("reason", ""))
    except MarketError as refusal:
        return _page(request, number, refusal)
    messages.success(request, _("Kept. The applicant need not show it."))
    return HttpResponseRedirect(f"/applications/{number}/")


def review(request: HttpRequest, number: str) -> HttpResponse:
    row = application_for_operator(number)
    form = ReviewForm(request.POST)
    reason = form.data.get("reason", "")
    try:
        row = review_application(
            by=actor_of(request),
            application_id=row.pk,
            step=form.data.get("step", ""),
            decision=request.POST.get("decision", ""),
            reason=reason,
            fields=request.POST.getlist("fields"),
        )
    except MarketError as refusal:
        return _page(request, number, refusal, reason)
    if row.merchant is not None:
        if lacks_of(row.merchant):
            messages.success(request, _("Approved. The applicant reads what is left before the shop opens."))
            return HttpResponseRedirect(f"/applications/{number}/")
        messages.success(request, _("Approved. The shop is being opened."))
        return HttpResponseRedirect(f"/merchants/{row.merchant_id}/")
    messages.success(request, _("The decision is kept, and the applicant is told."))
    return HttpResponseRedirect(f"/applications/{number}/")
