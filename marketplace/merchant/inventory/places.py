"""The places where stock lies: opened, changed, closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.bundles.queries import bundles_of
from marketplace.merchant.conditions.queries import watched_of
from marketplace.merchant.inventory.booking import AT_ONCE, tell_watched
from marketplace.merchant.inventory.errors import LocationAwaits, LocationInUse, LocationUnknown
from marketplace.merchant.inventory.events import StockCrossedZero
from marketplace.merchant.inventory.models import Restock, StockLevel, StockLocation, Stocktake, StockTransfer
from tenants.tenancy.schemas import current_merchant_id

MOST_LOCATIONS = 200
NAMED_AT_MOST = 6  # of what keeps a location open


@dataclass(frozen=True)
class Place:
    """A location as somebody writes it down. `preference`: orders are filled from the lowest first. `safety`: pieces of each variant."""

    names: Mapping[str, str]
    kind: str = StockLocation.Kind.HEAD
    address: str = ""
    may_ship: bool = True
    preference: int = 0
    safety: int = 0


def location_here(location_id: UUID) -> StockLocation:
    """Raises LocationUnknown."""
    found: StockLocation | None = StockLocation.objects.filter(pk=location_id).first()
    if found is None:
        raise LocationUnknown
    return found


def next_preference() -> int:
    return int(StockLocation.objects.aggregate(last=Max("preference"))["last"] or 0) + 1


@verb
def open_location(*, by: Actor, location_id: UUID, place: Place) -> StockLocation:
    """Another place for stock. The same `location_id` opens one. Raises InvalidInput."""
    kept = _checked(place)
    with transaction.atomic():
        list(StockLocation.objects.filter(is_default=True).select_for_update())
        if same := StockLocation.objects.filter(pk=location_id).first():
            return same
        if StockLocation.objects.count() >= MOST_LOCATIONS:
            raise InvalidInput(field="name_en", why=_("A shop has at most {most} locations.").format(most=MOST_LOCATIONS))
        row: StockLocation = StockLocation.objects.create(pk=location_id, **kept)
        _audit(by, row, "location.opened", None, kept)
    return row


@verb
def change_location(*, by: Actor, location_id: UUID, place: Place) -> StockLocation:
    """Name, kind, address, order of preference, safety stock, and whether it ships; what is held there for orders stays held.

    Raises LocationUnknown, InvalidInput (the default location has to ship).
    """
    kept = _checked(place)
    with transaction.atomic():
        row = _locked(location_id)
        if row.is_default and not place.may_ship:
            raise InvalidInput(field="may_ship", why=_("The main location ships: it is where the form of a product counts."))
        before = {name: getattr(row, name) for name in kept}
        if before == kept:
            return row
        sold = row.sells
        for name, value in kept.items():
            setattr(row, name, value)
        row.save()
        _audit(by, row, "location.changed", before, kept)
        if sold != row.sells:
            _tell_all(row)
    return row


@verb
def close_location(*, by: Actor, location_id: UUID) -> StockLocation:
    """Nothing lies there any more and nothing will. Its history stays.

    Raises LocationUnknown, LocationInUse, LocationAwaits (orders from suppliers or stocktakes are open there), InvalidInput.
    """
    with transaction.atomic():
        row = _locked(location_id)
        if row.is_default:
            raise InvalidInput(field="location", why=_("The main location cannot be closed."))
        if row.closed_at:
            return row
        list(StockLevel.objects.filter(location=row).order_by("pk").select_for_update())
        on_the_way = StockTransfer.objects.filter(Q(source=row) | Q(target=row), status=StockTransfer.Status.SENT)
        if StockLevel.objects.filter(Q(on_hand__gt=0) | Q(reserved__gt=0) | Q(allocated__gt=0), location=row).exists() or on_the_way.exists():
            raise LocationInUse(name=row.name)
        if awaited := list(islice(_open_at(row), NAMED_AT_MOST)):
            raise LocationAwaits(name=row.name, what=_(", ").join(awaited))
        row.closed_at = clock.now()
        row.save(update_fields=["closed_at"])
        _audit(by, row, "location.closed", {"is_open": True}, {"is_open": False})
    return row


def _open_at(row: StockLocation) -> Iterator[str]:
    """What was begun there and would end there."""
    ordered = Restock.objects.filter(location=row, status__in=[Restock.Status.ORDERED, Restock.Status.PART])
    for number in ordered.order_by("pk").values_list("number", flat=True)[:NAMED_AT_MOST]:
        yield _("order {number} from a supplier").format(number=number)
    counts = Stocktake.objects.filter(location=row, status__in=[Stocktake.Status.COUNTING, Stocktake.Status.WAITING])
    for number in counts.order_by("pk").values_list("number", flat=True)[:NAMED_AT_MOST]:
        yield _("stocktake {number}").format(number=number)


def _locked(location_id: UUID) -> StockLocation:
    row: StockLocation | None = StockLocation.objects.select_for_update().filter(pk=location_id).first()
    if row is None:
        raise LocationUnknown
    return row


def _checked(place: Place) -> dict[str, object]:
    names = {code: text.strip()[:60] for code, text in place.names.items() if text.strip()}
    if not names:
        raise InvalidInput(field="name_zh", why=_("Write a name in at least one language."))
    if place.kind not in StockLocation.Kind.values:
        raise InvalidInput(field="kind", why=_("Choose a kind of location."))
    if not 0 <= place.preference <= 1000:
        raise InvalidInput(field="preference", why=_("Write a number from 0 to 1,000."))
    if not 0 <= place.safety <= 1_000_000:
        raise InvalidInput(field="safety", why=_("Write a number from 0 to 1,000,000."))
    return {
        "names": names,
        "kind": place.kind,
        "address": place.address.strip()[:200],
        "may_ship": place.may_ship,
        "preference": place.preference,
        "safety": place.safety,
    }


def _audit(by: Actor, row: StockLocation, action: str, before: dict[str, object] | None, after: dict[str, object]) -> None:
    audit(by=by, action=action, subject="location", subject_id=row.pk, merchant_id=current_merchant_id(), before=before, after=after)


def _tell_all(row: StockLocation) -> None:
    """What is free there can be had from now on, or no longer: the public copies look again."""
    free = StockLevel.objects.filter(location=row, on_hand__gt=F("reserved") + F("allocated"))
    keys = list(free.order_by("variant_id").values_list("variant_id", flat=True))
    keys += sorted(bundles_of(keys))
    for start in range(0, len(keys), AT_ONCE):
        record(StockCrossedZero(merchant_id=current_merchant_id(), variant_ids=keys[start : start + AT_ONCE]))
    tell_watched(watched_of(keys))
