"""Where the shop's money goes: a bank account, or an account at Stripe."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.connect import begin_account, refresh_account
from marketplace.kernel.errors import MarketError
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.models import PayoutAccount
from marketplace.platform.payments.rails import ACCOUNT_COUNTRIES, has_connect
from tenants.access.actors import actor_of
from tenants.tenancy.hosts import workbench_url


class BankForm(forms.Form):
    holder = forms.CharField(label=_lazy("Account holder"), max_length=100)
    bank = forms.CharField(label=_lazy("Bank and branch"), max_length=100)
    number = forms.CharField(label=_lazy("Account number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}))


class StripeForm(forms.Form):
    country = forms.ChoiceField(label=_lazy("Country your business is registered in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Locale.parse((get_language() or "en").replace("-", "_")).territories
        self.fields["country"].choices = sorted(((code, names.get(code, code)) for code in ACCOUNT_COUNTRIES), key=lambda pair: pair[1])  # type: ignore[attr-defined]


def payout_account(request: HttpRequest) -> HttpResponse:
    """Coming back from Stripe (`?back`), its word on the account is asked for: what the browser says decides nothing."""
    merchant = request.merchant  # type: ignore[attr-defined]
    if "back" in request.GET:
        _ask_stripe(request)
        return HttpResponseRedirect("/payout-account/")
    account = PayoutAccount.objects.filter(merchant=merchant).first()
    form = BankForm(request.POST or None, initial={"holder": account.holder, "bank": account.bank} if account else {})
    if request.method == "POST" and form.is_valid():
        try:
            set_bank_account(by=actor_of(request), merchant_id=merchant.pk, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The account is kept. The next payout goes there."))
            return HttpResponseRedirect("/payout-account/")
    context = {
        "title": _("Payout account"),
        "account": account,
        "form": form,
        "stripe_form": StripeForm() if has_connect() else None,
        "expired": "again" in request.GET,
    }
    return render(request, "seller/payout_account.html", context, status=422 if form.errors else 200)


def payout_stripe(request: HttpRequest) -> HttpResponse:
    """On to Stripe's own pages, where the merchant gives what Stripe has to know; we never see it."""
    merchant = request.merchant  # type: ignore[attr-defined]
    form = StripeForm(request.POST)
    has_account = PayoutAccount.objects.filter(merchant=merchant).exclude(stripe_account="").exists()
    if not form.is_valid() and not has_account:
        messages.error(request, _("Choose the country your business is registered in."))
        return HttpResponseRedirect("/payout-account/")
    back = workbench_url(merchant, "/payout-account/")
    try:
        return HttpResponseRedirect(begin_account(by=actor_of(request), merchant_id=merchant.pk, country=form.cleaned_data.get("country", ""), back=back))
    except MarketError as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect("/payout-account/")


def _ask_stripe(request: HttpRequest) -> None:
    merchant = request.merchant  # type: ignore[attr-defined]
    try:
        if PayoutAccount.objects.filter(merchant=merchant).exclude(stripe_account="").exists():
            refresh_account(by=actor_of(request), merchant_id=merchant.pk)
    except MarketError as problem:
        messages.error(request, str(problem))
