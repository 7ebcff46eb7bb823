"""Products whose category became part of another. Verbs, in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product


@verb
def recategorise_products(*, by: Actor, category_id: int, into_id: int, most: int) -> Sequence[UUID]:
    """The next products of a category become the other's, by key; which they were. Nothing that a reviewer has to look at changes, so versions stay."""
    with transaction.atomic():
        rows = Product.objects.filter(category_id=category_id).order_by("pk").select_for_update()[:most]
        keys = list(rows.values_list("pk", flat=True))
        Product.objects.filter(pk__in=keys).update(category_id=into_id)
    return keys
