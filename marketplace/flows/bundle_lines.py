"""A bundle in an order: one price, shared out over its pieces exactly, so that each of them can be shipped, given back and settled by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.merchant.inventory.errors import OutOfStock
from marketplace.platform.bundles.queries import SoldPart
from marketplace.platform.prices.resolving import Rate


@dataclass(frozen=True)
class Share:
    """`pieces` of a part, of one bundle, each at `unit_minor`."""

    part: int  # place in what was given
    unit_minor: int
    pieces: int


def share_price(price_minor: int, parts: Sequence[tuple[int, int]]) -> list[Share]:
    """The price of one bundle over its pieces. `parts`: (regular price of a piece, pieces). Pure.

    Each piece costs its share by regular price, rounded down or up by at most one minor unit, and all of them together the price to the
    unit: what is left after rounding down goes to the parts with the largest remainders, of equals to the first. At most one part has
    pieces at two prices, which are then two shares.
    """
    whole = sum(weight * pieces for weight, pieces in parts)
    if whole <= 0 or price_minor < 0:
        raise ValueError("a bundle is shared out over prices above zero")
    units = [price_minor * weight // whole for weight, _pieces in parts]
    rest = price_minor - sum(unit * pieces for unit, (_weight, pieces) in zip(units, parts, strict=True))
    dearer = [0] * len(parts)
    for n in sorted(range(len(parts)), key=lambda n: (-(price_minor * parts[n][0] % whole), n)):
        dearer[n] = min(rest, parts[n][1])
        rest -= dearer[n]
    shares = []
    for n, (_weight, pieces) in enumerate(parts):
        shares += [Share(n, unit, count) for unit, count in ((units[n] + 1, dearer[n]), (units[n], pieces - dearer[n])) if count]
    return shares


def regular_minor(held: Sequence[Rate]) -> int | None:
    """The regular price of a piece, whatever reduces it: a share does not change with somebody's reduction."""
    return max((rate.minor for rate in held if rate.price_list_id is None and not rate.is_reduction), default=None)


def shares_of(title: str, unit: Money, parts: Sequence[SoldPart], held: Mapping[UUID, list[Rate]]) -> list[Share]:
    """What one bundle at this price is shared out as. Raises OutOfStock where something of it is not sold by itself at this moment."""
    weights = [regular_minor(held.get(part.variant_id, ())) for part in parts]
    known = [(weight, part.quantity) for weight, part in zip(weights, parts, strict=True) if weight is not None and part.is_sold]
    if len(known) < len(parts):
        raise OutOfStock(title=title, left=0)
    return share_price(unit.minor, known)
