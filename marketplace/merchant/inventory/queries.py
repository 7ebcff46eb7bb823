"""Reads of stock. What buyers can have is what is free at the places that ship: everybody who says a number reads it here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from marketplace.merchant.bundles.queries import Part, parts_of_products, parts_of_variants
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.models import Reservation, StockLevel, StockLocation
from marketplace.platform.listings.models import ListingVariant, sellable
from tenants.tenancy.link import connection
from tenants.tenancy.models import schema_name_of

SELLS = Q(location__may_ship=True, location__closed_at=None)
# Of a bundle: as often as its parts are there. Whether they may be sold is said by the public copy of whoever asks.
AVAILABLE = """
    WITH part AS (
        SELECT part.variant_id, part.quantity FROM "{0}".merchant_bundles_bundlepart AS part
        JOIN "{0}".merchant_catalogue_variant AS variant ON variant.product_id = part.bundle_id WHERE variant.id = %s
    ),
    free AS (
        SELECT level.variant_id, sum(level.on_hand - level.reserved - level.allocated) AS pieces FROM "{0}".merchant_inventory_stocklevel AS level
        JOIN "{0}".merchant_inventory_stocklocation AS location ON location.id = level.location_id AND location.may_ship AND location.closed_at IS NULL
        WHERE level.variant_id = ANY(ARRAY(SELECT variant_id FROM part UNION ALL SELECT %s))
        GROUP BY level.variant_id
    )
    SELECT CASE WHEN EXISTS (SELECT FROM part)
        THEN (SELECT min(coalesce(free.pieces, 0) / part.quantity) FROM part LEFT JOIN free USING (variant_id))
        ELSE coalesce((SELECT pieces FROM free WHERE variant_id = %s), 0) END
"""


def available_of(merchant_id: UUID, variant_id: UUID) -> int:
    """How many pieces of a variant can be sold now, from all places of the merchant that ship. Says the schema in the statement, so that a
    page of the market need not go there and back."""
    with connection.cursor() as cursor:
        cursor.execute(AVAILABLE.format(schema_name_of(merchant_id)), [variant_id, variant_id, variant_id])
        return int(cursor.fetchone()[0])


def selling_levels() -> QuerySet[StockLevel]:
    """Levels of the open schema that orders are filled from."""
    return StockLevel.objects.filter(SELLS)


def free_of_variants(variant_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Variant id → pieces that can be sold, over all places that ship; 0 where nothing is known. Of a bundle what its parts allow."""
    return _with_bundles(_sums(selling_levels().filter(variant_id__in=variant_ids)), parts_of_variants(variant_ids))


def free_of_products(product_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """The same of every variant of these products."""
    return _with_bundles(_sums(selling_levels().filter(variant__product_id__in=product_ids)), parts_of_products(product_ids))


def stock_of_bundles(product_ids: Collection[UUID]) -> dict[UUID, int]:
    """Product → how many of it can be sold, of those that are bundles."""
    parts = parts_of_products(product_ids)
    free = _with_bundles(defaultdict(int), parts)
    owners = dict(Variant.objects.filter(pk__in=parts, is_active=True).values_list("pk", "product_id")) if parts else {}
    return {product_id: free[key] for key, product_id in owners.items()}


def stock_of(product_id: UUID) -> int:
    """Pieces that can be sold of all variants of a product together."""
    return stocks_of([product_id]).get(product_id, 0)


def stocks_of(product_ids: Collection[UUID]) -> dict[UUID, int]:
    """The same of several products; one that has nothing anywhere may be left out. Of bundles what their parts allow. Two statements."""
    rows = selling_levels().filter(variant__product_id__in=product_ids, variant__is_active=True).order_by()
    free = dict(rows.values_list("variant__product_id").annotate(n=Sum(F("on_hand") - F("reserved") - F("allocated"))))
    return free | stock_of_bundles(product_ids)


def held_places(order_id: UUID) -> list[tuple[StockLocation, Mapping[UUID, int]]]:
    """Where the pieces of a paid order lie that have not left: each place with its pieces by line, the preferred place first."""
    found: dict[UUID, tuple[StockLocation, dict[UUID, int]]] = {}
    rows = Reservation.objects.filter(order_id=order_id, status=Reservation.Status.ALLOCATED).select_related("level__location")
    for row in rows.order_by("level__location__preference", "level__location_id", "line_id"):
        place = found.setdefault(row.level.location_id, (row.level.location, {}))
        if row.left:
            place[1][row.line_id] = place[1].get(row.line_id, 0) + row.left
    return [(location, pieces) for location, pieces in found.values() if pieces]


def _with_bundles(free: dict[UUID, int], bundled: Mapping[UUID, Collection[Part]]) -> dict[UUID, int]:
    """Bundles have no stock of their own: as many can be sold as their parts allow, and none while one of these is not sold itself."""
    if not bundled:
        return free
    keys = {part.variant_id for parts in bundled.values() for part in parts}
    there = _sums(selling_levels().filter(variant_id__in=keys))
    sold = set(ListingVariant.objects.filter(sellable("listing__"), pk__in=keys).values_list("pk", flat=True))
    for key, parts in bundled.items():
        free[key] = min(there[part.variant_id] // part.quantity if part.is_made and part.variant_id in sold else 0 for part in parts)
    return free


def _sums(levels: QuerySet[StockLevel]) -> dict[UUID, int]:
    free: dict[UUID, int] = defaultdict(int)
    for variant_id, on_hand, reserved, allocated in levels.values_list("variant_id", "on_hand", "reserved", "allocated"):
        free[variant_id] += on_hand - reserved - allocated
    return free
