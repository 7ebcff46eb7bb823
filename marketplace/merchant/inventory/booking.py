"""Levels are locked, changed, and written: the one place where `on_hand` changes, and with each change goes a movement that says why.

Whoever changes several levels locks all of them at once, in the order of their keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet

from marketplace.kernel.actors import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.outbox import record
from marketplace.merchant.bundles.queries import bundles_of
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.conditions.events import WatchedStockChanged
from marketplace.merchant.conditions.queries import watched_of
from marketplace.merchant.inventory.bundled import crossed_bundles
from marketplace.merchant.inventory.errors import BundleHasNoStock, CodesAreTheStock, LocationClosed
from marketplace.merchant.inventory.events import StockCrossedZero, StockRanLow
from marketplace.merchant.inventory.models import StockLevel, StockLocation, StockMovement
from tenants.tenancy.link import connection
from tenants.tenancy.schemas import current_merchant_id

AT_ONCE = 1000  # rows of one INSERT, and variants of one event

WRITE = """
    UPDATE merchant_inventory_stocklevel AS level SET on_hand = new.on_hand, reserved = new.reserved, allocated = new.allocated
    FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::int[]) AS new(id, on_hand, reserved, allocated) WHERE level.id = new.id
"""


class Books:
    """Locked levels, and what moves on them. Nothing is written until `close()`, which also tells what ran out, came back, or ran low."""

    def __init__(self, by: Actor, levels: QuerySet[StockLevel]) -> None:
        self.by = by
        self.levels: list[StockLevel] = list(levels.select_related("location").order_by("pk").select_for_update(of=("self",)))
        self._before = {level.pk: (level.on_hand, level.reserved, level.allocated) for level in self.levels}
        self._moved: list[StockMovement] = []

    @classmethod
    def at(cls, by: Actor, location: StockLocation, variant_ids: Collection[UUID], *, holds_codes: bool = False) -> Books:
        """The levels of these variants at one place; what never lay there begins with nothing. `holds_codes`: codes come or go with it.

        Raises BundleHasNoStock, CodesAreTheStock, LocationClosed.
        """
        if not holds_codes and (of_codes := variants_of_codes(variant_ids)):
            raise CodesAreTheStock(sku=Variant.objects.get(pk=min(of_codes)).sku)
        if bundle := Variant.objects.filter(pk__in=variant_ids, product__parts__isnull=False).values_list("sku", flat=True).first():
            raise BundleHasNoStock(sku=bundle)
        known = set(StockLevel.objects.filter(location=location, variant_id__in=variant_ids).values_list("variant_id", flat=True))
        new = [StockLevel(variant_id=key, location=location) for key in sorted(set(variant_ids) - known)]
        StockLevel.objects.bulk_create(new, ignore_conflicts=True, batch_size=AT_ONCE)
        books = cls(by, StockLevel.objects.filter(location=location, variant_id__in=variant_ids))
        # Asked under the locks of its levels, which whoever closes it takes, too; the default one stays open.
        if not location.is_default and StockLocation.objects.filter(pk=location.pk, closed_at__isnull=False).exists():
            raise LocationClosed(name=location.name)
        return books

    def by_variant(self) -> dict[UUID, StockLevel]:
        """Of books at one place."""
        return {level.variant_id: level for level in self.levels}

    def move(self, level: StockLevel, quantity: int, kind: str, *, ref: str = "", note: str = "", key: UUID | None = None) -> None:
        """So many pieces more (or fewer) lie there; 0 is no movement."""
        if not quantity:
            return
        level.on_hand += quantity
        self._moved.append(
            StockMovement(
                pk=key or new_id(),
                level=level,
                kind=kind,
                quantity=quantity,
                balance=level.on_hand,
                ref=ref,
                note=note[:200],
                by_id=self.by.user_id,
                by_label=self.by.label[:200],
            )
        )

    def close(self) -> None:
        """Write what changed in few statements, however many levels there are."""
        changed = [level for level in self.levels if self._before[level.pk] != (level.on_hand, level.reserved, level.allocated)]
        if changed:
            columns = [[getattr(level, name) for level in changed] for name in ("pk", "on_hand", "reserved", "allocated")]
            with connection.cursor() as cursor:
                cursor.execute(WRITE, columns)
            StockMovement.objects.bulk_create(self._moved, batch_size=AT_ONCE)
        tell_crossings((level.variant_id, level.pk, self._available_before(level), level.available, level.wanted) for level in changed)
        moved = {level.variant_id for level in changed if level.available != self._available_before(level)}
        tell_watched(watched_of(moved | bundles_of(moved)) if moved else ())

    def _available_before(self, level: StockLevel) -> int:
        on_hand, reserved, allocated = self._before[level.pk]
        return on_hand - reserved - allocated


def lock_places(location_ids: Collection[UUID]) -> dict[UUID, StockLocation]:
    """Whoever closes one of these waits for the caller's transaction, and then sees what was begun there. Always before levels are locked."""
    rows = StockLocation.objects.filter(pk__in=location_ids).order_by("pk").select_for_update(no_key=True)  # what refers to it does not wait
    return {row.pk: row for row in rows}


def variants_of_codes(variant_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these are sold as codes: their stock is the number of unused ones, and changes with them alone."""
    return set(Variant.objects.filter(pk__in=list(variant_ids), product__virtual__kind="codes").values_list("pk", flat=True))


def tell_crossings(changes: Iterable[tuple[UUID, UUID, int, int, int]], in_bundles: Collection[UUID] | None = None) -> None:
    """Record what crossed a line: (variant, level, available before, available now, safety stock).

    A variant is told of when a place of it ran out or can be had from again: whoever hears it looks how all places stand. A bundle is told
    of when a part of it has too little left for one, or enough again; `in_bundles` are the variants that are parts, where that is known.
    Below its safety stock a level is told of once each time it falls below.
    """
    changes = list(changes)
    moved = [(variant_id, level_id, now - before) for variant_id, level_id, before, now, _safety in changes if in_bundles is None or variant_id in in_bundles]
    crossed: list[UUID] = crossed_bundles(moved)
    low: list[UUID] = []
    for variant_id, level_id, before, now, safety in changes:
        if (before > 0) != (now > 0):
            crossed.append(variant_id)
        if before >= safety > now:
            low.append(level_id)
    for some in _parts(crossed):
        record(StockCrossedZero(merchant_id=current_merchant_id(), variant_ids=some))
    for some in _parts(low):
        record(StockRanLow(merchant_id=current_merchant_id(), level_ids=some))


def tell_watched(variant_ids: Iterable[UUID]) -> None:
    """Record that conditions of sale have to be looked at: what can be sold of these variants is another number."""
    for some in _parts(list(variant_ids)):
        record(WatchedStockChanged(merchant_id=current_merchant_id(), variant_ids=some))


def _parts(keys: Sequence[UUID]) -> Iterable[list[UUID]]:
    unique = list(dict.fromkeys(keys))
    return (unique[start : start + AT_ONCE] for start in range(0, len(unique), AT_ONCE))
