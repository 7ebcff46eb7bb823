"""The attribute fields of the product form: what the category asks for, each by its kind, and what was entered as it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from marketplace.kernel.errors import MarketError
from marketplace.kernel.inputs import DayInput
from marketplace.kernel.texts import IN_FIELDS
from marketplace.platform.taxonomy.attributes import Described, entry_of
from marketplace.platform.taxonomy.models import Attribute, AttributeValue
from marketplace.platform.taxonomy.queries import values_as_now
from marketplace.platform.taxonomy.units import measure_of, parse_number

LONGEST_TEXT = 200
ROWS_OF_CHOICES = 5


class NumberField(forms.CharField):
    """A number in the attribute's unit; another unit of the same measure is converted."""

    def __init__(self, *, unit: str, name: str, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput({"inputmode": "decimal", "class": "num", "autocomplete": "off"}), **kwargs)
        self.unit, self.name = unit, name

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_number(text, self.unit)
        except MarketError as wrong:
            raise forms.ValidationError(f"{self.name}{_(': ')}{wrong}") from wrong


def fields_of(one: Described, values: Sequence[AttributeValue]) -> dict[str, forms.Field]:
    """The fields of an attribute, by name: one, or of a text one for each language."""
    attribute, name = one.attribute, f"attribute_{one.attribute.pk}"
    if attribute.kind != Attribute.Kind.TEXT:
        return {name: field_of(one, values, attribute.name)}
    labels = {"zh": _("{name} in Chinese"), "en": _("{name} in English")}
    return {f"{name}_{short}": field_of(one, values, labels[short].format(name=attribute.name)) for short in IN_FIELDS.values()}


def field_of(one: Described, values: Sequence[AttributeValue], label: str) -> forms.Field:
    """Never required by itself: a draft may lack it. `needed` says that a review does not begin without it."""
    attribute = one.attribute
    common: dict[str, Any] = {"label": label, "required": False, "help_text": _help(attribute)}
    field: forms.Field
    match attribute.kind:
        case Attribute.Kind.CHOICE:
            field = forms.ChoiceField(choices=[("", "—"), *((value.pk, value.name) for value in values)], **common)
        case Attribute.Kind.CHOICES:
            widget = forms.SelectMultiple({"size": min(max(len(values), 2), ROWS_OF_CHOICES)})
            field = forms.MultipleChoiceField(choices=[(value.pk, value.name) for value in values], widget=widget, **common)
        case Attribute.Kind.BOOLEAN:
            field = forms.ChoiceField(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))], **common)
        case Attribute.Kind.NUMBER:
            common["label"] = f"{attribute.name} ({attribute.unit})" if attribute.unit else attribute.name
            field = NumberField(unit=attribute.unit, name=attribute.name, **common)
        case Attribute.Kind.DATE:
            field = forms.DateField(widget=DayInput(), **common)
        case _:
            field = forms.CharField(max_length=LONGEST_TEXT, **common)
    field.needed = one.is_required  # type: ignore[attr-defined, union-attr]
    return field


def _help(attribute: Attribute) -> str:
    """What the operator wrote; of a number also which units can be typed."""
    others = [unit for unit in measure_of(attribute.unit) if unit != attribute.unit] if attribute.kind == Attribute.Kind.NUMBER else []
    units = _("Also with {units} behind the number; it is converted.").format(units=_(", ").join(others)) if others else ""
    return " ".join(part for part in (attribute.help, units) if part)


def initial_of(entries: Iterable[Sequence[Any]], attributes: Mapping[int, Attribute]) -> dict[str, Any]:
    """What the fields show of what a product says; of a value that became part of another, the other."""
    initial: dict[str, Any] = {}
    entries = list(entries)
    now = values_as_now({key for entry in entries for key in entry[1]})
    for attribute_id, said, free in entries:
        value_ids = list(dict.fromkeys(now[key].pk if key in now else key for key in said))
        name, attribute = f"attribute_{attribute_id}", attributes.get(attribute_id)
        if value_ids:
            initial[name] = value_ids if attribute is not None and attribute.kind == Attribute.Kind.CHOICES else value_ids[0]
        elif free and attribute is not None and attribute.kind == Attribute.Kind.TEXT:
            initial |= {f"{name}_{short}": free.get(code, "") for code, short in IN_FIELDS.items()}
        elif free:
            text = free.get("en") or next(iter(free.values()))
            if attribute is not None and attribute.kind == Attribute.Kind.DATE:
                initial[name] = _day(text)
            else:
                initial[name] = {"Yes": "yes", "No": "no"}.get(text, text) if attribute is None or attribute.kind == Attribute.Kind.BOOLEAN else text
    return initial


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def entries_of(described: Iterable[Described], cleaned: Mapping[str, Any], before: Iterable[Sequence[Any]], shown: Iterable[str]) -> list[list[Any]]:
    """As Listing.attributes holds them. What was said before keeps its place and, where it is still the same, its letters; what the form does not
    show (attributes of another category) stays; what is an axis now is said by the variants. Raises InvalidInput."""
    kept = {entry[0]: list(entry) for entry in before}
    fields = set(shown)
    for one in described:
        attribute, name = one.attribute, f"attribute_{one.attribute.pk}"
        if attribute.kind == Attribute.Kind.TEXT:
            _put_text(kept, attribute.pk, {code: cleaned.get(f"{name}_{short}") or "" for code, short in IN_FIELDS.items()})
            continue
        if name not in fields:
            kept.pop(attribute.pk, None)
            continue
        entered, was = cleaned.get(name), kept.get(attribute.pk)
        if entered in (None, "", []):
            # Several values of an import are more than a single choice can show.
            if was is not None and not (attribute.kind == Attribute.Kind.CHOICE and len(was[1]) > 1):
                kept.pop(attribute.pk)
        elif was is None or not _is_same(attribute, entered, was):
            entry = entry_of(attribute, entered, field=name)
            if entry is not None:
                kept[attribute.pk] = entry
    return list(kept.values())


def _put_text(kept: dict[int, list[Any]], key: int, entered: Mapping[str, str]) -> None:
    """A text in the languages of the form; other languages stay, and so does what says the same."""
    was = kept.get(key, [key, [], None])
    texts = dict(was[2] or {})
    changed = {code: text for code, text in entered.items() if text != texts.get(code, "").strip()}
    if texts := {code: text for code, text in {**texts, **changed}.items() if text}:
        kept[key] = [key, [], texts] if changed else was
    elif changed:
        kept.pop(key, None)


def _is_same(attribute: Attribute, entered: Any, was: Sequence[Any]) -> bool:
    """Whether the field says what is kept."""
    texts = (was[2] or {}).values() if len(was) > 2 else ()
    match attribute.kind:
        case Attribute.Kind.CHOICE:
            return bool(was[1]) and int(entered) == was[1][0]
        case Attribute.Kind.CHOICES:
            return sorted(int(key) for key in entered) == sorted(was[1])
        case Attribute.Kind.NUMBER:
            return any(_number(text) == _number(str(entered)) for text in texts)
        case Attribute.Kind.BOOLEAN:
            return {"yes": "Yes", "no": "No"}.get(str(entered)) in texts
    return str(entered) in texts


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
