"""Settling, statements and the journal."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.settle import preview, settle
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.platform.ledger.access import statement_for_operator
from marketplace.platform.ledger.models import JournalEntry, Statement
from marketplace.platform.ledger.queries import trial_balance
from marketplace.web.lists.pages import Column, ListPage
from tenants.access.actors import actor_of
from tenants.tenancy.models import Merchant


def settlement(request: HttpRequest) -> HttpResponse:
    """What a run would settle now, and the balances that prove it ties."""
    currency = request.market.currency  # type: ignore[attr-defined]
    due = preview()
    balances = trial_balance(currency)
    context = {
        "title": _("Settlement"),
        "due": due,
        "sales": Money.sum((row.sales for row in due), currency),
        "commission": Money.sum((row.commission for row in due), currency),
        "payout": Money.sum((row.payout for row in due), currency),
        "balances": balances,
        "difference": Money.sum((amount for _account, amount in balances), currency),
    }
    return render(request, "operator/settlement.html", context)


def settlement_run(request: HttpRequest) -> HttpResponse:
    try:
        chosen = [UUID(text) for text in request.POST.getlist("merchant")]
    except ValueError:
        chosen = []
    if not chosen:
        raise InvalidInput(field="merchant", why=_("Choose at least one shop to settle with."))
    made = settle(by=actor_of(request), merchant_ids=chosen)
    messages.success(request, ngettext("{n} statement was issued.", "{n} statements were issued.", len(made)).format(n=len(made)))
    return HttpResponseRedirect("/statements/")


class StatementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_lazy("Shop"), empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        return queryset.filter(number__startswith=value.strip())


statements = ListPage(
    title=_lazy("Statements"),
    columns=[
        Column(_lazy("Statement")),
        Column(_lazy("Shop")),
        Column(_lazy("Sales"), end=True),
        Column(_lazy("Commission"), end=True, wide_only=True),
        Column(_lazy("Paid out"), end=True),
    ],
    row_template="operator/_statement_row.html",
    rows=lambda request: Statement.objects.select_related("merchant"),
    filters=StatementFilter,
    search_hint=_lazy("Number"),
    empty=_lazy("No statement yet. Run a settlement once orders have been received and have waited their days."),
    base="operator/base.html",
)


def statement(request: HttpRequest, number: str) -> HttpResponse:
    found = statement_for_operator(number)
    return render(
        request,
        "web/statement.html",
        {"title": found.number, "statement": found, "lines": list(found.lines.order_by("completed_at")), "base": "operator/base.html"},
    )


class JournalFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")

    def search(self, queryset: QuerySet[JournalEntry], name: str, value: str) -> QuerySet[JournalEntry]:
        text = value.strip()
        return queryset.filter(Q(ref__icontains=text) | Q(kind=text))


journal = ListPage(
    title=_lazy("Journal"),
    columns=[Column(_lazy("When")), Column(_lazy("Entry")), Column(_lazy("Postings"))],
    row_template="operator/_entry_row.html",
    rows=lambda request: JournalEntry.objects.prefetch_related("postings__merchant"),
    filters=JournalFilter,
    order=("-at", "-pk"),
    search_hint=_lazy("Order, statement or payment"),
    empty=_lazy("Nothing has been posted yet. Each movement of money will stand here, debit and credit."),
    base="operator/base.html",
)
