"""What the operator sets for the whole market: periods, commission, tax. Each change needs a reason and stands in the log."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.account_changes import LEAST_COOLING, MOST_COOLING, cooling_days, set_cooling_days
from marketplace.flows.approvals import ask_for
from marketplace.kernel.errors import MarketError
from marketplace.kernel.ids import new_id
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.ledger.actions import SET_COMMISSION
from marketplace.platform.ledger.models import CommissionRule
from marketplace.platform.payments.actions import SET_RAIL
from marketplace.platform.payments.rails import available_rails
from marketplace.platform.taxonomy.actions import SET_TAX
from marketplace.platform.taxonomy.models import Category, TaxClass, TaxRate
from marketplace.web.operator.approvals import RAIL_LABELS, asked
from tenants.access.actors import actor_of
from tenants.tenancy.actions import MOST_SAID, PERIODS, set_periods, set_profile
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Market, Merchant

CODES = ("zh-hans", "en")
PERIOD_LABELS = {
    "hold_minutes": _lazy("Minutes to pay"),
    "ship_days": _lazy("Days to ship"),
    "receive_days": _lazy("Days until receipt counts as confirmed"),
    "return_days": _lazy("Days to ask for a return"),
    "answer_days": _lazy("Days to answer a return"),
    "settle_days": _lazy("Days from receipt to settlement"),
}


class PeriodsForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in PERIODS.items():
            self.fields[name] = forms.IntegerField(label=PERIOD_LABELS[name], min_value=least, max_value=most)
        self.fields["why"] = forms.CharField(label=_("Reason; it is kept in the log"), max_length=200)


class ProfileForm(forms.Form):
    run_by = forms.ChoiceField(label=_lazy("Who runs the market"), required=False, choices=[("", _lazy("Not said")), *Market.RunBy.choices])
    positioning = forms.ChoiceField(label=_lazy("Positioning"), required=False, choices=[("", _lazy("Not said")), *Market.Positioning.choices])
    stands_for_zh = forms.CharField(label=_lazy("In one sentence, in Chinese"), max_length=MOST_SAID, required=False)
    stands_for_en = forms.CharField(label=_lazy("In one sentence, in English"), max_length=MOST_SAID, required=False)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)


class AccountsForm(forms.Form):
    days = forms.IntegerField(label=_lazy("Days a confirmed change of a payout account waits"), min_value=LEAST_COOLING, max_value=MOST_COOLING)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)


class PercentField(forms.DecimalField):
    """Typed in per cent, given as a share."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=Decimal("99.99"), decimal_places=2, max_digits=4, **kwargs)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else found / 100


class RateForm(forms.Form):
    """The hidden key makes the same form sent twice one request."""

    request_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)


class CommissionForm(RateForm):
    rate = PercentField(label=_lazy("Commission, %"))
    merchant = forms.ModelChoiceField(label=_lazy("Shop"), queryset=Merchant.objects.order_by("slug"), required=False, empty_label=_lazy("All shops"))
    category = forms.ModelChoiceField(
        label=_lazy("Category"),
        queryset=Category.objects.filter(parent=None, merged_into=None).order_by("position", "pk"),
        required=False,
        empty_label=_lazy("All categories"),
    )
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("merchant") and cleaned.get("category"):
            self.add_error("category", _("Choose a shop or a category, not both: the shop's own rate comes before its categories'."))
        return cleaned


class TaxForm(RateForm):
    tax_class = forms.ChoiceField(label=_lazy("Tax class"), choices=TaxClass.choices)
    rate = PercentField(label=_lazy("Tax in the price, %"))
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)


class RailForm(RateForm):
    rail = forms.ChoiceField(label=_lazy("How buyers pay"))
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rail"].choices = [(code, RAIL_LABELS[code]) for code in available_rails()]  # type: ignore[attr-defined]


def settings_page(request: HttpRequest) -> HttpResponse:
    """Six forms; which one was sent says `form`."""
    market = request.market  # type: ignore[attr-defined]
    sent = request.POST.get("form", "") if request.method == "POST" else ""
    kept = {name: getattr(market, name) for name in PERIODS}
    said = {"run_by": market.run_by, "positioning": market.positioning}
    said |= {f"stands_for_{code[:2]}": market.stands_for.get(code, "") for code in CODES}
    bound = {
        "profile": ProfileForm(request.POST if sent == "profile" else None, initial=said, auto_id="id_profile_%s"),
        "periods": PeriodsForm(request.POST if sent == "periods" else None, initial=kept),
        "commission": CommissionForm(request.POST if sent == "commission" else None, auto_id="id_commission_%s"),
        "rail": RailForm(request.POST if sent == "rail" else None, initial={"rail": market.rail}, auto_id="id_rail_%s"),
        "accounts": AccountsForm(request.POST if sent == "accounts" else None, initial={"days": cooling_days()}, auto_id="id_accounts_%s"),
        "tax": TaxForm(request.POST if sent == "tax" else None, auto_id="id_tax_%s"),
    }
    form = bound.get(sent)
    if form is not None and form.is_valid():
        try:
            row = _apply(request, sent, form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            if row is not None:
                return asked(request, row)
            messages.success(request, _("Kept. It holds from now on; orders that exist keep what they were placed with."))
            return HttpResponseRedirect("/settings/")
    context = {
        "title": _("Settings"),
        "sell_url": market_url("/sell/"),
        "forms": bound,
        "rules": list(CommissionRule.objects.select_related("merchant", "category").order_by("-since")[:20]),
        "taxes": list(TaxRate.objects.order_by("-since", "-pk")[:12]),
    }
    return render(request, "operator/settings.html", context, status=422 if form is not None and form.errors else 200)


def _apply(request: HttpRequest, sent: str, data: dict[str, Any]) -> ApprovalRequest | None:
    """Change it, or, what takes two people, ask for it."""
    by = actor_of(request)
    if sent == "periods":
        set_periods(by=by, periods={name: data[name] for name in PERIODS}, why=data["why"])
    elif sent == "profile":
        stands_for = {code: data[f"stands_for_{code[:2]}"] for code in CODES}
        set_profile(by=by, run_by=data["run_by"], positioning=data["positioning"], stands_for=stands_for, why=data["why"])
    elif sent == "accounts":
        set_cooling_days(by=by, days=data["days"], why=data["why"])
    elif sent == "rail":
        return ask_for(by=by, kind=SET_RAIL, request_id=data["request_id"] or new_id(), order={"rail": data["rail"]}, why=data["why"])
    elif sent == "commission":
        merchant, category = data["merchant"], data["category"]
        order = {"rate": str(data["rate"]), "merchant_id": str(merchant.pk) if merchant else "", "category_id": category.pk if category else None}
        return ask_for(by=by, kind=SET_COMMISSION, request_id=data["request_id"] or new_id(), order=order, why=data["why"])
    else:
        order = {"rate": str(data["rate"]), "tax_class": data["tax_class"]}
        return ask_for(by=by, kind=SET_TAX, request_id=data["request_id"] or new_id(), order=order, why=data["why"])
    return None
