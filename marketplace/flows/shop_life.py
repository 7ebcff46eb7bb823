"""The life of a shop: suspended and reopened by two of the operator's people, and what buyers find of it follows in the same transaction."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing
from tenants.tenancy.life import REOPEN, SUSPEND, last_change, move_shop
from tenants.tenancy.models import Holiday, Merchant, ShopChange
from tenants.tenancy.stamps import change_stamps, stamp_of_shop

S = Merchant.Status


@verb
def suspend_shop(*, by: Actor, merchant_id: UUID, kind: str, reason: str) -> ShopChange:
    """The shop takes no orders from now on; what was ordered goes on. The owner reads the reason.

    Raises SecondPersonNeeded, ShopNotOpen, ReasonMissing, MerchantUnknown.
    """
    needs_two(by, SUSPEND)
    return move(by=by, merchant_id=merchant_id, to=S.SUSPENDED, kind=kind, reason=reason)


@verb
def reopen_shop(*, by: Actor, merchant_id: UUID, reason: str) -> ShopChange:
    """A suspended shop, or one that was to be closed, trades again, or goes on with its holiday.

    Raises SecondPersonNeeded, ShopNotOpen, MerchantUnknown.
    """
    needs_two(by, REOPEN)
    return move(by=by, merchant_id=merchant_id, to=open_or_away(merchant_id), reason=reason)


def open_or_away(merchant_id: UUID) -> str:
    """How a shop stands that nothing else holds back."""
    return S.HOLIDAY if Holiday.objects.filter(merchant_id=merchant_id, status=Holiday.Status.RUNNING).exists() else S.OPEN


@verb
def move(*, by: Actor, merchant_id: UUID, to: str, kind: str = "", reason: str = "", is_owners: bool = False) -> ShopChange:
    """Move the shop; search, lists and kept pages follow."""
    with transaction.atomic():
        change: ShopChange = move_shop(by=by, merchant_id=merchant_id, to=to, kind=kind, reason=reason, is_owners=is_owners)
        announce(merchant_id, list(Listing.objects.filter(merchant_id=merchant_id, is_on_sale=True).order_by("pk").values_list("pk", flat=True)))
        change_stamps([stamp_of_shop(merchant_id)])
    return change


def why_suspended(merchant: Merchant) -> ShopChange | None:
    """Why a shop is suspended; None for any other."""
    return last_change(merchant.pk, S.SUSPENDED) if merchant.status == S.SUSPENDED else None
