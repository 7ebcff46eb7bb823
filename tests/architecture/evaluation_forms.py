"""The forms about evaluations of shops, as a person would send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketplace.platform.evaluations.models import Evaluation
from tests.databases import MERCHANTS

LIMITS = {
    f"{name}_{letter}": value for name, row in (("in_time", "987"), ("returns", "123"), ("rating", "432")) for letter, value in zip("abc", row, strict=True)
}


def decision(_t: Any) -> tuple[str, dict[str, Any]]:
    row = Evaluation.objects.get(merchant_id=MERCHANTS["a"])
    return f"/evaluations/{row.pk}/decide/", {"consequence": "warning", "remark": "Ship in time."}


def rule(_t: Any) -> tuple[str, dict[str, Any]]:
    return "/evaluations/rule/", {"every": "quarter", "least_orders": 20, "least_reviews": 3, "why": "as announced", **LIMITS}


FORMS_OF_EVALUATIONS: dict[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("console", "evaluation-decide"): decision,
    ("console", "evaluation-rule"): rule,
}
