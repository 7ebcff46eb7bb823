"""The taxonomy: verbs. Everything is known by its code, so the same call may come again; what is as it should be is not written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.platform.taxonomy.models import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    CategoryAttribute,
    TaxClass,
    TaxRate,
)

AT_ONCE = 1000
SET_TAX = "tax.set"  # the kind of request for two people


@verb
def put_categories(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[str, Category]:
    """Categories by code: `code`, `parent` (a code, of a row before or already there), `names`, and perhaps `picture` and `position`.

    Without a position, the order of the rows counts. What was changed in the console stays as it is there, and the code of one that was merged
    stands for the other. Returns all categories by code. Raises ValueError for a child before its parent.
    """
    with transaction.atomic():
        known = {category.code: category.merged_into or category for category in Category.objects.select_related("merged_into")}
        before = len(known)
        wanted = list(rows)
        fresh: list[Category] = []
        changed: list[Category] = []
        keys = iter(_new_keys(sum(row["code"] not in known for row in wanted)))
        for place, row in enumerate(wanted):
            parent = _parent(row, known)
            category = known.get(row["code"])
            if category is None:
                category = known[row["code"]] = Category(pk=next(keys), code=row["code"])
                fresh.append(category)
            elif category.is_kept:
                _keep_path(category, known, changed)
                continue
            held = _as_held(category)
            category.parent, category.names = parent, dict(row["names"])
            category.position, category.picture = row.get("position", place), row.get("picture", category.picture)
            category.path = [*(parent.path if parent else []), category.pk]
            if not category._state.adding and held != _as_held(category):
                changed.append(category)
        Category.objects.bulk_create(fresh, batch_size=AT_ONCE)
        Category.objects.bulk_update(changed, ["parent", "names", "position", "picture", "path"], batch_size=500)
        if fresh or changed:
            audit(
                by=by,
                action="taxonomy.categories_put",
                subject="taxonomy",
                subject_id="categories",
                before={"count": before},
                after={"count": len(known), "changed": len(changed)},
            )
    return known


def _as_held(category: Category) -> tuple[Any, ...]:
    return (category.parent_id, category.names, category.position, category.picture, category.path)


def _keep_path(category: Category, known: Mapping[str, Category], changed: list[Category]) -> None:
    """One that the console has placed stays below its parent, wherever that goes."""
    above: list[int] = next((one.path for one in known.values() if one.pk == category.parent_id), [])
    if category.path != [*above, category.pk]:
        category.path = [*above, category.pk]
        changed.append(category)


def _new_keys(count: int) -> list[int]:
    """Keys for rows that are not written yet: a category's path names its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [Category._meta.db_table, count])
        return [row[0] for row in cursor.fetchall()]


def _parent(row: Mapping[str, Any], known: Mapping[str, Category]) -> Category | None:
    if not row.get("parent"):
        return None
    if row["parent"] not in known:
        raise ValueError(f"category {row['code']} stands before its parent {row['parent']}")
    return known[row["parent"]]


@verb
def put_brands(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[str, Brand]:
    """Brands by code: `code`, `names`. What was changed in the console stays as it is there; the code of one that was merged stands for the other."""
    wanted = {row["code"]: dict(row["names"]) for row in rows}
    with transaction.atomic():
        held = dict(Brand.objects.filter(code__in=wanted).values_list("code", "names"))
        kept = set(Brand.objects.filter(code__in=wanted, is_kept=True).values_list("code", flat=True))
        kept |= set(Brand.objects.filter(code__in=wanted).exclude(merged_into=None).values_list("code", flat=True))
        differing = [Brand(code=code, names=names) for code, names in wanted.items() if held.get(code) != names and code not in kept]
        Brand.objects.bulk_create(differing, update_conflicts=True, unique_fields=["code"], update_fields=["names"], batch_size=AT_ONCE)
        if differing:
            audit(by=by, action="taxonomy.brands_put", subject="taxonomy", subject_id="brands", after={"count": len(differing)})
    return {brand.code: brand.merged_into or brand for brand in Brand.objects.filter(code__in=wanted).select_related("merged_into")}


@verb
def put_attributes(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[str, Attribute]:
    """Attributes by code: `code`, `names`, `kind`, `unit`, `is_facet`. What was changed in the console stays as it is there."""
    wanted = {
        row["code"]: Attribute(
            code=row["code"], names=dict(row["names"]), kind=row.get("kind", "choice"), unit=row.get("unit", ""), is_facet=row.get("is_facet", True)
        )
        for row in rows
    }
    fields = ["names", "kind", "unit", "is_facet"]
    with transaction.atomic():
        held = {row["code"]: row for row in Attribute.objects.filter(code__in=wanted).values("code", "is_kept", *fields)}
        differing = [
            row
            for code, row in wanted.items()
            if code not in held or (not held[code]["is_kept"] and any(getattr(row, name) != held[code][name] for name in fields))
        ]
        Attribute.objects.bulk_create(differing, update_conflicts=True, unique_fields=["code"], update_fields=fields, batch_size=AT_ONCE)
        if differing:
            audit(by=by, action="taxonomy.attributes_put", subject="taxonomy", subject_id="attributes", after={"count": len(differing)})
    return {attribute.code: attribute for attribute in Attribute.objects.filter(code__in=wanted)}


@verb
def put_values(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], AttributeValue]:
    """Values by attribute and code: `attribute_id`, `code`, `names`, `position`. Returns all values of these attributes."""
    wanted = {
        (row["attribute_id"], row["code"]): AttributeValue(
            attribute_id=row["attribute_id"], code=row["code"], names=dict(row["names"]), position=row.get("position", 0)
        )
        for row in rows
    }
    ids = {attribute_id for attribute_id, _code in wanted}
    with transaction.atomic():
        there = {(value.attribute_id, value.code): value for value in AttributeValue.objects.filter(attribute_id__in=ids).select_related("merged_into")}
        kept = {key for key, value in there.items() if value.is_kept or value.merged_into_id}
        there = {key: value.merged_into or value for key, value in there.items()}
        differing = [
            value
            for key, value in wanted.items()
            if key not in kept and ((held := there.get(key)) is None or (held.names, held.position) != (value.names, value.position))
        ]
        if not differing:
            return there
        AttributeValue.objects.bulk_create(
            differing, update_conflicts=True, unique_fields=["attribute", "code"], update_fields=["names", "position"], batch_size=AT_ONCE
        )
        audit(by=by, action="taxonomy.values_put", subject="taxonomy", subject_id="values", after={"count": len(differing)})
    found = AttributeValue.objects.filter(attribute_id__in=ids).select_related("merged_into")
    return {(value.attribute_id, value.code): value.merged_into or value for value in found}


@verb
def describe_category(*, by: Actor, category_id: int, attribute_ids: list[int]) -> None:
    """Say which attributes describe goods of a category, in this order."""
    describe_categories(by=by, described={category_id: attribute_ids})


@verb
def describe_categories(*, by: Actor, described: Mapping[int, list[int]]) -> None:
    """Say which attributes describe goods of each of these categories (by id), in this order. What the console keeps is left as it is there."""
    with transaction.atomic():
        kept = set(Category.objects.filter(Q(is_kept=True) | Q(merged_into__isnull=False), pk__in=described).values_list("pk", flat=True))
        described = {key: attributes for key, attributes in described.items() if key not in kept}
        there = {(row.category_id, row.attribute_id): row for row in CategoryAttribute.objects.filter(category_id__in=described)}
        wanted = {(category, attribute): place for category, attributes in described.items() for place, attribute in enumerate(dict.fromkeys(attributes))}
        gone = [row.pk for key, row in there.items() if key not in wanted]
        differing = [
            CategoryAttribute(category_id=key[0], attribute_id=key[1], position=place)
            for key, place in wanted.items()
            if key not in there or there[key].position != place
        ]
        CategoryAttribute.objects.filter(pk__in=gone).delete()
        CategoryAttribute.objects.bulk_create(
            differing, update_conflicts=True, unique_fields=["category", "attribute"], update_fields=["position"], batch_size=2 * AT_ONCE
        )
        if gone or differing:
            categories = {row.category_id for row in differing} | {there_key[0] for there_key in there if there_key not in wanted}
            subject_id = next(iter(categories)) if len(categories) == 1 else "categories"
            audit(
                by=by,
                action="taxonomy.category_described",
                subject="category",
                subject_id=subject_id,
                after={"categories": len(categories), "attributes": len(differing), "removed": len(gone)},
            )


@verb
def set_tax_rate(*, by: Actor, tax_class: str, rate: Decimal, region: str = "", why: str = "") -> TaxRate:
    """The tax in prices of a class from now on; orders keep what was in force when they were placed. Raises InvalidInput, SecondPersonNeeded."""
    needs_two(by, SET_TAX)
    check_tax(tax_class, rate)
    with transaction.atomic():
        former = tax_in_force(tax_class, region)
        row = TaxRate.objects.create(tax_class=tax_class, rate=rate, region=region, since=clock.now())
        audit(
            by=by,
            action="tax.set",
            subject="tax_rate",
            subject_id=row.pk,
            before={"rate": former.rate} if former else None,
            after={"class": tax_class, "rate": rate, "region": region},
            why=why,
        )
    return row


def tax_in_force(tax_class: str, region: str = "") -> TaxRate | None:
    return TaxRate.objects.filter(tax_class=tax_class, region=region).order_by("-since", "-pk").first()


def check_tax(tax_class: str, rate: Decimal) -> None:
    """Raises InvalidInput."""
    if tax_class not in TaxClass.values:
        raise InvalidInput(field="tax_class", why=_("Choose a tax class."))
    if not 0 <= rate < 1:
        raise InvalidInput(field="rate", why=_("A tax rate is 0 % or more, and below 100 %."))
