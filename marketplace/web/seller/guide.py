"""The guide of a shop: how far it is in five stages and thirteen concerns, and how it scores itself."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.web.readiness.assessed import trend_of
from marketplace.web.readiness.grid import CONCERNS, STAGES, by_concern, by_stage, stage_now
from marketplace.web.readiness.items import items_of
from tenants.access.actors import actor_of
from tenants.onboarding.models import PartnerType, Topic
from tenants.onboarding.self_checks import assess, latest, tick, ticked

# What each score means, from 1 to 5.
MEANS = {
    Topic.PRODUCT: (
        pgettext_lazy("score", "Goods and prices are not decided yet"),
        pgettext_lazy("score", "Some goods are on sale, prices by feeling"),
        pgettext_lazy("score", "All goods are described, prices cover all costs"),
        pgettext_lazy("score", "Prices follow the season and what others ask"),
        pgettext_lazy("score", "We know of each article what it earns, and act on it"),
    ),
    Topic.STOCK: (
        pgettext_lazy("score", "Nobody knows exactly what lies there"),
        pgettext_lazy("score", "Stock is counted now and then, parcels leave when there is time"),
        pgettext_lazy("score", "Stock is right, parcels leave in time"),
        pgettext_lazy("score", "Safety stock and orders from suppliers run by plan"),
        pgettext_lazy("score", "Nothing runs out, hardly anything is late, and it costs less than before"),
    ),
    Topic.ORDERS: (
        pgettext_lazy("score", "Nobody is in charge of orders"),
        pgettext_lazy("score", "One person looks when there is time"),
        pgettext_lazy("score", "Every day, with somebody who stands in"),
        pgettext_lazy("score", "Returns and questions are answered within a day, too"),
        pgettext_lazy("score", "We know why orders go wrong, and it becomes less"),
    ),
    Topic.SETTLEMENT: (
        pgettext_lazy("score", "Nobody has read a statement yet"),
        pgettext_lazy("score", "Statements are read, not compared"),
        pgettext_lazy("score", "Each statement is compared with the bank"),
        pgettext_lazy("score", "Fees, returns and commission are understood and planned with"),
        pgettext_lazy("score", "Money in and out of the shop is known for months ahead"),
    ),
    Topic.MEMBERS: (
        pgettext_lazy("score", "We do not know who buys here"),
        pgettext_lazy("score", "We recognise some buyers"),
        pgettext_lazy("score", "Regular customers have tags and notes"),
        pgettext_lazy("score", "They have prices or news of their own"),
        pgettext_lazy("score", "Most of what we sell, we sell to those who come again"),
    ),
}
SHOWN = 8  # self-assessments in the trend


def guide(request: HttpRequest) -> HttpResponse:
    """POST keeps the ticks of what is shown; what a filter hides stays as it is."""
    merchant = request.merchant  # type: ignore[attr-defined]
    items = items_of(merchant)
    concern, stage = request.GET.get("concern", ""), request.GET.get("stage", "")
    shown = [item for item in items if (concern not in dict(CONCERNS) or item.concern == concern) and (not stage.isdigit() or str(item.stage) == stage)]
    if request.method == "POST":
        may_tick = {item.code for item in shown if not item.is_measured}
        kept = ticked(merchant.pk) - may_tick
        tick(by=actor_of(request), merchant_id=merchant.pk, codes=kept | (may_tick & set(request.POST.getlist("done"))))
        messages.success(request, _("Kept."))
        return HttpResponseRedirect(request.get_full_path())
    context = {
        "title": _("Guide"),
        "stages": [part for part in by_stage(shown) if part.items],
        "grid": by_concern(items),
        "heads": STAGES,
        "now": stage_now(items),
        "done": sum(item.is_done for item in items),
        "total": len(items),
        "concern": concern if concern in dict(CONCERNS) else "",
        "stage": stage if stage in {str(n) for n, _name in STAGES} else "",
        "concerns": CONCERNS,
        "assessed": latest(merchant.pk),
    }
    return render(request, "seller/guide.html", context)


class AssessmentForm(forms.Form):
    """The hidden key makes the same form sent twice one self-assessment."""

    assessment_id = forms.UUIDField(widget=forms.HiddenInput)
    partner = forms.ChoiceField(label=_lazy("What you bring most of all"), choices=PartnerType.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_lazy("What you will do about it"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for topic, means in MEANS.items():
            choices = [(str(n), f"{n} · {meaning}") for n, meaning in enumerate(means, start=1)]
            self.fields[topic.value] = forms.ChoiceField(label=topic.label, choices=choices, widget=forms.RadioSelect)

    def topics(self) -> list[object]:
        return [self[topic.value] for topic in MEANS]


def assessment(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    last = latest(merchant.pk)
    form = AssessmentForm(request.POST or None, initial={"assessment_id": uuid4(), "partner": last.partner if last else ""})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        scores = {topic.value: int(data[topic.value]) for topic in Topic}
        try:
            assess(
                by=actor_of(request), merchant_id=merchant.pk, assessment_id=data["assessment_id"], scores=scores, partner=data["partner"], note=data["note"]
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. It stands here with its date; the market reads it, too."))
            return HttpResponseRedirect("/guide/assessment/")
    context = {"title": _("Self-assessment"), "form": form, "assessed": last, "trend": trend_of(merchant.pk, SHOWN)}
    return render(request, "seller/assessment.html", context, status=422 if form.errors else 200)
