"""What the product page promises about delivery: only what the shop's zones and the market's periods say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.kernel.texts import localised
from marketplace.platform.delivery.freight import quote
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.delivery.queries import province_names
from tenants.tenancy.models import Market


@dataclass(frozen=True)
class Promise:
    """For one piece, sent into the province. While nobody has said where to, the fee is a span over all zones."""

    province: str
    delivers: bool
    fee: Money
    fee_to: Money
    free_from: Money | None  # where the fee ends, when it has not ended already
    ship_by: datetime  # if it is paid now


@dataclass(frozen=True)
class ZoneLine:
    """A zone in words. No names: everywhere else."""

    names: list[str]
    delivers: bool
    fee: Money
    free_from: Money | None


def promise(zones: Sequence[FreightZone], region: str, price: Money, market: Market, making_days: int = 0) -> Promise:
    ship_by = clock.now() + timedelta(days=market.ship_days + making_days)  # as flows/pay.py sets it when the money is there
    name = localised(province_names().get(region[:2], {})).text if region else ""
    if name:
        found = quote(zones, region, price)
        return Promise(name, found.delivers, found.fee, found.fee, found.free_from if found.fee else None, ship_by)
    fees = [_fee(zone, price) for zone in zones if zone.delivers] or [Money.zero(price.currency)]  # a shop without zones asks nothing
    return Promise("", True, min(fees), max(fees), None, ship_by)


def _fee(zone: FreightZone, goods: Money) -> Money:
    return Money.zero(goods.currency) if zone.free_from is not None and goods >= zone.free_from else zone.fee


def zone_lines(zones: Sequence[FreightZone]) -> list[ZoneLine]:
    """A shop's freight as a table; the zone for everywhere else comes last."""
    names = province_names()
    return [
        ZoneLine([localised(names.get(code, {})).text or code for code in zone.regions], zone.delivers, zone.fee, zone.free_from if zone.fee else None)
        for zone in sorted(zones, key=lambda zone: (not zone.regions, zone.position))
    ]
