"""What a shop lets buyers wish of a product: up to eight fields, as data. Pure; surcharges in minor units of the market's currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy

MOST_FIELDS, MOST_CHOICES = 8, 12
LONGEST_LABEL, LONGEST_HINT, LONGEST_TEXT, LONGEST_UNIT = 40, 160, 200, 12
MOST_SURCHARGE = 10_000_000  # minor units, of one field
MOST_NUMBER = 1_000_000
MOST_DAYS = 90


class Kind(models.TextChoices):
    TEXT = "text", pgettext_lazy("wish", "Text")
    CHOICE = "choice", pgettext_lazy("wish", "Choice")
    NUMBER = "number", pgettext_lazy("wish", "Number")


class Signs(models.TextChoices):
    """Which signs a text may hold: what the shop's tools can make."""

    ANY = "any", pgettext_lazy("wish", "Letters of every script, digits and punctuation")
    LATIN = "latin", pgettext_lazy("wish", "Latin letters, digits and simple punctuation")
    CHINESE = "chinese", pgettext_lazy("wish", "Chinese characters and punctuation")
    DIGITS = "digits", pgettext_lazy("wish", "Digits, and . / - : between them")


@dataclass(frozen=True)
class Choice:
    """One of what a field offers."""

    id: str
    names: Mapping[str, str]
    surcharge_minor: int = 0


@dataclass(frozen=True)
class Field:
    """One thing a buyer may say. `id` stays the field's own through every change. A choice's surcharges are those of its choices."""

    id: str
    kind: str
    labels: Mapping[str, str]
    hints: Mapping[str, str]
    is_required: bool = False
    surcharge_minor: int = 0
    most: int = 20  # signs of a text
    signs: str = Signs.ANY
    has_lines: bool = False
    has_emoji: bool = False
    least: int = 0  # of a number
    greatest: int = 0
    unit: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def name(self) -> str:
        """Of its input in a form."""
        return f"wish_{self.id}"

    def choice(self, key: str) -> Choice | None:
        return next((one for one in self.choices if one.id == key), None)


def kept(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """As JSON."""
    return [{**asdict(field), "labels": dict(field.labels), "hints": dict(field.hints), "choices": [asdict(one) for one in field.choices]} for field in fields]


def fields_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """From JSON."""
    return tuple(Field(**{**row, "choices": tuple(Choice(**one) for one in row.get("choices", ()))}) for row in rows)


def words_only(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is reviewed of kept fields: everything but what they cost, which is the shop's own as prices are."""
    return [{**row, "surcharge_minor": 0, "choices": [{**one, "surcharge_minor": 0} for one in row.get("choices", ())]} for row in rows]


def with_surcharges(approved: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Fields as they were approved, at what the shop asks for them now; of one that it has changed otherwise, what was asked before."""
    costs = {row["id"]: row for row in now}
    found = []
    for row in approved:
        other = costs.get(row["id"], row)
        chosen = {one["id"]: one["surcharge_minor"] for one in other.get("choices", ())}
        choices = [{**one, "surcharge_minor": chosen.get(one["id"], one["surcharge_minor"])} for one in row.get("choices", ())]
        found.append({**row, "surcharge_minor": other["surcharge_minor"] if other["kind"] == row["kind"] else row["surcharge_minor"], "choices": choices})
    return found


def texts_in(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Everything a buyer reads of kept fields."""
    found: list[str] = []
    for row in rows:
        found += [*row["labels"].values(), *row["hints"].values(), row.get("unit", "")]
        found += [text for one in row.get("choices", ()) for text in one["names"].values()]
    return [text for text in found if text]
