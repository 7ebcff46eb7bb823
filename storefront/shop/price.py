"""What a buyer pays for a variant at this moment, and what may be said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.http import HttpRequest

from marketplace.kernel.money import Money
from marketplace.platform.listings.models import ListingVariant
from marketplace.platform.prices.resolving import Rate, lay_on, offered, steps


@dataclass(frozen=True)
class Announced:
    """A reduction that may be called one: the price is below the lowest of the 30 days before it was announced."""

    lowest: Money
    since: datetime | None  # prices are known only from then on
    percent: Decimal  # of `lowest`, rounded down: never more than is saved
    until: datetime | None


@dataclass(frozen=True)
class OfferedAt:
    reduction: Announced | None = None
    is_own: bool = False  # a price list made it, which is not everybody's
    steps: Sequence[tuple[int, Money]] = ()  # from which quantity on a piece costs what; none where the quantity changes nothing


def price_now(variants: Sequence[ListingVariant], chosen: ListingVariant, request: HttpRequest) -> OfferedAt:
    """The variants cost what they cost at this moment, whether or not their copies have followed yet. One query, where one of them `is_varied`."""
    user_id = request.user.pk if request.user.is_authenticated else None
    held = offered([variant.pk for variant in variants if variant.is_varied], user_id)  # type: ignore[attr-defined]
    made = {variant.pk: lay_on(variant, held.get(variant.pk, ())) for variant in variants}
    rate = made[chosen.pk]
    if rate is None:
        return OfferedAt()
    by_quantity = steps(held[chosen.pk])
    return OfferedAt(announced(rate), rate.price_list_id is not None, by_quantity if len(by_quantity) > 1 else ())


def announced(rate: Rate) -> Announced | None:
    """None where it is no reduction, or not below what it cost before: then nothing is said of it."""
    if not rate.is_reduction or rate.lowest_minor is None or rate.lowest_minor <= rate.minor:
        return None
    share = Decimal(rate.lowest_minor - rate.minor) / rate.lowest_minor
    return Announced(Money(rate.lowest_minor, rate.currency), rate.lowest_since, share.quantize(Decimal("0.01"), ROUND_DOWN), rate.ends_at)
