"""Everything of a shop in one file, for its owners: its row, from being asked for until the file is deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import F, Q

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import set_deadline
from marketplace.kernel.errors import KeyReused
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from tenants.tenancy.errors import MerchantUnknown, ShopExportGone, ShopExportOver
from tenants.tenancy.events import ShopExportAsked
from tenants.tenancy.models import Market, Merchant, ShopExport
from tenants.tenancy.schemas import merchant_schema

FILE_DAYS = 7  # a file is kept
KEPT_DAYS = 90  # after closing, an owner can have everything packed
EXPIRES = "shop_export.expires"
SILENT_S = 300  # after so long without a sign of life another worker packs it
MOST_ATTEMPTS = 4
GIVEN_UP = "every worker that began it ended before it did"  # the log says it in words of its reader
S = ShopExport.Status


def fetched_until(merchant: Merchant) -> datetime | None:
    """Until when a closed shop's data can be fetched; None for a shop that is not closed."""
    return merchant.closed_at + timedelta(days=KEPT_DAYS) if merchant.closed_at else None


def check_not_over(merchant: Merchant) -> None:
    """Raises ShopExportOver long after closing."""
    until = fetched_until(merchant)
    if until and until <= clock.now():
        raise ShopExportOver(days=KEPT_DAYS, contact=Market.objects.get().contact_email)


@verb
def ask_for_export(*, by: Actor, merchant_id: UUID, export_id: UUID, language: str) -> ShopExport:
    """Have a worker pack everything; while one is being packed, that one. Whoever calls has checked that an owner asks.

    Raises MerchantUnknown, ShopExportOver, KeyReused.
    """
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update().filter(pk=merchant_id).first()
        if merchant is None:
            raise MerchantUnknown
        check_not_over(merchant)
        if same := ShopExport.objects.filter(pk=export_id).first():
            if same.merchant_id != merchant_id:
                raise KeyReused
            return same
        if waiting := ShopExport.objects.filter(merchant=merchant, status=S.WAITING).first():
            return waiting
        row = ShopExport.objects.create(pk=export_id, merchant=merchant, asked_by=by.person, by_label=by.label, language=language)
        audit(by=by, action="shop_export.asked", subject="shop_export", subject_id=row.pk, merchant_id=merchant_id, after={"language": language})
        record(ShopExportAsked(export_id=row.pk, merchant_id=merchant_id))
    return row


@verb
def begin_export(*, by: Actor, export_id: UUID) -> ShopExport | None:
    """Take it in hand. None when it has ended, or while another worker that is alive has it."""
    now = clock.now()
    free = Q(beat_at=None) | Q(beat_at__lt=now - timedelta(seconds=SILENT_S))
    taken = ShopExport.objects.filter(free, pk=export_id, status=S.WAITING).update(beat_at=now, attempts=F("attempts") + 1)
    return ShopExport.objects.select_related("merchant").get(pk=export_id) if taken else None


@verb
def note_export(*, by: Actor, export_id: UUID, done: int, total: int, part: str) -> None:
    """How far it is: a sign of life, too."""
    ShopExport.objects.filter(pk=export_id, status=S.WAITING).update(done=done, total=total, part=part, beat_at=clock.now())


@verb
def finish_export(*, by: Actor, export_id: UUID, key: str, size: int, sha256: str, counts: dict[str, int]) -> None:
    """It can be fetched for FILE_DAYS."""
    with transaction.atomic():
        row = ShopExport.objects.select_for_update().get(pk=export_id)
        if row.status != S.WAITING:
            return
        now = clock.now()
        row.status, row.key, row.size, row.sha256, row.counts, row.part = S.READY, key, size, sha256, counts, ""
        row.done, row.ready_at, row.expires_at = row.total, now, now + timedelta(days=FILE_DAYS)
        row.save()
        set_deadline(kind=EXPIRES, subject_id=row.pk, due_at=row.expires_at, merchant_id=row.merchant_id)
        after = {"size": size, "sha256": sha256}
        audit(by=by, action="shop_export.ready", subject="shop_export", subject_id=row.pk, merchant_id=row.merchant_id, after=after)


@verb
def fail_export(*, by: Actor, export_id: UUID, why: str) -> None:
    """It is not tried again by itself; asked for again, it begins anew."""
    with transaction.atomic():
        row = ShopExport.objects.select_for_update().get(pk=export_id)
        if row.status != S.WAITING:
            return
        row.status = S.FAILED
        row.save(update_fields=["status"])
        audit(by=by, action="shop_export.failed", subject="shop_export", subject_id=row.pk, merchant_id=row.merchant_id, why=why[:300])


@verb
def tidy_exports(*, by: Actor) -> int:
    """What no worker has in hand any more is given to another, or fails after too many. How many were touched."""
    silent = Q(beat_at__lt=clock.now() - timedelta(seconds=SILENT_S))
    touched = 0
    with transaction.atomic():
        for row in ShopExport.objects.select_for_update(skip_locked=True).filter(silent, status=S.WAITING):
            touched += 1
            if row.attempts < MOST_ATTEMPTS:
                record(ShopExportAsked(export_id=row.pk, merchant_id=row.merchant_id))
            else:
                fail_export(by=by, export_id=row.pk, why=GIVEN_UP)
    return touched


@verb
def note_fetched(*, by: Actor, export_id: UUID) -> None:
    """In the log: who took the file."""
    with transaction.atomic():
        row = ShopExport.objects.get(pk=export_id)
        audit(by=by, action="shop_export.fetched", subject="shop_export", subject_id=row.pk, merchant_id=row.merchant_id, after={"size": row.size})


@verb
def expire_export(*, by: Actor, export_id: UUID) -> None:
    """The file goes; that there was one stays known. Safe to repeat."""
    with transaction.atomic():
        row = ShopExport.objects.select_for_update().get(pk=export_id)
        if not row.key:
            return
        key, row.key, row.status = row.key, "", S.EXPIRED
        row.save(update_fields=["key", "status"])
        merchant_id = row.merchant_id
        transaction.on_commit(lambda: delete_file(merchant_id, key))


def delete_file(merchant_id: UUID, key: str) -> None:
    with merchant_schema(merchant_id):
        storages["papers"].delete(key)


def export_of(merchant_id: UUID, export_id: UUID) -> ShopExport:
    """The shop's own export that can be fetched. Raises ShopExportGone."""
    row = ShopExport.objects.filter(pk=export_id, merchant_id=merchant_id, status=S.READY, expires_at__gt=clock.now()).first()
    if row is None:
        raise ShopExportGone
    return row
