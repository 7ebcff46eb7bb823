"""Deposits in the console: how those of all merchants stand, one with its history, and asking that money of one is moved."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.approvals import ask_for
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.kernel.money import Money
from marketplace.platform.deposits.access import evidence_for_operator, move_for_operator
from marketplace.platform.deposits.actions import MOVE_DEPOSIT, add_evidence, most_of, reject_objection
from marketplace.platform.deposits.models import Deposit, DepositEvidence, DepositMove, DepositObjection
from marketplace.platform.deposits.queries import deposit_of, off_the_journal, reference_of, required_of
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.operator.approvals import asked, asked_about
from marketplace.web.operator.request_lines import deposit_target
from marketplace.web.operator.sanctions import other_merchant_or_404
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.onboarding.papers import FILES, paper_response

K = DepositMove.Kind
SHORT = Q(held_minor__lt=F("required_minor"))
SHOWN = 100


class DepositFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="stands",
        choices=[
            ("short", pgettext_lazy("deposits", "Something is missing")),
            ("overdue", pgettext_lazy("deposits", "Overdue")),
            ("enough", pgettext_lazy("deposits", "Complete")),
            ("objected", pgettext_lazy("deposits", "Objected to")),
        ],
    )

    def search(self, queryset: QuerySet[Deposit], name: str, value: str) -> QuerySet[Deposit]:
        text = value.strip()
        number = text[3:] if text[:3].upper() == "BZJ" else ""
        found = Q(merchant__slug__icontains=text) | Q(merchant__names__icontains=text) | Q(merchant__contact_email__icontains=text)
        return queryset.filter(found | Q(merchant__ordinal=int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else found)

    def stands(self, queryset: QuerySet[Deposit], name: str, value: str) -> QuerySet[Deposit]:
        return {
            "short": queryset.filter(SHORT),
            "overdue": queryset.filter(SHORT, due_at__lte=clock.now()),
            "enough": queryset.exclude(SHORT),
            "objected": queryset.filter(merchant__deposit_moves__objection__status=DepositObjection.Status.WAITING).distinct(),
        }[value]


deposits = ListPage(
    title=_lazy("Deposits"),
    name="deposits",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(_lazy("Shop"), "shop", is_fixed=True),
        Column(pgettext_lazy("deposits", "Status"), "status"),
        Column(pgettext_lazy("deposits", "Asked for"), "required", end=True),
        Column(pgettext_lazy("deposits", "Held"), "held", end=True),
        Column(pgettext_lazy("deposits", "Missing"), "short", end=True),
        Column(_lazy("Changed"), "changed", end=True, wide_only=True, sort=("changed_at", "pk")),
    ],
    row_template="operator/_deposit_row.html",
    rows=lambda request: Deposit.objects.select_related("merchant"),
    filters=DepositFilter,
    order=("-changed_at", "-pk"),
    search_hint=_lazy("Name, web address, e-mail, or BZJ number on a transfer"),
    empty=_lazy("Nobody has to deposit anything yet. Say how much, for every shop, a kind of seller or a category; shops are then told what is missing."),
    teach=Teach(_lazy("How much is asked for"), "deposit-rules", Right.MANAGE_MARKET),
    export_name="deposits",
    export_head=[
        _lazy("Shop"),
        _lazy("Web address"),
        _lazy("Reference on transfers"),
        pgettext_lazy("deposits", "Asked for"),
        pgettext_lazy("deposits", "Held"),
        pgettext_lazy("deposits", "Missing"),
        _lazy("Currency"),
        _lazy("Pay by"),
    ],
    export=lambda row: [
        (row.merchant.name, row.merchant.slug, reference_of(row.merchant), row.required, row.held, row.short, row.currency, row.due_at),
    ],
    base="operator/base.html",
    actions_template="operator/_deposits_actions.html",
)


def deposit(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    return _page(request, merchant_id)


def _page(request: HttpRequest, merchant_id: UUID, refusal: MarketError | None = None) -> HttpResponse:
    merchant = other_merchant_or_404(merchant_id)
    row, required = deposit_of(merchant.pk), required_of(merchant)
    waits = [*asked_about("deposit", merchant.pk), *asked_about("deposit_rule", f"::{merchant.pk}")]
    moves = list(DepositMove.objects.filter(merchant=merchant).select_related("objection", "undoes", "undone").order_by("-at", "-pk")[:SHOWN])
    shown = {each.move_id: each for each in DepositEvidence.objects.filter(merchant=merchant)}
    rule = required.rule
    context = {
        "title": merchant.name,
        "merchant": merchant,
        "deposit": row,
        "reference": reference_of(merchant),
        "rule": rule,
        "rule_for": deposit_target(rule.kind, rule.category_id, rule.merchant) if rule else "",
        "asked": waits,
        "moves": [(move, shown.get(move.pk), hasattr(move, "undone")) for move in moves],
        "differs": any(key == merchant.pk for key, *_which in off_the_journal()),
        "can_return": most_of(row, K.RETURNED) if row.pk and row.held_minor else None,
        "refusal": refusal,
    }
    return render(request, "operator/deposit.html", context, status=refusal.status if refusal else 200)


class MoveForm(forms.Form):
    """The hidden key makes the same form sent twice one request."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(label=_lazy("Amount"), min_value=0, max_digits=12, decimal_places=2)
    reference = forms.CharField(label=_lazy("Reference of the bank"), max_length=120)
    why = forms.CharField(label=_lazy("Reason; the owner reads it"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class DeductForm(MoveForm):
    reference = forms.CharField(label=_lazy("What shows the breach: number of an order or a return, a letter"), max_length=120, required=False)
    evidence = forms.FileField(
        label=_lazy("Document that shows it"),
        required=False,
        help_text=_lazy("JPEG, PNG, WebP or PDF, up to 10 MB; the owner can open it"),
        widget=forms.FileInput(FILES),
    )
    field_order = ("request_id", "amount", "reference", "evidence", "why")


class TakeBackForm(forms.Form):
    request_id = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.CharField(label=_lazy("Reason; the owner reads it"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


FORMS: dict[str, tuple[type[forms.Form], Any, list[Any]]] = {
    K.RECEIVED: (
        MoveForm,
        _lazy("Note a payment into this deposit"),
        [
            _lazy("Look for the transfer on the market's account: amount and reference are as the bank shows them."),
            _lazy("It is booked to the shop's own deposit account, apart from what it earns."),
        ],
    ),
    K.DEDUCTED: (
        DeductForm,
        _lazy("Deduct from this deposit"),
        [
            _lazy("The owner gets a letter with your reason, can open the document, and can object."),
            _lazy("What is missing afterwards has to be paid again within the days that are set."),
        ],
    ),
    K.RETURNED: (
        MoveForm,
        _lazy("Return this deposit"),
        [
            _lazy("Make the transfer at your bank, to the account the shop has named, once this is approved."),
            _lazy("A shop that trades on keeps what is asked of it; of one that closes all goes back."),
        ],
    ),
    K.GIVEN_BACK: (TakeBackForm, _lazy("Take this deduction back"), [_lazy("The whole amount goes back into the shop's deposit.")]),
}


def deposit_move(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    """Ask that money of a deposit is moved; `what` says how, `of` which deduction is taken back."""
    merchant = other_merchant_or_404(merchant_id)
    what, of = request.GET.get("what", ""), request.GET.get("of", "")
    form_class, title, explained = FORMS.get(what, FORMS[K.RECEIVED])
    what = what if what in FORMS else str(K.RECEIVED)
    undone = move_for_operator(of) if what == K.GIVEN_BACK else None
    form = form_class(request.POST or None, request.FILES or None, initial={"request_id": uuid4(), "amount": request.GET.get("amount", "")})
    if request.method == "POST" and form.is_valid():
        try:
            return asked(request, _ask(request, merchant_id, what, of, form))
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = {"title": title, "merchant": merchant, "deposit": deposit_of(merchant_id), "form": form, "what": explained, "undone": undone}
    return render(request, "operator/deposit_form.html", context, status=422 if form.errors else 200)


def _ask(request: HttpRequest, merchant_id: UUID, what: str, of: str, form: forms.Form) -> Any:
    by, data = actor_of(request), form.cleaned_data
    currency = request.market.currency  # type: ignore[attr-defined]
    evidence = ""
    if upload := data.get("evidence"):
        kept = add_evidence(by=by, move_id=data["request_id"], merchant_id=merchant_id, name=upload.name, upload=upload)
        evidence = str(kept.pk)
    order = {
        "merchant_id": str(merchant_id),
        "what": what,
        "minor": Money.parse(str(data["amount"]), currency).minor if "amount" in data else 0,
        "reference": data.get("reference", ""),
        "undoes": of if what == K.GIVEN_BACK else "",
        "evidence": evidence,
    }
    return ask_for(by=by, kind=MOVE_DEPOSIT, request_id=data["request_id"], order=order, why=data["why"])


def objection_reject(request: HttpRequest, number: str) -> HttpResponse:
    """The deduction stands: an answer that the shop reads."""
    move = move_for_operator(number)
    try:
        reject_objection(by=actor_of(request), move=move, answer=request.POST.get("answer", ""))
    except MarketError as refusal:
        return _page(request, move.merchant_id, refusal)
    messages.success(request, _("Answered. The shop's owner reads it."))
    return HttpResponseRedirect(f"/deposits/{move.merchant_id}/")


def evidence(request: HttpRequest, evidence_id: UUID) -> FileResponse:
    return paper_response(evidence_for_operator(evidence_id))  # type: ignore[arg-type]
