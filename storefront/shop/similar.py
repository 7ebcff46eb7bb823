"""What else to look at: like this one, and from the same shop. Only what can be bought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from marketplace.platform.listings.models import Listing, stamp_of
from tenants.tenancy.stamps import note
from tenants.tenancy.standing import FOUND

SHOWN = 5
NOT_ON_CARDS = ("descriptions", "attributes", "axes")  # large, and no card shows them
NEAR = 2  # a similar thing costs from half to twice as much

# Written out, because each is asked for every product page and the ORM takes longer to write them than the server to answer.
SIMILAR = """SELECT l.id, l.changed_at, l.sold, l.price_minor FROM public.platform_listings_listing l
    JOIN public.tenancy_merchant m ON m.id = l.merchant_id
    WHERE l.category_id = %s AND l.is_on_sale AND l.in_stock AND m.status = ANY(%s) AND l.id <> %s ORDER BY l.sold DESC, l.id LIMIT %s"""
OF_SHOP = """SELECT id, changed_at, sold, price_minor FROM public.platform_listings_listing
    WHERE merchant_id = %s AND is_on_sale AND in_stock ORDER BY sold DESC, id LIMIT %s"""


class Found(NamedTuple):
    """As much of a listing as says what its card looks like to a visitor."""

    pk: UUID
    changed_at: datetime
    sold: int
    price_minor: int


class Rows:
    """Two rows of cards below a product. Which cards is asked at once; the cards themselves when a row is rendered."""

    def __init__(self, listing: Listing) -> None:
        self._similar = _similar_to(listing)
        self._more = _more_of_shop(listing, self._similar)

    @property
    def key(self) -> str:
        """What the rows look like to a visitor follows from this: rendered rows can be kept under it for some minutes."""
        return "-".join(f"{one.pk.hex}.{one.changed_at.timestamp():.6f}.{one.sold}" for one in (*self._similar, *self._more))

    @cached_property
    def _cards(self) -> dict[UUID, Listing]:
        return _cards([*self._similar, *self._more])

    @property
    def similar(self) -> list[Listing]:
        return [self._cards[one.pk] for one in self._similar if one.pk in self._cards]

    @property
    def more(self) -> list[Listing]:
        return [self._cards[one.pk] for one in self._more if one.pk in self._cards]


def similar_to(listing: Listing) -> list[Listing]:
    """Of the same category, those in the price band first, then by how often they are bought. Other shops' goods and this shop's."""
    found = _similar_to(listing)
    cards = _cards(found)
    return [cards[one.pk] for one in found if one.pk in cards]


def _similar_to(listing: Listing) -> list[Found]:
    found = _found(SIMILAR, [listing.category_id, FOUND, listing.pk, 4 * SHOWN])
    low, high = listing.price_minor // NEAR, listing.price_to_minor * NEAR
    return sorted(found, key=lambda other: not low <= other.price_minor <= high)[:SHOWN]


def _more_of_shop(listing: Listing, but: Sequence[Found]) -> list[Found]:
    """The shop's other goods, what is bought most first, without those that are shown already."""
    shown = {listing.pk, *(one.pk for one in but)}
    found = _found(OF_SHOP, [listing.merchant_id, SHOWN + len(shown)])
    return [one for one in found if one.pk not in shown][:SHOWN]


def _found(sql: str, values: list[Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = [Found(*row) for row in cursor.fetchall()]
    for one in found:
        note(stamp_of(one.pk))  # a page that is kept is held against it, as against a listing that was read whole
    return found


def _cards(found: Sequence[Found]) -> dict[UUID, Listing]:
    return Listing.objects.select_related("merchant").defer(*NOT_ON_CARDS).in_bulk([one.pk for one in found])
