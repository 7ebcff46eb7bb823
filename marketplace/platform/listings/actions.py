"""Public copies: verbs. They are called by the flow that changes the product, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.events import ListingsChanged
from marketplace.platform.listings.models import Listing, ListingVariant

COPIED = [field.name for field in Listing._meta.fields if field.name not in ("id", "published_at", "sold")]
COPIED_OF_VARIANT = [field.name for field in ListingVariant._meta.fields if field.name != "id"]
IN_ONE_EVENT = 500


@verb
def put_listings(*, by: Actor, merchant_id: UUID, listings: Iterable[Listing], variants: Iterable[ListingVariant]) -> None:
    """Write copies, new or changed; variants that are gone from a copy are removed."""
    listings, variants = list(listings), list(variants)
    ids = [listing.pk for listing in listings]
    Listing.objects.bulk_create(listings, update_conflicts=True, unique_fields=["id"], update_fields=COPIED, batch_size=500)
    ListingVariant.objects.filter(listing_id__in=ids).exclude(pk__in=[variant.pk for variant in variants]).delete()
    ListingVariant.objects.bulk_create(variants, update_conflicts=True, unique_fields=["id"], update_fields=COPIED_OF_VARIANT, batch_size=1000)
    announce(merchant_id, ids)


@verb
def take_off_sale(*, by: Actor, merchant_id: UUID, listing_id: UUID) -> None:
    Listing.objects.filter(pk=listing_id, merchant_id=merchant_id).update(is_on_sale=False, changed_at=clock.now())
    announce(merchant_id, [listing_id])


@verb
def note_stock(*, by: Actor, merchant_id: UUID, in_stock: Mapping[UUID, bool]) -> None:
    """Copy whether variants can be had. Only what differs is written and announced."""
    changed: set[UUID] = set()
    for variant in ListingVariant.objects.filter(pk__in=in_stock, listing__merchant_id=merchant_id).order_by("pk").select_for_update(of=("self",)):
        if variant.in_stock != in_stock[variant.pk]:
            ListingVariant.objects.filter(pk=variant.pk).update(in_stock=in_stock[variant.pk])
            changed.add(variant.listing_id)
    if changed:
        had = ListingVariant.objects.filter(listing_id=OuterRef("pk"), in_stock=True)
        Listing.objects.filter(pk__in=changed).update(in_stock=Exists(had), changed_at=clock.now())
        announce(merchant_id, sorted(changed))


@verb
def note_sold(*, by: Actor, merchant_id: UUID, sold: Mapping[UUID, int]) -> None:
    """Add pieces sold to what the listings have been sold by so far: what is bought most is shown first."""
    for listing_id, pieces in sorted(sold.items()):
        Listing.objects.filter(pk=listing_id, merchant_id=merchant_id).update(sold=F("sold") + pieces, changed_at=clock.now())
    announce(merchant_id, sorted(sold))


def announce(merchant_id: UUID, listing_ids: list[UUID]) -> None:
    for start in range(0, len(listing_ids), IN_ONE_EVENT):
        record(ListingsChanged(merchant_id=merchant_id, listing_ids=listing_ids[start : start + IN_ONE_EVENT]))
