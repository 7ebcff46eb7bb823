"""How the market graded the shop: each period with its figures, their limits and what the market says to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext

from marketplace.kernel import clock
from marketplace.platform.evaluations.access import evaluations_of_merchant
from marketplace.platform.evaluations.grades import WAIT_DAYS
from marketplace.platform.evaluations.models import EvaluationRule
from marketplace.platform.evaluations.queries import rule_on
from marketplace.web.evaluations import period_name, shown_parts

SHOWN = 12


def evaluations(request: HttpRequest) -> HttpResponse:
    rows = evaluations_of_merchant(request.merchant.pk)[:SHOWN]  # type: ignore[attr-defined]
    rule = rule_on(clock.day_of(clock.now(), request.market.tz))  # type: ignore[attr-defined]
    context = {
        "title": pgettext("evaluation", "Evaluations"),
        "rows": [(row, period_name(row), shown_parts(row)) for row in rows],
        "rule": None if rule is None or rule.every == EvaluationRule.Every.NEVER else rule,
        "wait": WAIT_DAYS,
    }
    return render(request, "seller/evaluations.html", context)
