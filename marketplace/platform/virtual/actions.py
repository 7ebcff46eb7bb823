"""Codes and vouchers: verbs. Flows call them in the transaction of the order and the stock they go with, after these are locked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.encrypted import prints
from marketplace.kernel.errors import check_reason
from marketplace.kernel.formats import format_time
from marketplace.kernel.verbs import verb
from marketplace.platform.virtual.access import code_of_shop
from marketplace.platform.virtual.errors import CodeSpent, CodesShort, VoucherEnded, VoucherUsed
from marketplace.platform.virtual.models import Code, ListedVirtual, Voucher
from marketplace.platform.virtual.reading import make_voucher

SHOWN = "code.shown"
AT_ONCE = 500


@verb
def put_listed_virtual(*, by: Actor, listing_ids: Collection[UUID], rows: Iterable[ListedVirtual]) -> None:
    """Of these listings, these are virtual, and no others."""
    rows = list(rows)
    gone = ListedVirtual.objects.filter(pk__in=listing_ids).exclude(pk__in=[row.pk for row in rows])
    gone.delete()
    ListedVirtual.objects.bulk_create(rows, update_conflicts=True, unique_fields=["listing"], update_fields=["kind", "valid_days"])


# ── Codes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def known_codes(merchant_id: UUID, texts: Sequence[str]) -> set[str]:
    """Which of these the shop has loaded before, in whatever state they are now."""
    wanted = {mark: text for text in texts for mark in prints(Code, "text", text)}
    marks = list(wanted)
    found: set[str] = set()
    for start in range(0, len(marks), AT_ONCE):
        rows = Code.objects.filter(merchant_id=merchant_id, print__in=marks[start : start + AT_ONCE])
        found |= {wanted[mark] for mark in rows.values_list("print", flat=True)}
    return found


@verb
def write_codes(*, by: Actor, merchant_id: UUID, product_id: UUID, variant_id: UUID, texts: Sequence[str]) -> int:
    """New unused codes of a variant. The caller holds its stock and leaves out what is known. How many."""
    now = clock.now()
    rows = [Code(merchant_id=merchant_id, product_id=product_id, variant_id=variant_id, text=text, loaded_at=now, loaded_by=by.label[:200]) for text in texts]
    Code.objects.bulk_create(rows, batch_size=AT_ONCE)
    after = {"product": str(product_id), "variant": str(variant_id), "codes": len(rows)}
    audit(by=by, action="codes.loaded", subject="product", subject_id=product_id, merchant_id=merchant_id, after=after)
    return len(rows)


@verb
def take_codes(*, by: Actor, merchant_id: UUID, order_id: UUID, number: str, wanted: Mapping[UUID, tuple[UUID, int]]) -> list[Code]:
    """Give unused codes to the lines of an order: line id → (variant id, pieces), the longest loaded first. Each goes to one line, once.

    Rows are locked, looked at under the lock, and compared when they are set. Raises CodesShort, and then none is given.
    """
    given: list[Code] = []
    with transaction.atomic():
        for line_id, (variant_id, pieces) in sorted(wanted.items()):
            free = Code.objects.filter(merchant_id=merchant_id, variant_id=variant_id, status=Code.Status.FREE)
            rows = list(free.order_by("loaded_at", "id").select_for_update(of=("self",))[:pieces])
            mine = Code.objects.filter(pk__in=[row.pk for row in rows], status=Code.Status.FREE)
            facts = {"order_id": order_id, "order_number": number, "line_id": line_id, "handed_out_at": clock.now()}
            if len(rows) < pieces or mine.update(status=Code.Status.HANDED_OUT, **facts) != pieces:
                raise CodesShort(number=number)
            given += rows
        audit(
            by=by,
            action="codes.handed_out",
            subject="order",
            subject_id=number,
            merchant_id=merchant_id,
            after={"codes": [str(row.pk) for row in given]},
        )
    return given


@verb
def drop_code(*, by: Actor, merchant_id: UUID, code_id: UUID, reason: str) -> Code:
    """An unused code is not sold any more. The caller holds its stock and takes a piece of it away. Raises ReasonMissing, CodeUnknown, CodeSpent."""
    check_reason(reason)
    with transaction.atomic():
        row = code_of_shop(merchant_id, code_id)
        if Code.objects.filter(pk=row.pk, status=Code.Status.FREE).update(status=Code.Status.REMOVED, removed_at=clock.now()) != 1:
            raise CodeSpent(status=Code.objects.get(pk=row.pk).get_status_display())
        audit(
            by=by,
            action="code.removed",
            subject="code",
            subject_id=row.pk,
            merchant_id=merchant_id,
            before={"status": row.status},
            after={"status": Code.Status.REMOVED, "variant": str(row.variant_id)},
            why=reason,
        )
    return row


@verb
def show_code(*, by: Actor, merchant_id: UUID, code_id: UUID, why: str) -> str:
    """The whole code, for one look that stands in the log with its reason. Raises ReasonMissing, CodeUnknown."""
    check_reason(why, field="why")
    row = code_of_shop(merchant_id, code_id)
    with transaction.atomic():
        audit(by=by, action=SHOWN, subject="code", subject_id=row.pk, merchant_id=merchant_id, after={"status": row.status}, why=why.strip()[:300])
    return row.text.plain()


def open_for_buyer(rows: Sequence[Code] | Sequence[Voucher]) -> None:
    """Lay `shown`, the plain text, beside each of these rows of the buyer's own order: for the page of that order, and nowhere else."""
    for row in rows:
        row.shown = row.text.plain()  # type: ignore[union-attr]


# ── Vouchers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Wanted:
    """Vouchers for so many pieces of a line."""

    line_id: UUID
    pieces: int
    expires_at: datetime


@verb
def issue_vouchers(*, by: Actor, merchant_id: UUID, order_id: UUID, number: str, wanted: Sequence[Wanted]) -> list[Voucher]:
    """A voucher for each piece. The caller holds the order and asks once."""
    rows = [
        Voucher(merchant_id=merchant_id, order_id=order_id, order_number=number, line_id=line.line_id, text=make_voucher(), expires_at=line.expires_at)
        for line in wanted
        for _piece in range(line.pieces)
    ]
    with transaction.atomic():
        Voucher.objects.bulk_create(rows, batch_size=AT_ONCE)
        after = {"vouchers": [str(row.pk) for row in rows]}
        audit(by=by, action="vouchers.issued", subject="order", subject_id=number, merchant_id=merchant_id, after=after)
    return rows


@verb
def note_redeemed(*, by: Actor, voucher: Voucher) -> Voucher:
    """A voucher was used. The caller holds its order. Raises VoucherUsed, VoucherEnded."""
    with transaction.atomic():
        row = Voucher.objects.select_for_update(of=("self",)).get(pk=voucher.pk)
        check_usable(row)
        row.status, row.ended_at, row.redeemed_by = Voucher.Status.REDEEMED, clock.now(), by.label[:200]
        row.save(update_fields=["status", "ended_at", "redeemed_by"])
        audit(
            by=by,
            action="voucher.redeemed",
            subject="order",
            subject_id=row.order_number,
            merchant_id=row.merchant_id,
            before={"status": Voucher.Status.OPEN},
            after={"status": row.status, "voucher": str(row.pk)},
        )
    return row


def check_usable(row: Voucher) -> None:
    """Raises VoucherUsed, saying when and by whom; VoucherEnded."""
    if row.status == Voucher.Status.REDEEMED and row.ended_at:
        raise VoucherUsed(at=format_time(row.ended_at), who=row.redeemed_by)
    if row.status != Voucher.Status.OPEN and row.ended_at:
        raise VoucherEnded(status=row.get_status_display(), at=format_time(row.ended_at))
    if row.expires_at <= clock.now():  # its deadline has passed and is about to be acted upon
        raise VoucherEnded(status=str(Voucher.Status.EXPIRED.label), at=format_time(row.expires_at))


@verb
def end_vouchers(*, by: Actor, order_id: UUID, pieces: Mapping[UUID, int], status: str) -> None:
    """So many open vouchers of each line (line id → pieces) end as "cancelled" or "expired", those that end first before others.

    The caller holds the order and gives the money back. Where vouchers were not made yet, none is ended.
    """
    for line_id, n in pieces.items():
        rows = list(
            Voucher.objects.filter(order_id=order_id, line_id=line_id, status=Voucher.Status.OPEN)
            .order_by("expires_at", "id")
            .select_for_update(of=("self",))[:n]
        )
        Voucher.objects.filter(pk__in=[row.pk for row in rows]).update(status=status, ended_at=clock.now())
