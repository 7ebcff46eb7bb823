"""Who owns a shop, in the sense of its roles: what only they may do asks here, under the lock of the change."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.actors import Actor
from tenants.access.roles import MERCHANT_ROLES, OWNER
from tenants.access.staff import have_role, standing_of, whom_to_ask
from tenants.accounts.models import User
from tenants.tenancy.errors import OwnersOnly
from tenants.tenancy.schemas import merchant_schema

EVERY = MERCHANT_ROLES[OWNER]


def owners_of(merchant_id: UUID) -> list[User]:
    """Who has the owner's role, the longest there first."""
    with merchant_schema(merchant_id):
        ids = have_role(OWNER, merchant_id)
        people = User.objects.filter(is_active=True).in_bulk(ids)
    return [people[key] for key in ids if key in people]


def is_owner(user_id: UUID, merchant_id: UUID) -> bool:
    """Whether somebody may do everything in a shop: has its owner's role, or every right there is."""
    with merchant_schema(merchant_id):
        standing = standing_of(Actor(kind="person", user_id=user_id), merchant_id)
    return standing.is_whole or standing.rights >= EVERY


def check_owner(by: Actor, merchant_id: UUID) -> None:
    """Raises OwnersOnly; support's people who look on for a shop are none of its owners."""
    if not is_owner(by.person, merchant_id):
        with merchant_schema(merchant_id):
            raise OwnersOnly(who=whom_to_ask(merchant_id))
