"""Which import somebody gets: one of the shop whose schema is open."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from marketplace.merchant.imports.errors import ImportUnknown
from marketplace.merchant.imports.models import ProductImport


def import_of(import_id: UUID) -> ProductImport:
    """Raises ImportUnknown."""
    row: ProductImport | None = ProductImport.objects.filter(pk=import_id).first()
    if row is None:
        raise ImportUnknown
    return row


def locked_import(import_id: UUID, *, beside_batches: bool = False) -> ProductImport:
    """To the end of the transaction, once no batch is at work any more; `beside_batches`: at once, and what a batch does meanwhile is its own look-out.

    Raises ImportUnknown.
    """
    row: ProductImport | None = ProductImport.objects.select_for_update(of=("self",), no_key=beside_batches).filter(pk=import_id).first()
    if row is None:
        raise ImportUnknown
    return row


def begin_batch(import_id: UUID, turn: int, status: str) -> bool:
    """Whether a turn may do a batch now. Until its transaction ends nobody else begins anything with the import, but other turns, and who stops it."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(ProductImport._meta.db_table)
        cursor.execute(f"SELECT status = %s AND %s = ANY(open_turns) FROM {table} WHERE id = %s FOR KEY SHARE", [status, turn, import_id])  # noqa: S608
        found = cursor.fetchone()
    return found is not None and bool(found[0])
