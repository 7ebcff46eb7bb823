"""Roles of people who work here, and the end of somebody's work: verbs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import check_reason
from marketplace.kernel.verbs import verb
from tenants.access.errors import NotYourself, RoleKept, StaffUnknown
from tenants.access.models import UserGroup
from tenants.access.roles import OPERATOR, OWNER, ROLE_NAMES
from tenants.access.staff import (
    Role,
    all_rights,
    check_duties,
    check_manages,
    chosen_roles,
    have_role,
    lock_office,
    office_schema,
    roles_here,
    roles_of,
    standing_of,
)
from tenants.accounts.models import Membership


@verb
def change_roles(*, by: Actor, membership_id: UUID, merchant_id: UUID | None, roles: Collection[str], why: str) -> Membership:
    """From now on the person has these roles here, and no others; their next request goes by them. Nothing happens where nothing changes.

    Raises StaffUnknown, RoleMissing, RoleUnknown, ReasonMissing, NotYourself, BeyondYourRights, RoleKept, DutiesClash.
    """
    with transaction.atomic(), office_schema(merchant_id):
        row, held = _somebody_else(by, membership_id, merchant_id)
        here = roles_here()
        wanted = chosen_roles(roles, here)
        before, after = {role.code for role in held}, {role.code for role in wanted}
        if before == after:
            return row
        standing = standing_of(by, merchant_id)
        check_manages(standing)
        standing.check(all_rights(held) | all_rights(wanted))
        _check_kept(before - after, row.user_id, merchant_id)
        check_duties(wanted, merchant_id)
        _need(why)
        UserGroup.objects.filter(user_id=row.user_id, group_id__in=[role.group_id for role in held if role.code not in after]).delete()
        give_groups(row.user_id, wanted)
        audit(
            by=by,
            action="role.changed",
            subject="person",
            subject_id=row.user_id,
            merchant_id=merchant_id,
            before={"person": row.user.email, "roles": [role.tag for role in held]},
            after={"person": row.user.email, "roles": [role.tag for role in wanted]},
            why=why.strip(),
        )
    return row


@verb
def end_work(*, by: Actor, membership_id: UUID, merchant_id: UUID | None, why: str) -> Membership:
    """The person works here no longer: their next request at this back office is refused. Their account, and where else they work, stay.

    Raises StaffUnknown, ReasonMissing, NotYourself, BeyondYourRights, RoleKept.
    """
    with transaction.atomic(), office_schema(merchant_id):
        row, held = _somebody_else(by, membership_id, merchant_id)
        standing = standing_of(by, merchant_id)
        check_manages(standing)
        standing.check(all_rights(held))
        _check_kept({role.code for role in held}, row.user_id, merchant_id)
        _need(why)
        row.is_active, row.ended_at = False, clock.now()
        row.save(update_fields=["is_active", "ended_at"])
        UserGroup.objects.filter(user_id=row.user_id).delete()
        audit(
            by=by,
            action="staff.ended",
            subject="person",
            subject_id=row.user_id,
            merchant_id=merchant_id,
            before={"person": row.user.email, "roles": [role.tag for role in held]},
            after={"person": row.user.email, "roles": []},
            why=why.strip(),
        )
    return row


def give_groups(user_id: UUID, roles: Iterable[Role]) -> None:
    """In the open schema. Safe to repeat."""
    UserGroup.objects.bulk_create([UserGroup(user_id=user_id, group_id=role.group_id) for role in roles], ignore_conflicts=True)


def _somebody_else(by: Actor, membership_id: UUID, merchant_id: UUID | None) -> tuple[Membership, list[Role]]:
    """The person, with everybody who works here locked, and their roles. Raises StaffUnknown, NotYourself."""
    row = next((row for row in lock_office(merchant_id).values() if row.pk == membership_id), None)
    if row is None:
        raise StaffUnknown
    if row.user_id == by.user_id:
        raise NotYourself
    return row, roles_of([row.user_id]).get(row.user_id, [])


def _check_kept(given_up: Collection[str], user_id: UUID, merchant_id: UUID | None) -> None:
    """A shop keeps an owner, the market an operator. Raises RoleKept."""
    code = OWNER if merchant_id else OPERATOR
    if code in given_up and have_role(code, merchant_id) == [user_id]:
        raise RoleKept(role=ROLE_NAMES[code])


def _need(why: str) -> None:
    check_reason(why, field="why")
