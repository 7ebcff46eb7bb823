"""What cards say beside a price: a copy of the announced reduction of what a listing costs at least."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.prices.announcing import saved_percent
from marketplace.platform.prices.resolving import Rate, offered, unit_price

NOTHING: dict[str, Any] = {"lowest_minor": None, "lowest_since": None, "reduced_until": None, "saved_percent": 0}


@verb
def note_reductions(*, by: Actor, merchant_id: UUID, listing_ids: Collection[UUID], are_reduced: bool) -> None:
    """Write beside the price of these listings what holds at this moment; only what differs is written and announced. Safe to repeat.

    `are_reduced`: some of them may be; where none is, one statement looks whether something has to go. The public copies of prices are written.
    """
    held = Listing.objects.filter(pk__in=listing_ids, merchant_id=merchant_id)
    if not are_reduced:
        held = held.exclude(lowest_minor=None)
    rows = list(held.order_by("pk").select_for_update(of=("self",)).only("pk", *NOTHING))
    found = _said_of([row.pk for row in rows]) if rows and are_reduced else {}
    changed = []
    for row in rows:
        said = found.get(row.pk, NOTHING)
        if any(getattr(row, name) != value for name, value in said.items()):
            row.lowest_minor, row.lowest_since, row.reduced_until, row.saved_percent = (said[name] for name in NOTHING)
            row.changed_at = clock.now()
            changed.append(row)
    if changed:
        Listing.objects.bulk_update(changed, [*NOTHING, "changed_at"], batch_size=500)
        announce(merchant_id, [row.pk for row in changed])


def _said_of(listing_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """By listing, where a reduction may be called one. Of several variants at the least price the weakest word counts: what is said is
    true of each of them, and nothing is said where one of them is not reduced."""
    variants = list(ListingVariant.objects.filter(listing_id__in=listing_ids))
    held = offered([variant.pk for variant in variants], None)
    prices: dict[UUID, list[tuple[int, Rate | None]]] = defaultdict(list)
    for variant in variants:
        rate = unit_price(held.get(variant.pk, ()))
        prices[variant.listing_id].append((rate.minor if rate else variant.price_minor, rate))
    found = {}
    for key, of_listing in prices.items():
        least = min(minor for minor, _rate in of_listing)
        cheapest = [rate for minor, rate in of_listing if minor == least]
        reduced = [rate for rate in cheapest if rate is not None and rate.is_reduction and rate.lowest_minor is not None and rate.lowest_minor > least]
        if len(reduced) < len(cheapest):
            continue
        weakest = min(reduced, key=lambda rate: rate.lowest_minor or 0)
        ends = [rate.ends_at for rate in reduced if rate.ends_at is not None]
        found[key] = {
            "lowest_minor": weakest.lowest_minor,
            "lowest_since": weakest.lowest_since,
            "reduced_until": min(ends, default=None),
            "saved_percent": saved_percent(least, weakest.lowest_minor or 0),
        }
    return found
