"""Who may get which order group and which public copy of an order."""

from __future__ import annotations

from uuid import UUID

from marketplace.platform.checkout.errors import GroupUnknown
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy


def group_of_buyer(buyer_id: UUID, number: str) -> OrderGroup:
    """The buyer's own group, or GroupUnknown."""
    group = OrderGroup.objects.filter(buyer_id=buyer_id, number=number).first()
    if group is None:
        raise GroupUnknown
    return group


def copy_of_buyer(buyer_id: UUID, number: str) -> OrderCopy:
    """The buyer's own order, or GroupUnknown."""
    copy = OrderCopy.objects.select_related("group", "merchant").filter(buyer_id=buyer_id, number=number).first()
    if copy is None:
        raise GroupUnknown
    return copy


def return_of_buyer(buyer_id: UUID, number: str) -> ReturnCopy:
    """The buyer's own return, or GroupUnknown."""
    found = ReturnCopy.objects.select_related("order__group", "merchant").filter(buyer_id=buyer_id, number=number).first()
    if found is None:
        raise GroupUnknown
    return found


def copy_for_operator(number: str) -> OrderCopy:
    """Any order of the market, or GroupUnknown."""
    copy = OrderCopy.objects.select_related("group", "merchant", "buyer").filter(number=number).first()
    if copy is None:
        raise GroupUnknown
    return copy
