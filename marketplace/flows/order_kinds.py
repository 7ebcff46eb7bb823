"""One order holds one kind of goods: how what is chosen is divided, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from marketplace.kernel.actors import Actor
from marketplace.platform.cart.queries import ChosenLine
from marketplace.platform.checkout.errors import AddressMissing
from marketplace.platform.members.access import address_of
from marketplace.platform.virtual.kinds import GoodsKind, is_virtual


def address_for(by: Actor, address_id: UUID | None, chosen: Sequence[ChosenLine]) -> dict[str, str]:
    """Where parcels go; empty where there are none. Raises NotFound, AddressMissing."""
    if all(is_virtual(line.kind) for line in chosen):
        return {}
    if address_id is None:
        raise AddressMissing
    kept: dict[str, str] = address_of(by.person, address_id).as_kept()
    return kept


def by_kind(lines: Sequence[ChosenLine]) -> list[list[ChosenLine]]:
    """The lines of one shop as the orders they become: one for each kind of goods, each in the order of its variants."""
    kinds = [kind for kind in GoodsKind.values if any(line.kind == kind for line in lines)]
    return [sorted((line for line in lines if line.kind == kind), key=lambda line: line.variant_id) for kind in kinds]
