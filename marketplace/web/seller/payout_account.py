"""Where the shop's money goes."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.errors import MarketError
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.models import PayoutAccount
from tenants.access.actors import actor_of


class BankForm(forms.Form):
    holder = forms.CharField(label=_lazy("Account holder"), max_length=100)
    bank = forms.CharField(label=_lazy("Bank and branch"), max_length=100)
    number = forms.CharField(label=_lazy("Account number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}))


def payout_account(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
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
    context = {"title": _("Payout account"), "account": account, "form": form}
    return render(request, "seller/payout_account.html", context, status=422 if form.errors else 200)
