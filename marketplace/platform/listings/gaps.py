"""When listings were not to be had in the market, for whatever reason: off sale, hidden as sold out, held, taken off, their shop suspended or closed.

Prices of such times were nobody's offer (docs/decisions/prices.md). Noted by whatever changes one of these, in its transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from marketplace.kernel import clock
from marketplace.platform.listings.models import Listing, OffMarket
from tenants.tenancy.standing import FOUND

HAD = Q(is_on_sale=True, merchant__status__in=FOUND)


def note_gaps(listing_ids: Collection[UUID]) -> None:
    """Open or close the gap of each of these listings, as they stand now. Safe to repeat: what is noted already stays."""
    now, rows = clock.now(), Listing.objects.filter(pk__in=listing_ids)
    still = OffMarket.objects.filter(ends_at=None)
    ended = still.filter(listing__in=rows.filter(HAD))
    ended.filter(starts_at__gte=now).delete()  # of one moment, or a clock that went backwards
    ended.update(ends_at=now)
    begun = rows.exclude(HAD).exclude(Exists(still.filter(listing=OuterRef("pk")))).values_list("pk", flat=True)
    OffMarket.objects.bulk_create([OffMarket(listing_id=key, starts_at=now) for key in begun], ignore_conflicts=True, batch_size=1000)
