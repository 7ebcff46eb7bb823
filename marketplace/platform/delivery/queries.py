"""Reads: regions, carriers, zones of shops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import localised
from marketplace.platform.delivery.models import Carrier, FreightZone, Region
from tenants.tenancy.remembered import remembered

CARRIERS_KEY, CARRIERS_S = "delivery.carriers", 300


def provinces(country: str = "CN") -> list[Region]:
    return list(Region.objects.filter(country=country, parent=None).order_by("position", "code"))


def province_names(country: str = "CN") -> dict[str, dict[str, str]]:
    """Code → names. Remembered: every product page tells one."""
    rows = Region.objects.filter(country=country, parent=None).order_by("position", "code").values_list("code", "names")
    return remembered("delivery", country, lambda: dict(rows))


def place_of(country: str, region: str, province: str, city: str, district: str) -> Region | None:
    """The smallest division we know of that an address lies in: by the code of one, or by the names of province, city and district.

    None for a country without provinces here. Raises InvalidInput when there are provinces and none of them is meant.
    """
    known = Region.objects.filter(country=country)
    found = known.filter(code=region[:2], parent=None).first() if region else None
    found = found or known.filter(Q(**{"names__zh-hans": province}) | Q(names__en=province), parent=None).first()
    if found is None:
        if known.exists():
            raise InvalidInput(field="province", why=_("Choose a province."))
        return None
    for name in (city, district):
        inner = known.filter(Q(**{"names__zh-hans": name}) | Q(names__en=name), code__startswith=found.code).exclude(pk=found.pk).order_by("code").first()
        found = inner if name and inner else found
    return found


def province_of(code: str) -> Region:
    return Region.objects.get(code=code[:2])


def children(code: str) -> list[Region]:
    """The divisions of a region; none where nobody imported them."""
    return list(Region.objects.filter(parent_id=code).order_by("position", "code")) if code else []


def carriers() -> dict[str, dict[str, str]]:
    """Code → names, in the order they are offered. Remembered for some minutes."""
    known: dict[str, dict[str, str]] | None = cache.get(CARRIERS_KEY)
    if known is None:
        known = dict(Carrier.objects.order_by("position", "code").values_list("code", "names"))
        cache.set(CARRIERS_KEY, known, CARRIERS_S)
    return known


def carrier_choices() -> list[tuple[str, str]]:
    return [(code, localised(names).text) for code, names in carriers().items()]


def zones_of(merchant_ids: Iterable[UUID]) -> dict[UUID, list[FreightZone]]:
    """The zones of many shops, in their order. At most one query."""
    found: dict[UUID, list[FreightZone]] = defaultdict(list)
    keys = frozenset(merchant_ids)
    for zone in remembered("delivery", keys, lambda: list(FreightZone.objects.filter(merchant_id__in=keys).order_by("merchant_id", "position"))):
        found[zone.merchant_id].append(zone)
    return found
