"""Which edits of products on sale pass without a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.review_rules import BOUNDS, PASSABLE, review_rules, seen_rules, set_review_rules
from marketplace.kernel.errors import MarketError
from marketplace.platform.listings.models import ProductChange
from tenants.access.actors import actor_of

LABELS = {
    "titles": pgettext_lazy("review rules", "Titles"),
    "subtitles": _lazy("Subtitles"),
    "descriptions": _lazy("Descriptions"),
    "attributes": _lazy("Attributes"),
    "pictures": _lazy("Order and words of pictures, and that one goes; a new picture is always looked at"),
    "variants": _lazy("Which combinations are sold"),
}
NUMBERS = {
    "most_changed": _lazy("At most so many per cent of a title or description are new"),
    "shop_days": _lazy("The shop is open for at least so many days"),
    "clean_days": _lazy("For so many days nothing of the shop was sent back or refused"),
}
LATEST = 8


class RulesForm(forms.Form):
    passes = forms.MultipleChoiceField(
        label=_lazy("An edit passes if nothing else changes than"),
        choices=[(name, LABELS[name]) for name in PASSABLE],
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "check"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)  # what it was made from
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)
    field_order = ("passes", *BOUNDS, "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in BOUNDS.items():
            self.fields[name] = forms.IntegerField(label=NUMBERS[name], min_value=least, max_value=most)
        self.order_fields(self.field_order)


def review_rules_page(request: HttpRequest) -> HttpResponse:
    rules = review_rules()
    form = RulesForm(request.POST or None, initial={"seen": seen_rules(rules), "passes": rules.passes, **{name: getattr(rules, name) for name in BOUNDS}})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            numbers = {name: data[name] for name in BOUNDS}
            set_review_rules(by=actor_of(request), passes=data["passes"], numbers=numbers, why=data["why"], seen=data["seen"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. It holds for what is submitted from now on."))
            return HttpResponseRedirect("/reviews/rules/")
    by_rule = ProductChange.objects.select_related("merchant").filter(is_by_rule=True, merchant__is_own=False).order_by("-decided_at")
    context = {"title": _("What passes by itself"), "form": form, "latest": by_rule[:LATEST]}
    return render(request, "operator/review_rules.html", context, status=422 if form.errors else 200)
