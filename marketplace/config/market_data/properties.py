"""What the many properties of goods become: facets to choose from, rows of the specification, or nothing.

The file knows some five thousand names. What a name means follows from all goods that carry it, so a `Vocabulary` is made
from all of them first, and describes each afterwards.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from marketplace.config.market_data.categories import lies_in
from marketplace.config.market_data.naming import (
    in_chinese,
    is_number,
    names_of,
    plain_number,
    range_names,
    range_of,
    unit_of,
    value_names,
    with_unit,
    words_of,
)
from marketplace.config.market_data.tables import table

PREFIX = "ic-"
LONGEST = 300  # characters of a text in the specification
LONGEST_VALUE = 60  # characters of a value one can choose
MOST_ROWS = 40  # of a specification
# A facet helps when many goods share few values.
FACET_FEWEST, FACET_MOST_VALUES, FACET_MOST_SHARE = 100, 60, 0.2
CHOICE_MOST_SHARE = 0.5


@dataclass
class Property:
    """An attribute of the market in the making. `choice`: its values are shared; otherwise goods hold texts."""

    name: str
    names: dict[str, str]
    is_choice: bool
    is_facet: bool
    values: dict[str, dict[str, str]] = field(default_factory=dict)  # code → names, in the order one chooses from

    @property
    def code(self) -> str:
        return PREFIX + self.name


@dataclass(frozen=True)
class Described:
    """One row of a specification: value codes of a choice, or a text by language."""

    name: str
    codes: tuple[str, ...] = ()
    text: Mapping[str, str] | None = None


@cache
def _expression(name: str) -> re.Pattern[str]:
    return re.compile(table("properties")[name])


class Vocabulary:
    """All properties of some goods, ready to describe each of them."""

    def __init__(self, described: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """From (category, properties) of all goods."""
        goods: Counter[str] = Counter()
        values: dict[str, Counter[str]] = defaultdict(Counter)
        for category, properties in described:
            for name, texts in self._read(category, properties):
                goods[name] += 1
                values[name].update(texts)
        self.properties: dict[str, Property] = {}
        for name, count in goods.most_common():
            if count >= table("properties")["fewest"]:
                self.properties[name] = _property(name, count, values[name])
        for name in table("properties")["ranges"]:
            if name in self.properties:
                self.properties[name].is_facet = self.properties[name].is_choice = False
                self._add_range(name)

    def _add_range(self, name: str) -> None:
        names = names_of(name)
        shown = {language: text + {"en": ", range", "zh-hans": "范围"}[language] for language, text in names.items()}
        ranges = {f"{place:02}": texts for place, texts in enumerate(range_names(name))}
        self.properties[f"{name}-range"] = Property(f"{name}-range", shown, is_choice=True, is_facet=True, values=ranges)

    def rows_of(self, category: str, properties: Mapping[str, Any]) -> list[Described]:
        """The specification of goods, in the order of their file."""
        rows: list[Described] = []
        for name, texts in self._read(category, properties):
            known = self.properties.get(name)
            if known is None:
                continue
            value = properties[name]
            if f"{name}-range" in self.properties and is_number(value) and (place := range_of(name, value)) is not None:
                rows.append(Described(f"{name}-range", codes=(f"{place:02}",)))
            if known.is_choice:
                codes = tuple(dict.fromkeys(code for code in map(_value_code, texts) if code in known.values))
                if codes:
                    rows.append(Described(name, codes=codes))
            else:
                rows.append(Described(name, text=_row_text(name, value, texts)))
        return rows[:MOST_ROWS]

    @staticmethod
    def _read(category: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
        """Names that are of use, with their values as texts."""
        held = table("properties")
        for name, value in properties.items():
            if _expression("useless").search(name) or name in held["colour"]["attributes"] or (value is not False and not value):
                continue
            if (within := held["only"].get(name)) and not any(lies_in(category, each) for each in within):
                continue
            if is_number(value):
                unit = unit_of(name, value)
                if unit is not None:
                    yield name, [with_unit(plain_number(value), unit)["en"]]
            elif isinstance(value, (str, bool)) and (texts := words_of(value)):
                yield name, texts


def _property(name: str, count: int, values: Counter[str]) -> Property:
    distinct: dict[str, str] = {}
    for text, _times in values.most_common():
        distinct.setdefault(_value_code(text), text)
    short = all(len(text) <= LONGEST_VALUE for text in distinct.values())
    few = short and len(distinct) <= FACET_MOST_VALUES
    is_choice = few and len(distinct) <= max(CHOICE_MOST_SHARE * count, 2) and name not in table("properties")["suffixes"]
    tells_apart = 2 <= len(distinct) <= FACET_MOST_SHARE * count and values.most_common(1)[0][1] < 0.98 * values.total()
    is_facet = is_choice and count >= FACET_FEWEST and tells_apart and not _expression("no_choice").search(name)
    if not is_choice:
        return Property(name, names_of(name), is_choice=False, is_facet=False)
    ordered = sorted(distinct.items(), key=lambda pair: _sort_key(pair[1]))
    named = {code: _choice_names(name, text) for code, text in ordered}
    return Property(name, names_of(name), is_choice=True, is_facet=is_facet, values=named)


def _choice_names(name: str, text: str) -> dict[str, str]:
    number, _space, unit = text.partition(" ")
    if unit and unit in table("properties")["unit_words"] and re.fullmatch(r"[\d.]+", number):
        return with_unit(number, unit)
    return value_names(text)


def _sort_key(text: str) -> tuple[int, Decimal, str]:
    """Numbers by size, words by letter."""
    number = re.match(r"\d+(\.\d+)?", text)
    return (0, Decimal(number.group()), text) if number else (1, Decimal(0), text.casefold())


def _value_code(text: str) -> str:
    return text.casefold()[:150]


def _row_text(name: str, value: Any, texts: list[str]) -> dict[str, str]:
    if is_number(value):
        return with_unit(plain_number(value), unit_of(name, value) or "")
    if suffix := table("properties")["suffixes"].get(name):
        return {"en": f"{', '.join(texts)} {suffix}"}
    parts = [in_chinese(text) for text in texts]
    english_text = ", ".join(texts)[:LONGEST]
    return {"en": english_text, "zh-hans": "、".join(part for part in parts if part)} if all(parts) else {"en": english_text}


def colours_of(properties: Mapping[str, Any]) -> list[str]:
    """Codes of the taxonomy's colours that goods name, each once."""
    held = table("properties")["colour"]
    found: list[str] = []
    for name in held["attributes"]:
        if isinstance(value := properties.get(name), str):
            found += [code for part in re.split(r"[,/&]| and ", value) if (code := _colour(part, held["words"]))]
    return list(dict.fromkeys(found))


def _colour(text: str, words: Mapping[str, str]) -> str | None:
    """The colour of "Light grey" or "stainless steel": the whole, else its last word that is a colour."""
    text = " ".join(text.lower().split())
    if text in words:
        return str(words[text])
    return next((words[word] for word in reversed(text.split()) if word in words), None)
