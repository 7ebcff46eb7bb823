"""The life of an import: verbs. All run in the merchant's schema that is open.

What takes long is done by a worker in turns of some seconds. A turn that is asked for stands in the outbox, with the last batch of the turn
before, in one transaction: whoever dies in between, the next worker goes on behind the last batch, and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.imports.access import locked_import
from marketplace.merchant.imports.errors import ImportMoved, TooManyImports
from marketplace.merchant.imports.events import ImportDue
from marketplace.merchant.imports.keeping import check_kept, keep_on
from marketplace.merchant.imports.models import ImportEffect, ImportRow, KnownHeading, ProductImport
from tenants.tenancy.schemas import current_merchant_id

MOST_RUNNING = 3  # of a shop at once
S = ProductImport.Status
RUNNING = (S.CHECKING, S.APPLYING, S.UNDOING)


@verb
def open_import(*, by: Actor, batch: ProductImport) -> ProductImport:
    """Keep a file that was looked at. Its key is the form's: the same form sent twice is one import."""
    with transaction.atomic():
        if same := ProductImport.objects.filter(pk=batch.pk).first():
            return same  # type: ignore[no-any-return]
        batch.user_id, batch.by_label = by.user_id, by.label[:200]
        batch.save(force_insert=True)
        keep_on(batch)
        _audit(by, batch, "import.opened", after={"file": batch.name, "columns": len(batch.heads)})
    return batch


@verb
def check_import(
    *, by: Actor, import_id: UUID, mapping: Sequence[str], goes: str, counts_stock: bool, category_id: int | None, meanings: Mapping[str, str]
) -> ProductImport:
    """Say what the columns mean, and have every row looked at; nothing of the shop is changed. It may be said anew until rows were imported.

    `meanings` (folded heading → field) is remembered for the shop's next file. Raises ImportUnknown, ImportCleared, ImportMoved, InvalidInput, TooManyImports.
    """
    with transaction.atomic():
        row = locked_import(import_id)
        check_kept(row)
        is_untouched = not ImportEffect.objects.filter(batch=row).exists()
        if row.status not in (S.UPLOADED, S.CHECKED, S.STOPPED, S.FAILED) or not is_untouched:
            raise ImportMoved
        if len(mapping) != len(row.heads):
            raise InvalidInput(field="mapping", why=_("Say of every column what it means, or that it means nothing here."))
        if goes not in ProductImport.Goes.values or (goes == ProductImport.Goes.ON_SALE and by.kind == "person"):
            raise InvalidInput(field="goes", why=_("Choose whether new products stay drafts or are submitted."))
        for heading, field in meanings.items():
            KnownHeading.objects.update_or_create(heading=heading, defaults={"field": field, "at": clock.now()})
        row.mapping, row.goes, row.counts_stock, row.category_id = list(mapping), goes, counts_stock, category_id
        ImportRow.objects.filter(batch=row).delete()  # what was read with other columns in mind
        row.read, row.is_read, row.looked_at, row.settled = 0, False, 0, 0
        was = row.status
        _begin(row, S.CHECKING, 0)
        _audit(by, row, "import.checked", was=was, after={"mapping": dict(zip(row.heads, row.mapping, strict=True)), "goes": goes, "stock": counts_stock})
    return row


@verb
def start_import(*, by: Actor, import_id: UUID) -> ProductImport:
    """Take over what is good; what is not stays to be mended. After a stop it goes on where it stopped.

    Raises ImportUnknown, ImportCleared, ImportMoved, TooManyImports.
    """
    with transaction.atomic():
        row = locked_import(import_id)
        check_kept(row)
        if row.status not in (S.CHECKED, S.STOPPED, S.FAILED) or not row.is_read or row.looked_at < row.read or row.settled >= row.read:
            raise ImportMoved
        was = row.status
        _begin(row, S.APPLYING, row.settled)
        _audit(by, row, "import.started", was=was, after={"rows": row.read, "settled": row.settled})
    return row


@verb
def stop_import(*, by: Actor, import_id: UUID) -> ProductImport:
    """What was taken over stays; a batch that is at work finds it stopped and takes itself back. Raises ImportUnknown, ImportMoved."""
    with transaction.atomic():
        row = locked_import(import_id, beside_batches=True)
        if row.status not in (S.CHECKING, S.APPLYING):
            raise ImportMoved
        was, row.status, row.ended_at, row.open_turns = row.status, S.STOPPED, clock.now(), []
        row.save(update_fields=["status", "ended_at", "open_turns"])
        keep_on(row)
        _audit(by, row, "import.stopped", was=was, after={"settled": row.settled})
    return row


@verb
def undo_import(*, by: Actor, import_id: UUID) -> ProductImport:
    """Put back what it has done, product by product; what was changed since is left alone and named.

    Raises ImportUnknown, ImportCleared, ImportMoved, TooManyImports.
    """
    with transaction.atomic():
        row = locked_import(import_id)
        check_kept(row)
        is_open = ImportEffect.objects.filter(batch=row, state=ImportEffect.State.DONE).exists()
        if row.status not in (S.DONE, S.STOPPED, S.FAILED) or not is_open:
            raise ImportMoved
        was = row.status
        _begin(row, S.UNDOING, row.undone + row.kept)
        _audit(by, row, "import.undo_asked", was=was, after={"entered": row.entered, "changed": row.changed})
    return row


def _begin(row: ProductImport, status: str, done: int) -> None:
    if ProductImport.objects.filter(status__in=RUNNING).exclude(pk=row.pk).count() >= MOST_RUNNING:
        raise TooManyImports(most=MOST_RUNNING)
    row.status, row.began_at, row.began_with, row.ended_at, row.why, row.open_turns = status, clock.now(), done, None, "", []
    ask_for_turn(row)
    row.save()


def ask_for_turn(row: ProductImport, *, after: int | None = None, lane: int = 0, lanes: int = 1) -> None:
    """Another turn of a locked import, `after` one that is over; in the caller's transaction, which saves the row."""
    row.turn += 1
    row.open_turns = [*(turn for turn in row.open_turns if turn != after), row.turn]
    record(ImportDue(merchant_id=current_merchant_id(), import_id=row.pk, turn=row.turn, lane=lane, lanes=lanes))


@verb
def end_import(*, by: Actor, row: ProductImport, status: str, why: str = "") -> None:
    """A locked import has come to its end: checked, imported, undone, or failed with the reason."""
    was, row.status, row.ended_at, row.why, row.open_turns = row.status, status, clock.now(), why[:300], []
    row.save()
    keep_on(row)
    after = {name: getattr(row, name) for name in ("read", "settled", "entered", "changed", "undone", "kept")}
    match status:
        case S.CHECKED:
            _audit(by, row, "import.looked_at", was=was, after=after)
        case S.DONE:
            _audit(by, row, "import.done", was=was, after=after)
        case S.UNDONE:
            _audit(by, row, "import.undone", was=was, after=after)
        case _:
            _audit(by, row, "import.failed", was=was, after=after, why=why[:300])


def _audit(by: Actor, row: ProductImport, action: str, *, after: dict[str, Any], was: str = "", why: str = "") -> None:
    before, after = ({"status": was}, {"status": row.status, **after}) if was else (None, after)
    audit(by=by, action=action, subject="import", subject_id=row.pk, merchant_id=current_merchant_id(), before=before, after=after, why=why)
