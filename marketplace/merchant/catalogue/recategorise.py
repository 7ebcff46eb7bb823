"""Products whose category, brand or value became part of another. Verbs, in the merchant's schema that is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.platform.taxonomy.merging import replaced_option, replaced_value


@verb
def recategorise_products(*, by: Actor, category_id: int, into_id: int, most: int) -> Sequence[UUID]:
    """The next products of a category become the other's, by key; which they were. Nothing that a reviewer has to look at changes, so versions stay."""
    with transaction.atomic():
        rows = Product.objects.filter(category_id=category_id).order_by("pk").select_for_update()[:most]
        keys = list(rows.values_list("pk", flat=True))
        Product.objects.filter(pk__in=keys).update(category_id=into_id)
    return keys


@dataclass
class Rewritten:
    """Which products were changed, how many were left as they are, and the last that was looked at; None: there are no more."""

    changed: list[UUID] = field(default_factory=list)
    left: int = 0
    last: UUID | None = None


@verb
def rebrand_products(*, by: Actor, key: int, into_key: int, after: UUID | None, most: int) -> Rewritten:
    """The next products of a brand become the other's."""
    with transaction.atomic():
        keys = _next(Product.objects.filter(brand_id=key), after, most)
        Product.objects.filter(pk__in=keys).update(brand_id=into_key)
    return Rewritten(keys, 0, keys[-1] if len(keys) == most else None)


@verb
def revalue_products(*, by: Actor, key: int, into_key: int, attribute_id: int, after: UUID | None, most: int) -> Rewritten:
    """The next products that say a value say the other. One whose variants would be the same combination twice is left as it is."""
    axis = str(attribute_id)
    chosen = Variant.objects.filter(options__contains={axis: key}).values("product_id")
    with transaction.atomic():
        keys = _next(Product.objects.filter(Q(attributes__contains=[[attribute_id, [key]]]) | Q(pk__in=chosen)), after, most)
        found = Rewritten(last=keys[-1] if len(keys) == most else None)
        variants: dict[UUID, list[Variant]] = defaultdict(list)
        for variant in Variant.objects.filter(product_id__in=keys).order_by("pk").select_for_update():
            variants[variant.product_id].append(variant)
        products, altered = [], []
        for row in Product.objects.filter(pk__in=keys):
            mine = variants[row.pk]
            options = [replaced_option(variant.options, axis, key, into_key) for variant in mine]
            combinations = [tuple(sorted(one.items())) for one, variant in zip(options, mine, strict=True) if variant.is_active]
            if len(set(combinations)) < len(combinations):
                found.left += 1
                continue
            for variant, one in zip(mine, options, strict=True):
                if one != variant.options:
                    variant.options = one
                    altered.append(variant)
            row.attributes = replaced_value(row.attributes, attribute_id, key, into_key)
            products.append(row)
        Product.objects.bulk_update(products, ["attributes"], batch_size=200)
        Variant.objects.bulk_update(altered, ["options"], batch_size=200)
        found.changed = [row.pk for row in products]
    return found


def _next(rows: QuerySet[Product], after: UUID | None, most: int) -> list[UUID]:
    """Keys of the next products, locked in their order."""
    rows = rows.filter(pk__gt=after) if after else rows
    return list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)[:most])
