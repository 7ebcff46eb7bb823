"""The market opens a shop of its own (自营): a merchant like every other, with nobody behind it but the market. docs/decisions/own-shops.md."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from tenants.accounts.models import Membership, User
from tenants.tenancy.actions import request_merchant
from tenants.tenancy.models import Market, Merchant


@verb
def open_own_shop(*, by: Actor, merchant_id: UUID, slug: str, names: Mapping[str, str], owner_id: UUID) -> Merchant:
    """Open a shop of the market's own; it trades within seconds. Its first owner works for the market; who else works there, the owner says.

    No application, contract, deposit, commission, package or payout account goes with it, now or later. The same `merchant_id` opens one shop.
    Raises InvalidInput, SlugTaken, OwnershipStays.
    """
    with transaction.atomic():
        owner = User.objects.filter(pk=owner_id, is_active=True).first()
        if owner is None or not Membership.objects.filter(user=owner, merchant_id=None, is_active=True).exists():
            raise InvalidInput(field="owner", why=_("Choose somebody who works for the market."))
        contact = Market.objects.get().contact_email
        return request_merchant(by=by, merchant_id=merchant_id, slug=slug, names=names, contact_email=contact, owner_id=owner.pk, is_own=True)  # type: ignore[no-any-return]
