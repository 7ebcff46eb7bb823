"""From the operator's form to a shop that can trade."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.inventory.actions import make_default_location
from tenants.accounts.actions import ensure_person, give_role
from tenants.accounts.addresses import is_in_doubt
from tenants.accounts.errors import AddressUnconfirmed
from tenants.onboarding.opening import lacks_of
from tenants.tenancy.actions import announce_opened, bear_merchant, request_merchant
from tenants.tenancy.events import ShopRequested
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema


@verb
def open_shop(*, by: Actor, merchant_id: UUID, slug: str, names: Mapping[str, str], owner_email: str, owner_name: str = "") -> Merchant:
    """Let a merchant in and name its owner; the shop opens within seconds. The same `merchant_id` opens one shop.

    Raises SlugTaken, InvalidInput, AddressUnconfirmed.
    """
    with transaction.atomic():
        owner = ensure_person(by=by, email=owner_email, name=owner_name)
        if is_in_doubt(owner):  # the role would go to whoever typed the address
            raise AddressUnconfirmed(field="owner_email", email=owner.email)
        return request_merchant(by=by, merchant_id=merchant_id, slug=slug, names=names, contact_email=owner.email, owner_id=owner.pk)


def bear_shop(event: ShopRequested) -> None:
    """Reaction: schema, hosts, owner's role and stock location, all or nothing. Nothing while something is lacking (tenants/onboarding/opening.py)."""
    with transaction.atomic():
        if lacks_of(Merchant.objects.get(pk=event.merchant_id)):
            return
        if not bear_merchant(by=SYSTEM, merchant_id=event.merchant_id):
            return
        give_role(by=SYSTEM, user_id=event.owner_id, role="owner", merchant_id=event.merchant_id)
        with merchant_schema(event.merchant_id):
            make_default_location(by=SYSTEM)
        announce_opened(merchant_id=event.merchant_id, owner_id=event.owner_id)
