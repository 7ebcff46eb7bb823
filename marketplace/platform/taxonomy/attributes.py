"""Attributes by which goods are described: verbs of the console, and what a category asks for.

What depends on how many goods say something (changing a kind or unit, merging values) stands in flows/keep_attributes.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_code
from marketplace.kernel.verbs import verb
from marketplace.platform.taxonomy.errors import AttributeChanged, AttributeUnknown
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Category, CategoryAttribute
from marketplace.platform.taxonomy.tree import clean_names, lock_tree, locked_category, tree_changed
from marketplace.platform.taxonomy.units import parse_number

MOST_OF_CATEGORY = 60  # attributes of one category, inherited ones aside
MOST_VALUES = 500  # of one attribute
MOST_SYNONYMS = 30
LONGEST_HELP = 200
KEPT = ("names", "kind", "unit", "is_facet", "helps", "synonyms")


@verb
def keep_attribute(*, by: Actor, attribute_id: int | None, seen: int, fields: Mapping[str, Any]) -> Attribute:
    """Make an attribute, or change one: fields as in the model. Raises InvalidInput, AttributeUnknown, AttributeChanged."""
    with transaction.atomic():
        row = locked_attribute(attribute_id, seen) if attribute_id else Attribute(code=new_code())
        before = {name: getattr(row, name) for name in KEPT} if attribute_id else None
        for name in KEPT:
            if name in fields:
                setattr(row, name, fields[name])
        row.names = clean_names(row.names) if "names" in fields else row.names
        row.helps, row.synonyms = clean_helps(row.helps), clean_synonyms(row.synonyms)
        if row.kind != Attribute.Kind.NUMBER:
            row.unit = ""
        if not row.has_values:
            row.is_facet = False
        after = {name: getattr(row, name) for name in KEPT}
        if after == before:
            return row
        row.is_kept, row.version = True, row.version + (before is not None)
        row.save()
        changed = {name: value for name, value in after.items() if before is None or before[name] != value}
        if before is None:
            _audit(by, row, "attribute.added", after=changed)
        else:
            _audit(by, row, "attribute.kept", before={name: before[name] for name in changed}, after=changed)
        tree_changed()
    return row


@verb
def keep_value(
    *, by: Actor, attribute_id: int, value_id: int | None, names: Mapping[str, str], synonyms: Iterable[str] = (), place: int | None = None
) -> AttributeValue:
    """Add a value one can choose, or rename one. `place` is where it stands among the others, from 1; None: where it is, or last.

    Raises InvalidInput, AttributeUnknown.
    """
    named = clean_names(names)
    with transaction.atomic():
        attribute = locked_attribute(attribute_id)
        if not attribute.has_values:
            raise InvalidInput(field="name_zh", why=_("Only a choice has values."))
        values = AttributeValue.objects.filter(attribute=attribute, merged_into=None)
        if value_id is None:
            if values.count() >= MOST_VALUES:
                raise InvalidInput(field="name_zh", why=_("An attribute has at most {n} values.").format(n=MOST_VALUES))
            last = values.aggregate(last=Max("position"))["last"]
            row = AttributeValue(attribute=attribute, code=new_code(), position=0 if last is None else last + 1)
        else:
            row = locked_value(attribute, value_id)
        others = list(values.exclude(pk=row.pk).order_by("position", "id"))
        place_now = sum(1 for other in others if (other.position, other.pk) < (row.position, row.pk)) + 1 if value_id else len(others) + 1
        place = place_now if place is None else max(1, min(place, len(others) + 1))
        before = {"names": row.names, "synonyms": row.synonyms, "place": place_now} if value_id else None
        row.names, row.synonyms = {**(row.names or {}), **named}, clean_synonyms(synonyms)
        after = {"names": row.names, "synonyms": row.synonyms, "place": place}
        if after == before:
            return row
        row.is_kept = True
        row.save()
        if place != place_now:
            _put_in_order([*others[: place - 1], row, *others[place - 1 :]])
        if before is None:
            _audit(by, attribute, "attribute.value_added", after={"value": row.pk, **after})
        else:
            _audit(by, attribute, "attribute.value_kept", before=before, after={"value": row.pk, **after})
        tree_changed()
    return row


def _put_in_order(values: Sequence[AttributeValue]) -> None:
    """The order is kept: an import of the market's data changes none of these any more."""
    for n, row in enumerate(values):
        row.position, row.is_kept = n, True
    AttributeValue.objects.bulk_update(values, ["position", "is_kept"])


@dataclass(frozen=True)
class Described:
    """An attribute as a category asks for it; `inherited` from one further up, or its own."""

    attribute: Attribute
    is_required: bool
    makes_variants: bool
    category_id: int
    row_id: int


@verb
def describe_by_hand(*, by: Actor, category_id: int, seen: int, rows: Sequence[tuple[int, bool, bool]]) -> None:
    """Which attributes goods of a category are described by besides what it inherits: (attribute, required, makes variants), in this order.

    Raises InvalidInput, CategoryUnknown, CategoryChanged.
    """
    if len(rows) > MOST_OF_CATEGORY:
        raise InvalidInput(field="attribute", why=_("A category has at most {n} attributes of its own.").format(n=MOST_OF_CATEGORY))
    with transaction.atomic():
        lock_tree()
        category = locked_category(category_id, seen)
        held = {one.attribute_id: one for one in CategoryAttribute.objects.filter(category=category)}
        known = Attribute.objects.in_bulk([key for key, _required, _variants in rows])
        before = _as_told(sorted(held.values(), key=lambda one: (one.position, one.pk)))
        wanted = []
        for place, (key, is_required, makes_variants) in enumerate(rows):
            if key not in known:
                raise InvalidInput(field="attribute", why=_("This attribute is not there any more. Choose another."))
            row = held.get(key) or CategoryAttribute(category=category, attribute_id=key)
            row.is_required, row.makes_variants, row.position = is_required, makes_variants and known[key].has_values, place
            wanted.append(row)
        after = _as_told(wanted)
        if after == before:
            return
        CategoryAttribute.objects.filter(category=category).exclude(attribute_id__in=known).delete()
        fields = ["is_required", "makes_variants", "position"]
        CategoryAttribute.objects.bulk_create(wanted, update_conflicts=True, unique_fields=["category", "attribute"], update_fields=fields)
        category.version, category.is_kept = category.version + 1, True
        category.save(update_fields=["version", "is_kept"])
        audit(by=by, action="category.described", subject="category", subject_id=category.pk, before={"attributes": before}, after={"attributes": after})
        tree_changed()


def _as_told(rows: Iterable[CategoryAttribute]) -> list[str]:
    signs = ((row, "*" * row.is_required + "~" * (not row.makes_variants)) for row in rows)
    return [f"{row.attribute_id}{sign}" for row, sign in signs]


def described(category: Category) -> list[Described]:
    """What goods of a category are described by: what it inherits first, from the root down, each in its order. An attribute that several name stands once:
    where it is named first, by the rule of the nearest."""
    rows = list(CategoryAttribute.objects.filter(category_id__in=category.path).select_related("attribute"))
    rows.sort(key=lambda row: (category.path.index(row.category_id), row.position, row.pk))
    nearest = {row.attribute_id: row for row in rows}
    order = dict.fromkeys(row.attribute_id for row in rows)
    return [
        Described(row.attribute, row.is_required, row.makes_variants and row.attribute.has_values, row.category_id, row.pk)
        for row in (nearest[key] for key in order)
    ]


def lacking(category: Category, attributes: Iterable[Sequence[Any]], axes: Iterable[int]) -> list[Attribute]:
    """The attributes a category asks for that goods do not say, neither for themselves nor by their variants."""
    said = {int(entry[0]) for entry in attributes if entry[1] or entry[2]} | {int(key) for key in axes}
    return [one.attribute for one in described(category) if one.is_required and one.attribute.pk not in said]


def entry_of(attribute: Attribute, raw: Any, *, field: str) -> list[Any] | None:
    """What somebody entered as it is kept: [attribute, [values], {language: text} or None]; None for nothing. Raises InvalidInput naming the remedy."""
    if raw in (None, "", []):
        return None
    match attribute.kind:
        case Attribute.Kind.CHOICE | Attribute.Kind.CHOICES:
            keys = [int(key) for key in (raw if isinstance(raw, list | tuple) else [raw])]
            known = set(AttributeValue.objects.filter(attribute=attribute, pk__in=keys, merged_into=None).values_list("pk", flat=True))
            if set(keys) - known:
                raise InvalidInput(field=field, why=_("Choose from the list; one of these values is gone by now."))
            return [attribute.pk, keys, None]
        case Attribute.Kind.NUMBER:
            return [attribute.pk, [], _in_both(parse_number(str(raw), attribute.unit, field=field))]
        case Attribute.Kind.DATE:
            if not isinstance(raw, date):
                raise InvalidInput(field=field, why=_("Choose a day, for example 2026-05-01."))
            return [attribute.pk, [], _in_both(raw.isoformat())]
        case Attribute.Kind.BOOLEAN:
            return [attribute.pk, [], {"zh-hans": "是", "en": "Yes"} if raw == "yes" else {"zh-hans": "否", "en": "No"}]
    return [attribute.pk, [], _in_both(str(raw))]


def _in_both(text: str) -> dict[str, str]:
    return {"zh-hans": text, "en": text}


def locked_attribute(attribute_id: int, seen: int | None = None) -> Attribute:
    """Raises AttributeUnknown, AttributeChanged."""
    row = Attribute.objects.select_for_update(of=("self",)).filter(pk=attribute_id).first()
    if row is None:
        raise AttributeUnknown
    if seen is not None and seen != row.version:
        raise AttributeChanged(name=row.name)
    return row


def locked_value(attribute: Attribute, value_id: int) -> AttributeValue:
    """One that can be chosen. Raises InvalidInput."""
    row = AttributeValue.objects.select_for_update(of=("self",)).filter(attribute=attribute, pk=value_id, merged_into=None).first()
    if row is None:
        raise InvalidInput(field="value", why=_("This value is not there any more. Reload the page."))
    return row


def clean_synonyms(words: Iterable[str]) -> list[str]:
    """Raises InvalidInput."""
    found = list(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
    if len(found) > MOST_SYNONYMS or any(len(word) > 100 for word in found):
        raise InvalidInput(field="synonyms", why=_("At most {n} other names, each of at most 100 characters.").format(n=MOST_SYNONYMS))
    return found


def clean_helps(texts: Mapping[str, str]) -> dict[str, str]:
    """Raises InvalidInput."""
    found = {code: " ".join(text.split()) for code, text in texts.items() if text and text.strip()}
    if any(len(text) > LONGEST_HELP for text in found.values()):
        raise InvalidInput(field="help_zh", why=_("At most {n} characters.").format(n=LONGEST_HELP))
    return found


def _audit(by: Actor, row: Attribute, action: str, **said: Any) -> None:
    audit(by=by, action=action, subject="attribute", subject_id=row.pk, **said)
