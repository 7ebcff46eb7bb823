"""Regions, carriers and freight: verbs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.platform.delivery.models import Carrier, FreightZone, Region
from marketplace.platform.delivery.queries import CARRIERS_KEY
from tenants.tenancy.models import Merchant

AT_ONCE = 1000


@dataclass(frozen=True)
class Zone:
    """What a shop asks for: provinces by code (none: everywhere else), the fee, from which amount on it is free, or that it does not go there."""

    regions: Sequence[str] = field(default_factory=tuple)
    fee: Money | None = None
    free_from: Money | None = None
    delivers: bool = True


@verb
def put_regions(*, by: Actor, rows: Iterable[Mapping[str, Any]], country: str = "CN") -> int:
    """Regions by code: `code`, `parent` (a code of a row before or already there, or None), `names`. What is as it should be is not written.

    Returns how many were written.
    """
    wanted = {row["code"]: row for row in rows}
    with transaction.atomic():
        held = {row.code: row for row in Region.objects.filter(code__in=wanted)}
        differing = [
            Region(code=code, country=country, parent_id=row.get("parent"), names={**(held[code].names if code in held else {}), **row["names"]}, position=n)
            for n, (code, row) in enumerate(wanted.items())
        ]
        differing = [row for row in differing if (there := held.get(row.code)) is None or (there.names, there.parent_id) != (row.names, row.parent_id)]
        Region.objects.bulk_create(
            differing, update_conflicts=True, unique_fields=["code"], update_fields=["names", "parent", "country", "position"], batch_size=AT_ONCE
        )
        if differing:
            audit(by=by, action="regions.put", subject="regions", subject_id=country, after={"count": len(differing)})
    return len(differing)


@verb
def put_carriers(*, by: Actor, rows: Iterable[Mapping[str, Any]]) -> int:
    """Carriers by code: `code`, `names`. Those that are there keep their place and the names in other languages. Returns how many were written."""
    wanted = {row["code"]: row["names"] for row in rows}
    with transaction.atomic():
        held = {row.code: row for row in Carrier.objects.all()}
        differing = [
            Carrier(code=code, names={**(held[code].names if code in held else {}), **names}, position=held[code].position if code in held else len(held) + n)
            for n, (code, names) in enumerate(wanted.items())
        ]
        differing = [row for row in differing if row.code not in held or held[row.code].names != row.names]
        Carrier.objects.bulk_create(differing, update_conflicts=True, unique_fields=["code"], update_fields=["names", "position"])
        if differing:
            audit(by=by, action="carriers.put", subject="carriers", subject_id="carriers", after={"codes": [row.code for row in differing]})
            transaction.on_commit(lambda: cache.delete(CARRIERS_KEY), robust=True)
    return len(differing)


@verb
def set_freight(*, by: Actor, merchant_id: UUID, currency: str, zones: Sequence[Zone]) -> None:
    """What a shop asks for its parcels from now on; orders keep what was asked when they were placed.

    Raises InvalidInput: one zone holds for everywhere else, a province stands in one zone, a fee is not negative.
    """
    named = [code for zone in zones for code in zone.regions]
    if len(set(named)) < len(named):
        raise InvalidInput(field="regions", why=_("A province stands in two zones. Leave it in one."))
    if sum(not zone.regions for zone in zones) != 1:
        raise InvalidInput(field="regions", why=_("One zone, and only one, names no province: it holds for everywhere else."))
    if unknown := set(named) - set(Region.objects.filter(code__in=named, parent=None).values_list("code", flat=True)):
        raise InvalidInput(field="regions", why=_("Unknown provinces: {codes}.").format(codes=_(", ").join(sorted(unknown))))
    for zone in zones:
        if zone.delivers and zone.fee is None:
            raise InvalidInput(field="fee", why=_("Say what a parcel costs; 0 if you send it free."))
        if any(amount is not None and amount.minor < 0 for amount in (zone.fee, zone.free_from)):
            raise InvalidInput(field="fee", why=_("A fee is not below zero."))
    rows = [
        FreightZone(
            merchant_id=merchant_id,
            position=n,
            regions=sorted(zone.regions),
            delivers=zone.delivers,
            currency=currency,
            fee_minor=zone.fee.minor if zone.delivers and zone.fee else 0,
            free_from_minor=(zone.free_from.minor or None) if zone.delivers and zone.free_from else None,
        )
        for n, zone in enumerate(zones)
    ]
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)  # of two who save at once the second sees what the first made
        before = [_told(row) for row in FreightZone.objects.filter(merchant_id=merchant_id).order_by("position")]
        after = [_told(row) for row in rows]
        if before == after:
            return
        FreightZone.objects.filter(merchant_id=merchant_id).delete()
        FreightZone.objects.bulk_create(rows)
        audit(
            by=by,
            action="freight.set",
            subject="freight",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before={"zones": before} if before else None,
            after={"zones": after},
        )


def _told(row: FreightZone) -> dict[str, Any]:
    return {"regions": row.regions, "delivers": row.delivers, "fee": row.fee_minor, "free_from": row.free_from_minor}
