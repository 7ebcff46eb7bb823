"""What is in a bundle, as buyers read it: with pictures, and what it would cost singly where that is more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.platform.bundles.queries import SoldPart, sold_parts
from marketplace.platform.prices.resolving import lay_on, offered
from storefront.options import option_words


@dataclass(frozen=True)
class InBundle:
    """`singly`: what this buyer would pay for the pieces by themselves at this moment; None where it is not more than the bundle costs,
    or one of them is not sold."""

    parts: Sequence[SoldPart]
    singly: Money | None = None
    saving: Money | None = None

    @property
    def pieces(self) -> int:
        return sum(part.quantity for part in self.parts)


def in_bundle(product_id: UUID, price: Money, buyer_id: UUID | None) -> InBundle | None:
    """None of a product that is no bundle."""
    parts = sold_parts([product_id]).get(product_id)
    if not parts:
        return None
    _with_options(parts)
    singly = _singly(parts, buyer_id)
    if singly is None or singly.currency != price.currency or singly <= price:
        return InBundle(parts)
    return InBundle(parts, singly, singly - price)


def parts_in(product_ids: Collection[UUID]) -> Mapping[UUID, Sequence[SoldPart]]:
    """Product → its parts, of those that are bundles: for cart and checkout. Asks nothing for none."""
    if not product_ids:
        return {}
    found = sold_parts(product_ids)
    _with_options([part for parts in found.values() for part in parts])
    return found


def _with_options(parts: Sequence[SoldPart]) -> None:
    words = option_words(part.variant for part in parts)
    for part in parts:
        part.options = words.get(part.variant_id, "")


def _singly(parts: Sequence[SoldPart], buyer_id: UUID | None) -> Money | None:
    held = offered([part.variant_id for part in parts], buyer_id)
    total: Money | None = None
    for part in parts:
        if part.variant is None or not part.is_sold:
            return None
        lay_on(part.variant, held.get(part.variant_id, ()), part.quantity)
        cost = part.variant.price.times(part.quantity)
        total = cost if total is None else total + cost
    return total
