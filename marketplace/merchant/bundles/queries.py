"""Reads of bundles, in the merchant's schema that is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from marketplace.merchant.bundles.models import BundlePart, OrderedPart

L = TypeVar("L")


@dataclass(frozen=True)
class Part:
    """So many pieces of a variant for one bundle."""

    variant_id: UUID
    quantity: int
    is_made: bool = True  # its product still has the variant


def bundles_among(product_ids: Collection[UUID]) -> set[UUID]:
    """Which of these products are bundles."""
    return set(BundlePart.objects.filter(bundle_id__in=product_ids).values_list("bundle_id", flat=True))


def parts_of_variants(variant_ids: Collection[UUID]) -> dict[UUID, list[Part]]:
    """Variant of a bundle → what is in it. Other variants are left out."""
    return _by_variant(bundle__variants__in=variant_ids)


def parts_of_products(product_ids: Collection[UUID]) -> dict[UUID, list[Part]]:
    """The same of every variant of these products."""
    return _by_variant(bundle_id__in=product_ids)


def _by_variant(**which: Any) -> dict[UUID, list[Part]]:
    found: dict[UUID, list[Part]] = defaultdict(list)
    rows = BundlePart.objects.filter(**which).order_by("position", "pk")
    for key, variant_id, quantity, is_made in rows.values_list("bundle__variants", "variant_id", "quantity", "variant__is_active"):
        if key is not None:
            found[key].append(Part(variant_id, quantity, is_made))
    return dict(found)


def bundles_with(variant_ids: Collection[UUID]) -> list[tuple[UUID, UUID, int]]:
    """(variant of a bundle, variant that is in it, how many pieces) of every bundle that holds one of these variants."""
    rows = BundlePart.objects.filter(variant_id__in=variant_ids, bundle__variants__is_active=True)
    return list(rows.order_by("pk").values_list("bundle__variants", "variant_id", "quantity"))


def bundles_of(variant_ids: Collection[UUID]) -> set[UUID]:
    """Variants of the bundles that hold one of these variants."""
    return {bundle for bundle, _part, _n in bundles_with(variant_ids)}


def bought_in(order_ids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Line id → the bundle it was bought in, as public copies of orders hold it. Lines that were bought singly are left out."""
    rows = OrderedPart.objects.filter(bundle__order_id__in=list(order_ids)).select_related("bundle")
    return {row.line_id: as_copied(row.bundle) for row in rows}


def as_copied(bundle: Any) -> dict[str, Any]:
    """An ordered bundle, as public copies of orders hold it beside each of its lines."""
    return {
        "id": str(bundle.pk),
        "product_id": str(bundle.product_id),
        "variant_id": str(bundle.variant_id),
        "sku": bundle.sku,
        "titles": bundle.titles,
        "picture": bundle.picture,
        "quantity": bundle.quantity,
        "unit_minor": bundle.unit_minor,
        "total_minor": bundle.total.minor,
    }


def with_bundles(lines: list[L]) -> list[L]:
    """These lines of orders, each with `bundle`: the OrderedBundle it was bought in, or None; the first of each has `begins_bundle`."""
    rows = OrderedPart.objects.filter(line_id__in=[line.pk for line in lines]).select_related("bundle")  # type: ignore[attr-defined]
    held = {row.line_id: row.bundle for row in rows}
    last = None
    for line in lines:
        bundle = held.get(line.pk)  # type: ignore[attr-defined]
        line.bundle = bundle  # type: ignore[attr-defined]
        line.begins_bundle = bundle is not None and bundle.pk != last  # type: ignore[attr-defined]
        last = bundle.pk if bundle else None
    return lines
