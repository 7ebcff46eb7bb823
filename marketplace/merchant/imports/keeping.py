"""How long an import keeps what it is made of: its file, its rows, and how the products were before it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.files.storage import storages
from django.db import transaction

from marketplace.kernel import clock, deadlines
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.verbs import verb
from marketplace.merchant.imports.access import locked_import
from marketplace.merchant.imports.errors import ImportCleared
from marketplace.merchant.imports.models import ImportEffect, ImportPicture, ImportRow, ProductImport
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

KEPT_DAYS = 30  # since something was done with it last
CLEARED = "import.cleared"


def keep_on(row: ProductImport) -> None:
    """Something was done with it: it is kept for KEPT_DAYS from now."""
    deadlines.set_deadline(kind=CLEARED, subject_id=row.pk, due_at=clock.now() + timedelta(days=KEPT_DAYS), merchant_id=current_merchant_id())


def kept_until(row: ProductImport) -> datetime | None:
    """Until when its file and rows are there, and it can be undone; None where they are gone."""
    return None if row.cleared_at else deadlines.due_at(kind=CLEARED, subject_id=row.pk)


def check_kept(row: ProductImport) -> None:
    """Raises ImportCleared."""
    if row.cleared_at:
        raise ImportCleared(days=KEPT_DAYS)


@verb
def clear_import(*, by: Actor, row: ProductImport) -> None:
    """A locked import keeps what it says of itself; its file, its rows and what undoing needs go. One that runs is left alone."""
    if row.cleared_at or row.is_running:
        return
    names = [name for name in (row.file, row.pictures) if name]
    rows, _by_model = ImportRow.objects.filter(batch=row).delete()
    ImportEffect.objects.filter(batch=row).delete()
    ImportPicture.objects.filter(batch=row).delete()
    row.file, row.pictures, row.cleared_at = "", "", clock.now()
    row.save(update_fields=["file", "pictures", "cleared_at"])
    after = {"cleared_at": row.cleared_at, "rows": rows}
    audit(by=by, action="import.cleared", subject="import", subject_id=row.pk, merchant_id=current_merchant_id(), before={"cleared_at": None}, after=after)
    transaction.on_commit(partial(_delete, current_merchant_id(), names))


def _delete(merchant_id: UUID, names: list[str]) -> None:
    with merchant_schema(merchant_id):  # a commit may come after the schema was left
        for name in names:
            storages["papers"].delete(name)


def clear_when_due(event: DeadlineReached) -> None:
    """The outcome of its deadline. While it runs, the end of the run sets another."""
    assert event.merchant_id is not None
    with merchant_schema(event.merchant_id), transaction.atomic():
        clear_import(by=SYSTEM, row=locked_import(event.subject_id))
