"""Which import somebody gets: one of the shop whose schema is open."""

from __future__ import annotations

from uuid import UUID

from marketplace.merchant.imports.errors import ImportUnknown
from marketplace.merchant.imports.models import ProductImport


def import_of(import_id: UUID) -> ProductImport:
    """Raises ImportUnknown."""
    row: ProductImport | None = ProductImport.objects.filter(pk=import_id).first()
    if row is None:
        raise ImportUnknown
    return row


def locked_import(import_id: UUID) -> ProductImport:
    """Raises ImportUnknown."""
    row: ProductImport | None = ProductImport.objects.select_for_update(of=("self",)).filter(pk=import_id).first()
    if row is None:
        raise ImportUnknown
    return row
