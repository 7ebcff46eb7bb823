"""Changes of what the market knows of a shop: the list, one change beside what holds now, and the decision."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.review_dossier import review_dossier
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.web.dossiers import differences, facts_of
from marketplace.web.lists.pages import Column, ListPage
from tenants.access.actors import actor_of
from tenants.access.people import market_staff_with
from tenants.access.rights import Right
from tenants.onboarding.dossiers import LABELS, dossier_of, hand_dossier_change_over, take_dossier_change
from tenants.onboarding.models import DossierChange

S = DossierChange.Status


class DossierChangeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=S.choices)

    def search(self, queryset: QuerySet[DossierChange], name: str, value: str) -> QuerySet[DossierChange]:
        """By the shop's web address or name."""
        text = value.strip()
        shop = Q(merchant__slug__icontains=text) | Q(merchant__names__en__icontains=text) | Q(**{"merchant__names__zh-hans__icontains": text})
        return queryset.filter(shop)


def with_labels(request: HttpRequest, rows: list[DossierChange]) -> None:
    for row in rows:
        row.labels = [LABELS[name] for name in LABELS if name in row.after]  # type: ignore[attr-defined]


dossier_changes = ListPage(
    title=_lazy("Company data"),
    name="dossier-changes",
    right=Right.REVIEW_MERCHANTS,
    columns=[
        Column(_lazy("Shop"), "shop", is_fixed=True),
        Column(_lazy("What changes"), "what"),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Reviewer"), "reviewer", wide_only=True),
        Column(_lazy("Due"), "due", wide_only=True),
        Column(_lazy("Handed in on"), "handed_in", end=True, sort=("handed_in_at", "pk")),
    ],
    row_template="operator/_dossier_row.html",
    rows=lambda request: DossierChange.objects.select_related("merchant", "reviewer"),
    prepare=with_labels,
    filters=DossierChangeFilter,
    order=("-handed_in_at", "-pk"),
    search_hint=_lazy("Name or web address of the shop"),
    empty=_lazy("No shop has handed in new data of its company."),
    export_name="company-data",
    export_head=[_lazy("Shop"), _lazy("What changes"), _lazy("Status"), _lazy("Handed in on"), _lazy("By")],
    export=lambda row: [(row.merchant.name, _(", ").join(str(LABELS[name]) for name in row.after), row.get_status_display(), row.handed_in_at, row.by_label)],
    base="operator/base.html",
)


def dossier_change(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    return _page(request, dossier_id)


def _page(request: HttpRequest, dossier_id: UUID, refusal: MarketError | None = None) -> HttpResponse:
    row = DossierChange.objects.select_related("merchant", "reviewer").filter(pk=dossier_id).first()
    if row is None:
        raise NotFound
    context = {
        "title": row.merchant.name,
        "row": row,
        "waits": row.status == S.WAITING,
        "is_late": row.status == S.WAITING and row.review_due < clock.now(),
        "is_mine": row.reviewer_id == request.user.pk,
        "colleagues": [person for person in market_staff_with(Right.REVIEW_MERCHANTS) if person.pk not in (row.reviewer_id, request.user.pk)],
        "differences": differences(row),
        "facts": facts_of(dossier_of(row.merchant)),
        "note": request.POST.get("note", ""),
        "refusal": refusal,
    }
    return render(request, "operator/dossier_change.html", context, status=refusal.status if refusal else 200)


def dossier_decide(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    then = request.POST.get("decision", "")
    try:
        if then == "take":
            take_dossier_change(by=actor_of(request), change_id=dossier_id)
            messages.success(request, _("It is yours now."))
            return HttpResponseRedirect(f"/dossier-changes/{dossier_id}/")
        if then == "give":
            hand_dossier_change_over(by=actor_of(request), change_id=dossier_id, to_id=UUID(request.POST.get("to", "")))
            messages.success(request, _("Handed over."))
            return HttpResponseRedirect(f"/dossier-changes/{dossier_id}/")
        review_dossier(by=actor_of(request), change_id=dossier_id, approves=then == "approve", note=request.POST.get("note", ""))
    except ValueError:
        raise NotFound from None
    except NotFound:
        raise
    except MarketError as refusal:
        return _page(request, dossier_id, refusal)
    messages.success(request, _("The decision is kept, and the shop is told."))
    return HttpResponseRedirect("/dossier-changes/?show=waiting")
