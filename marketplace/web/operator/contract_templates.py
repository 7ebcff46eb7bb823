"""Contract templates in versions: what is published, the draft of the next, its preview with invented values, publishing and retiring."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError, NotFound
from tenants.access.actors import actor_of
from tenants.contracts.drafting import publish_template, retire_template, save_template
from tenants.contracts.models import Contract, ContractTemplate
from tenants.contracts.placeholders import examples, filled, placeholders
from tenants.contracts.queries import months_later
from tenants.onboarding.models import Application
from tenants.tenancy.models import Market

LANGUAGES = {"zh-hans": _lazy("Text in Chinese"), "en": _lazy("Text in English")}
S = ContractTemplate.Status


class TemplateForm(forms.Form):
    months = forms.IntegerField(label=_lazy("Term in months"), min_value=1, max_value=120, initial=12)

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in languages:
            widget = forms.Textarea({"rows": 16})
            self.fields[f"text_{code}"] = forms.CharField(label=LANGUAGES.get(code, code), widget=widget, help_text=_("Paragraphs by empty lines"))


def templates(request: HttpRequest) -> HttpResponse:
    rows = list(ContractTemplate.objects.order_by("kind", F("version").desc(nulls_first=True)))
    signed = dict(Contract.objects.exclude(status=Contract.Status.REFUSED).values_list("template").annotate(n=Count("pk")).values_list("template", "n"))
    kinds = [("", _("All kinds of seller")), *Application.Kind.choices]
    found = [(code, label, [(row, signed.get(row.pk, 0)) for row in rows if row.kind == code]) for code, label in kinds]
    context = {"title": _("Contract templates"), "kinds": found}
    return render(request, "operator/contract_templates.html", context)


def _kind(kind: str) -> str:
    if kind == "all":
        return ""
    if kind not in Application.Kind.values:
        raise NotFound
    return kind


def template_draft(request: HttpRequest, kind: str) -> HttpResponse:
    """Write the next version for a kind of seller, beginning with the draft there is, or with what is published."""
    code, market = _kind(kind), Market.objects.get()
    rows = {row.status: row for row in ContractTemplate.objects.filter(kind=code).exclude(status=S.RETIRED)}
    begun = rows.get(S.DRAFT) or rows.get(S.PUBLISHED)
    kept = {"months": begun.months, **{f"text_{language}": text for language, text in begun.texts.items()}} if begun else None
    form = TemplateForm(request.POST or None, initial=kept, languages=market.languages)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        texts = {language: data[f"text_{language}"] for language in market.languages}
        try:
            row = save_template(by=actor_of(request), kind=code, texts=texts, months=data["months"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept as a draft. Look at the preview, then publish it."))
            return HttpResponseRedirect(f"/contract-templates/versions/{row.pk}/")
    context = {
        "title": _("Contract template"),
        "who": Application.Kind(code).label if code else _("All kinds of seller"),
        "form": form,
        "placeholders": [("{" + one.name + "}", one.label) for one in placeholders()],
    }
    return render(request, "operator/contract_draft.html", context, status=422 if form.errors else 200)


def template_version(request: HttpRequest, template_id: UUID) -> HttpResponse:
    return _version_page(request, template_id)


def _version_page(request: HttpRequest, template_id: UUID, refusal: MarketError | None = None) -> HttpResponse:
    row = ContractTemplate.objects.filter(pk=template_id).first()
    if row is None:
        raise NotFound
    market = Market.objects.get()
    start = datetime.combine(clock.day_of(clock.now(), market.tz), time(), market.tz)
    shown = []
    for code, text in row.texts.items():
        with translation.override(code):
            shown.append((code, filled(text, examples(row.months, start, months_later(start, row.months)))))
    context = {
        "title": row.get_kind_display() if row.kind else _("All kinds of seller"),
        "row": row,
        "kind": row.kind or "all",
        "shown": shown,
        "n": Contract.objects.filter(template=row).count(),
        "refusal": refusal,
    }
    return render(request, "operator/contract_template.html", context, status=refusal.status if refusal else 200)


def template_publish(request: HttpRequest, template_id: UUID) -> HttpResponse:
    try:
        publish_template(by=actor_of(request), template_id=template_id)
    except NotFound:
        raise
    except MarketError as refusal:
        return _version_page(request, template_id, refusal)
    messages.success(request, _("Published. Applicants sign it before their shop opens; shops without a contract are asked on their first page."))
    return HttpResponseRedirect("/contract-templates/")


def template_retire(request: HttpRequest, template_id: UUID) -> HttpResponse:
    try:
        retire_template(by=actor_of(request), template_id=template_id, why=request.POST.get("why", ""))
    except NotFound:
        raise
    except MarketError as refusal:
        return _version_page(request, template_id, refusal)
    messages.success(request, _("No more contracts are made from it. What was signed holds."))
    return HttpResponseRedirect("/contract-templates/")
