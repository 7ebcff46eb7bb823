"""Stock: counting, and what orders hold. All run in the merchant's schema that is open, and lock levels in the order of their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.bundles.queries import bundles_of, parts_of_variants
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.conditions.queries import watched_of
from marketplace.merchant.inventory.booking import Books, lock_places, tell_crossings, tell_watched, variants_of_codes
from marketplace.merchant.inventory.errors import HeldElsewhere, OutOfStock, StockHeld
from marketplace.merchant.inventory.models import PackedFrom, Reservation, StockLevel, StockLocation, StockMovement
from tenants.tenancy.rows import insert_new
from tenants.tenancy.schemas import current_merchant_id

MOST = 10_000_000
K, S = StockMovement.Kind, Reservation.Status


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
def count_stock(*, by: Actor, counted: Mapping[UUID, int], location_id: UUID | None = None, note: str = "") -> None:
    """What lies at a place (None: the default one), by variant id: a count. In few statements, however many variants there are. Of goods that
    are sold as codes nothing is counted.

    Raises InvalidInput, StockHeld, BundleHasNoStock, LocationClosed.
    """
    if any(not 0 <= number <= MOST for number in counted.values()):
        raise InvalidInput(field="on_hand", why=_("Stock is a whole number from 0 to 10,000,000."))
    with transaction.atomic():
        location = StockLocation.objects.filter(pk=location_id, closed_at=None).first() if location_id else StockLocation.objects.get(is_default=True)
        if location is None:
            raise InvalidInput(field="location", why=_("Choose a location."))
        bundles = parts_of_variants([key for key, number in counted.items() if not number])  # forms say 0 of what has no stock
        counted = {key: number for key, number in counted.items() if key not in bundles}
        of_codes = variants_of_codes(counted)  # theirs is the number of unused codes, whatever a form or a file says
        counted = {key: number for key, number in counted.items() if key not in of_codes}
        books = Books.at(by, location, counted.keys(), holds_codes=True)  # of codes none is left
        before = {}
        for level in books.levels:
            new = counted[level.variant_id]
            if new < level.held:
                raise StockHeld(held=level.held, sku=Variant.objects.get(pk=level.variant_id).sku)
            if new != level.on_hand:
                before[str(level.variant_id)] = level.on_hand
                books.move(level, new - level.on_hand, K.COUNTED, note=note)
        books.close()
        if before:
            audit(
                by=by,
                action="stock.counted",
                subject="stock",
                subject_id=len(before),
                merchant_id=current_merchant_id(),
                before=before,
                after={key: counted[UUID(key)] for key in before},
                why=note,
            )


# Levels of the places that ship are locked in the order of their keys; then what is wanted is held, all of it or nothing. The conditions are
# looked at under the lock. Which place: one that has the whole order, else one that has the whole line, else as few as will do; among equals
# the preferred one.
HOLD = """
    WITH wanted AS (SELECT * FROM unnest(%s::uuid[], %s::int[]) AS line(variant_id, quantity)),
    locked AS (
        SELECT level.id, level.variant_id, level.location_id, location.preference, coalesce(level.safety, location.safety) AS safety, wanted.quantity,
            level.on_hand - level.reserved - level.allocated AS available,
            EXISTS (SELECT 1 FROM merchant_conditions_salecondition AS condition WHERE condition.product_id = variant.product_id) AS is_watched
        FROM merchant_inventory_stocklevel AS level
        JOIN merchant_inventory_stocklocation AS location ON location.id = level.location_id AND location.may_ship AND location.closed_at IS NULL
        JOIN merchant_catalogue_variant AS variant ON variant.id = level.variant_id AND variant.is_active
        JOIN wanted ON wanted.variant_id = level.variant_id
        ORDER BY level.id
        FOR UPDATE OF level
    ),
    whole AS (SELECT location_id FROM locked WHERE available >= quantity GROUP BY location_id HAVING count(*) = %s),
    ranked AS (
        SELECT locked.*, coalesce(sum(available) OVER (
            PARTITION BY variant_id
            ORDER BY location_id IN (SELECT location_id FROM whole) DESC, available >= quantity DESC, preference, available DESC, id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS nearer
        FROM locked WHERE available > 0
    ),
    taken AS (SELECT ranked.*, least(available, quantity - nearer) AS pieces FROM ranked WHERE nearer < quantity)
    UPDATE merchant_inventory_stocklevel AS level SET reserved = level.reserved + taken.pieces
    FROM taken
    WHERE level.id = taken.id AND (SELECT sum(pieces) FROM taken) = (SELECT sum(quantity) FROM wanted)
    RETURNING level.variant_id, level.id, taken.pieces, level.on_hand - level.reserved - level.allocated, taken.safety, taken.is_watched,
        EXISTS (SELECT FROM merchant_bundles_bundlepart AS part WHERE part.variant_id = level.variant_id)
"""


@verb
def reserve_stock(*, by: Actor, order_id: UUID, wanted: Sequence[Wanted]) -> None:
    """Hold stock for an unpaid order, all of it or nothing: in one statement, which is why the caller's transaction is enough.

    Raises OutOfStock, naming the line, also for a variant that is not sold any more; RuntimeError outside a transaction, where
    stock would be held for an order that fails.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("reserve_stock() outside a transaction")
    per_variant: dict[UUID, int] = defaultdict(int)
    for line in wanted:
        per_variant[line.variant_id] += line.quantity
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(per_variant), list(per_variant.values()), len(per_variant)])
        rows = cursor.fetchall()
    if not rows:
        raise _short(per_variant, wanted)
    held: dict[UUID, list[list[Any]]] = defaultdict(list)
    for variant_id, level_id, pieces, *_rest in rows:
        held[variant_id].append([level_id, pieces])
    insert_new(list(_reservations_of(order_id, wanted, held)))
    in_bundles = {row[0] for row in rows if row[6]}
    tell_crossings(((variant_id, level_id, left + pieces, left, safety) for variant_id, level_id, pieces, left, safety, *_rest in rows), in_bundles=in_bundles)
    tell_watched([row[0] for row in rows if row[5]] + (watched_of(bundles_of(in_bundles)) if in_bundles else []))


def _reservations_of(order_id: UUID, wanted: Sequence[Wanted], held: Mapping[UUID, list[list[Any]]]) -> Iterator[Reservation]:
    """What is held of a variant, shared out over its lines: a row for each place a line takes from."""
    for line in wanted:
        needed = line.quantity
        for at in held[line.variant_id]:
            level_id, pieces = at
            if taken := min(needed, pieces):
                yield Reservation(order_id=order_id, line_id=line.line_id, level_id=level_id, quantity=taken)
                at[1] = pieces - taken
                needed -= taken


def _short(per_variant: Mapping[UUID, int], wanted: Sequence[Wanted]) -> OutOfStock:
    """The refusal for the first line of which too little is left. The levels are locked already, so it is what was seen."""
    there: dict[UUID, int] = defaultdict(int)
    for level in StockLevel.objects.filter(variant__in=per_variant.keys(), variant__is_active=True, location__may_ship=True, location__closed_at=None):
        there[level.variant_id] += level.available
    for line in wanted:
        if there[line.variant_id] < per_variant[line.variant_id]:
            return OutOfStock(title=line.title, left=there[line.variant_id], variant_id=line.variant_id)
    raise RuntimeError("stock was refused, and there is enough of it")


def lock_variants(variant_ids: Collection[UUID]) -> None:
    """Lock all levels of these variants at once, for a transaction that holds some of them and then others."""
    list(StockLevel.objects.filter(variant_id__in=variant_ids).order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def lock_held(order_ids: Collection[UUID]) -> None:
    """The same of what is held for several orders, each of which is then changed by itself: reservations first, as they always are."""
    held = Reservation.objects.filter(order_id__in=order_ids).order_by("level_id", "pk").select_for_update(of=("self",))
    levels = list(held.values_list("level_id", flat=True))
    list(StockLevel.objects.filter(pk__in=levels).order_by("pk").select_for_update(of=("self",)).values_list("pk"))


@verb
def allocate_stock(*, by: Actor, order_id: UUID) -> None:
    """The order is paid: what was held for it is its own."""
    with transaction.atomic():
        books, found = _held(by, order_id, S.HELD)
        for reservation, level in found:
            level.reserved -= reservation.left
            level.allocated += reservation.left
            reservation.status = S.ALLOCATED
            reservation.save(update_fields=["status"])
        books.close()


@verb
def release_stock(*, by: Actor, order_id: UUID, pieces: Mapping[UUID, int] | None = None) -> None:
    """Pieces will not ship (line id → quantity; None: all that have not): they can be sold again. Safe to repeat for all."""
    with transaction.atomic():
        books, found = _held(by, order_id, S.HELD, S.ALLOCATED)
        wanted = None if pieces is None else dict(pieces)
        for reservation, level in reversed(found):  # the places one would rather ship from keep theirs longest
            left = reservation.left
            quantity = left if wanted is None else min(left, wanted.get(reservation.line_id, 0))
            if not quantity:
                continue
            if wanted is not None:
                wanted[reservation.line_id] -= quantity
            if reservation.status == S.HELD:
                level.reserved -= quantity
            else:
                level.allocated -= quantity
            reservation.released += quantity
            if quantity == left:
                reservation.status = S.SHIPPED if reservation.shipped else S.RELEASED
            reservation.save(update_fields=["released", "status"])
        books.close()


@verb
def ship_stock(*, by: Actor, order_id: UUID, shipped: Mapping[UUID, int], ref: str, package_id: UUID | None = None) -> None:
    """Goods left: line id → quantity, no more than is allocated and not yet shipped; from where the parcel was packed, or else as it is held.

    Raises HeldElsewhere where the place the parcel was packed at holds too little for the order.
    """
    with transaction.atomic():
        packed = PackedFrom.objects.filter(package_id=package_id).select_related("location").first() if package_id else None
        books, found = _held(by, order_id, S.ALLOCATED)
        wanted = dict(shipped)
        for reservation, level in found:
            if packed and level.location_id != packed.location_id:
                continue
            quantity = min(wanted.get(reservation.line_id, 0), reservation.left)
            if not quantity:
                continue
            wanted[reservation.line_id] -= quantity
            level.allocated -= quantity
            books.move(level, -quantity, K.SHIPPED, ref=ref)
            reservation.shipped += quantity
            if not reservation.left:
                reservation.status = S.SHIPPED
            reservation.save(update_fields=["shipped", "status"])
        if packed and any(wanted.values()):
            raise HeldElsewhere(place=packed.location.name)
        books.close()


@verb
def take_back_stock(*, by: Actor, order_id: UUID, pieces: Mapping[UUID, int], ref: str) -> None:
    """Goods came back and can be sold again: line id → quantity, to where they had lain, or to the main location where
    that place was closed since, and the movement says so."""
    with transaction.atomic():
        books, found, main = _held_and_main(by, order_id)
        wanted = dict(pieces)
        for reservation, level in found:
            quantity = min(wanted.get(reservation.line_id, 0), reservation.shipped)
            if quantity:
                wanted[reservation.line_id] -= quantity
                if level.location.closed_at is None:
                    books.move(level, quantity, K.RETURNED, ref=ref)
                else:
                    note = _("It lay at “{place}”, which is closed.").format(place=level.location.name)
                    books.move(main[level.variant_id], quantity, K.RETURNED, ref=ref, note=note)
        books.close()


@verb
def note_packed_from(*, by: Actor, order_id: UUID, package_id: UUID, location_id: UUID, pieces: Mapping[UUID, int]) -> None:
    """At which place a parcel was packed: its pieces leave from there. Raises HeldElsewhere where it holds too little of a line."""
    with transaction.atomic():
        location = StockLocation.objects.filter(pk=location_id).first()
        here: dict[UUID, int] = defaultdict(int)
        for reservation in Reservation.objects.filter(order_id=order_id, status=S.ALLOCATED, level__location_id=location_id):
            here[reservation.line_id] += reservation.left
        if location is None or any(here[line_id] < quantity for line_id, quantity in pieces.items()):
            raise HeldElsewhere(place=location.name if location else "?")
        PackedFrom.objects.update_or_create(package_id=package_id, defaults={"location": location})
        audit(
            by=by,
            action="stock.packed_from",
            subject="order",
            subject_id=order_id,
            merchant_id=current_merchant_id(),
            after={"package": str(package_id), "location": str(location_id)},
        )


def _held(by: Actor, order_id: UUID, *statuses: str) -> tuple[Books, list[tuple[Reservation, StockLevel]]]:
    """What is held for an order, the preferred place first, and the books of its levels; one level object serves all its reservations."""
    found = _locked_reservations(order_id, *statuses)
    books = Books(by, StockLevel.objects.filter(pk__in=[reservation.level_id for reservation in found]))
    return books, _preferred_first(found, books)


def _held_and_main(by: Actor, order_id: UUID) -> tuple[Books, list[tuple[Reservation, StockLevel]], dict[UUID, StockLevel]]:
    """The same of what was sent, and the levels at the main location, by variant, of what lay at places that are closed. None of these places
    is closed from now on: they are locked before the levels, which are then locked all at once."""
    found = _locked_reservations(order_id, S.ALLOCATED, S.SHIPPED)
    lay = StockLevel.objects.filter(pk__in=[reservation.level_id for reservation in found])
    places = lock_places(set(lay.exclude(location__is_default=True).values_list("location_id", flat=True)))
    closed = [key for key, place in places.items() if place.closed_at]
    homeless = set(lay.filter(location_id__in=closed).values_list("variant_id", flat=True)) if closed else set()
    if homeless:
        main = StockLocation.objects.get(is_default=True)
        StockLevel.objects.bulk_create([StockLevel(variant_id=key, location=main) for key in sorted(homeless)], ignore_conflicts=True)
    books = Books(by, StockLevel.objects.filter(Q(pk__in=[one.level_id for one in found]) | Q(variant_id__in=homeless, location__is_default=True)))
    return books, _preferred_first(found, books), {level.variant_id: level for level in books.levels if level.location.is_default}


def _locked_reservations(order_id: UUID, *statuses: str) -> list[Reservation]:
    return list(Reservation.objects.filter(order_id=order_id, status__in=statuses).order_by("level_id", "pk").select_for_update(of=("self",)))


def _preferred_first(found: list[Reservation], books: Books) -> list[tuple[Reservation, StockLevel]]:
    levels = {level.pk: level for level in books.levels}
    found.sort(key=lambda reservation: (levels[reservation.level_id].location.preference, reservation.pk))
    return [(reservation, levels[reservation.level_id]) for reservation in found]
