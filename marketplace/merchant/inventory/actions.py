"""Stock: verbs. All run in the merchant's schema that is open, and lock levels in the order of their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.errors import OutOfStock, StockHeld
from marketplace.merchant.inventory.events import StockCrossedZero
from marketplace.merchant.inventory.models import (
    Reservation,
    StockLevel,
    StockLocation,
    StockMovement,
)
from tenants.tenancy.rows import insert_new
from tenants.tenancy.schemas import current_merchant_id


@dataclass(frozen=True)
class Wanted:
    """A line of an order, as stock sees it."""

    line_id: UUID
    variant_id: UUID
    quantity: int
    title: str


@verb
def make_default_location(*, by: Actor) -> StockLocation:
    """The place goods lie at, from a shop's first day."""
    location, _is_new = StockLocation.objects.get_or_create(is_default=True, defaults={"names": {"zh-hans": "默认仓库", "en": "Main warehouse"}})
    return location


@verb
def count_stock(*, by: Actor, counted: Mapping[UUID, int]) -> None:
    """What lies at the main warehouse, by variant id: a count. Raises InvalidInput, StockHeld."""
    if any(not 0 <= number <= 10_000_000 for number in counted.values()):
        raise InvalidInput(field="on_hand", why=_("Stock is a whole number from 0 to 10,000,000."))
    with transaction.atomic():
        location = StockLocation.objects.get(is_default=True)
        StockLevel.objects.bulk_create([StockLevel(variant_id=key, location=location) for key in counted], ignore_conflicts=True)
        levels = _locked(counted, location)
        moved, crossed, before = [], [], {}
        for level in levels:
            new = counted[level.variant_id]
            if new < level.reserved + level.allocated:
                raise StockHeld(held=level.reserved + level.allocated, sku=Variant.objects.get(pk=level.variant_id).sku)
            if new != level.on_hand:
                before[str(level.variant_id)] = level.on_hand
                moved.append(StockMovement(level=level, kind=StockMovement.Kind.COUNTED, quantity=new - level.on_hand))
                could = level.available > 0
                level.on_hand = new
                if could != (level.available > 0):
                    crossed.append(level.variant_id)
        StockLevel.objects.bulk_update(levels, ["on_hand"], batch_size=500)
        StockMovement.objects.bulk_create(moved)
        if moved:
            audit(
                by=by,
                action="stock.counted",
                subject="stock",
                subject_id=len(moved),
                merchant_id=current_merchant_id(),
                before=before,
                after={key: counted[UUID(key)] for key in before},
            )
        _announce(crossed)


# Levels are locked in the order of their keys, then all of them are changed or none is. The conditions are looked at under the lock.
HOLD = """
    WITH wanted AS (SELECT * FROM unnest(%s::uuid[], %s::int[]) AS line(variant_id, quantity)),
    locked AS (
        SELECT level.id, wanted.quantity, level.on_hand - level.reserved - level.allocated AS available
        FROM merchant_inventory_stocklevel AS level
        JOIN merchant_inventory_stocklocation AS location ON location.id = level.location_id AND location.is_default
        JOIN merchant_catalogue_variant AS variant ON variant.id = level.variant_id AND variant.is_active
        JOIN wanted ON wanted.variant_id = level.variant_id
        ORDER BY level.id
        FOR UPDATE OF level
    )
    UPDATE merchant_inventory_stocklevel AS level SET reserved = level.reserved + locked.quantity
    FROM locked
    WHERE level.id = locked.id AND (SELECT count(*) FROM locked WHERE available >= quantity) = %s
    RETURNING level.variant_id, level.id, level.on_hand - level.reserved - level.allocated
"""


@verb
def reserve_stock(*, by: Actor, order_id: UUID, wanted: Sequence[Wanted]) -> None:
    """Hold stock for an unpaid order, all of it or nothing: in one statement, which is why the caller's transaction is enough.

    Raises OutOfStock, naming the line, also for a variant that is not sold any more; RuntimeError outside a transaction, where
    stock would be held for an order that fails.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("reserve_stock() outside a transaction")
    merchant_id = current_merchant_id()
    per_variant: dict[UUID, int] = defaultdict(int)
    for line in wanted:
        per_variant[line.variant_id] += line.quantity
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(per_variant), list(per_variant.values()), len(per_variant)])
        held = {variant_id: (level_id, left) for variant_id, level_id, left in cursor.fetchall()}
    if len(held) < len(per_variant):
        raise _short(per_variant, wanted)
    insert_new([Reservation(order_id=order_id, line_id=line.line_id, level_id=held[line.variant_id][0], quantity=line.quantity) for line in wanted])
    if crossed := [variant_id for variant_id, (_level_id, left) in held.items() if left == 0]:
        record(StockCrossedZero(merchant_id=merchant_id, variant_ids=crossed))


def _short(per_variant: Mapping[UUID, int], wanted: Sequence[Wanted]) -> OutOfStock:
    """The refusal for the first line of which too little is left. The levels are locked already, so it is what was seen."""
    active = Variant.objects.filter(pk__in=per_variant, is_active=True).values_list("pk", flat=True)
    levels = {level.variant_id: level for level in _locked(list(active))}
    for line in wanted:
        level = levels.get(line.variant_id)
        if level is None or level.available < per_variant[line.variant_id]:
            return OutOfStock(title=line.title, left=max(level.available, 0) if level else 0, variant_id=line.variant_id)
    raise RuntimeError("stock was refused, and there is enough of it")


@verb
def allocate_stock(*, by: Actor, order_id: UUID) -> None:
    """The order is paid: what was held for it is its own."""
    with transaction.atomic():
        for reservation, level in _reservations(order_id, Reservation.Status.HELD):
            level.reserved -= reservation.quantity
            level.allocated += reservation.quantity
            level.save(update_fields=["reserved", "allocated"])
            reservation.status = Reservation.Status.ALLOCATED
            reservation.save(update_fields=["status"])


@verb
def release_stock(*, by: Actor, order_id: UUID, pieces: Mapping[UUID, int] | None = None) -> None:
    """Pieces will not ship (line id → quantity; None: all that have not): they can be sold again. Safe to repeat for all."""
    with transaction.atomic():
        crossed = []
        for reservation, level in _reservations(order_id, Reservation.Status.HELD, Reservation.Status.ALLOCATED):
            left = reservation.quantity - reservation.shipped - reservation.released
            quantity = left if pieces is None else pieces.get(reservation.line_id, 0)
            if not quantity:
                continue
            could = level.available > 0
            if reservation.status == Reservation.Status.HELD:
                level.reserved -= quantity
            else:
                level.allocated -= quantity
            level.save(update_fields=["reserved", "allocated"])
            if not could and level.available > 0:
                crossed.append(level.variant_id)
            reservation.released += quantity
            if quantity == left:
                reservation.status = Reservation.Status.SHIPPED if reservation.shipped else Reservation.Status.RELEASED
            reservation.save(update_fields=["released", "status"])
        _announce(crossed)


@verb
def ship_stock(*, by: Actor, order_id: UUID, shipped: Mapping[UUID, int], ref: str) -> None:
    """Goods left the warehouse: line id → quantity, no more than is allocated and not yet shipped."""
    with transaction.atomic():
        for reservation, level in _reservations(order_id, Reservation.Status.ALLOCATED):
            quantity = shipped.get(reservation.line_id, 0)
            if not quantity:
                continue
            level.on_hand -= quantity
            level.allocated -= quantity
            level.save(update_fields=["on_hand", "allocated"])
            reservation.shipped += quantity
            if reservation.shipped + reservation.released == reservation.quantity:
                reservation.status = Reservation.Status.SHIPPED
            reservation.save(update_fields=["shipped", "status"])
            StockMovement.objects.create(level=level, kind=StockMovement.Kind.SHIPPED, quantity=-quantity, ref=ref)


@verb
def take_back_stock(*, by: Actor, order_id: UUID, pieces: Mapping[UUID, int], ref: str) -> None:
    """Goods came back and can be sold again: line id → quantity, to where they had lain."""
    with transaction.atomic():
        crossed = []
        for reservation, level in _reservations(order_id, Reservation.Status.ALLOCATED, Reservation.Status.SHIPPED):
            quantity = pieces.get(reservation.line_id, 0)
            if not quantity:
                continue
            could = level.available > 0
            level.on_hand += quantity
            level.save(update_fields=["on_hand"])
            StockMovement.objects.create(level=level, kind=StockMovement.Kind.RETURNED, quantity=quantity, ref=ref)
            if not could:
                crossed.append(level.variant_id)
        _announce(crossed)


def _locked(variant_ids: Collection[UUID], location: StockLocation | None = None) -> list[StockLevel]:
    """Levels of these variants (at the main warehouse), locked in the order of their keys."""
    at = {"location": location} if location else {"location__is_default": True}
    return list(StockLevel.objects.filter(variant_id__in=variant_ids, **at).order_by("pk").select_for_update(of=("self",)))


def _reservations(order_id: UUID, *statuses: str) -> list[tuple[Reservation, StockLevel]]:
    """What is held for an order, with its locked levels; one level object serves all its reservations."""
    found = list(Reservation.objects.filter(order_id=order_id, status__in=statuses).order_by("level_id", "pk").select_for_update(of=("self",)))
    locked = StockLevel.objects.filter(pk__in=[reservation.level_id for reservation in found]).order_by("pk").select_for_update(of=("self",))
    levels = {level.pk: level for level in locked}
    return [(reservation, levels[reservation.level_id]) for reservation in found]


def _announce(crossed: list[UUID]) -> None:
    if crossed:
        record(StockCrossedZero(merchant_id=current_merchant_id(), variant_ids=crossed))
