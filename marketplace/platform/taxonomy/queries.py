"""Reads of the taxonomy."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.platform.taxonomy.models import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    CategoryAttribute,
)
from tenants.tenancy.remembered import remembered


def roots() -> list[Category]:
    return list(Category.objects.filter(parent=None).order_by("position", "id"))


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


def attributes_for(category: Category) -> list[Attribute]:
    """The attributes that describe goods of a category, its ancestors' included."""
    return list(Attribute.objects.filter(pk__in=category_attribute_ids(category)).order_by("id"))


def category_attribute_ids(category: Category) -> list[int]:
    rows = CategoryAttribute.objects.filter(category_id__in=category.path).order_by("position", "id")
    return list(dict.fromkeys(rows.values_list("attribute_id", flat=True)))


def labels(attribute_ids: Iterable[int], value_ids: Iterable[int]) -> tuple[dict[int, Attribute], dict[int, AttributeValue]]:
    """Attributes and values by key, for showing what a listing stores as numbers."""
    attributes, values = frozenset(attribute_ids), frozenset(value_ids)
    return (
        remembered("taxonomy", ("attributes", attributes), lambda: Attribute.objects.in_bulk(attributes)),
        remembered("taxonomy", ("values", values), lambda: AttributeValue.objects.in_bulk(values)),
    )


def brands(ids: Iterable[int]) -> dict[int, Brand]:
    return Brand.objects.in_bulk(set(ids))
