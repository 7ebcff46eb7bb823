"""The market's rules in versions: what is in force, what was, and publishing the next."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.kernel.inputs import DayInput
from tenants.access.actors import actor_of
from tenants.onboarding.market_rules import publish_rules, rules_in_force
from tenants.onboarding.models import MarketRules
from tenants.onboarding.qualifications import end_of
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Market

LANGUAGES = {"zh-hans": _lazy("Text in Chinese"), "en": _lazy("Text in English")}


class RulesForm(forms.Form):
    kind = forms.ChoiceField(label=_lazy("Which rules"), choices=MarketRules.Kind.choices)
    since_on = forms.DateField(label=_lazy("In force from"), required=False, widget=DayInput(), help_text=_lazy("Empty: at once"))
    accept_on = forms.DateField(
        label=_lazy("Shops accept it by"),
        required=False,
        widget=DayInput(),
        help_text=_lazy("From the day after on, a shop that has not accepted it puts nothing new on sale. Empty: shops are only asked."),
    )

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in languages:
            widget = forms.Textarea({"rows": 12})
            self.fields[f"text_{code}"] = forms.CharField(label=LANGUAGES.get(code, code), widget=widget, help_text=_("Paragraphs by empty lines"))


def market_rules(request: HttpRequest) -> HttpResponse:
    market = Market.objects.get()
    form = RulesForm(request.POST or None, languages=market.languages)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        day = data["since_on"]
        since = datetime.combine(day, time(), market.tz) if day and day > clock.day_of(clock.now(), market.tz) else clock.now()
        try:
            texts = {code: data[f"text_{code}"] for code in market.languages}
            accept_by = end_of(data["accept_on"]) if data["accept_on"] else None
            publish_rules(by=actor_of(request), kind=data["kind"], texts=texts, since=since, accept_by=accept_by)
        except MarketError as refusal:
            field = {"since": "since_on", "accept_by": "accept_on"}.get(refusal.field or "", refusal.field)
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Published. Applicants accept it from now on; shops are asked in their workbench once it is in force."))
            return HttpResponseRedirect("/market-rules/")
    now_in_force = {row.pk for row in rules_in_force()}
    rows = MarketRules.objects.annotate(shops=Count("acceptances__merchant", distinct=True)).order_by("kind", "-version")
    context = {
        "title": _("Market rules"),
        "form": form,
        "rows": [(row, row.pk in now_in_force, market_url(f"/sell/rules/{row.kind}/{row.version}/")) for row in rows],
        "now": clock.now(),
    }
    return render(request, "operator/market_rules.html", context, status=422 if form.errors else 200)
