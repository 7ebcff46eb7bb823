"""What is in bundles, beside the public copies of products: for buyers, and for the operator who reviews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from marketplace.flows.events import BundlesStopped
from marketplace.kernel.actors import Actor
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.bundles.errors import BundleHasOptions
from marketplace.merchant.bundles.models import BundlePart
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.bundles.actions import put_listed_parts
from marketplace.platform.bundles.models import ListedPart
from tenants.tenancy.schemas import merchant_schema


@verb
def copy_parts(*, by: Actor, products: Iterable[Product]) -> None:
    """Write the public copies of the parts of bundles of the open shop, beside their listings. One query where none of them is one."""
    rows = list(BundlePart.objects.filter(bundle_id__in=[product.pk for product in products]).select_related("variant"))
    if not rows:
        return
    parts = [
        ListedPart(bundle_id=row.bundle_id, product_id=row.variant.product_id, variant_id=row.variant_id, quantity=row.quantity, position=row.position)
        for row in rows
    ]
    put_listed_parts(by=by, bundle_ids={row.bundle_id for row in rows}, parts=parts)


def tell_stopped(merchant_id: UUID, variant_ids: Sequence[UUID]) -> None:
    """Record which bundles on sale these variants, that can no longer be had, are."""
    if not variant_ids:
        return
    with merchant_schema(merchant_id):
        on_sale = Product.objects.filter(variants__in=variant_ids, status=Product.Status.ON_SALE, parts__isnull=False)
        stopped = sorted(set(on_sale.values_list("pk", flat=True)))
    if stopped:
        record(BundlesStopped(merchant_id=merchant_id, product_ids=stopped))


def check_one_variant(row: Product, variants: int) -> None:
    """Raises BundleHasOptions for a bundle of several variants."""
    if variants > 1 and row.parts.exists():  # type: ignore[attr-defined]
        raise BundleHasOptions


def parts_proposed(product_ids: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What is in each of these products that is a bundle, as proposals hold it for the operator."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    rows = BundlePart.objects.filter(bundle_id__in=list(product_ids)).order_by("bundle_id", "position", "pk").select_related("variant__product")
    for row in rows:
        found.setdefault(row.bundle_id, []).append({"sku": row.variant.sku, "titles": row.variant.product.titles, "quantity": row.quantity})
    return found
