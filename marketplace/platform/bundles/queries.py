"""What is in bundles, as buyers read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from marketplace.platform.bundles.models import ListedPart
from marketplace.platform.listings.models import Listing, ListingVariant


@dataclass
class SoldPart:
    """So many pieces of an article for one bundle, with the public copies it is read from."""

    quantity: int
    variant_id: UUID
    product_id: UUID
    listing: Listing | None  # None: it was never on the market
    variant: ListingVariant | None  # None: it is not sold any more
    is_varied: bool = False  # prices of the moment know more than its copy
    options: str = ""  # in words, filled in by pages that show them

    @property
    def is_sold(self) -> bool:
        """Whether it can be bought by itself at this moment, apart from stock."""
        return self.listing is not None and self.variant is not None and self.listing.is_on_sale and not self.listing.has_ended


def sold_parts(bundle_ids: Collection[UUID]) -> Mapping[UUID, Sequence[SoldPart]]:
    """Bundle → its parts in order; only of products that are bundles. None for none, three otherwise."""
    if not bundle_ids:
        return {}
    rows = list(ListedPart.objects.filter(bundle_id__in=bundle_ids).order_by("bundle_id", "position", "pk"))
    found: dict[UUID, list[SoldPart]] = defaultdict(list)
    if not rows:
        return found
    listings = {one.pk: one for one in Listing.objects.filter(pk__in={row.product_id for row in rows}).select_related("category")}
    variants = ListingVariant.objects.in_bulk({row.variant_id for row in rows})
    for row in rows:
        variant = variants.get(row.variant_id)
        found[row.bundle_id].append(SoldPart(row.quantity, row.variant_id, row.product_id, listings.get(row.product_id), variant))
    return found


def is_bundle() -> Exists:
    """For `annotate(is_bundle=is_bundle())` on public copies of variants."""
    return Exists(ListedPart.objects.filter(bundle_id=OuterRef("listing_id")))


def bundles_of_products(product_ids: Collection[UUID]) -> set[UUID]:
    """Bundles that hold something of these products."""
    return set(ListedPart.objects.filter(product_id__in=product_ids).values_list("bundle_id", flat=True))
