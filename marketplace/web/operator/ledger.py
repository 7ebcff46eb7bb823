"""Settling, statements and the journal."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from marketplace.flows.settle import held_back, preview, settle, settle_until
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.inputs import DayInput
from marketplace.kernel.money import Money
from marketplace.platform.ledger.access import statement_for_operator
from marketplace.platform.ledger.models import JournalEntry, SettlementRun, Statement
from marketplace.platform.ledger.queries import trial_balance
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.statements import STATEMENT_HEAD, statement_csv, statement_page, statement_pdf, statement_values
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.tenancy.models import Merchant


class RunForm(forms.Form):
    """The hidden key makes the same form sent twice one run."""

    run_id = forms.UUIDField(widget=forms.HiddenInput)
    until = forms.DateField(
        label=_lazy("Orders received until and on"),
        required=False,
        widget=DayInput(),
        help_text=_lazy("Empty: all that have waited long enough"),
    )

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """The end of the chosen day in the market's zone."""
        day = self.cleaned_data.get("until")
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone) if day else None


def settlement(request: HttpRequest) -> HttpResponse:
    """What a run would settle now, or up to a day, and the balances that prove it ties."""
    return _settlement_page(request)


def _settlement_page(request: HttpRequest, refusal: MarketError | None = None) -> HttpResponse:
    market = request.market  # type: ignore[attr-defined]
    form = RunForm({"run_id": uuid4(), "until": request.GET.get("until", "")})
    until = form.moment(market.tz) if form.is_valid() else None
    due = preview(until)
    balances = trial_balance(market.currency)
    held = held_back(until or settle_until())
    context = {
        "title": _("Settlement"),
        "form": form,
        "due": due,
        "refusal": refusal,
        "sums": {
            name: Money.sum((getattr(row, name) for row in due), market.currency)
            for name in ("opening", "sales", "refunds", "commission", "commission_returned", "payout", "kept")
        },
        "held": sorted(((merchant, held[merchant.pk]) for merchant in Merchant.objects.filter(pk__in=held)), key=lambda pair: pair[0].slug),
        "balances": balances,
        "difference": Money.sum((amount for _account, amount in balances), market.currency),
        "runs": list(SettlementRun.objects.annotate(n=Count("statements"), paid=Sum("statements__payout_minor")).order_by("-created_at")[:5]),
    }
    return render(request, "operator/settlement.html", context, status=refusal.status if refusal else 200)


def settlement_run(request: HttpRequest) -> HttpResponse:
    form = RunForm(request.POST)
    try:
        chosen = [UUID(text) for text in request.POST.getlist("merchant")]
        if not chosen or not form.is_valid():
            raise ValueError
    except ValueError:
        return _settlement_page(request, InvalidInput(field="merchant", why=_("Choose at least one shop to settle with.")))
    try:
        run = settle(
            by=actor_of(request),
            run_id=form.cleaned_data["run_id"],
            merchant_ids=chosen,
            until=form.moment(request.market.tz),  # type: ignore[attr-defined]
        )
    except MarketError as refusal:
        return _settlement_page(request, refusal)
    n = run.statements.count()
    messages.success(request, ngettext("{n} statement was issued.", "{n} statements were issued.", n).format(n=n))
    return HttpResponseRedirect(f"/statements/?run={run.number}")


class StatementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_lazy("Shop"), empty_label=_lazy("All"))
    run = django_filters.CharFilter(field_name="run__number", label=_lazy("Run"))

    def search(self, queryset: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        return queryset.filter(number__startswith=value.strip())


statements = ListPage(
    title=_lazy("Statements"),
    name="statements",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(_lazy("Statement"), "number", is_fixed=True, sort=("number",)),
        Column(_lazy("Shop"), "shop"),
        Column(_lazy("Sales"), "sales", end=True),
        Column(_lazy("Commission"), "commission", end=True, wide_only=True),
        Column(_lazy("Paid out"), "paid", end=True),
    ],
    row_template="operator/_statement_row.html",
    rows=lambda request: Statement.objects.select_related("merchant"),
    filters=StatementFilter,
    search_hint=_lazy("Number"),
    empty=_lazy("No statement yet. Run a settlement once orders have been received and have waited their days."),
    teach=Teach(_lazy("To the settlement"), "settlement", Right.SETTLE),
    export_name="statements",
    export_head=[_lazy("Statement"), _lazy("Shop"), *STATEMENT_HEAD],
    export=lambda row: [(row.number, row.merchant.name, *statement_values(row))],
    base="operator/base.html",
)


def statement(request: HttpRequest, number: str) -> HttpResponse:
    return statement_page(request, statement_for_operator(number), "operator/base.html")


def statement_as_csv(request: HttpRequest, number: str) -> HttpResponse:
    return statement_csv(request, statement_for_operator(number))


def statement_as_pdf(request: HttpRequest, number: str) -> HttpResponse:
    return statement_pdf(request, statement_for_operator(number))


class JournalFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")

    def search(self, queryset: QuerySet[JournalEntry], name: str, value: str) -> QuerySet[JournalEntry]:
        text = value.strip()
        return queryset.filter(Q(ref__icontains=text) | Q(kind=text))


journal = ListPage(
    title=_lazy("Journal"),
    name="journal",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(_lazy("When"), "when", is_fixed=True, sort=("at", "pk")),
        Column(_lazy("Entry"), "entry"),
        Column(_lazy("Postings"), "postings"),
    ],
    row_template="operator/_entry_row.html",
    rows=lambda request: JournalEntry.objects.prefetch_related("postings__merchant"),
    filters=JournalFilter,
    order=("-at", "-pk"),
    search_hint=_lazy("Order, statement or payment"),
    empty=_lazy("Nothing has been posted yet. Each movement of money will stand here, debit and credit."),
    teach=Teach(_lazy("To the orders"), "orders", Right.VIEW_MARKET_ORDERS),
    export_name="journal",
    export_head=[
        _lazy("When"),
        _lazy("Kind"),
        _lazy("Reference"),
        _lazy("Order"),
        pgettext_lazy("journal", "Account"),
        _lazy("Shop"),
        _lazy("Debit"),
        _lazy("Credit"),
        _lazy("Currency"),
    ],
    export=lambda row: [
        (
            row.at,
            row.kind,
            row.ref,
            row.order_number,
            side.get_account_display(),
            side.merchant.name if side.merchant else "",
            side.amount if side.amount_minor > 0 else None,
            -side.amount if side.amount_minor < 0 else None,
            side.currency,
        )
        for side in row.postings.all()
    ],
    base="operator/base.html",
)
