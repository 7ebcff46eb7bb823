"""Public copies whose category, brand or value became part of another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing, ListingVariant, ProductChange
from marketplace.platform.taxonomy.merging import replaced_option, replaced_value


@verb
def recategorise_listings(*, by: Actor, merchant_id: UUID, listing_ids: Sequence[UUID], category_id: int, into_id: int) -> int:
    """Of these products' copies, and of what waits for review. Returns how many copies; they are announced."""
    with transaction.atomic():
        rows = Listing.objects.filter(merchant_id=merchant_id, pk__in=listing_ids, category_id=category_id).order_by("pk")
        keys = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
        Listing.objects.filter(pk__in=keys).update(category_id=into_id, changed_at=clock.now())
        _amend(merchant_id, listing_ids, lambda proposed: {"category_id": into_id} if proposed.get("category_id") == category_id else {})
        if keys:
            announce(merchant_id, keys)
    return len(keys)


@verb
def rebrand_listings(*, by: Actor, merchant_id: UUID, listing_ids: Sequence[UUID], key: int, into_key: int) -> None:
    """Of these products' copies, and of what waits for review."""
    with transaction.atomic():
        rows = Listing.objects.filter(merchant_id=merchant_id, pk__in=listing_ids, brand_id=key).order_by("pk")
        keys = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
        Listing.objects.filter(pk__in=keys).update(brand_id=into_key, changed_at=clock.now())
        _amend(merchant_id, listing_ids, lambda proposed: {"brand_id": into_key} if proposed.get("brand_id") == key else {})
        if keys:
            announce(merchant_id, keys)


@verb
def revalue_listings(*, by: Actor, merchant_id: UUID, listing_ids: Sequence[UUID], key: int, into_key: int, attribute_id: int) -> None:
    """Of these products' copies, their variants, and of what waits for review."""
    axis = str(attribute_id)

    def amended(proposed: Mapping[str, Any]) -> dict[str, Any]:
        variants = [{**one, "options": replaced_option(one["options"], axis, key, into_key)} for one in proposed["variants"]]
        return {"attributes": replaced_value(proposed["attributes"], attribute_id, key, into_key), "variants": variants}

    with transaction.atomic():
        rows = list(Listing.objects.filter(merchant_id=merchant_id, pk__in=listing_ids).order_by("pk").select_for_update(of=("self",)))
        for row in rows:
            row.attributes, row.changed_at = replaced_value(row.attributes, attribute_id, key, into_key), clock.now()
        Listing.objects.bulk_update(rows, ["attributes", "changed_at"], batch_size=200)
        variants = list(ListingVariant.objects.filter(listing__in=rows, options__contains={axis: key}).order_by("pk"))
        for variant in variants:
            variant.options = replaced_option(variant.options, axis, key, into_key)
        ListingVariant.objects.bulk_update(variants, ["options"], batch_size=200)
        _amend(merchant_id, listing_ids, amended)
        if rows:
            announce(merchant_id, [row.pk for row in rows])


def _amend(merchant_id: UUID, listing_ids: Sequence[UUID], amended: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """What waits for review says what the product says by now."""
    waiting = ProductChange.objects.filter(merchant_id=merchant_id, product_id__in=listing_ids, status=ProductChange.Status.WAITING)
    for change in waiting.select_for_update(of=("self",)).order_by("pk"):
        if new := amended(change.proposed):
            change.proposed = {**change.proposed, **new}
            change.save(update_fields=["proposed"])
