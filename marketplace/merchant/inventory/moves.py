"""Stock that changes without an order: corrected with a cause, received, moved to another place."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import IllegalMove, InvalidInput
from marketplace.kernel.numbers import free_number
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.actions import MOST
from marketplace.merchant.inventory.booking import Books, lock_places
from marketplace.merchant.inventory.errors import NotEnoughThere, TransferUnknown
from marketplace.merchant.inventory.models import StockLocation, StockMovement, StockTransfer, TransferLine
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id

K, S = StockMovement.Kind, StockTransfer.Status
# Causes that a person may give, and whether pieces come (1), go (-1), or either (0).
CAUSES: Mapping[str, int] = {K.RECEIVED: 1, K.FOUND: 1, K.DAMAGED: -1, K.LOST: -1, K.ADJUSTED: 0}
MOST_LINES = 500


def open_location_of(location_id: UUID, field: str) -> StockLocation:
    """Raises InvalidInput for one that is not there, or closed."""
    found: StockLocation | None = StockLocation.objects.filter(pk=location_id, closed_at=None).first()
    if found is None:
        raise InvalidInput(field=field, why=_("Choose a location."))
    return found


@verb
def adjust_stock(*, by: Actor, movement_id: UUID, variant_id: UUID, location_id: UUID, cause: str, quantity: int, note: str = "") -> None:
    """So many pieces more or fewer, for a cause. The same `movement_id` moves once. Goods held for orders stay.

    `quantity` is counted in the direction of its cause: 3 damaged are 3 fewer; a correction goes either way.
    Raises InvalidInput, NotEnoughThere.
    """
    if cause not in CAUSES:
        raise InvalidInput(field="cause", why=_("Choose a cause."))
    if not quantity or abs(quantity) > MOST or (CAUSES[cause] and quantity < 0):
        raise InvalidInput(field="quantity", why=_("Write how many pieces, such as 3; a correction may also be less than 0."))
    change = quantity * (CAUSES[cause] or 1)
    with transaction.atomic():
        location = open_location_of(location_id, "location")
        variant = Variant.objects.filter(pk=variant_id).first()
        if variant is None:
            raise InvalidInput(field="variant", why=_("Choose a variant."))
        books = Books.at(by, location, [variant_id])
        (level,) = books.levels
        if StockMovement.objects.filter(pk=movement_id).exists():
            return
        if level.available + change < 0:
            raise NotEnoughThere(sku=variant.sku, left=level.available, place=location.name)
        if level.on_hand + change > MOST:
            raise InvalidInput(field="quantity", why=_("Stock is a whole number from 0 to 10,000,000."))
        before = level.on_hand
        books.move(level, change, cause, note=note.strip(), key=movement_id)
        books.close()
        audit(
            by=by,
            action="stock.adjusted",
            subject="variant",
            subject_id=variant_id,
            merchant_id=current_merchant_id(),
            before={"on_hand": before},
            after={"on_hand": level.on_hand, "cause": str(cause), "location": str(location_id)},
            why=note.strip(),
        )


@verb
def send_transfer(*, by: Actor, transfer_id: UUID, source_id: UUID, target_id: UUID, pieces: Mapping[UUID, int], note: str = "") -> StockTransfer:
    """Goods leave one place for another: variant id → pieces, of what is free there. The same `transfer_id` sends once.

    Raises InvalidInput, NotEnoughThere.
    """
    wanted = {key: number for key, number in pieces.items() if number}
    if not wanted or len(wanted) > MOST_LINES or any(not 0 < number <= MOST for number in wanted.values()):
        raise InvalidInput(field="lines", why=_("Write how many pieces of at least one variant, and of at most {most}.").format(most=MOST_LINES))
    if source_id == target_id:
        raise InvalidInput(field="target", why=_("Choose another location to send to."))
    with transaction.atomic():
        lock_places([source_id, target_id])
        source, target = open_location_of(source_id, "source"), open_location_of(target_id, "target")
        books = Books.at(by, source, wanted.keys())
        if same := StockTransfer.objects.filter(pk=transfer_id).first():
            return same
        skus = dict(Variant.objects.filter(pk__in=wanted).values_list("pk", "sku"))
        number = free_number(StockTransfer.objects, clock.now(), Market.objects.get().tz)
        row: StockTransfer = StockTransfer.objects.create(
            pk=transfer_id, number=number, source=source, target=target, note=note.strip()[:200], by_label=by.label[:200]
        )
        for level in books.levels:
            quantity = wanted[level.variant_id]
            if level.available < quantity:
                raise NotEnoughThere(sku=skus[level.variant_id], left=level.available, place=source.name)
            books.move(level, -quantity, K.MOVED_OUT, ref=number, note=note)
        TransferLine.objects.bulk_create([TransferLine(transfer=row, variant_id=key, quantity=number) for key, number in wanted.items()])
        books.close()
        audit(
            by=by,
            action="stock_transfer.sent",
            subject="stock_transfer",
            subject_id=number,
            merchant_id=current_merchant_id(),
            after={"source": str(source_id), "target": str(target_id), "pieces": {skus[key]: n for key, n in wanted.items()}},
            why=note.strip(),
        )
    return row


@verb
def end_transfer(*, by: Actor, number: str, arrived: Mapping[UUID, int] | None = None, back: bool = False) -> StockTransfer:
    """Goods arrived (variant id → pieces; None: all), or go `back` to where they came from. What did not arrive is lost, and the ledger says so.

    Safe to repeat. Raises TransferUnknown, IllegalMove (it ended otherwise), InvalidInput.
    """
    with transaction.atomic():
        row = StockTransfer.objects.select_for_update(of=("self",)).select_related("source", "target").filter(number=number).first()
        if row is None:
            raise TransferUnknown
        new = S.TAKEN_BACK if back else S.ARRIVED
        if row.status != S.SENT:
            if row.status != new:
                raise IllegalMove
            return row
        lines = list(row.lines.all())
        came = {line.variant_id: line.quantity if back or arrived is None else arrived.get(line.variant_id, 0) for line in lines}
        if any(not 0 <= came[line.variant_id] <= line.quantity for line in lines):
            raise InvalidInput(field="arrived", why=_("No more can arrive than was sent."))
        books = Books.at(by, row.source if back else row.target, [line.variant_id for line in lines])
        levels = books.by_variant()
        for line in lines:
            level = levels[line.variant_id]
            books.move(level, line.quantity, K.MOVED_IN, ref=number)
            books.move(level, came[line.variant_id] - line.quantity, K.LOST, ref=number)
            line.arrived = came[line.variant_id]
        books.close()
        TransferLine.objects.bulk_update(lines, ["arrived"])
        row.status, row.ended_at = new, clock.now()
        row.save(update_fields=["status", "ended_at"])
        audit(
            by=by,
            action="stock_transfer.taken_back" if back else "stock_transfer.arrived",
            subject="stock_transfer",
            subject_id=number,
            merchant_id=current_merchant_id(),
            before={"status": str(S.SENT)},
            after={"status": str(new), "lost": sum(line.quantity - came[line.variant_id] for line in lines)},
        )
    return row
