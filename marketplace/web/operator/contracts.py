"""Contracts with merchants: the list with what ends soon, one contract, and signing it for the market."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.contracts.access import contract_for_operator
from tenants.contracts.forms import SignatureForm
from tenants.contracts.models import Contract
from tenants.contracts.serving import paper_response
from tenants.contracts.signing import refuse_contract, sign_for_market

S = Contract.Status


class ContractFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="by_state",
        choices=[
            (S.SIGNED, pgettext_lazy("contracts", "To sign")),
            (S.IN_FORCE, pgettext_lazy("contracts", "In force")),
            (S.ENDED, pgettext_lazy("contracts", "Ended")),
            (S.REFUSED, pgettext_lazy("contracts", "Not signed")),
            ("broken", pgettext_lazy("contracts", "File not as signed")),
        ],
    )
    ends = django_filters.ChoiceFilter(
        method="ends_within",
        choices=[("90", _lazy("within 90 days")), ("30", _lazy("within 30 days")), ("7", _lazy("within 7 days"))],
        label=_lazy("Ends"),
        empty_label=_lazy("All"),
    )

    def search(self, queryset: QuerySet[Contract], name: str, value: str) -> QuerySet[Contract]:
        """By number, company, or the shop's web address or name."""
        text = value.strip()
        shop = Q(merchant__slug__icontains=text) | Q(merchant__names__en__icontains=text) | Q(**{"merchant__names__zh-hans__icontains": text})
        return queryset.filter(Q(number__startswith=text) | Q(company__icontains=text) | shop)

    def by_state(self, queryset: QuerySet[Contract], name: str, value: str) -> QuerySet[Contract]:
        return queryset.filter(papers__broken_at__isnull=False).distinct() if value == "broken" else queryset.filter(status=value)

    def ends_within(self, queryset: QuerySet[Contract], name: str, value: str) -> QuerySet[Contract]:
        """Of what is in force."""
        return queryset.filter(status=S.IN_FORCE, ends_at__lte=clock.now() + timedelta(days=int(value)))


contracts = ListPage(
    title=_lazy("Contracts"),
    name="contracts",
    right=Right.REVIEW_MERCHANTS,
    columns=[
        Column(_lazy("Contract"), "number", is_fixed=True),
        Column(_lazy("Company"), "company"),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Last day"), "ends", sort=("ends_at", "pk")),
        Column(_lazy("Signed by the shop"), "signed", end=True, sort=("signed_at", "pk")),
    ],
    row_template="operator/_contract_row.html",
    rows=lambda request: Contract.objects.select_related("merchant"),
    filters=ContractFilter,
    order=("-signed_at", "-pk"),
    search_hint=_lazy("Number, company or shop"),
    empty=_lazy("No contract is signed yet. Publish a template: applicants and shops are then asked to sign."),
    teach=Teach(_lazy("To the contract templates"), "contract-templates", Right.MANAGE_MARKET),
    export_name="contracts",
    export_head=[
        _lazy("Contract"),
        _lazy("Company"),
        _lazy("Shop"),
        _lazy("Status"),
        _lazy("First day"),
        _lazy("Last day"),
        _lazy("Signed by the shop"),
        _lazy("Signed by the market"),
    ],
    export=lambda row: [
        (
            row.number,
            row.company,
            row.merchant.name,
            row.get_status_display(),
            row.starts_at,
            row.ends_at,
            f"{row.signed_name}, {row.signed_title}",
            f"{row.market_name}, {row.market_title}" if row.market_signed_at else "",
        )
    ],
    base="operator/base.html",
)


def contract(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number, SignatureForm())


def _page(request: HttpRequest, number: str, form: SignatureForm, refusal: MarketError | None = None) -> HttpResponse:
    row = contract_for_operator(number)
    if not form.is_bound:
        form.initial = {"name": request.user.name}  # type: ignore[union-attr]
    context: dict[str, Any] = {
        "title": row.company,
        "row": row,
        "papers": list(row.papers.order_by("made_at")),
        "form": form,
        "refusal": refusal,
        "is_mine": row.signed_by_id == request.user.pk,
        "ends_soon": row.status == S.IN_FORCE and row.ends_at <= clock.now() + timedelta(days=30),
    }
    return render(request, "operator/contract.html", context, status=refusal.status if refusal else 422 if form.errors else 200)


def contract_sign(request: HttpRequest, number: str) -> HttpResponse:
    row, form = contract_for_operator(number), SignatureForm(request.POST)
    if not form.is_valid():
        return _page(request, number, form)
    try:
        sign_for_market(by=actor_of(request), contract_id=row.pk, **form.cleaned_data)
    except MarketError as refusal:
        if refusal.field not in form.fields:
            return _page(request, number, form, refusal)
        form.add_error(refusal.field, str(refusal))
        return _page(request, number, form)
    messages.success(request, _("Signed. It is in force, and the shop is told."))
    return HttpResponseRedirect(f"/contracts/{number}/")


def contract_refuse(request: HttpRequest, number: str) -> HttpResponse:
    row = contract_for_operator(number)
    try:
        refuse_contract(by=actor_of(request), contract_id=row.pk, reason=request.POST.get("reason", ""))
    except MarketError as refusal:
        return _page(request, number, SignatureForm(), refusal)
    messages.success(request, _("The shop reads why, and may sign anew."))
    return HttpResponseRedirect(f"/contracts/{number}/")


def contract_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Raises PaperBroken."""
    return paper_response(by=actor_of(request), contract=contract_for_operator(number))
