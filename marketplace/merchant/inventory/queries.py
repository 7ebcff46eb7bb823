"""Reads of stock. What buyers can have is what is free at the places that ship: everybody who says a number reads it here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from marketplace.merchant.inventory.models import Reservation, StockLevel, StockLocation
from tenants.tenancy.link import connection
from tenants.tenancy.models import schema_name_of

SELLS = Q(location__may_ship=True, location__closed_at=None)
AVAILABLE = """
    SELECT coalesce(sum(level.on_hand - level.reserved - level.allocated), 0) FROM "{0}".merchant_inventory_stocklevel AS level
    JOIN "{0}".merchant_inventory_stocklocation AS location ON location.id = level.location_id AND location.may_ship AND location.closed_at IS NULL
    WHERE level.variant_id = %s
"""


def available_of(merchant_id: UUID, variant_id: UUID) -> int:
    """How many pieces of a variant can be sold now, from all places of the merchant that ship. Says the schema in the statement, so that a
    page of the market need not go there and back."""
    with connection.cursor() as cursor:
        cursor.execute(AVAILABLE.format(schema_name_of(merchant_id)), [variant_id])
        return int(cursor.fetchone()[0])


def selling_levels() -> QuerySet[StockLevel]:
    """Levels of the open schema that orders are filled from."""
    return StockLevel.objects.filter(SELLS)


def free_of_variants(variant_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Variant id → pieces that can be sold, over all places that ship; 0 where nothing is known."""
    return _sums(selling_levels().filter(variant_id__in=variant_ids))


def free_of_products(product_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """The same of every variant of these products."""
    return _sums(selling_levels().filter(variant__product_id__in=product_ids))


def stock_of(product_id: UUID) -> int:
    """Pieces that can be sold of all variants of a product together."""
    return stocks_of([product_id]).get(product_id, 0)


def stocks_of(product_ids: Collection[UUID]) -> dict[UUID, int]:
    """The same of several products; one that has nothing anywhere may be left out. One statement."""
    rows = selling_levels().filter(variant__product_id__in=product_ids, variant__is_active=True).order_by()
    return dict(rows.values_list("variant__product_id").annotate(n=Sum(F("on_hand") - F("reserved") - F("allocated"))))


def held_places(order_id: UUID) -> list[tuple[StockLocation, Mapping[UUID, int]]]:
    """Where the pieces of a paid order lie that have not left: each place with its pieces by line, the preferred place first."""
    found: dict[UUID, tuple[StockLocation, dict[UUID, int]]] = {}
    rows = Reservation.objects.filter(order_id=order_id, status=Reservation.Status.ALLOCATED).select_related("level__location")
    for row in rows.order_by("level__location__preference", "level__location_id", "line_id"):
        place = found.setdefault(row.level.location_id, (row.level.location, {}))
        if row.left:
            place[1][row.line_id] = place[1].get(row.line_id, 0) + row.left
    return [(location, pieces) for location, pieces in found.values() if pieces]


def _sums(levels: QuerySet[StockLevel]) -> Mapping[UUID, int]:
    free: dict[UUID, int] = defaultdict(int)
    for variant_id, on_hand, reserved, allocated in levels.values_list("variant_id", "on_hand", "reserved", "allocated"):
        free[variant_id] += on_hand - reserved - allocated
    return free
