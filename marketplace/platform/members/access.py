"""Who may get which address."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.errors import NotFound
from marketplace.platform.members.models import Address


def addresses_of(user_id: UUID) -> list[Address]:
    return list(Address.objects.filter(user_id=user_id).order_by("-is_default", "-created_at"))


def address_of(user_id: UUID, address_id: UUID) -> Address:
    """Raises NotFound, also for somebody else's."""
    row = Address.objects.filter(pk=address_id, user_id=user_id).first()
    if row is None:
        raise NotFound
    return row


def default_address(user_id: UUID) -> Address | None:
    """Where the person has things sent by default; None when no address is known."""
    return Address.objects.filter(user_id=user_id, is_default=True).first()


def default_region(user_id: UUID) -> str:
    """Code of the division where the person's default address lies; "" when there is none."""
    return Address.objects.filter(user_id=user_id, is_default=True).values_list("region", flat=True).first() or ""
