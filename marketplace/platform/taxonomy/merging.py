"""Brands and values that became part of others: the rows themselves. Their goods follow by flows/keep_attributes.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.platform.taxonomy.attributes import clean_synonyms, locked_attribute, locked_value
from marketplace.platform.taxonomy.models import AttributeValue, Merge
from marketplace.platform.taxonomy.tree import tree_changed


@verb
def merge_value(*, by: Actor, attribute_id: int, value_id: int, into_id: int, why: str) -> Merge:
    """The names of the one are other names of the other from now on. Raises InvalidInput, AttributeUnknown."""
    with transaction.atomic():
        attribute = locked_attribute(attribute_id)
        if value_id == into_id:
            raise InvalidInput(field="into", why=_("Choose another value to merge it into."))
        row, into = locked_value(attribute, value_id), locked_value(attribute, into_id)
        AttributeValue.objects.filter(merged_into=row).update(merged_into=into)
        into.synonyms = clean_synonyms(_without([*into.synonyms, *row.names.values(), *row.synonyms], into.names.values()))
        into.is_kept = True
        into.save(update_fields=["synonyms", "is_kept"])
        row.merged_into = into
        row.save(update_fields=["merged_into"])
        told = {"value": row.pk, "names": row.names}
        audit(
            by=by,
            action="attribute.value_merged",
            subject="attribute",
            subject_id=attribute.pk,
            before=told,
            after={"into": into.pk, "names": into.names},
            why=why,
        )
        tree_changed()
        return Merge.objects.create(kind=Merge.Kind.VALUE, key=row.pk, into_key=into.pk, by_label=by.label)


def _without(words: Iterable[str], others: Iterable[str]) -> list[str]:
    known = {word.casefold() for word in others}
    return [word for word in words if word.casefold() not in known]


@verb
def note_merge(*, by: Actor, merge_id: UUID, done: int, left: int, place: str = "", ended_at: datetime | None = None) -> None:
    """How far the goods have followed."""
    fields: dict[str, object] = {"done": done, "left": left, **({"place": place} if place else {}), **({"ended_at": ended_at} if ended_at else {})}
    Merge.objects.filter(pk=merge_id).update(**fields)


def chosen_now(values: Mapping[int, Iterable[int]]) -> dict[int, frozenset[int]]:
    """What is chosen of attributes, as it is now: of a value that was merged the other, and none that belongs to another attribute."""
    chosen = {attribute: frozenset(some) for attribute, some in values.items()}
    wanted = {value for some in chosen.values() for value in some}
    rows = AttributeValue.objects.filter(pk__in=wanted).values_list("pk", "attribute_id", "merged_into_id") if wanted else ()
    known = {key: (attribute, into or key) for key, attribute, into in rows}

    def now(attribute: int, some: frozenset[int]) -> Iterator[int]:
        for value in some:
            belongs_to, current = known.get(value, (attribute, value))
            if belongs_to == attribute:
                yield current

    return {attribute: frozenset(now(attribute, some)) for attribute, some in chosen.items()}


def replaced_option(options: Mapping[str, int], axis: str, key: int, into_key: int) -> dict[str, int]:
    return {name: into_key if name == axis and int(value) == key else value for name, value in options.items()}


def replaced_value(attributes: Sequence[Sequence[Any]], attribute_id: int, key: int, into_key: int) -> list[list[Any]]:
    """Attributes as Listing.attributes holds them, with one value instead of another and none twice."""
    return [
        [entry[0], list(dict.fromkeys(into_key if value == key else value for value in entry[1] or ())), *entry[2:]]
        if entry[0] == attribute_id
        else list(entry)
        for entry in attributes
    ]
