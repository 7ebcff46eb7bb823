"""Two variants of a product that are the same thing become one. Verbs, in the merchant's schema that is open."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import locked_product
from marketplace.merchant.catalogue.models import Product, Variant


@verb
def fold_variant(*, by: Actor, variant: Variant, into: Variant) -> Product:
    """The first is sold no more and leads to the second, which takes its barcode and weight where it has none of its own.

    Its row stays, because orders and prices name it. The caller has locked both and keeps the log. What buyers read has changed only if it was sold.
    """
    with transaction.atomic():
        row = locked_product(into.product_id)
        was_sold = variant.is_active
        code, weight = into.barcode or variant.barcode, into.weight_g or variant.weight_g
        Variant.objects.filter(pk=variant.pk).update(is_active=False, merged_into=into)
        Variant.objects.filter(merged_into=variant).update(merged_into=into)
        Variant.objects.filter(pk=into.pk).update(barcode=code, weight_g=weight)
        row.version, row.changed_at = row.version + 1, clock.now()
        if was_sold:
            row.review = Product.Review.NONE
        row.save(update_fields=["version", "changed_at", "review"])
    return row


def two_variants(product_id: UUID, variant_id: UUID, into_id: UUID) -> tuple[Variant | None, Variant | None]:
    """Both as this product has them, locked in the order of their keys; None for one that it has not."""
    rows = Variant.objects.filter(product_id=product_id, pk__in=[variant_id, into_id]).order_by("pk").select_for_update(of=("self",))
    found = {row.pk: row for row in rows}
    return found.get(variant_id), found.get(into_id)
