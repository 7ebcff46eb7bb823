"""Forms of an application to trade here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.onboarding.models import Application, Paper


class ApplicationForm(forms.Form):
    """Everything may be left empty while it is being written; what is missing is said when it is handed in."""

    kind = forms.ChoiceField(label=_("What kind of seller are you?"), choices=Application.Kind.choices, required=False, widget=forms.RadioSelect)
    sells_many_brands = forms.BooleanField(label=_("We sell more than one brand"), required=False)
    company = forms.CharField(label=_("Company, as on the licence"), max_length=120, required=False, widget=forms.TextInput({"autocomplete": "organization"}))
    licence_number = forms.CharField(
        label=_("Licence number"), max_length=40, required=False, help_text=_("In China the unified social credit code, 18 characters")
    )
    representative = forms.CharField(label=_("Legal representative"), max_length=60, required=False)
    contact_name = forms.CharField(label=_("Contact person"), max_length=60, required=False, widget=forms.TextInput({"autocomplete": "name"}))
    contact_phone = forms.CharField(label=_("Phone"), max_length=30, required=False, widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}))
    contact_email = forms.CharField(label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput({"autocomplete": "email"}))
    name_zh = forms.CharField(label=_("Shop's name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_("Shop's name in English"), max_length=60, required=False)
    slug = forms.CharField(
        label=_("Web address"), max_length=40, required=False, help_text=_("Small letters, digits and hyphens; the shop's host begins with it")
    )
    about = forms.CharField(label=_("What you will sell"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))
    paper_kind = forms.ChoiceField(label=_("Kind of document"), choices=Paper.Kind.choices, required=False, initial=Paper.Kind.LICENCE)
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("JPEG, PNG, WebP or PDF, up to 10 MB"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )

    @classmethod
    def of(cls, row: Application, data: Any = None, files: Any = None) -> ApplicationForm:
        kept = {name: getattr(row, name) for name in cls.base_fields if hasattr(row, name)}
        return cls(data, files, initial={**kept, "name_zh": row.names.get("zh-hans", ""), "name_en": row.names.get("en", "")})

    def fields_to_keep(self) -> dict[str, Any]:
        """As the verb takes them."""
        data = dict(self.cleaned_data)
        data["names"] = {"zh-hans": data["name_zh"], "en": data["name_en"]}
        return data
