"""Reads of stock."""

from __future__ import annotations

from uuid import UUID

from tenants.tenancy.link import connection
from tenants.tenancy.models import schema_name_of

AVAILABLE = 'SELECT coalesce(sum(on_hand - reserved - allocated), 0) FROM "{}".merchant_inventory_stocklevel WHERE variant_id = %s'


def available_of(merchant_id: UUID, variant_id: UUID) -> int:
    """How many pieces of a variant can be sold now, at all places of the merchant. Says the schema in the statement, so that a page
    of the market need not go there and back."""
    with connection.cursor() as cursor:
        cursor.execute(AVAILABLE.format(schema_name_of(merchant_id)), [variant_id])
        return int(cursor.fetchone()[0])
