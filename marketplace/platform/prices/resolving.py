"""What a piece costs: one question to the database, one function over its answer, for pages, cart and placing alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.platform.prices.models import OfferedPrice

# In SQL, because placing asks it of every shop of a basket. The public copies and a merchant's own tables answer in the same columns.
RATES = """
    SELECT price.variant_id, price.price_list_id, coalesce(list.position, 0), price.from_quantity, price.sale_minor, price.market_minor,
        price.currency, price.is_reduction, price.ends_at, coalesce(list.for_everybody, false), {asked}
    FROM {price} AS price LEFT JOIN {list} AS list ON list.id = price.price_list_id
    WHERE price.variant_id = ANY(%s) AND price.starts_at <= %s AND (price.ends_at IS NULL OR price.ends_at > %s)
        AND (price.price_list_id IS NULL OR (list.is_on AND (list.for_everybody
            OR EXISTS (SELECT 1 FROM {buyer} AS buyer WHERE buyer.price_list_id = list.id AND buyer.user_id = %s))))
"""
OFFERED = RATES.format(
    price="public.platform_prices_offeredprice",
    list="public.platform_prices_offeredlist",
    buyer="public.platform_prices_offeredlistbuyer",
    asked="'', NULL::uuid, price.lowest_minor, price.lowest_since",
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A price that holds at the moment that was asked about, for this buyer, from a quantity on."""

    variant_id: UUID
    price_list_id: UUID | None  # None: the shop's ordinary price
    position: int  # of its list among the shop's lists
    from_quantity: int
    minor: int
    market_minor: int | None
    currency: str
    is_reduction: bool
    ends_at: datetime | None
    for_everybody: bool = False  # its list is
    list_name: str = ""
    reduction_id: UUID | None = None
    lowest_minor: int | None = None
    lowest_since: datetime | None = None

    @property
    def sale(self) -> Money:
        return Money(self.minor, self.currency)


Rates = dict[UUID, list[Rate]]


def ask(sql: str, variant_ids: Iterable[UUID], buyer_id: UUID | None, at: datetime | None = None) -> Rates:
    """Rates by variant. One statement, however many variants; none for none."""
    at, wanted = at or clock.now(), list(variant_ids)
    found: Rates = defaultdict(list)
    if not wanted:
        return found
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted, at, at, buyer_id])
        for row in cursor.fetchall():
            found[row[0]].append(Rate(*row))
    return found


def varied() -> Exists:
    """For `annotate(is_varied=varied())` on public copies of variants: whether offered() knows more than the copy."""
    return Exists(OfferedPrice.objects.filter(variant_id=OuterRef("pk")))


def offered(variant_ids: Iterable[UUID], buyer_id: UUID | None, at: datetime | None = None) -> Rates:
    """What the public copies say; nothing of a variant whose one price stands on its listing."""
    return ask(OFFERED, variant_ids, buyer_id, at)


def ordinary(rates: Sequence[Rate]) -> Rate | None:
    """What everybody pays for one piece: the lower of the regular price and of a reduction. A quantity of a list for everybody is not it."""
    return min((rate for rate in rates if rate.price_list_id is None), key=lambda rate: rate.minor, default=None)


def unit_price(rates: Sequence[Rate], quantity: int = 1) -> Rate | None:
    """What one of so many pieces costs.

    Of the price lists that hold for the buyer the first in the shop's order counts that has a price for so many; but nobody pays more than
    the ordinary price. None where there is no price at all.
    """
    shown = ordinary(rates)
    lists = sorted((rate for rate in rates if rate.price_list_id and rate.from_quantity <= quantity), key=lambda rate: (rate.position, -rate.from_quantity))
    if lists and (shown is None or lists[0].minor < shown.minor):
        return lists[0]
    return shown


def steps(rates: Sequence[Rate]) -> list[tuple[int, Money]]:
    """From which quantity on a piece costs what, beginning with one; only where it changes."""
    found: list[tuple[int, Money]] = []
    for quantity in sorted({1, *(rate.from_quantity for rate in rates)}):
        price = unit_price(rates, quantity)
        if price and (not found or found[-1][1] != price.sale):
            found.append((quantity, price.sale))
    return found


class Priced(Protocol):
    """A public copy of a variant."""

    price_minor: int


def lay_on(variant: Priced, held: Sequence[Rate], quantity: int = 1) -> Rate | None:
    """Make the copy's price what a buyer of so many pays at this moment; it stays where the copies say no more than it does."""
    rate = unit_price(held, quantity)
    if rate is not None:
        variant.price_minor = rate.minor
    return rate
