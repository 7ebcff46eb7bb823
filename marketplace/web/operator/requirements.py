"""What the market asks of sellers: the operator's own list, one requirement, and doing without it for a shop."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.qualify import waive_for_shop
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.inputs import DayInput
from marketplace.platform.taxonomy.models import Category
from tenants.access.actors import actor_of
from tenants.onboarding.checks import COMPUTED
from tenants.onboarding.models import Application, Requirement, Step
from tenants.onboarding.requirements import put_requirement, requirement_for_operator
from tenants.tenancy.models import Market, Merchant


class RequirementForm(forms.Form):
    code = forms.SlugField(label=_lazy("Code"), max_length=40, help_text=_lazy("Small letters and hyphens; it stays"))
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=80, required=False)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=80, required=False)
    hint_zh = forms.CharField(label=_lazy("Hint in Chinese"), max_length=200, required=False)
    hint_en = forms.CharField(label=_lazy("Hint in English"), max_length=200, required=False)
    check_by = forms.ChoiceField(label=_lazy("How it is shown"), choices=Requirement.Check.choices)
    computed = forms.ChoiceField(label=_lazy("What is worked out"), required=False)
    ends = forms.ChoiceField(label=_lazy("Last day of the document"), choices=Requirement.Ends.choices)
    step = forms.ChoiceField(label=_lazy("Looked at in"), choices=Step.choices)
    kinds = forms.MultipleChoiceField(
        label=_lazy("Kinds of seller; none: all"), choices=Application.Kind.choices, required=False, widget=forms.CheckboxSelectMultiple({"class": "check"})
    )
    brands = forms.ChoiceField(label=_lazy("Brands"), choices=Requirement.Brands.choices)
    categories = forms.MultipleChoiceField(
        label=_lazy("For goods in these categories and below; none: everything"), required=False, widget=forms.SelectMultiple({"size": 8})
    )
    enforced_on = forms.DateField(
        label=_lazy("Goods of shops that trade already are not sold without it from"),
        required=False,
        widget=DayInput(),
        help_text=_lazy("Empty: only applicants are asked. What a shop has shown once must stay valid in any case."),
    )
    is_waivable = forms.BooleanField(label=_lazy("A reviewer may do without it, with a reason"), required=False)
    is_active = forms.BooleanField(label=_lazy("Is asked for"), required=False, initial=True)
    position = forms.IntegerField(label=_lazy("Place in the list"), min_value=0, max_value=9999, initial=100)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["computed"].choices = [("", "–"), *((code, label) for code, (label, _check) in COMPUTED.items())]  # type: ignore[attr-defined]
        self.fields["categories"].choices = category_choices()  # type: ignore[attr-defined]

    def fields_to_keep(self) -> dict[str, Any]:
        """As the verb takes them."""
        data = self.cleaned_data
        day = data["enforced_on"]
        return {
            **{name: data[name] for name in ("check_by", "computed", "ends", "step", "kinds", "brands", "is_waivable", "is_active", "position")},
            "names": {"zh-hans": data["name_zh"], "en": data["name_en"]},
            "hints": {"zh-hans": data["hint_zh"], "en": data["hint_en"]},
            "categories": sorted(int(key) for key in data["categories"]),
            "enforced_from": datetime.combine(day, time(), Market.objects.get().tz) if day else None,
        }


def category_choices() -> list[tuple[str, str]]:
    """Every category under those above it, in the order of the tree."""
    rows = list(Category.objects.filter(merged_into=None).order_by("position", "pk"))
    below: dict[int | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: list[tuple[str, str]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in below.get(parent, ()):
            found.append((str(row.pk), "\u2003" * depth + row.name))
            walk(row.pk, depth + 1)

    walk(None, 0)
    return found


class WaiveForm(forms.Form):
    merchant = forms.ModelChoiceField(label=_lazy("Shop"), queryset=Merchant.objects.order_by("slug"))
    ends_on = forms.DateField(label=_lazy("Last day; empty: without end"), required=False, widget=DayInput())
    reason = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500)


def requirements(request: HttpRequest) -> HttpResponse:
    names = {row.pk: row.name for row in Category.objects.all()}
    kinds = dict(Application.Kind.choices)
    rows = [
        (row, [kinds[kind] for kind in row.kinds if kind in kinds], [names[key] for key in row.categories if key in names]) for row in Requirement.objects.all()
    ]
    return render(request, "operator/requirements.html", {"title": _("Requirements"), "rows": rows})


def requirement_new(request: HttpRequest) -> HttpResponse:
    form = RequirementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if Requirement.objects.filter(code=form.cleaned_data["code"]).exists():
            form.add_error("code", _("There is a requirement with this code already."))
        elif answer := _saved(request, form, form.cleaned_data["code"]):
            return answer
    return _form_page(request, form, None)


def requirement(request: HttpRequest, code: str) -> HttpResponse:
    row = requirement_for_operator(code)
    zone = Market.objects.get().tz
    kept = {name: getattr(row, name) for name in RequirementForm.base_fields if hasattr(row, name)}
    kept |= {
        "name_zh": row.names.get("zh-hans", ""),
        "name_en": row.names.get("en", ""),
        "hint_zh": row.hints.get("zh-hans", ""),
        "hint_en": row.hints.get("en", ""),
    }
    kept |= {"categories": [str(key) for key in row.categories], "enforced_on": clock.day_of(row.enforced_from, zone) if row.enforced_from else None}
    form = RequirementForm(request.POST or None, initial=kept)
    form.fields["code"].disabled = True
    if request.method == "POST" and form.is_valid() and (answer := _saved(request, form, code)):
        return answer
    return _form_page(request, form, row)


def _saved(request: HttpRequest, form: RequirementForm, code: str) -> HttpResponse | None:
    try:
        put_requirement(by=actor_of(request), code=code, fields=form.fields_to_keep(), why=form.cleaned_data["why"])
    except MarketError as refusal:
        field = {"names": "name_zh", "enforced_from": "enforced_on"}.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, str(refusal))
        return None
    messages.success(request, _("Kept. Applicants are asked from now on; shops are looked at within a minute."))
    return HttpResponseRedirect("/requirements/")


def _form_page(request: HttpRequest, form: RequirementForm, row: Requirement | None, waive: WaiveForm | None = None) -> HttpResponse:
    may_waive = row is not None and row.is_waivable and row.is_document
    context = {
        "title": row.name if row else _("New requirement"),
        "row": row,
        "form": form,
        "waive": (waive or WaiveForm(auto_id="id_waive_%s")) if may_waive else None,
    }
    return render(request, "operator/requirement.html", context, status=422 if form.errors or (waive and waive.errors) else 200)


def requirement_waive(request: HttpRequest, code: str) -> HttpResponse:
    row = requirement_for_operator(code)
    form = WaiveForm(request.POST, auto_id="id_waive_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            if data["ends_on"] and data["ends_on"] < clock.day_of(clock.now(), Market.objects.get().tz):
                raise InvalidInput(field="ends_on", why=_("This day is past."))
            waive_for_shop(by=actor_of(request), merchant_id=data["merchant"].pk, code=row.code, reason=data["reason"], ends_on=data["ends_on"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. The shop sells what needs it."))
            return HttpResponseRedirect(f"/requirements/{code}/")
    messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return HttpResponseRedirect(f"/requirements/{code}/")
