"""Payouts: into a file for the bank, and what became of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.approvals import ask_for
from marketplace.flows.pay_out import RELEASE, note_payout_returned, note_payouts_paid
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.platform.approvals.queries import waiting
from marketplace.platform.ledger.access import batch_for_operator
from marketplace.platform.ledger.models import Payout, PayoutBatch
from marketplace.platform.payments.actions import take_bank_file
from marketplace.platform.payments.models import PayoutAccount, Transfer
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.operator.approvals import asked
from marketplace.web.revealing import RevealForm
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.tenancy.models import Merchant


class PayoutFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=Payout.Status.choices)
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_lazy("Shop"), empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[Payout], name: str, value: str) -> QuerySet[Payout]:
        text = value.strip()
        return queryset.filter(Q(statement__number__startswith=text) | Q(batch__number__startswith=text))


def _with_accounts(request: HttpRequest, rows: list[Any]) -> None:
    accounts = {row.merchant_id: row for row in PayoutAccount.objects.filter(merchant__in=[row.merchant_id for row in rows])}
    for row in rows:
        row.account = accounts.get(row.merchant_id)
        row.refused = refused_part(row)


def refused_part(row: Payout) -> str:
    """What of a payout the rail refused: all, some or nothing ("")."""
    states = {transfer.status for transfer in row.transfers.all()} if row.status == Payout.Status.SENT else set()
    if Transfer.Status.FAILED not in states:
        return ""
    return "all" if states == {Transfer.Status.FAILED} else "some"


payouts = ListPage(
    title=_lazy("Payouts"),
    name="payouts",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(_lazy("Statement"), "statement", is_fixed=True, sort=("created_at", "pk")),
        Column(_lazy("Shop"), "shop"),
        Column(_lazy("To account"), "account", wide_only=True),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Amount"), "amount", end=True),
        Column(_lazy("Bank file"), "file", end=True, is_fixed=True),
    ],
    row_template="operator/_payout_row.html",
    rows=lambda request: Payout.objects.select_related("merchant", "statement", "batch").prefetch_related("transfers"),
    filters=PayoutFilter,
    search_hint=_lazy("Statement or bank file"),
    empty=_lazy("No payout yet. A settlement makes one for each statement that pays something."),
    teach=Teach(_lazy("To the settlement"), "settlement", Right.SETTLE),
    export_name="payouts",
    export_head=[
        _lazy("Statement"),
        _lazy("Attempt"),
        _lazy("Shop"),
        _lazy("Paid by"),
        _lazy("Bank file"),
        _lazy("Status"),
        _lazy("Amount"),
        _lazy("Currency"),
        _lazy("Created"),
        _lazy("Ended"),
        _lazy("Failure"),
    ],
    export=lambda row: [
        (
            row.statement.number,
            row.n,
            row.merchant.name,
            row.rail,
            row.batch.number if row.batch else "",
            row.get_status_display(),
            row.amount,
            row.currency,
            row.created_at,
            row.ended_at,
            row.failure,
        )
    ],
    base="operator/base.html",
    prepare=_with_accounts,
    actions_template="operator/_payouts_actions.html",
)


def bank_file_new(request: HttpRequest) -> HttpResponse:
    """What waits to be released, to choose from; POST asks a second person."""
    refusal: MarketError | None = None
    if request.method == "POST":
        try:
            key = _uuid(request.POST.get("batch_id", ""))
            order = {"batch": str(key), "payouts": [str(each) for each in _uuids(request)]}
            row = ask_for(by=actor_of(request), kind=RELEASE, request_id=key, order=order, why=request.POST.get("why", ""))
        except MarketError as why:
            refusal = why
        else:
            return asked(request, row)
    due = Payout.objects.filter(Q(rail="bank") | Q(released_at=None), status=Payout.Status.DUE)
    rows = list(due.select_related("merchant", "statement").order_by("created_at")[:500])
    _with_accounts(request, rows)
    files = list(PayoutBatch.objects.order_by("-created_at")[:10])
    in_requests = {key: other for other in waiting().filter(kind=RELEASE) for key in other.order["payouts"]}
    for payout in rows:
        payout.asked, payout.is_ready = in_requests.get(str(payout.pk)), _is_ready(payout)  # type: ignore[attr-defined]
    rows.sort(key=lambda payout: not payout.is_ready)  # type: ignore[attr-defined]
    context = {
        "title": _("Release payouts"),
        "rows": rows,
        "batch_id": request.POST.get("batch_id") or uuid4(),
        "why": request.POST.get("why", ""),
        "refusal": refusal,
        "files": files,
    }
    return render(request, "operator/bank_file_new.html", context, status=refusal.status if refusal else 200)


def _is_ready(row: Any) -> bool:
    """Whether the shop has an account on the way this payout takes."""
    return row.account is not None and row.account.kind == (PayoutAccount.Kind.BANK if row.rail == "bank" else PayoutAccount.Kind.STRIPE)


def bank_file(request: HttpRequest, number: str) -> HttpResponse:
    return _file_page(request, number)


def _file_page(request: HttpRequest, number: str, refusal: MarketError | None = None, taking: RevealForm | None = None) -> HttpResponse:
    batch = batch_for_operator(number)
    rows = list(batch.payouts.select_related("merchant", "statement").order_by("statement__number"))
    context = {
        "title": batch.number,
        "batch": batch,
        "rows": rows,
        "refusal": refusal,
        "has_open": any(row.status == Payout.Status.SENT for row in rows),
        "may_pay_out": request.user.has_perm(Right.PAY_OUT.full_name),
        "taking": taking or RevealForm(request, initial={"why": _("For the bank")}, auto_id="show_%s"),
    }
    return render(request, "operator/bank_file.html", context, status=refusal.status if refusal else 422 if taking else 200)


def bank_file_download(request: HttpRequest, number: str) -> HttpResponse:
    """It names accounts in full: who takes it says why, and it stands in the log."""
    batch = batch_for_operator(number)
    form = RevealForm(request, request.POST, auto_id="show_%s")
    if not form.is_valid():
        return _file_page(request, number, taking=form)
    text = take_bank_file(by=actor_of(request), batch=batch, why=form.cleaned_data["why"])
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="payouts-{batch.number}.csv"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


def bank_file_paid(request: HttpRequest, number: str) -> HttpResponse:
    """The bank has paid the chosen ones."""
    try:
        chosen = _uuids(request)
        if not chosen:
            raise InvalidInput(field="payout", why=_("Choose at least one payout."))
        n = note_payouts_paid(by=actor_of(request), payout_ids=chosen)
    except MarketError as refusal:
        return _file_page(request, number, refusal)
    messages.success(request, ngettext("{n} payout is paid.", "{n} payouts are paid.", n).format(n=n))
    return HttpResponseRedirect(f"/payouts/files/{number}/")


class ReturnedForm(forms.Form):
    reason = forms.CharField(label=_lazy("What the bank gave as the reason"), max_length=200)


def payout_returned(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """The bank sent it back: a question first, then the same money waits again."""
    payout = Payout.objects.select_related("merchant", "statement", "batch").filter(pk=payout_id).first()
    if payout is None or payout.batch is None:
        raise InvalidInput(field="payout", why=_("This payout is in no bank file."))
    form = ReturnedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            note_payout_returned(by=actor_of(request), payout_id=payout_id, reason=form.cleaned_data["reason"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Noted. The money waits to be paid again; ask the shop to check its account."))
            return HttpResponseRedirect("/payouts/?show=due")
    context = {"title": _("Sent back by the bank"), "payout": payout, "form": form}
    return render(request, "operator/payout_returned.html", context, status=422 if form.errors else 200)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(field="payout", why=_("Choose at least one payout.")) from None


def _uuids(request: HttpRequest) -> list[UUID]:
    return [_uuid(text) for text in request.POST.getlist("payout")]
