"""Evaluations in words, for the console and the workbench: the period, and each figure with its limits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from marketplace.kernel.formats import format_count, format_share, locale
from marketplace.platform.evaluations.grades import GRADES, is_high_good
from marketplace.platform.evaluations.models import Evaluation

LABELS: dict[str, str | Promise] = {
    "in_time": pgettext_lazy("evaluation", "Shipped in time"),
    "returns": pgettext_lazy("evaluation", "Back for the shop's fault"),
    "rating": pgettext_lazy("evaluation", "Mean of reviews"),
}
MONTH, QUARTER = ("y年M月", "MMMM y"), ("y年第Q季度", "'Q'Q y")


@dataclass(frozen=True)
class Shown:
    """A figure: what it is, what was counted, and by which limits it was graded."""

    label: str | Promise
    value: str
    counted: str
    limits: list[tuple[str, str]]
    grade: str


def period_name(row: Evaluation) -> str:
    """`October 2026` or `Q4 2026`, in the active language."""
    pattern = MONTH if row.first_day.month == row.last_day.month else QUARTER
    is_chinese = (get_language() or "en").lower().startswith("zh")
    return str(format_date(row.first_day, pattern[0 if is_chinese else 1], locale=locale()))


def value_in_words(name: str, value: int | None) -> str:
    """A share as 98.5%, a rating as 4.65; a dash where there is none."""
    if value is None:
        return "—"
    return f"{Decimal(value) / 100:.2f}" if name == "rating" else format_share(Decimal(value) / 10_000)


def shown_parts(row: Evaluation) -> list[Shown]:
    return [_shown(row, part["name"]) for part in row.figures["parts"]]


def _shown(row: Evaluation, name: str) -> Shown:
    part, sign = row.part(name), "≥" if is_high_good(name) else "≤"
    limits = [(grade, f"{sign} {value_in_words(name, limit)}") for grade, limit in zip(GRADES, part["limits"], strict=False)]
    return Shown(LABELS[name], value_in_words(name, part["value"]), _counted(row, name), limits, part["grade"])


def _counted(row: Evaluation, name: str) -> str:
    part = row.part(name)
    n, of = format_count(part["n"]), format_count(part["of"])
    if name == "rating":
        if part["of"] < row.figures["least_reviews"]:
            return _("{n} of the {least} reviews that it takes").format(n=of, least=format_count(row.figures["least_reviews"]))
        return ngettext("{n} review", "{n} reviews", part["of"]).format(n=of)
    if not part["of"]:
        return _("no order that had to be shipped")
    return ngettext("{n} of {of} order", "{n} of {of} orders", part["of"]).format(n=n, of=of)


def value_for_file(row: Evaluation, name: str) -> str:
    """In per cent or stars, with two decimals; empty where there is none."""
    value = row.part(name)["value"]
    return "" if value is None else f"{Decimal(value) / 100:.2f}"
