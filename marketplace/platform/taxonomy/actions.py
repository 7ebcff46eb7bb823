"""The taxonomy: verbs. Everything is known by its code, so the same call may come again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.verbs import verb
from marketplace.platform.taxonomy.models import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    CategoryAttribute,
)


@verb
def put_categories(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[str, Category]:
    """Categories by code: `code`, `parent` (a code, of a row before or already there), `names`, `picture`. Returns all rows by code."""
    wanted = list(rows)
    with transaction.atomic():
        known = {category.code: category for category in Category.objects.all()}
        before = len(known)
        for depth_rows in _by_depth(wanted, known):
            fresh, changed = [], []
            for position, row in depth_rows:
                parent = known.get(row["parent"]) if row.get("parent") else None
                category = known.get(row["code"])
                if category is None:
                    category = known[row["code"]] = Category(code=row["code"])
                    fresh.append(category)
                else:
                    changed.append(category)
                category.parent, category.names, category.position = parent, dict(row["names"]), position
                category.picture = row.get("picture", category.picture)
            Category.objects.bulk_create(fresh, batch_size=1000)
            for category in fresh + changed:
                category.path = [*(category.parent.path if category.parent else []), category.pk]
            Category.objects.bulk_update(fresh + changed, ["parent", "names", "position", "picture", "path"], batch_size=500)
        audit(by=by, action="taxonomy.categories_put", subject="taxonomy", subject_id="categories", before={"count": before}, after={"count": len(known)})
    return known


def _by_depth(rows: list[Mapping[str, Any]], known: Mapping[str, Category]) -> list[list[tuple[int, Mapping[str, Any]]]]:
    """Rows in the order of their depth, so that every parent has its key before its children; with their place among all."""
    depth: dict[str, int] = {code: len(category.path) for code, category in known.items()}
    levels: dict[int, list[tuple[int, Mapping[str, Any]]]] = {}
    for position, row in enumerate(rows):
        parent = row.get("parent")
        if parent and parent not in depth:
            raise ValueError(f"category {row['code']} stands before its parent {parent}")
        depth[row["code"]] = depth[parent] + 1 if parent else 1
        levels.setdefault(depth[row["code"]], []).append((position, row))
    return [levels[level] for level in sorted(levels)]


@verb
def put_brands(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[str, Brand]:
    """Brands by code: `code`, `names`."""
    wanted = {row["code"]: dict(row["names"]) for row in rows}
    with transaction.atomic():
        Brand.objects.bulk_create(
            [Brand(code=code, names=names) for code, names in wanted.items()],
            update_conflicts=True, unique_fields=["code"], update_fields=["names"], batch_size=1000,
        )
        audit(by=by, action="taxonomy.brands_put", subject="taxonomy", subject_id="brands", after={"count": len(wanted)})
    return {brand.code: brand for brand in Brand.objects.filter(code__in=wanted)}


@verb
def put_attributes(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[str, Attribute]:
    """Attributes by code: `code`, `names`, `kind`, `unit`, `is_facet`."""
    wanted = [
        Attribute(code=row["code"], names=dict(row["names"]), kind=row.get("kind", "choice"), unit=row.get("unit", ""), is_facet=row.get("is_facet", True))
        for row in rows
    ]
    with transaction.atomic():
        Attribute.objects.bulk_create(
            wanted, update_conflicts=True, unique_fields=["code"], update_fields=["names", "kind", "unit", "is_facet"], batch_size=1000
        )
        audit(by=by, action="taxonomy.attributes_put", subject="taxonomy", subject_id="attributes", after={"count": len(wanted)})
    return {attribute.code: attribute for attribute in Attribute.objects.filter(code__in=[attribute.code for attribute in wanted])}


@verb
def put_values(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], AttributeValue]:
    """Values by attribute and code: `attribute_id`, `code`, `names`, `position`."""
    wanted = [AttributeValue(attribute_id=row["attribute_id"], code=row["code"], names=dict(row["names"]), position=row.get("position", 0)) for row in rows]
    with transaction.atomic():
        AttributeValue.objects.bulk_create(
            wanted, update_conflicts=True, unique_fields=["attribute", "code"], update_fields=["names", "position"], batch_size=1000
        )
        audit(by=by, action="taxonomy.values_put", subject="taxonomy", subject_id="values", after={"count": len(wanted)})
    ids = {value.attribute_id for value in wanted}
    return {(value.attribute_id, value.code): value for value in AttributeValue.objects.filter(attribute_id__in=ids)}


@verb
def describe_category(*, by: Actor, category_id: int, attribute_ids: list[int]) -> None:
    """Say which attributes describe goods of a category, in this order."""
    with transaction.atomic():
        CategoryAttribute.objects.filter(category_id=category_id).exclude(attribute_id__in=attribute_ids).delete()
        CategoryAttribute.objects.bulk_create(
            [CategoryAttribute(category_id=category_id, attribute_id=key, position=place) for place, key in enumerate(attribute_ids)],
            update_conflicts=True, unique_fields=["category", "attribute"], update_fields=["position"],
        )
        audit(by=by, action="taxonomy.category_described", subject="category", subject_id=category_id, after={"attributes": attribute_ids})
