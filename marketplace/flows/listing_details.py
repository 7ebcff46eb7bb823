"""What the page of a product says besides its listing, as it follows from the product; and size tables as buyers read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from marketplace.merchant.catalogue.models import Product, SizeTable
from marketplace.platform.details.models import ListingDetail
from tenants.tenancy.schemas import current_merchant_id


def details_of(products: Iterable[Product]) -> list[ListingDetail]:
    """Copies of these products of the open merchant. Nothing is written."""
    products = list(products)
    tables = tables_of(products)
    merchant_id = current_merchant_id()
    return [ListingDetail(pk=row.pk, merchant_id=merchant_id, subtitles=row.subtitles, size_table=tables[row.pk]) for row in products]


def tables_of(products: Iterable[Product]) -> Mapping[UUID, dict[str, Any] | None]:
    """Product → its size table: the one it names, else that of its category, else None. A shop has few of them: one question."""
    known = {table.pk: table for table in SizeTable.objects.all()}
    by_category = {key: table for table in known.values() for key in table.category_ids}
    found = {}
    for row in products:
        table = (known.get(row.size_table_id) if row.size_table_id else None) or by_category.get(row.category_id)
        found[row.pk] = as_read(table) if table else None
    return found


def as_read(table: SizeTable) -> dict[str, Any]:
    """What buyers read of it; its name is the shop's own."""
    return {"columns": table.columns, "rows": table.rows, "notes": table.notes}
