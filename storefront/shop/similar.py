"""What else to look at: like this one, and from the same shop. Only what can be bought."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.platform.listings.models import Listing
from tenants.tenancy.models import Merchant

SHOWN = 5
NOT_ON_CARDS = ("descriptions", "attributes", "axes")  # large, and no card shows them
NEAR = 2  # a similar thing costs from half to twice as much


def similar_to(listing: Listing) -> list[Listing]:
    """Of the same category, those in the price band first, then by how often they are bought. Other shops' goods and this shop's."""
    rows = Listing.objects.filter(category_id=listing.category_id, is_on_sale=True, in_stock=True, merchant__status=Merchant.Status.OPEN)
    found = list(rows.exclude(pk=listing.pk).select_related("merchant").defer(*NOT_ON_CARDS).order_by("-sold", "pk")[: 4 * SHOWN])
    low, high = listing.price_minor // NEAR, listing.price_to_minor * NEAR
    return sorted(found, key=lambda other: not low <= other.price_minor <= high)[:SHOWN]


def more_of_shop(listing: Listing, but: list[Listing]) -> list[Listing]:
    """The shop's other goods, what is bought most first, without those that are shown already."""
    rows = Listing.objects.filter(merchant_id=listing.merchant_id, is_on_sale=True, in_stock=True)
    found = list(rows.exclude(pk__in=[listing.pk, *(other.pk for other in but)]).defer(*NOT_ON_CARDS).order_by("-sold", "pk")[:SHOWN])
    for other in found:
        other.merchant = listing.merchant
    return found


def row_key(listings: Sequence[Listing]) -> str:
    """What a row of cards looks like to a visitor follows from this: a rendered row can be kept under it for some minutes."""
    return "-".join(f"{listing.pk.hex}.{listing.changed_at.timestamp():.6f}.{listing.sold}" for listing in listings)
