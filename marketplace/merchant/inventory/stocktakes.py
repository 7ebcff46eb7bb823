"""Stocktakes: what lies at a place is counted, handed in, approved by a second person, and booked.

A count holds for the moment it was made at: what was received, shipped or moved since is no difference, and neither is what another count has
put right meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import IllegalMove, InvalidInput, check_reason
from marketplace.kernel.numbers import free_number
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.barcodes import variants_by_code
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.actions import MOST
from marketplace.merchant.inventory.auditing import stock_audit
from marketplace.merchant.inventory.booking import AT_ONCE, Books, lock_places, variants_of_codes
from marketplace.merchant.inventory.errors import CodesAreTheStock, CountedBySame, LocationClosed, StockHeld, StocktakeUnknown
from marketplace.merchant.inventory.models import StockLevel, StockMovement, Stocktake, StocktakeLine
from marketplace.merchant.inventory.moves import open_location_of
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id

K, S = StockMovement.Kind, Stocktake.Status
PHYSICAL = (K.RECEIVED, K.SHIPPED, K.RETURNED, K.MOVED_OUT, K.MOVED_IN, K.DAMAGED)  # goods came or went; everything else mends figures
# Of what is lost, that of a transfer, which alone has a number, belongs to what it moved in.
LONGEST_AGO = timedelta(days=31)
THEN = """
    SELECT level.variant_id, level.on_hand - coalesce((
        SELECT sum(movement.quantity) FROM merchant_inventory_stockmovement AS movement
        WHERE movement.level_id = level.id AND movement.at > wanted.at AND (movement.kind = ANY(%s) OR movement.kind = 'lost' AND movement.ref <> '')
    ), 0)
    FROM unnest(%s::uuid[], %s::timestamptz[]) AS wanted(variant_id, at)
    JOIN merchant_inventory_stocklevel AS level ON level.variant_id = wanted.variant_id AND level.location_id = %s
"""


def on_hand_then(location_id: UUID, moments: Mapping[UUID, datetime]) -> dict[UUID, int]:
    """Variant id → what lay there at a moment, as far as goods came and went since, by the figures as they are mended now."""
    with connection.cursor() as cursor:
        cursor.execute(THEN, [[str(kind) for kind in PHYSICAL], list(moments), list(moments.values()), location_id])
        return {variant_id: int(number) for variant_id, number in cursor.fetchall()}


def stocktake_here(number: str) -> Stocktake:
    """Raises StocktakeUnknown."""
    return _found(Stocktake.objects.select_related("location").filter(number=number).first())


@verb
def begin_stocktake(
    *,
    by: Actor,
    stocktake_id: UUID,
    location_id: UUID,
    scope: str,
    category_id: int | None = None,
    products_in: Collection[int] = (),
    variant_ids: Collection[UUID] = (),
    is_blind: bool = False,
    note: str = "",
) -> Stocktake:
    """Open a sheet with what the books say now. The same `stocktake_id` opens one.

    `products_in`: the categories that count as `category_id`, itself and those below it. Raises InvalidInput.
    """
    scopes = {
        Stocktake.Scope.ALL: Q(),
        Stocktake.Scope.CATEGORY: Q(variant__product__category_id__in=list(products_in)),
        Stocktake.Scope.CHOSEN: Q(variant_id__in=list(variant_ids)),
    }
    if scope not in scopes:
        raise InvalidInput(field="scope", why=_("Choose what is counted."))
    with transaction.atomic():
        lock_places([location_id])
        location = open_location_of(location_id, "location")
        if same := Stocktake.objects.filter(pk=stocktake_id).first():
            return same
        levels = StockLevel.objects.filter(scopes[scope], Q(variant__is_active=True) | Q(on_hand__gt=0), location=location)  # type: ignore[index]
        levels = levels.exclude(variant__product__virtual__kind="codes")  # nobody can count them
        expected = dict(levels.values_list("variant_id", "on_hand"))
        if scope == Stocktake.Scope.CHOSEN:
            chosen = Variant.objects.filter(pk__in=variant_ids).exclude(product__virtual__kind="codes")
            expected = {**dict.fromkeys(chosen.values_list("pk", flat=True), 0), **expected}
        if not expected:
            raise InvalidInput(field="scope", why=_("Nothing of this lies there. Choose something else to count."))
        number = free_number(Stocktake.objects, clock.now(), Market.objects.get().tz)
        row: Stocktake = Stocktake.objects.create(
            pk=stocktake_id,
            number=number,
            location=location,
            scope=scope,
            category_id=category_id if scope == Stocktake.Scope.CATEGORY else None,
            is_blind=is_blind,
            note=note.strip()[:200],
            begun_by=by.label[:200],
        )
        lines = [StocktakeLine(stocktake=row, variant_id=key, expected=on_hand) for key, on_hand in expected.items()]
        StocktakeLine.objects.bulk_create(lines, batch_size=AT_ONCE)
        stock_audit(by, row, "stocktake.begun", None, {"location": str(location_id), "scope": str(scope), "lines": len(lines), "is_blind": is_blind}, note)
    return row


@verb
def count_lines(*, by: Actor, number: str, counted: Mapping[UUID, int | None], at: datetime | None = None) -> Stocktake:
    """What was counted, by variant id (None: not counted after all); `at` says when, now if nothing does. Adds what the sheet did not hold.

    The number that stands there is counted anew by somebody else, or where `at` is another moment: a form sent once more says none.
    Raises StocktakeUnknown, IllegalMove (it is not being counted), InvalidInput, LocationClosed.
    """
    now = clock.now()
    moment = at or now
    if not now - LONGEST_AGO <= moment <= now:
        raise InvalidInput(field="counted_at", why=_("Say when it was counted: not in the future, and at most 31 days ago."))
    if any(number is not None and not 0 <= number <= MOST for number in counted.values()):
        raise InvalidInput(field="counted", why=_("Stock is a whole number from 0 to 10,000,000."))
    with transaction.atomic():
        row = _locked(number, S.COUNTING)
        _count(by, row, counted, moment, says_when=at is not None)
    return row


@verb
def scan_line(*, by: Actor, number: str, code: str, quantity: int = 1) -> StocktakeLine:
    """So many pieces more of the variant with this SKU or barcode: scanned, or typed.

    Raises StocktakeUnknown, IllegalMove, InvalidInput, LocationClosed.
    """
    text = code.strip()[:64]
    if not 1 <= quantity <= MOST:
        raise InvalidInput(field="quantity", why=_("Write how many pieces, such as 3."))
    with transaction.atomic():
        row = _locked(number, S.COUNTING)
        variant = variants_by_code([text]).get(text)
        if not text or variant is None:
            raise InvalidInput(field="code", why=_("No variant has the SKU or barcode “{code}”.").format(code=text))
        line = row.lines.filter(variant=variant).first()
        total = (line.counted or 0 if line else 0) + quantity
        if total > MOST:
            raise InvalidInput(field="quantity", why=_("Stock is a whole number from 0 to 10,000,000."))
        _count(by, row, {variant.pk: total}, clock.now())
        found: StocktakeLine = row.lines.select_related("variant__product").get(variant=variant)
    return found


def _count(by: Actor, row: Stocktake, counted: Mapping[UUID, int | None], moment: datetime, *, says_when: bool = False) -> None:
    if row.location.closed_at:
        raise LocationClosed(name=row.location.name)
    lines = {line.variant_id: line for line in row.lines.filter(variant_id__in=counted.keys())}
    more = [key for key in counted if key not in lines]
    if more:
        if of_codes := variants_of_codes(more):
            raise CodesAreTheStock(sku=Variant.objects.get(pk=min(of_codes)).sku)
        if Variant.objects.filter(pk__in=more).count() < len(more):
            raise InvalidInput(field="counted", why=_("One of these variants does not exist. Load the sheet anew."))
        StocktakeLine.objects.bulk_create([StocktakeLine(stocktake=row, variant_id=key, expected=0) for key in more], batch_size=AT_ONCE)
        lines |= {line.variant_id: line for line in row.lines.filter(variant_id__in=more)}

    def is_new(line: StocktakeLine) -> bool:
        number_now = counted[line.variant_id]
        is_anew = line.counted_by_id != by.user_id or (says_when and line.counted_at != moment)
        return line.counted != number_now or (number_now is not None and is_anew)

    changed = [line for line in lines.values() if is_new(line)]
    then = on_hand_then(row.location_id, {line.variant_id: moment for line in changed})
    before = {str(line.variant_id): line.counted for line in changed}
    for line in changed:
        line.counted = counted[line.variant_id]
        line.expected = then.get(line.variant_id, 0)
        line.counted_at = None if line.counted is None else moment
        line.counted_by_id, line.counted_by = (None, "") if line.counted is None else (by.user_id, by.label[:200])
    StocktakeLine.objects.bulk_update(changed, ["counted", "expected", "counted_at", "counted_by_id", "counted_by"], batch_size=500)
    if changed:
        stock_audit(by, row, "stocktake.counted", before, {str(line.variant_id): line.counted for line in changed})


@verb
def hand_in_stocktake(*, by: Actor, number: str) -> Stocktake:
    """Counting is over; somebody else looks at the differences. What was not counted stays as it is.

    Safe to repeat. Raises StocktakeUnknown, IllegalMove, InvalidInput (nothing was counted).
    """
    with transaction.atomic():
        row = _locked(number, S.COUNTING, S.WAITING)
        if row.status == S.WAITING:
            return row
        if not row.lines.filter(counted__isnull=False).exists():
            raise InvalidInput(field="counted", why=_("Nothing has been counted yet."))
        row.status, row.handed_in_at = S.WAITING, clock.now()
        row.handed_in_by_id, row.handed_in_by = by.user_id, by.label[:200]
        row.save(update_fields=["status", "handed_in_at", "handed_in_by_id", "handed_in_by"])
        stock_audit(by, row, "stocktake.handed_in", {"status": str(S.COUNTING)}, {"status": str(S.WAITING)})
    return row


@verb
def count_again(*, by: Actor, number: str, why: str) -> Stocktake:
    """Back to counting, with a reason. Raises StocktakeUnknown, IllegalMove, ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        row = _locked(number, S.WAITING)
        row.status = S.COUNTING
        row.save(update_fields=["status"])
        stock_audit(by, row, "stocktake.sent_back", {"status": str(S.WAITING)}, {"status": str(S.COUNTING)}, why)
    return row


@verb
def cancel_stocktake(*, by: Actor, number: str, why: str) -> Stocktake:
    """Nothing is booked. Safe to repeat. Raises StocktakeUnknown, IllegalMove, ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        row = _locked(number, S.COUNTING, S.WAITING, S.CANCELLED)
        if row.status != S.CANCELLED:
            _end(by, row, S.CANCELLED, "stocktake.cancelled", why=why)
    return row


def others_who_could(row: Stocktake) -> list[UUID]:
    """Who may approve it without having counted it or handed it in."""
    merchant_id, counters = current_merchant_id(), counters_of(row)
    with transaction.atomic():
        people = staff_with([merchant_id], Right.KEEP_STOCK)[merchant_id]
    return [person.pk for person in people if person.pk not in counters]


def counters_of(row: Stocktake) -> set[UUID]:
    """Who counted it or handed it in."""
    people = {*row.lines.values_list("counted_by_id", flat=True).distinct(), row.handed_in_by_id}
    return {key for key in people if key is not None}


@verb
def book_stocktake(*, by: Actor, number: str) -> Stocktake:
    """Approve the differences: each becomes a movement, on top of what came and went since the count. What was not counted stays.

    Safe to repeat. Raises StocktakeUnknown, IllegalMove, CountedBySame (somebody else could approve it), StockHeld, LocationClosed.
    """
    with transaction.atomic():
        row = _locked(number, S.WAITING, S.BOOKED)
        if row.status == S.BOOKED:
            return row
        row.is_alone = by.user_id in counters_of(row)
        if row.is_alone and others_who_could(row):
            raise CountedBySame
        lines = list(row.lines.filter(counted__isnull=False).select_related("variant"))
        books = Books.at(by, row.location, [line.variant_id for line in lines])
        levels = books.by_variant()
        then = on_hand_then(row.location_id, {line.variant_id: line.counted_at or clock.now() for line in lines})
        for line in lines:
            line.expected = then[line.variant_id]
            level, change = levels[line.variant_id], (line.counted or 0) - line.expected
            if level.on_hand + change < level.held:
                raise StockHeld(held=level.held, sku=line.variant.sku)
            books.move(level, change, K.STOCKTAKE, ref=row.number)
        books.close()
        StocktakeLine.objects.bulk_update(lines, ["expected"], batch_size=500)
        _end(by, row, S.BOOKED, "stocktake.booked", differences=sum(1 for line in lines if line.difference))
    return row


def _end(by: Actor, row: Stocktake, status: str, action: str, *, why: str = "", **facts: object) -> None:
    before, row.status = row.status, status
    row.ended_by, row.ended_at = by.label[:200], clock.now()
    row.save(update_fields=["status", "ended_by", "ended_at", "is_alone"])
    stock_audit(by, row, action, {"status": str(before)}, {"status": str(status), "is_alone": row.is_alone, **facts}, why)


def _locked(number: str, *statuses: str) -> Stocktake:
    row = _found(Stocktake.objects.select_for_update(of=("self",)).select_related("location").filter(number=number).first())
    if row.status not in statuses:
        raise IllegalMove
    return row


def _found(row: Stocktake | None) -> Stocktake:
    if row is None:
        raise StocktakeUnknown
    return row
