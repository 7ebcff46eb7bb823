"""Safety stock, and what is ordered from suppliers: proposed, on the way, received."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import IllegalMove, InvalidInput, check_reason
from marketplace.kernel.numbers import free_number
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.actions import MOST, count_stock
from marketplace.merchant.inventory.auditing import stock_audit
from marketplace.merchant.inventory.booking import Books, lock_places
from marketplace.merchant.inventory.errors import LevelUnknown, RestockUnknown
from marketplace.merchant.inventory.models import Restock, RestockLine, StockLevel, StockMovement, StockTransfer, TransferLine
from marketplace.merchant.inventory.moves import MOST_LINES, open_location_of
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id

K, S = StockMovement.Kind, Restock.Status
OPEN = (S.ORDERED, S.PART)
SALES_DAYS = 30  # what is proposed covers as many days as were looked at
SOLD = """
    SELECT movement.level_id, -sum(movement.quantity) FROM merchant_inventory_stockmovement AS movement
    WHERE movement.level_id = ANY(%s) AND movement.at >= %s AND movement.kind = ANY(%s) GROUP BY movement.level_id
"""


@dataclass(frozen=True)
class Need:
    """What of one level should be ordered, and why. `sold`: shipped less returned in the last 30 days."""

    sold: int
    coming: int  # ordered, or on its way from another place
    cover_days: int | None  # how long what is free lasts at that speed; None: nothing was sold
    proposed: int


@verb
def set_safety(*, by: Actor, level_id: UUID, safety: int | None) -> StockLevel:
    """How many pieces of a variant should not be gone below at a place; None: as is usual there. Raises LevelUnknown, InvalidInput."""
    if safety is not None and not 0 <= safety <= 1_000_000:
        raise InvalidInput(field="safety", why=_("Write a number from 0 to 1,000,000."))
    with transaction.atomic():
        level = StockLevel.objects.select_for_update(of=("self",)).filter(pk=level_id).first()
        if level is None:
            raise LevelUnknown
        before = level.safety
        if before != safety:
            StockLevel.objects.filter(pk=level.pk).update(safety=safety)
            level.safety = safety
            audit(
                by=by,
                action="stock.safety_set",
                subject="variant",
                subject_id=level.variant_id,
                merchant_id=current_merchant_id(),
                before={"safety": before},
                after={"safety": safety, "location": str(level.location_id)},
            )
    return level


@verb
def set_levels(*, by: Actor, counted: Mapping[UUID, int], safety: Mapping[UUID, int | None], note: str = "") -> None:
    """Counts and safety stock of several levels, by level id, all or nothing. Raises LevelUnknown, InvalidInput, StockHeld."""
    with transaction.atomic():
        wanted = {*counted, *safety}
        levels = {level.pk: level for level in StockLevel.objects.filter(pk__in=wanted).order_by("pk").select_for_update()}
        if len(levels) < len(wanted):
            raise LevelUnknown
        per_place: dict[UUID, dict[UUID, int]] = defaultdict(dict)
        for level_id, number in counted.items():
            per_place[levels[level_id].location_id][levels[level_id].variant_id] = number
        for location_id in sorted(per_place):
            count_stock(by=by, counted=per_place[location_id], location_id=location_id, note=note.strip())
        for level_id in sorted(safety):
            set_safety(by=by, level_id=level_id, safety=safety[level_id])


def needs_of(levels: Collection[StockLevel]) -> dict[UUID, Need]:
    """Level id → what it needs, in three queries. The levels come with their locations."""
    ids = [level.pk for level in levels]
    with connection.cursor() as cursor:
        cursor.execute(SOLD, [ids, clock.now() - timedelta(days=SALES_DAYS), [str(K.SHIPPED), str(K.RETURNED)]])
        sold = {level_id: max(int(number), 0) for level_id, number in cursor.fetchall()}
    coming = coming_to([level.variant_id for level in levels])
    found = {}
    for level in levels:
        rate, ahead = sold.get(level.pk, 0), coming[level.variant_id, level.location_id]
        cover = level.available * SALES_DAYS // rate if rate else None
        found[level.pk] = Need(rate, ahead, cover, max(level.wanted + rate - level.available - ahead, 0))
    return found


def coming_to(variant_ids: Collection[UUID]) -> Mapping[tuple[UUID, UUID], int]:
    """(variant, location) → pieces that are on their way there: ordered and not received, or sent from another place."""
    found: dict[tuple[UUID, UUID], int] = defaultdict(int)
    ordered = RestockLine.objects.filter(variant_id__in=variant_ids, restock__status__in=OPEN, quantity__gt=F("received"))
    for variant_id, location_id, n in ordered.values_list("variant_id", "restock__location_id").annotate(n=Sum(F("quantity") - F("received"))):
        found[variant_id, location_id] += n
    sent = TransferLine.objects.filter(variant_id__in=variant_ids, transfer__status=StockTransfer.Status.SENT)
    for variant_id, location_id, n in sent.values_list("variant_id", "transfer__target_id").annotate(n=Sum("quantity")):
        found[variant_id, location_id] += n
    return found


def restock_here(number: str) -> Restock:
    """Raises RestockUnknown."""
    row: Restock | None = Restock.objects.select_related("location").filter(number=number).first()
    if row is None:
        raise RestockUnknown
    return row


@verb
def order_restock(
    *,
    by: Actor,
    restock_id: UUID,
    location_id: UUID,
    pieces: Mapping[UUID, int],
    supplier: str = "",
    expected_on: date | None = None,
    note: str = "",
) -> Restock:
    """Note that goods were ordered, variant id → pieces: they are on the way. The same `restock_id` notes it once. Raises InvalidInput."""
    wanted = {key: number for key, number in pieces.items() if number}
    if not wanted or len(wanted) > MOST_LINES or any(not 0 < number <= MOST for number in wanted.values()):
        raise InvalidInput(field="lines", why=_("Write how many pieces of at least one variant, and of at most {most}.").format(most=MOST_LINES))
    with transaction.atomic():
        lock_places([location_id])  # of two equal requests the second sees what the first made
        location = open_location_of(location_id, "location")
        if same := Restock.objects.filter(pk=restock_id).first():
            return same
        skus = dict(Variant.objects.filter(pk__in=wanted).values_list("pk", "sku"))
        if len(skus) < len(wanted):
            raise InvalidInput(field="lines", why=_("One of these variants does not exist. Load the sheet anew."))
        number = free_number(Restock.objects, clock.now(), Market.objects.get().tz)
        row: Restock = Restock.objects.create(
            pk=restock_id,
            number=number,
            location=location,
            supplier=supplier.strip()[:120],
            expected_on=expected_on,
            note=note.strip()[:200],
            by_label=by.label[:200],
        )
        RestockLine.objects.bulk_create([RestockLine(restock=row, variant_id=key, quantity=n) for key, n in wanted.items()])
        stock_audit(by, row, "restock.ordered", None, {"location": str(location_id), "pieces": {skus[key]: n for key, n in wanted.items()}}, note)
    return row


@verb
def receive_restock(*, by: Actor, receipt_id: UUID, number: str, pieces: Mapping[UUID, int]) -> Restock:
    """Goods came, variant id → pieces, more than were ordered if it is so. The same `receipt_id` receives once.

    Raises RestockUnknown, IllegalMove (nothing is awaited any more), InvalidInput, LocationClosed.
    """
    with transaction.atomic():
        row = Restock.objects.select_for_update(of=("self",)).select_related("location").filter(number=number).first()
        if row is None:
            raise RestockUnknown
        lines = list(row.lines.order_by("variant_id"))
        came = {line.variant_id: pieces.get(line.variant_id, 0) for line in lines}
        first = next((key for key, n in came.items() if n), None)
        if first is None or any(not 0 <= n <= MOST for n in came.values()):
            raise InvalidInput(field="lines", why=_("Write how many pieces came of at least one variant."))
        if StockMovement.objects.filter(pk=receipt_id).exists():
            return row
        if row.status not in OPEN:
            raise IllegalMove
        books = Books.at(by, row.location, [key for key, n in came.items() if n])
        for level in books.levels:
            if level.on_hand + came[level.variant_id] > MOST:
                raise InvalidInput(field="lines", why=_("Stock is a whole number from 0 to 10,000,000."))
            books.move(level, came[level.variant_id], K.RECEIVED, ref=number, key=receipt_id if level.variant_id == first else None)
        books.close()
        before = {str(line.variant_id): line.received for line in lines if came[line.variant_id]}
        for line in lines:
            line.received += came[line.variant_id]
        RestockLine.objects.bulk_update(lines, ["received"])
        is_whole = all(line.received >= line.quantity for line in lines)
        row.status, row.ended_at = (S.RECEIVED, clock.now()) if is_whole else (S.PART, None)
        row.save(update_fields=["status", "ended_at"])
        stock_audit(by, row, "restock.received", before, {str(line.variant_id): line.received for line in lines if came[line.variant_id]})
    return row


@verb
def end_restock(*, by: Actor, number: str, why: str) -> Restock:
    """What has not come will not come. Safe to repeat. Raises RestockUnknown, IllegalMove (all of it came), ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        row = Restock.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise RestockUnknown
        if row.status == S.ENDED:
            return row
        if row.status not in OPEN:
            raise IllegalMove
        before, row.status, row.ended_at = row.status, S.ENDED, clock.now()
        row.save(update_fields=["status", "ended_at"])
        stock_audit(by, row, "restock.ended", {"status": str(before)}, {"status": str(S.ENDED)}, why)
    return row
