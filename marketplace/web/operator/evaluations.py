"""Evaluations in the console: those of all shops, one with its figures and what follows from it, and by which limits shops are graded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.kernel.formats import full_day
from marketplace.platform.evaluations.access import evaluation_for_operator
from marketplace.platform.evaluations.actions import LETTERS, decide_evaluation, set_evaluation_rule
from marketplace.platform.evaluations.grades import WAIT_DAYS
from marketplace.platform.evaluations.models import Evaluation, EvaluationRule
from marketplace.platform.evaluations.queries import PROPOSED, newest_rule, rule_on
from marketplace.web.evaluations import LABELS, period_name, shown_parts, value_for_file, value_in_words
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.tenancy.models import Merchant

WITHOUT = "few"


def periods() -> list[tuple[str, str]]:
    """The periods there are evaluations of, newest first, by their first day."""
    found = Evaluation.objects.order_by("-first_day", "-last_day").values_list("first_day", "last_day").distinct()
    return [(first.isoformat(), period_name(Evaluation(first_day=first, last_day=last))) for first, last in found]


class EvaluationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="graded", choices=[*Evaluation.Grade.choices, (WITHOUT, pgettext_lazy("evaluation", "Too few orders"))])
    period = django_filters.ChoiceFilter(field_name="first_day", label=pgettext_lazy("evaluation", "Period"), choices=periods, empty_label=_lazy("All"))
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_lazy("Shop"), empty_label=_lazy("All"))
    decided = django_filters.ChoiceFilter(
        method="stands",
        label=pgettext_lazy("evaluation", "Decision"),
        choices=[("no", pgettext_lazy("evaluation", "Open")), ("yes", pgettext_lazy("evaluation", "Decided"))],
        empty_label=_lazy("All"),
    )

    def search(self, queryset: QuerySet[Evaluation], name: str, value: str) -> QuerySet[Evaluation]:
        text = value.strip()
        return queryset.filter(Q(merchant__slug__icontains=text) | Q(merchant__names__icontains=text))

    def graded(self, queryset: QuerySet[Evaluation], name: str, value: str) -> QuerySet[Evaluation]:
        return queryset.filter(grade="" if value == WITHOUT else value)

    def stands(self, queryset: QuerySet[Evaluation], name: str, value: str) -> QuerySet[Evaluation]:
        return queryset.filter(decided_at__isnull=value == "no")


def _with_words(request: HttpRequest, rows: list[Any]) -> None:
    for row in rows:
        row.period = period_name(row)
        row.shown = {part["name"]: value_in_words(part["name"], part["value"]) for part in row.figures["parts"]}


evaluations = ListPage(
    title=pgettext_lazy("evaluation", "Evaluations"),
    name="evaluations",
    right=Right.VIEW_MERCHANTS,
    columns=[
        Column(_lazy("Shop"), "shop", is_fixed=True),
        Column(pgettext_lazy("evaluation", "Period"), "period", sort=("first_day", "pk")),
        Column(pgettext_lazy("evaluation", "Grade"), "grade"),
        Column(_lazy("Orders"), "orders", end=True),
        Column(LABELS["in_time"], "in_time", end=True),
        Column(LABELS["returns"], "returns", end=True),
        Column(LABELS["rating"], "rating", end=True),
        Column(pgettext_lazy("evaluation", "Decision"), "decision", end=True),
    ],
    row_template="operator/_evaluation_row.html",
    rows=lambda request: Evaluation.objects.select_related("merchant"),
    filters=EvaluationFilter,
    order=("-first_day", "-pk"),
    search_hint=_lazy("Name or web address of a shop"),
    empty=_lazy("No shop has been evaluated yet. Say how often and by which limits; the first evaluations come a week after the first period is over."),
    teach=Teach(pgettext_lazy("evaluation", "Limits and periods"), "evaluation-rule", Right.MANAGE_MARKET),
    export_name="evaluations",
    export_head=[
        _lazy("Shop"),
        _lazy("Web address"),
        pgettext_lazy("evaluation", "First day"),
        pgettext_lazy("evaluation", "Last day"),
        pgettext_lazy("evaluation", "Grade"),
        _lazy("Orders"),
        pgettext_lazy("evaluation", "Shipped in time, per cent"),
        pgettext_lazy("evaluation", "Back for the shop's fault, per cent"),
        pgettext_lazy("evaluation", "Mean of reviews, stars"),
        pgettext_lazy("evaluation", "Follows"),
        pgettext_lazy("evaluation", "Remark"),
        pgettext_lazy("evaluation", "Decided by"),
        pgettext_lazy("evaluation", "Decided"),
    ],
    export=lambda row: [
        (
            row.merchant.name,
            row.merchant.slug,
            row.first_day.isoformat(),
            row.last_day.isoformat(),
            row.grade,
            row.orders,
            *(value_for_file(row, name) for name in PROPOSED),
            row.get_consequence_display() if row.decided_at else "",
            row.remark,
            row.decided_by,
            row.decided_at,
        ),
    ],
    base="operator/base.html",
    prepare=_with_words,
    actions_template="operator/_evaluations_actions.html",
)


class DecisionForm(forms.Form):
    consequence = forms.ChoiceField(label=pgettext_lazy("evaluation", "What follows"), choices=Evaluation.Consequence.choices)
    remark = forms.CharField(label=_lazy("Remark; the shop reads it"), max_length=500, widget=forms.Textarea({"rows": 3}))


def evaluation(request: HttpRequest, evaluation_id: UUID) -> HttpResponse:
    return _page(request, evaluation_id, DecisionForm())


def _page(request: HttpRequest, evaluation_id: UUID, form: forms.Form) -> HttpResponse:
    row = evaluation_for_operator(evaluation_id)
    others = Evaluation.objects.filter(merchant=row.merchant).exclude(pk=row.pk).order_by("-first_day")[:6]
    context = {
        "title": f"{row.merchant.name} · {period_name(row)}",
        "row": row,
        "merchant": row.merchant,
        "period": period_name(row),
        "parts": shown_parts(row),
        "others": [(other, period_name(other)) for other in others],
        "form": form,
    }
    return render(request, "operator/evaluation.html", context, status=422 if form.errors else 200)


def evaluation_decide(request: HttpRequest, evaluation_id: UUID) -> HttpResponse:
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            decide_evaluation(by=actor_of(request), evaluation_id=evaluation_id, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. The shop reads it in its workbench."))
            return HttpResponseRedirect(f"/evaluations/{evaluation_id}/")
    return _page(request, evaluation_id, form)


class EvaluationRuleForm(forms.Form):
    """Shares are typed in per cent, ratings in stars; both are kept as hundredths."""

    every = forms.ChoiceField(label=pgettext_lazy("evaluation", "Shops are evaluated"), choices=EvaluationRule.Every.choices)
    least_orders = forms.IntegerField(label=_lazy("Orders it takes for a grade"), min_value=1, max_value=100_000)
    least_reviews = forms.IntegerField(label=_lazy("Reviews it takes for a mean"), min_value=1, max_value=100_000)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PROPOSED:
            for letter in LETTERS:
                most = 5 if name == "rating" else 100
                self.fields[f"{name}_{letter}"] = forms.DecimalField(label=letter.upper(), min_value=0, max_value=most, max_digits=5, decimal_places=2)

    @property
    def rows(self) -> list[tuple[Any, str, list[forms.BoundField]]]:
        """A figure, what its limits say, and the fields of its three limits."""
        says = {"in_time": _("per cent or more"), "returns": _("per cent or less"), "rating": _("stars or more")}
        return [(LABELS[name], says[name], [self[f"{name}_{letter}"] for letter in LETTERS]) for name in PROPOSED]

    def limits(self) -> dict[str, list[int]]:
        return {name: [int(self.cleaned_data[f"{name}_{letter}"] * 100) for letter in LETTERS] for name in PROPOSED}


def _begins_with(rule: EvaluationRule | None) -> dict[str, Any]:
    limits = rule.limits if rule else PROPOSED
    typed = {f"{name}_{letter}": Decimal(limit) / 100 for name in PROPOSED for letter, limit in zip(LETTERS, limits[name], strict=True)}
    kept = {name: getattr(rule, name) for name in ("every", "least_orders", "least_reviews")} if rule else {"least_orders": 10, "least_reviews": 5}
    return typed | kept


def evaluation_rule(request: HttpRequest) -> HttpResponse:
    """How often, by which limits; what is set holds from the next period on."""
    today = clock.day_of(clock.now(), request.market.tz)  # type: ignore[attr-defined]
    now, newest = rule_on(today), newest_rule()
    coming = newest if newest and newest != now else None
    form = EvaluationRuleForm(request.POST or None, initial=_begins_with(newest))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            set_evaluation_rule(
                by=actor_of(request),
                every=data["every"],
                limits=form.limits(),
                least_orders=data["least_orders"],
                least_reviews=data["least_reviews"],
                why=data["why"],
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. It holds from the next period on."))
            return HttpResponseRedirect("/evaluations/rule/")
    context = {
        "title": pgettext_lazy("evaluation", "Limits and periods"),
        "form": form,
        "now": now,
        "now_from": full_day(now.first_day) if now else "",
        "coming": coming,
        "coming_from": full_day(coming.first_day) if coming else "",
        "wait": WAIT_DAYS,
    }
    return render(request, "operator/evaluation_rule.html", context, status=422 if form.errors else 200)
