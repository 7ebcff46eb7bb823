"""How much merchants have to deposit and where they pay it (two people each), and within how many days."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.approvals import ask_for
from marketplace.kernel.errors import MarketError
from marketplace.kernel.money import Money
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.deposits.actions import SET_ACCOUNT, SET_DEPOSIT, set_deposit_days
from marketplace.platform.deposits.queries import EVERYBODY, rule_for, rules_in_force, terms
from marketplace.platform.taxonomy.models import Category
from marketplace.web.operator.approvals import asked, asked_about
from marketplace.web.operator.request_lines import deposit_target
from marketplace.web.operator.sanctions import other_merchant_or_404
from tenants.access.actors import actor_of
from tenants.onboarding.models import Application


class AskForm(forms.Form):
    """The hidden key makes the same form sent twice one request."""

    request_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class AmountForm(AskForm):
    amount = forms.DecimalField(
        label=_lazy("Amount"), min_value=0, max_digits=12, decimal_places=2, required=False, help_text=_lazy("Empty: the amount that is set now is taken back")
    )
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500)

    def minor(self, currency: str) -> int | None:
        amount = self.cleaned_data["amount"]
        return None if amount is None else Money.parse(str(amount), currency).minor


class RuleForm(AmountForm):
    kind = forms.ChoiceField(label=_lazy("Kind of seller"), required=False, choices=[("", _lazy("All")), *Application.Kind.choices])
    category = forms.ModelChoiceField(
        label=_lazy("Sells in"),
        queryset=Category.objects.filter(parent=None, merged_into=None).order_by("position", "pk"),
        required=False,
        empty_label=_lazy("All categories"),
    )
    field_order = ("request_id", "amount", "kind", "category", "why")


class TermsForm(forms.Form):
    days = forms.IntegerField(label=_lazy("Days to pay what is missing, and to object"), min_value=1, max_value=90)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)


class AccountForm(AskForm):
    pay_zh = forms.CharField(label=_lazy("The market's account, in Chinese"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    pay_en = forms.CharField(label=_lazy("The market's account, in English"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500)


def deposit_rules(request: HttpRequest) -> HttpResponse:
    """Three forms; which one was sent says `form`."""
    market, now = request.market, terms()  # type: ignore[attr-defined]
    sent = request.POST.get("form", "") if request.method == "POST" else ""
    account = {"request_id": uuid4(), "pay_zh": now.pay_to.get("zh-hans", ""), "pay_en": now.pay_to.get("en", "")}
    bound: dict[str, forms.Form] = {
        "rule": RuleForm(request.POST if sent == "rule" else None, auto_id="id_rule_%s"),
        "terms": TermsForm(request.POST if sent == "terms" else None, initial={"days": now.days}, auto_id="id_terms_%s"),
        "account": AccountForm(request.POST if sent == "account" else None, initial=account, auto_id="id_account_%s"),
    }
    form = bound.get(sent)
    if form is not None and form.is_valid():
        try:
            row = _apply(request, sent, form, market.currency)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            if row is not None:
                return asked(request, row)
            messages.success(request, _("Kept. Days that run stay as they were set."))
            return HttpResponseRedirect("/deposits/rules/")
    waits = asked_about("deposit_terms", 1)
    rules = sorted(rules_in_force().values(), key=lambda rule: (bool(rule.merchant_id), bool(rule.category_id), bool(rule.kind), -(rule.amount_minor or 0)))
    context = {
        "title": _("How much is deposited"),
        "forms": bound,
        "rules": [(rule, deposit_target(rule.kind, rule.category_id, rule.merchant)) for rule in rules],
        "has_general": rule_for(EVERYBODY) is not None,
        "pays_nowhere": not now.pay_to,
        "asked": waits,
    }
    return render(request, "operator/deposit_rules.html", context, status=422 if form is not None and form.errors else 200)


def _apply(request: HttpRequest, sent: str, form: forms.Form, currency: str) -> ApprovalRequest | None:
    by, data = actor_of(request), form.cleaned_data
    if sent == "terms":
        set_deposit_days(by=by, days=data["days"], why=data["why"])
        return None
    if sent == "account":
        account = {"pay_to": {"zh-hans": data["pay_zh"], "en": data["pay_en"]}}
        return ask_for(by=by, kind=SET_ACCOUNT, request_id=data["request_id"], order=account, why=data["why"])  # type: ignore[no-any-return]
    assert isinstance(form, RuleForm)
    order: dict[str, Any] = {
        "kind": data["kind"],
        "category_id": data["category"].pk if data["category"] else None,
        "merchant_id": "",
        "minor": form.minor(currency),
    }
    return ask_for(by=by, kind=SET_DEPOSIT, request_id=data["request_id"], order=order, why=data["why"])  # type: ignore[no-any-return]


def deposit_amount(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    """Another amount for one merchant, or none at all (zero)."""
    merchant = other_merchant_or_404(merchant_id)
    own = rule_for(("", None, merchant.pk))
    form = AmountForm(request.POST or None, initial={"request_id": uuid4(), "amount": own.amount.decimal if own else None})
    if request.method == "POST" and form.is_valid():
        currency = request.market.currency  # type: ignore[attr-defined]
        order = {"kind": "", "category_id": None, "merchant_id": str(merchant.pk), "minor": form.minor(currency)}
        try:
            return asked(
                request, ask_for(by=actor_of(request), kind=SET_DEPOSIT, request_id=form.cleaned_data["request_id"], order=order, why=form.cleaned_data["why"])
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    explained = [
        _("It stands instead of the amounts for every shop, for its kind and for its categories. Zero waives the deposit."),
        _("Leave the amount empty to take it back: then the general amounts count again."),
    ]
    context = {"title": _("An amount for this shop alone"), "merchant": merchant, "form": form, "what": explained}
    return render(request, "operator/deposit_form.html", context, status=422 if form.errors else 200)
