"""Who decides for the market does not work for the shop that is decided over: asked by each verb of the market's that judges a shop."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.actors import Actor
from tenants.access.errors import OwnHands
from tenants.accounts.models import Membership
from tenants.tenancy.models import Merchant


def check_other_hands(by: Actor, merchant_id: UUID | None) -> None:
    """Raises OwnHands where a person who acts for the market works for this shop too. One query."""
    if by.kind == "person" and merchant_id is not None and Membership.objects.filter(user_id=by.person, merchant_id=merchant_id, is_active=True).exists():
        raise OwnHands(shop=Merchant.objects.get(pk=merchant_id).name)
