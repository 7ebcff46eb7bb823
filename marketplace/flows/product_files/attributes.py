"""What rows say in the columns of attributes: of the product, or, where an attribute tells variants apart, of each variant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from marketplace.flows.product_files.columns import PREFIX, same_text
from marketplace.flows.product_files.words import MANY, Several, plainly
from marketplace.kernel.errors import MarketError
from marketplace.platform.taxonomy.attributes import Described, entry_of
from marketplace.platform.taxonomy.models import Attribute

if TYPE_CHECKING:
    from marketplace.flows.product_files.compiling import Compiling, Line

MOST_AXES, MOST_SHOWN, LONGEST_TEXT = 3, 8, 200
DAY = re.compile(r"\d{4}[-/.]\d{2}[-/.]\d{2}")
TRUE, FALSE = {"yes", "y", "true", "1", "是", "有"}, {"no", "n", "false", "0", "否", "无"}


class AttributeCells:
    """The attribute columns of one product's rows."""

    def __init__(self, at: Compiling, category_id: int | None) -> None:
        self.at, self.words = at, at.words
        self.allowed: Mapping[int, Described] = self.words.of_category(category_id) if category_id else {}
        self.columns = [int(meant[len(PREFIX) :]) for meant in at.plan.mapping if meant.startswith(PREFIX)]
        self.columns = [key for key in self.columns if key in self.words.attributes]
        self.words.read_values(self.columns)

    def axes(self) -> list[int]:
        """What tells the variants apart: as the rows name it, as it was, or else the choices that differ between the rows."""
        at = self.at
        current = [int(key) for key in at.there.product.axes] if at.there else []
        if (said := at.said("axes")) is not None:
            return self._named(*said, current)
        if current or len(at.rows) < 2:
            return current
        differ = [
            key
            for key in self.columns
            if (one := self.allowed.get(key)) and one.makes_variants and len({at.plan.cell(row, f"{PREFIX}{key}") for row in at.rows}) > 1
        ]
        if not differ:
            at.wrong(
                at.rows[1],
                "axes",
                _("Several rows are one product, and differ in no property. Give each its own product code, or fill in what they differ by."),
            )
        elif len(differ) > MOST_AXES:
            at.wrong(at.rows[0], "axes", _("Name here what the variants differ by, at most {most} properties.").format(most=MOST_AXES))
        return differ[:MOST_AXES]

    def _named(self, row: Line, cell: str, current: list[int]) -> list[int]:
        found = []
        for name in filter(None, (part.strip() for part in cell.replace("，", MANY).replace(",", MANY).split(MANY))):
            try:
                key = self.words.attribute(name, [*self.allowed, *current])
            except Several:
                key = next((each for each in current if plainly(name) in map(plainly, self.words.attributes[each].names.values())), None)
            if key is None or not (key in current or self.allowed[key].makes_variants):
                self.at.wrong(row, "axes", _("“{name}” is no property with values to choose from in this category.").format(name=name[:60]))
                return current
            found.append(key)
        if len(found) > MOST_AXES:
            self.at.wrong(row, "axes", _("Name here what the variants differ by, at most {most} properties.").format(most=MOST_AXES))
        return list(dict.fromkeys(found))[:MOST_AXES]

    def options(self, row: Line, axes: Sequence[int], current: Mapping[int, int]) -> dict[int, int]:
        """What this row's variant is: a value for each axis; what the row leaves empty stays."""
        found = {key: value for key, value in current.items() if not axes or key in axes or key not in self.columns}
        for key in axes:
            cell = self.at.plan.cell(row, f"{PREFIX}{key}")
            if cell:
                if (value := self._value(row, key, cell, [current[key]] if key in current else [])) is not None:
                    found[key] = value
            elif key not in found:
                self.at.wrong(row, f"{PREFIX}{key}", _("Say which {name} this variant has.").format(name=self.words.attributes[key].name))
        return found

    def attributes(self, axes: Sequence[int]) -> list[list[Any]]:
        """As Listing.attributes holds them: what was there in its order, then what is new."""
        at = self.at
        row = at.there.product if at.there else None
        found = {entry[0]: list(entry) for entry in (row.attributes if row else []) if entry[0] not in axes}
        for key in self.columns:
            if key in axes:
                continue
            told_apart = at.there is not None and any(str(key) in variant.options for variant in at.there.sold)
            if told_apart or (said := at.said(f"{PREFIX}{key}")) is None:
                continue
            line, cell = said
            before = found.get(key)
            if before is not None and _says(at.plan.cell(line, f"{PREFIX}{key}"), before[2]):
                continue
            if key not in self.allowed:
                name = self.words.attributes[key].name
                at.wrong(line, f"{PREFIX}{key}", _("Goods of this category are not described by {name}. Leave it empty.").format(name=name))
            elif (entry := self._entry(line, key, cell, before)) is not None:
                found[key] = entry
        if not at.there and at.plan.goes != "draft":
            for key, one in self.allowed.items():
                if one.is_required and key not in found and key not in axes:
                    at.wrong(at.rows[0], f"{PREFIX}{key}", _("{name} is needed in this category.").format(name=one.attribute.name))
        return list(found.values())

    def _entry(self, line: Line, key: int, cell: str, before: list[Any] | None) -> list[Any] | None:
        """None where it cannot be taken, which is noted."""
        attribute, meant = self.words.attributes[key], f"{PREFIX}{key}"
        if attribute.has_values:
            parts = [part for part in map(str.strip, cell.split(MANY)) if part]
            if len(parts) > 1 and attribute.kind == Attribute.Kind.CHOICE and not (before and len(before[1]) > 1):
                self.at.wrong(line, meant, _("Only one value fits here."))
                return None
            values = [self._value(line, key, part, before[1] if before else []) for part in parts]
            return [key, list(dict.fromkeys(values)), None] if values and None not in values else None
        raw: Any = cell
        if attribute.kind == Attribute.Kind.TEXT and len(cell) > LONGEST_TEXT:
            self.at.wrong(line, meant, _("At most {most} characters fit here.").format(most=LONGEST_TEXT))
            return None
        if attribute.kind == Attribute.Kind.BOOLEAN:
            raw = {**dict.fromkeys(TRUE, "yes"), **dict.fromkeys(FALSE, "no")}.get(cell.casefold())
            if raw is None:
                self.at.wrong(line, meant, _("Write yes or no."))
                return None
        if attribute.kind == Attribute.Kind.DATE:
            raw = _day(cell)
        try:
            return entry_of(attribute, cell if raw is None else raw, field=meant)
        except MarketError as refusal:
            self.at.wrong(line, meant, str(refusal))
            return None

    def _value(self, line: Line, key: int, cell: str, rather: Sequence[int]) -> int | None:
        meant, name = f"{PREFIX}{key}", self.words.attributes[key].name
        for value in rather:  # also one that was merged into another: what is there stays
            if plainly(cell) in map(plainly, self.words.value_names.get(value, {}).values()):
                return value
        try:
            found = self.words.value(key, cell, rather)
        except Several:
            self.at.wrong(line, meant, _("Several values of {name} are called “{said}”. Write the value's code.").format(name=name, said=cell[:60]))
            return None
        if found is None:
            some = self.words.some_values(key, MOST_SHOWN)
            self.at.wrong(line, meant, _("“{said}” is no {name}. Possible are, for example: {some}").format(said=cell[:60], name=name, some=_(", ").join(some)))
        return found


def _day(cell: str) -> date | None:
    """None for what is no day, and for days that no calendar has."""
    try:
        return parse_date(cell[:10].replace("/", "-").replace(".", "-")) if DAY.match(cell) else None
    except ValueError:
        return None


def _says(cell: str, free: Mapping[str, str] | None) -> bool:
    """Whether a cell says what is said there in any language, as an export in that language writes it."""
    return any(text and same_text(cell, text) for text in (free or {}).values())
