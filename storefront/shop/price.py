"""What a buyer pays for a variant at this moment, and what may be said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from marketplace.kernel.money import Money
from marketplace.platform.listings.models import ListingVariant
from marketplace.platform.prices.announcing import Announced, announced
from marketplace.platform.prices.resolving import lay_on, offered, steps


@dataclass(frozen=True)
class OfferedAt:
    reduction: Announced | None = None
    is_own: bool = False  # a price list of the buyer's group made it
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
    return OfferedAt(announced(rate), rate.price_list_id is not None and not rate.for_everybody, by_quantity if len(by_quantity) > 1 else ())
