"""When listings were not to be had in the market: off sale, hidden as sold out, held, taken off, or their shop suspended or closed.

Prices of such times were nobody's offer (docs/decisions/prices.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from marketplace.kernel import clock
from marketplace.platform.listings.models import Listing, OffMarket
from tenants.tenancy.models import ShopChange
from tenants.tenancy.standing import FOUND

Gap = tuple[datetime, datetime | None]


def note_gaps(listing_ids: Collection[UUID]) -> None:
    """Open or close the gap of each of these listings, as `is_on_sale` says now: by whoever has written that, who holds their rows. Safe to repeat."""
    now, rows = clock.now(), Listing.objects.filter(pk__in=listing_ids)
    still = OffMarket.objects.filter(ends_at=None)
    ended = still.filter(listing__in=rows.filter(is_on_sale=True))
    ended.filter(starts_at__gte=now).delete()  # of one moment, or a clock that went backwards
    ended.update(ends_at=now)
    begun = rows.filter(~Exists(still.filter(listing=OuterRef("pk"))), is_on_sale=False).values_list("pk", flat=True)
    OffMarket.objects.bulk_create([OffMarket(listing_id=key, starts_at=now) for key in begun], ignore_conflicts=True, batch_size=1000)


def gaps_of(merchant_id: UUID, listing_ids: Collection[UUID]) -> dict[UUID, list[Gap]]:
    """Of listings of one shop, by listing; they may overlap."""
    found: dict[UUID, list[Gap]] = defaultdict(list)
    for key, starts_at, ends_at in OffMarket.objects.filter(listing_id__in=listing_ids).values_list("listing_id", "starts_at", "ends_at"):
        found[key].append((starts_at, ends_at))
    for gap in _gaps_of_shop(merchant_id):
        for key in listing_ids:
            found[key].append(gap)
    return found


def _gaps_of_shop(merchant_id: UUID) -> list[Gap]:
    """When it was not found, by the moves that are kept of it."""
    gaps: list[Gap] = []
    since: datetime | None = None
    for after, at in ShopChange.objects.filter(merchant_id=merchant_id).order_by("at", "pk").values_list("after", "at"):
        if after in FOUND and since is not None:
            gaps.append((since, at))
            since = None
        elif after not in FOUND:
            since = since or at
    return [*gaps, (since, None)] if since is not None else gaps
