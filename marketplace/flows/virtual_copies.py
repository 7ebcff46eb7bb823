"""What of products is virtual, beside their public copies: for buyers, and for the operator who reviews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.virtual.queries import virtual_of
from marketplace.platform.listings.models import Listing
from marketplace.platform.virtual.actions import put_listed_virtual
from marketplace.platform.virtual.models import ListedVirtual


@verb
def copy_virtual(*, by: Actor, products: Iterable[Product]) -> None:
    """Write the public copies of the kinds of these products of the open shop. Two queries where none of them is virtual."""
    ids = [product.pk for product in products]
    held = virtual_of(ids)
    listed = set(Listing.objects.filter(pk__in=held).values_list("pk", flat=True)) if held else set()
    rows = [ListedVirtual(listing_id=key, kind=row.kind, valid_days=row.valid_days) for key, row in held.items() if key in listed]
    put_listed_virtual(by=by, listing_ids=ids, rows=rows)


def kinds_proposed(product_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """What of these products is virtual, as proposals hold it for the operator."""
    return {key: {"kind": row.kind, "valid_days": row.valid_days} for key, row in virtual_of(list(product_ids)).items()}
