"""Forms of an application to trade here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.inputs import DayInput
from marketplace.platform.deposits.queries import rules_in_force as deposits_asked
from marketplace.platform.taxonomy.models import Category
from marketplace.platform.taxonomy.queries import path_name
from tenants.onboarding.market_rules import rules_in_force
from tenants.onboarding.models import Application, Paper, Requirement
from tenants.onboarding.papers import FILES
from tenants.onboarding.requirements import asked_of

PARTS: dict[str, tuple[str, ...]] = {
    "seller": ("kind", "sells_many_brands", "sells"),
    "company": ("company", "licence_number", "representative", "belongs_to"),
    "shop": ("contact_name", "contact_phone", "contact_email", "service_phone", "service_address", "name_zh", "name_en", "slug", "about", "brands", "origins"),
    "papers": ("paper_kind", "file", "ends_on"),
    "confirm": ("attested", "rules"),
}
# Without these nothing can be handed in (missing_by_part), though a draft may wait for them: they are not called optional.
WANTED = (
    "company",
    "licence_number",
    "representative",
    "contact_name",
    "contact_phone",
    "contact_email",
    "service_address",
    "name_zh",
    "name_en",
    "slug",
    "brands",
    "paper_kind",
    "file",
)


def kinds_of_goods(row: Application) -> list[Category]:
    """What an applicant chooses from: the market's first categories, and behind each those below it for which something of their own is asked.

    What the applicant has chosen before is among them.
    """
    named = {key for one in Requirement.objects.filter(is_active=True) for key in one.categories}
    named |= {rule.category_id for rule in deposits_asked().values() if rule.category_id} | {path[-1] for path in row.sells if path}
    rows = list(Category.objects.filter(Q(parent=None) | Q(pk__in=named), merged_into=None))
    places = {one.pk: one.position for one in rows if one.parent_id is None}

    def place(one: Category) -> tuple[int, int, int, int, int]:
        root = one.path[0] if one.path else one.pk
        return places.get(root, 0), root, len(one.path), one.position, one.pk

    return sorted(rows, key=place)


class ApplicationForm(forms.Form):
    """Everything may be left empty while it is being written; what is missing is said when it is handed in.

    With a part (of PARTS) it holds the fields of that alone; the others stay as they were kept.
    """

    kind = forms.ChoiceField(label=_("What kind of seller are you?"), choices=Application.Kind.choices, required=False, widget=forms.RadioSelect)
    sells_many_brands = forms.BooleanField(label=_("We sell more than one brand"), required=False)
    sells = forms.MultipleChoiceField(label=_("What you will sell"), required=False, widget=forms.CheckboxSelectMultiple({"class": "check"}))
    company = forms.CharField(label=_("Company, as on the licence"), max_length=120, required=False, widget=forms.TextInput({"autocomplete": "organization"}))
    licence_number = forms.CharField(
        label=_("Licence number"), max_length=40, required=False, help_text=_("In China the unified social credit code, 18 characters")
    )
    representative = forms.CharField(label=_("Legal representative"), max_length=60, required=False)
    belongs_to = forms.CharField(
        label=_("Part of"), max_length=120, required=False, help_text=_("The group or department the company belongs to; empty if it stands alone")
    )
    contact_name = forms.CharField(label=_("Contact person"), max_length=60, required=False, widget=forms.TextInput({"autocomplete": "name"}))
    contact_phone = forms.CharField(label=_("Phone"), max_length=30, required=False, widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}))
    contact_email = forms.CharField(label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput({"autocomplete": "email"}))
    service_phone = forms.CharField(
        label=_("Service phone"), max_length=30, required=False, help_text=_("Empty: the contact's"), widget=forms.TextInput({"inputmode": "tel"})
    )
    service_address = forms.CharField(
        label=_("Service address"),
        max_length=200,
        required=False,
        help_text=_("Where returns and letters reach you"),
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )
    name_zh = forms.CharField(label=_("Shop's name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_("Shop's name in English"), max_length=60, required=False)
    slug = forms.CharField(
        label=_("Web address"), max_length=40, required=False, help_text=_("Small letters, digits and hyphens; the shop's host begins with it")
    )
    about = forms.CharField(label=_("In a few words"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))
    brands = forms.CharField(
        label=_("Brands"), max_length=2000, required=False, help_text=_("One a line, or parted by commas"), widget=forms.Textarea({"rows": 2})
    )
    origins = forms.CharField(
        label=_("Where the goods come from"), max_length=200, required=False, help_text=_("Places or makers, e.g. own kiln in Jingdezhen")
    )
    paper_kind = forms.ChoiceField(label=_("Kind of document"), required=False)
    file = forms.FileField(label=_("File"), required=False, help_text=_("JPEG, PNG, WebP or PDF, up to 10 MB"), widget=forms.FileInput(FILES))
    ends_on = forms.DateField(label=_("Last day it holds"), required=False, widget=DayInput())
    attested = forms.MultipleChoiceField(label="", required=False, widget=forms.CheckboxSelectMultiple({"class": "check"}))

    rules = forms.MultipleChoiceField(label="", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, row: Application, part: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        asked = asked_of(row)
        documents = [(one.code, one.name) for one in asked if one.is_document]
        self.kinds = {str(one.pk): one for one in kinds_of_goods(row)} if part in ("", "seller") else {}
        self.fields["sells"].choices = [(key, path_name(one)) for key, one in self.kinds.items()]  # type: ignore[attr-defined]
        self.fields["paper_kind"].choices = [*documents, (Paper.OTHER, pgettext_lazy("paper", "Something else"))]  # type: ignore[attr-defined]
        self.fields["attested"].choices = [(one.code, one.name) for one in asked if one.check_by == Requirement.Check.ATTESTED]  # type: ignore[attr-defined]
        self.fields["rules"].choices = [(str(one.pk), str(one.pk)) for one in rules_in_force()]  # type: ignore[attr-defined]
        for name in WANTED:
            self.fields[name].is_wanted = True  # type: ignore[attr-defined]
        for name, note in row.refused.items():
            for field in {"names": ("name_zh", "name_en")}.get(name, (name,)):
                self.fields[field].asked_anew = note  # type: ignore[attr-defined]
        for name in [name for name in self.fields if part and name not in PARTS[part]]:
            del self.fields[name]

    @property
    def names_narrower(self) -> bool:
        """Whether something below the first categories can be chosen."""
        return any(one.parent_id for one in self.kinds.values())

    @classmethod
    def of(cls, row: Application, data: Any = None, files: Any = None, part: str = "") -> ApplicationForm:
        kept = {name: getattr(row, name) for name in cls.base_fields if hasattr(row, name)}
        kept |= {"name_zh": row.names.get("zh-hans", ""), "name_en": row.names.get("en", ""), "sells": [path[-1] for path in row.sells]}
        kept["brands"] = "\n".join(row.brands)
        return cls(data, files, initial=kept, row=row, part=part)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("file") and not cleaned.get("paper_kind"):
            self.add_error("paper_kind", _now("Say what this document is."))
        return cleaned

    def fields_to_keep(self) -> dict[str, Any]:
        """As the verb takes them: what this form holds, and the rest as it was."""
        row, data = self.row, self.cleaned_data
        kept = {name: getattr(row, name) for fields in PARTS.values() for name in fields if hasattr(row, name)}
        kept |= {name: value for name, value in data.items() if name not in ("sells", "rules")}
        if "sells" in data:
            kept["sells"] = [list(one.path) or [one.pk] for one in map(self.kinds.__getitem__, data["sells"])]
        names = {"zh-hans": data.get("name_zh", row.names.get("zh-hans", "")), "en": data.get("name_en", row.names.get("en", ""))}
        return kept | {"names": names}
