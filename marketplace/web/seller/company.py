"""The company behind the shop, as the market has reviewed it; changes are handed in, and the old holds until they are approved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.errors import MarketError
from marketplace.web.dossiers import differences, facts_of
from tenants.access.actors import actor_of
from tenants.onboarding.dossiers import dossier_of, hand_in_dossier, withdraw_dossier_change
from tenants.onboarding.models import Dossier, DossierChange, SellerKind


class CompanyForm(forms.Form):
    kind = forms.ChoiceField(label=_lazy("Kind of seller"), choices=[("", "–"), *SellerKind.choices], required=False)
    sells_many_brands = forms.BooleanField(label=_lazy("We sell more than one brand"), required=False)
    company = forms.CharField(label=_lazy("Company, as on the licence"), max_length=120)
    licence_number = forms.CharField(label=_lazy("Licence number"), max_length=40)
    representative = forms.CharField(label=_lazy("Legal representative"), max_length=60)
    belongs_to = forms.CharField(
        label=_lazy("Part of"), max_length=120, required=False, help_text=_lazy("The group or department the company belongs to; empty if it stands alone")
    )
    contact_name = forms.CharField(label=_lazy("Contact person"), max_length=60)
    contact_phone = forms.CharField(label=_lazy("Contact phone"), max_length=30, widget=forms.TextInput({"inputmode": "tel"}))
    contact_email = forms.CharField(label=_lazy("Contact e-mail"), max_length=254, widget=forms.EmailInput)
    service_phone = forms.CharField(label=_lazy("Service phone"), max_length=30, required=False, widget=forms.TextInput({"inputmode": "tel"}))
    service_address = forms.CharField(label=_lazy("Service address"), max_length=200, required=False, help_text=_lazy("Where returns and letters reach you"))
    name_zh = forms.CharField(label=_lazy("Shop's name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_lazy("Shop's name in English"), max_length=60, required=False)
    about = forms.CharField(label=_lazy("What the shop sells"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}))
    brands = forms.CharField(
        label=_lazy("Brands"), max_length=2000, required=False, help_text=_lazy("One a line, or parted by commas"), widget=forms.Textarea({"rows": 2})
    )
    origins = forms.CharField(label=_lazy("Where the goods come from"), max_length=200, required=False)

    @classmethod
    def of(cls, row: Dossier, waiting: DossierChange | None, data: Any = None) -> CompanyForm:
        """As the market knows it; where changes wait, as they should be."""
        kept = {name: getattr(row, name) for name in Dossier.FIELDS} | (waiting.after if waiting else {})
        kept |= {"name_zh": kept["names"].get("zh-hans", ""), "name_en": kept["names"].get("en", ""), "brands": "\n".join(kept["brands"])}
        return cls(data, initial=kept)

    def fields_to_keep(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"names": {"zh-hans": data.pop("name_zh"), "en": data.pop("name_en")}}


def company(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    row = dossier_of(merchant)
    changes = list(DossierChange.objects.filter(merchant=merchant).order_by("-handed_in_at")[:10])
    waiting = next((one for one in changes if one.status == DossierChange.Status.WAITING), None)
    if request.method == "POST" and request.POST.get("then") == "withdraw":
        withdraw_dossier_change(by=actor_of(request), merchant_id=merchant.pk)
        messages.success(request, _("Taken back. What the market knows is as before."))
        return HttpResponseRedirect("/company/")
    form = CompanyForm.of(row, waiting, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hand_in_dossier(by=actor_of(request), merchant_id=merchant.pk, fields=form.fields_to_keep())
        except MarketError as refusal:
            field = {"names": "name_zh"}.get(refusal.field or "", refusal.field)
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Handed in. What was there before holds until the market has approved it."))
            return HttpResponseRedirect("/company/")
    context = {
        "title": _("Company data"),
        "dossier": row,
        "facts": facts_of(row),
        "waiting": waiting,
        "differences": differences(waiting) if waiting else [],
        "decided": [(one, differences(one)) for one in changes if one.status != DossierChange.Status.WAITING],
        "form": form,
        "is_open": bool(form.errors) or not row.is_complete,
    }
    return render(request, "seller/company.html", context, status=422 if form.errors else 200)
