"""What a shop's parcel costs: one pure function over its zones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.kernel.money import Money
from marketplace.platform.delivery.models import FreightZone


@dataclass(frozen=True)
class Quote:
    """What a shop asks for goods of so much into a province. `delivers` False: it does not go there."""

    fee: Money
    delivers: bool = True
    free_from: Money | None = None  # where the fee ends, if it does

    def missing(self, goods: Money) -> Money | None:
        """How much more of the shop's goods would travel free; None where nothing does, or where they do already."""
        return self.free_from - goods if self.free_from and self.fee and goods < self.free_from else None


def quote(zones: Sequence[FreightZone], region: str, goods: Money) -> Quote:
    """The zone that names the province of `region`, else the one for everywhere else, else free: a shop without zones asks nothing.

    `region` is the code of a province or of anything in it; "" is somewhere that is not known yet.
    """
    zone = next((zone for zone in zones if region[:2] in zone.regions and region), None) or next((zone for zone in zones if not zone.regions), None)
    if zone is None:
        return Quote(Money.zero(goods.currency))
    if not zone.delivers:
        return Quote(Money.zero(goods.currency), delivers=False)
    is_free = zone.free_from is not None and goods >= zone.free_from
    return Quote(Money.zero(goods.currency) if is_free else zone.fee, free_from=zone.free_from)
