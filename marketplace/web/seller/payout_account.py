"""Where the shop's money goes: the account in force, the change of it that is on its way, and asking for another."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from babel import Locale
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.account_changes import BankDetails, ask_for_bank_account, confirm_change, cooling_days, may_confirm, names_in_dossier, stop_change
from marketplace.flows.connect import begin_account, refresh_account
from marketplace.kernel.errors import MarketError
from marketplace.platform.payments.actions import show_account_number
from marketplace.platform.payments.models import AccountChange, PayoutAccount
from marketplace.platform.payments.rails import ACCOUNT_COUNTRIES, has_connect
from marketplace.web.revealing import Masked, ProofForm, last_looks, masked, reveal
from marketplace.web.seller.for_others import for_others
from tenants.access.actors import actor_of, person_of
from tenants.access.rights import Right
from tenants.tenancy.hosts import workbench_url

PAGE = "/payout-account/"
CHANGES_SHOWN = 8


class BankForm(ProofForm):
    """The hidden key makes the same form sent twice one change."""

    change_id = forms.UUIDField(widget=forms.HiddenInput)
    form = forms.ChoiceField(label=_lazy("Kind of account"), choices=AccountChange.Form.choices)
    holder = forms.CharField(label=_lazy("Account holder"), max_length=100, help_text=_lazy("As the bank writes it: the business in your application."))
    bank = forms.CharField(label=_lazy("Bank"), max_length=100)
    branch = forms.CharField(label=_lazy("Branch"), max_length=100, required=False)
    bank_code = forms.CharField(
        label=_lazy("CNAPS code of the branch"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_lazy("12 digits; your bank knows it."),
    )
    number = forms.CharField(label=_lazy("Account number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
    holder_reason = forms.CharField(
        label=_lazy("Why it is in another name"),
        max_length=300,
        required=False,
        help_text=_lazy("Only if the holder is not the business in your application. The market then compares papers, which takes longer."),
    )


class StopForm(forms.Form):
    why = forms.CharField(label=_lazy("Why should it not happen? Your colleagues read it"), max_length=300)


class StripeForm(ProofForm):
    country = forms.ChoiceField(label=_lazy("Country your business is registered in"))
    field_order = ("country", "password")

    def __init__(self, request: HttpRequest, *args: Any, asks_country: bool = True, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        if not asks_country:
            del self.fields["country"]
            return
        names = Locale.parse((get_language() or "en").replace("-", "_")).territories
        self.fields["country"].choices = sorted(((code, names.get(code, code)) for code in ACCOUNT_COUNTRIES), key=lambda pair: pair[1])  # type: ignore[attr-defined]


@for_others
def payout_account(request: HttpRequest) -> HttpResponse:
    """POST asks for another bank account. Coming back from Stripe (`?back`), its word is asked for: what the browser says decides nothing."""
    merchant = request.merchant  # type: ignore[attr-defined]
    if "back" in request.GET:
        _ask_stripe(request)
        return HttpResponseRedirect(PAGE)
    if request.method != "POST":
        return _page(request)
    form = BankForm(request, request.POST)
    if form.is_valid():
        data = dict(form.cleaned_data)
        data.pop("password", None)
        try:
            row = ask_for_bank_account(by=actor_of(request), merchant_id=merchant.pk, change_id=data.pop("change_id"), details=BankDetails(**data))
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _asked(row))
            return HttpResponseRedirect(PAGE)
    return _page(request, form=form, status=422)


def _asked(row: AccountChange) -> str:
    if row.needs_colleague:
        return _("Asked for. Everybody who may do this was told; a colleague confirms it.")
    return _("Asked for. Everybody who may do this was told; the market looks at it.")


def account_confirm(request: HttpRequest, account_change_id: UUID) -> HttpResponse:
    """A colleague agrees, with the password."""
    merchant = request.merchant  # type: ignore[attr-defined]
    form = ProofForm(request, request.POST, auto_id="confirm_%s")
    if form.is_valid():
        try:
            row = confirm_change(by=actor_of(request), merchant_id=merchant.pk, change_id=account_change_id)
        except MarketError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("Confirmed.") if row.status != AccountChange.Status.IN_FORCE else _("Confirmed. Payouts go to this account from now on.")
            )
        return HttpResponseRedirect(PAGE)
    return _page(request, confirm=form, status=422)


def account_stop(request: HttpRequest, account_change_id: UUID) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    form = StopForm(request.POST, auto_id="stop_%s")
    if form.is_valid():
        try:
            stop_change(by=actor_of(request), merchant_id=merchant.pk, change_id=account_change_id, why=form.cleaned_data["why"])
        except MarketError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Stopped. Payouts go where they went before."))
        return HttpResponseRedirect(PAGE)
    return _page(request, stop=form, status=422)


def account_show(request: HttpRequest) -> HttpResponse:
    """The whole number, in this answer only."""
    merchant = request.merchant  # type: ignore[attr-defined]
    shown = _masked(request, _account(merchant.pk))
    return reveal(
        request,
        shown,
        lambda by, why: show_account_number(by=by, merchant_id=merchant.pk, why=why),
        lambda status: _page(request, secret=shown, status=status),
    )


def payout_stripe(request: HttpRequest) -> HttpResponse:
    """On to Stripe's own pages, where the merchant gives what Stripe has to know; we never see it."""
    merchant = request.merchant  # type: ignore[attr-defined]
    has_account = PayoutAccount.objects.filter(merchant=merchant).exclude(stripe_account="").exists()
    form = StripeForm(request, request.POST, asks_country=not has_account, auto_id="stripe_%s")
    if not form.is_valid():
        return _page(request, stripe=form, status=422)
    back = workbench_url(merchant, PAGE)
    try:
        return HttpResponseRedirect(begin_account(by=actor_of(request), merchant_id=merchant.pk, country=form.cleaned_data.get("country", ""), back=back))
    except MarketError as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect(PAGE)


def _account(merchant_id: UUID) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(merchant=merchant_id).first()


def _masked(request: HttpRequest, account: PayoutAccount | None) -> Masked:
    may = account is not None and account.kind == PayoutAccount.Kind.BANK and request.user.has_perm(Right.REVEAL_ACCOUNT.full_name)
    merchant = request.merchant  # type: ignore[attr-defined]
    looks = last_looks("payout_account", merchant.pk, "payout_account.shown")
    return masked(request, account.masked if account else "", action=f"{PAGE}show/", may_show=may, looks=looks)


def _page(
    request: HttpRequest,
    *,
    form: BankForm | None = None,
    confirm: ProofForm | None = None,
    stop: StopForm | None = None,
    stripe: StripeForm | None = None,
    secret: Masked | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with the form that was refused as it was filled in."""
    merchant, person = request.merchant, person_of(request)  # type: ignore[attr-defined]
    account = _account(merchant.pk)
    changes = list(AccountChange.objects.filter(merchant=merchant).order_by("-asked_at", "-pk")[:CHANGES_SHOWN])
    change = next((row for row in changes if row.is_open), None)
    colleagues = may_confirm(merchant.pk, change.asked_by_id) if change and change.status == AccountChange.Status.ASKED else []
    names = names_in_dossier(merchant.pk, AccountChange.Form.COMPANY)
    initial = {"change_id": uuid4(), "holder": names[0] if names else ""}
    context = {
        "title": _("Payout account"),
        "account": account if account and account.kind else None,
        "held": account,
        "secret": secret or _masked(request, account),
        "change": change,
        "may_confirm": change is not None and person.pk in {each.pk for each in colleagues},
        "colleagues": colleagues,
        "confirm": confirm or ProofForm(request, auto_id="confirm_%s"),
        "stop": stop or StopForm(auto_id="stop_%s"),
        "history": [row for row in changes if not row.is_open],
        "form": form or BankForm(request, initial=initial),
        "stripe_form": _stripe_form(request, account, stripe),
        "days": cooling_days(),
        "names": names,
        "expired": "again" in request.GET,
    }
    return render(request, "seller/payout_account.html", context, status=status)


def _stripe_form(request: HttpRequest, account: PayoutAccount | None, refused: StripeForm | None) -> StripeForm | None:
    """Where Stripe is set up and does not pay already."""
    if not has_connect() or (account and account.is_at_stripe):
        return None
    return refused or StripeForm(request, asks_country=not (account and account.stripe_account), auto_id="stripe_%s")


def _ask_stripe(request: HttpRequest) -> None:
    merchant = request.merchant  # type: ignore[attr-defined]
    try:
        if PayoutAccount.objects.filter(merchant=merchant).exclude(stripe_account="").exists():
            refresh_account(by=actor_of(request), merchant_id=merchant.pk)
    except MarketError as problem:
        messages.error(request, str(problem))
