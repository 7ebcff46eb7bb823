"""The packed data of a person: its row. What goes into it says flows/my_data.py."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.files.storage import storages
from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import set_deadline
from marketplace.kernel.errors import NotFound
from marketplace.kernel.verbs import verb
from marketplace.platform.members.models import DataExport
from tenants.tenancy.schemas import public_schema

KEPT_FOR = timedelta(days=7)
EXPIRES = "my_data.expires"


@verb
def open_export(*, by: Actor, export_id: UUID) -> tuple[DataExport, bool]:
    """A new export of the person, or the one that is being made. True when it is new."""
    with transaction.atomic():
        known = DataExport.objects.select_for_update().filter(user_id=by.person, status=DataExport.Status.WAITING).first()
        known = known or DataExport.objects.filter(user_id=by.person, pk=export_id).first()
        if known:
            return known, False
        row = DataExport.objects.create(pk=export_id, user_id=by.person)
        audit(by=by, action="my_data.asked", subject="export", subject_id=row.pk)
    return row, True


@verb
def note_export(*, by: Actor, export_id: UUID, done: int, total: int) -> None:
    """How many of its parts are packed."""
    DataExport.objects.filter(pk=export_id, status=DataExport.Status.WAITING).update(done=done, total=total)


@verb
def finish_export(*, by: Actor, export_id: UUID, key: str, size: int) -> None:
    """It can be fetched for seven days. An export that is no longer waited for loses its file at once."""
    with transaction.atomic():
        row = DataExport.objects.select_for_update().filter(pk=export_id, status=DataExport.Status.WAITING).first()
        if row is None:
            transaction.on_commit(lambda: delete_file(key))
            return
        row.status, row.key, row.size = DataExport.Status.READY, key, size
        row.done, row.ready_at, row.expires_at = row.total, clock.now(), clock.now() + KEPT_FOR
        row.save(update_fields=["status", "key", "size", "done", "ready_at", "expires_at"])
        set_deadline(kind=EXPIRES, subject_id=row.pk, due_at=row.expires_at)


@verb
def expire_export(*, by: Actor, export_id: UUID) -> None:
    """The file goes; that there was one stays known. Safe to repeat."""
    with transaction.atomic():
        row = DataExport.objects.select_for_update().filter(pk=export_id).first()
        if row is None or not row.key:
            return
        key, row.key, row.status = row.key, "", DataExport.Status.EXPIRED
        row.save(update_fields=["key", "status"])
        transaction.on_commit(lambda: delete_file(key))


def delete_file(key: str) -> None:
    with public_schema():
        storages["papers"].delete(key)


def export_of(user_id: UUID, export_id: UUID) -> DataExport:
    """The person's own export that can be fetched. Raises NotFound."""
    row = DataExport.objects.filter(pk=export_id, user_id=user_id, status=DataExport.Status.READY, expires_at__gt=clock.now()).first()
    if row is None:
        raise NotFound
    return row
