"""Reads of the taxonomy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from marketplace.kernel.texts import localised
from marketplace.platform.taxonomy.models import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    Named,
)
from tenants.tenancy.remembered import remembered, remembered_rows

TREE = "tree"  # what kept pages are held against that show categories (tenants/tenancy/stamps.py)
MOST_FOUND = 12


def in_tree() -> QuerySet[Category]:
    """All but those that were merged into others."""
    return Category.objects.filter(merged_into=None)


def roots() -> list[Category]:
    return list(in_tree().filter(parent=None).order_by("position", "id"))


def shown_roots() -> QuerySet[Category]:
    """The first level that buyers meet."""
    return Category.objects.filter(parent=None, is_hidden=False).order_by("position", "id")


def hidden_ids() -> frozenset[int]:
    """Categories that are hidden themselves; what lies below them is hidden, too."""
    hidden = Category.objects.filter(is_hidden=True, merged_into=None)
    return remembered("taxonomy", "hidden", lambda: frozenset(hidden.values_list("pk", flat=True)))


def is_shown(category: Category) -> bool:
    """Whether buyers meet it: neither it nor anything above it is hidden."""
    return hidden_ids().isdisjoint(category.path)


def as_shown(categories: Iterable[Category]) -> list[Category]:
    """What somebody chose to show, as it is now: what was merged is the other, once; what is hidden is left out."""
    chosen = [row.merged_into_id or row.pk for row in categories]
    found, hidden = Category.objects.in_bulk(chosen), hidden_ids()
    return [found[key] for key in dict.fromkeys(chosen) if key in found and hidden.isdisjoint(found[key].path)]


def led_to(category_id: int) -> Category | None:
    """The category of this key, or the one it was merged into; for reading only: pages share it."""
    known = Category.objects.filter(pk=category_id).select_related("merged_into")
    row = remembered("taxonomy", ("led", category_id), known.first)
    return row and (row.merged_into or row)


def categories_to_use(category_ids: Iterable[int]) -> dict[int, int]:
    """The categories that goods may be put into, by the keys they are asked for: themselves, or what they were merged into.

    Kept from being merged or deleted until the transaction ends. Those that are not there are left out.
    """
    found: dict[int, int] = {}
    wanted = set(category_ids)
    while wanted:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, merged_into_id FROM public.platform_taxonomy_category WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [sorted(wanted)])
            rows = cursor.fetchall()
        found |= {key: into or key for key, into in rows}
        wanted = {into for _key, into in rows if into} - found.keys()
    return {key: found.get(into, into) for key, into in found.items()}


def find_categories(text: str, *, but: int | None = None) -> list[Category]:
    """Those whose name in any language has the words, the shallowest first; `but` leaves one out with all below it."""
    text = text.strip()
    if not text:
        return []
    named = in_tree().filter(Q(**{"names__zh-hans__icontains": text}) | Q(names__en__icontains=text))
    if but is not None:
        named = named.exclude(path__contains=[but])
    return sorted(named[:200], key=lambda category: (len(category.path), category.pk))[:MOST_FOUND]


def path_name(category: Category) -> str:
    return " › ".join(step.name for step in path_of(category))


def path_of(category: Category) -> list[Category]:
    """From the root to the category itself."""
    found = remembered("taxonomy", ("path", *category.path), lambda: Category.objects.in_bulk(category.path))
    return [found[key] for key in category.path if key in found]


def category_row(category_id: int) -> Category:
    """For reading only: pages share it."""
    return remembered("taxonomy", ("category", category_id), lambda: Category.objects.get(pk=category_id))


def brand_row(brand_id: int) -> Brand:
    """For reading only: pages share it."""
    return remembered("taxonomy", ("brand", brand_id), lambda: Brand.objects.get(pk=brand_id))


@dataclass(frozen=True, slots=True)
class Called:
    """What a brand, an attribute or a value is called, where nothing else of it is asked for."""

    names: dict[str, str]

    @property
    def name(self) -> str:
        return localised(self.names).text


def names_of(kind: type[Named], keys: Iterable[int]) -> dict[int, Called]:
    """Of brands, attributes or values by key. A page of goods names a hundred of them."""

    def read(missing: list[int]) -> dict[int, Called]:
        return {key: Called(names) for key, names in kind._default_manager.filter(pk__in=missing).values_list("pk", "names")}

    return remembered_rows("taxonomy", kind.__name__, keys, read)


def shown_categories(keys: Iterable[int]) -> dict[int, Category]:
    """Those that buyers meet, by key; for reading only: pages share them."""
    rows = remembered_rows("taxonomy", "categories", keys, Category.objects.in_bulk)
    return {key: row for key, row in rows.items() if not row.is_hidden}


def labels(attribute_ids: Iterable[int], value_ids: Iterable[int]) -> tuple[dict[int, Attribute], dict[int, AttributeValue]]:
    """Attributes and values by key, for showing what a listing stores as numbers. What was merged is shown as the other."""
    attributes, values = frozenset(attribute_ids), frozenset(value_ids)
    return (
        remembered("taxonomy", ("attributes", attributes), lambda: Attribute.objects.in_bulk(attributes)),
        remembered("taxonomy", ("values", values), lambda: values_as_now(values)),
    )


def values_as_now(value_ids: Iterable[int]) -> dict[int, AttributeValue]:
    """Values by the key that is asked for; of one that was merged, the other."""
    found = AttributeValue.objects.select_related("merged_into").in_bulk(list(value_ids))
    return {key: value.merged_into or value for key, value in found.items()}


def brand_to_use(brand_id: int) -> int | None:
    """The brand that goods may carry: itself, or what it was merged into; kept from being merged until the transaction ends. None: it is not there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT merged_into_id FROM public.platform_taxonomy_brand WHERE id = %s FOR KEY SHARE", [brand_id])
        row = cursor.fetchone()
    return None if row is None else row[0] or brand_id


def merged(kind: type[Brand] | type[Category], keys: Iterable[int]) -> dict[int, int]:
    """Of the brands or categories among these that were merged: the others, which their goods carry. One query, none without keys."""
    wanted = set(keys)
    rows = kind._default_manager.filter(pk__in=wanted).exclude(merged_into=None) if wanted else kind._default_manager.none()
    return dict(rows.values_list("pk", "merged_into_id"))


def brands_now(brand_ids: frozenset[int]) -> frozenset[int]:
    """These brands; of those that were merged the others."""
    into = merged(Brand, brand_ids)
    return frozenset(into.get(key, key) for key in brand_ids)


def brands(ids: Iterable[int]) -> dict[int, Brand]:
    return Brand.objects.in_bulk(set(ids))
