"""Who may get which order."""

from __future__ import annotations

from marketplace.merchant.orders.errors import OrderUnknown
from marketplace.merchant.orders.models import Order


def order_for_staff(number: str) -> Order:
    """An order of the merchant whose schema is open, or OrderUnknown."""
    order: Order | None = Order.objects.filter(number=number).first()
    if order is None:
        raise OrderUnknown
    return order
