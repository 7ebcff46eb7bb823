"""Public copies whose category became part of another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing, ProductChange


@verb
def recategorise_listings(*, by: Actor, merchant_id: UUID, listing_ids: Sequence[UUID], category_id: int, into_id: int) -> int:
    """Of these products' copies, and of what waits for review. Returns how many copies; they are announced."""
    with transaction.atomic():
        rows = Listing.objects.filter(merchant_id=merchant_id, pk__in=listing_ids, category_id=category_id).order_by("pk")
        keys = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
        Listing.objects.filter(pk__in=keys).update(category_id=into_id, changed_at=clock.now())
        waiting = ProductChange.objects.filter(merchant_id=merchant_id, product_id__in=listing_ids, status=ProductChange.Status.WAITING)
        for change in waiting.select_for_update(of=("self",)).order_by("pk"):
            if change.proposed.get("category_id") == category_id:
                change.proposed = {**change.proposed, "category_id": into_id}
                change.save(update_fields=["proposed"])
        if keys:
            announce(merchant_id, keys)
    return len(keys)
