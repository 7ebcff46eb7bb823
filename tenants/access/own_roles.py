"""Roles that a shop, or the market, makes for itself: verbs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.verbs import verb
from tenants.access.errors import NotYourself, RoleBuiltIn, RoleInUse, RoleUnknown, TooManyRoles
from tenants.access.models import OwnRole, UserGroup
from tenants.access.rights import Right
from tenants.access.roles import permission_ids, put_rights
from tenants.access.staff import Role, check_duties, check_manages, lock_office, office_schema, roles_here, roles_of, standing_of
from tenants.accounts.models import Invitation, Membership

LONGEST_NAME = 40
MOST_ROLES = 30


@verb
def make_role(*, by: Actor, merchant_id: UUID | None, role_id: UUID, names: Mapping[str, str], rights: Collection[Right]) -> Role:
    """A role of one's own. The same `role_id` makes one role. Raises InvalidInput, BeyondYourRights, DutiesClash, TooManyRoles."""
    code = f"own-{role_id}"
    with transaction.atomic(), office_schema(merchant_id):
        lock_office(merchant_id)
        here = roles_here()
        standing = standing_of(by, merchant_id)
        check_manages(standing)
        standing.check(rights)
        if code in here:
            return here[code]
        kept = _names(names, here.values())
        if sum(role.is_own for role in here.values()) >= MOST_ROLES:
            raise TooManyRoles(most=MOST_ROLES)
        _check_rights(rights, merchant_id)
        group = Group.objects.create(name=code)
        OwnRole.objects.create(group=group, names=kept)
        put_rights(group, rights, permission_ids())
        made = Role(code, group.pk, frozenset(rights), kept)
        check_duties([made], merchant_id)
        audit(by=by, action="role.made", subject="role", subject_id=code, merchant_id=merchant_id, after=_facts(made))
    return made


@verb
def change_role(*, by: Actor, merchant_id: UUID | None, group_id: int, names: Mapping[str, str], rights: Collection[Right], why: str) -> Role:
    """Rights and name of an own role, at once for everybody who has it.

    Raises RoleUnknown, RoleBuiltIn, NotYourself (one has the role oneself), BeyondYourRights, DutiesClash (of anybody who has it), InvalidInput,
    ReasonMissing.
    """
    with transaction.atomic(), office_schema(merchant_id):
        people = lock_office(merchant_id)
        here = roles_here()
        role = _own(here, group_id)
        kept = _names(names, [other for other in here.values() if other.code != role.code])
        if frozenset(rights) == role.rights and kept == role.names:
            return role
        standing = standing_of(by, merchant_id)
        check_manages(standing)
        standing.check(set(rights) ^ role.rights)
        _check_rights(rights, merchant_id)
        having = UserGroup.objects.filter(group_id=group_id, user_id__in=list(people)).values_list("user_id", flat=True)
        held = roles_of(list(having), here)
        if by.user_id in held and frozenset(rights) != role.rights:
            raise NotYourself
        changed = Role(role.code, group_id, frozenset(rights), kept)
        for each in held.values():
            check_duties([changed, *(other for other in each if other.code != role.code)], merchant_id)
        check_duties([changed], merchant_id)
        check_reason(why, field="why")
        OwnRole.objects.filter(group_id=group_id).update(names=kept)
        put_rights(Group.objects.get(pk=group_id), rights, permission_ids())
        audit(
            by=by,
            action="role.rights_changed",
            subject="role",
            subject_id=role.code,
            merchant_id=merchant_id,
            before=_facts(role),
            after=_facts(changed),
            why=why.strip(),
        )
    return changed


@verb
def delete_role(*, by: Actor, merchant_id: UUID | None, group_id: int) -> None:
    """An own role that nobody has and no open invitation offers. Raises RoleUnknown, RoleBuiltIn, RoleInUse, BeyondYourRights."""
    with transaction.atomic(), office_schema(merchant_id):
        lock_office(merchant_id)
        role = _own(roles_here(), group_id)
        standing = standing_of(by, merchant_id)
        check_manages(standing)
        standing.check(role.rights)
        having = list(UserGroup.objects.filter(group_id=group_id).values_list("user_id", flat=True))
        names = [row.user.get_full_name() for row in Membership.objects.filter(merchant_id=merchant_id, user_id__in=having).select_related("user")[:5]]
        invited = Invitation.objects.filter(merchant_id=merchant_id, status=Invitation.Status.OPEN, roles__contains=[role.code]).count()
        if having or invited:
            if invited:
                names.append(ngettext("{n} open invitation", "{n} open invitations", invited).format(n=invited))
            raise RoleInUse(role=role.name, who=", ".join(names))
        Group.objects.filter(pk=group_id).delete()
        audit(by=by, action="role.deleted", subject="role", subject_id=role.code, merchant_id=merchant_id, before=_facts(role))


def _own(here: Mapping[str, Role], group_id: int) -> Role:
    role = next((role for role in here.values() if role.group_id == group_id), None)
    if role is None:
        raise RoleUnknown
    if not role.is_own:
        raise RoleBuiltIn(role=role.name)
    return role


def _names(names: Mapping[str, str], others: Collection[Role]) -> dict[str, str]:
    """At least one, none of them another role's. Raises InvalidInput."""
    kept = {code: " ".join(text.split()) for code, text in names.items() if text.strip()}
    if not kept:
        raise InvalidInput(field="name_zh", why=_("Give the role a name in at least one language."))
    taken = {name.casefold() for role in others for name in role.all_names()}
    for code, text in kept.items():
        if len(text) > LONGEST_NAME:
            raise InvalidInput(field=_field(code), why=_("A name has at most {most} characters. Shorten it.").format(most=LONGEST_NAME))
        if text.casefold() in taken:
            raise InvalidInput(field=_field(code), why=_("There is a role called “{name}” already. Choose another name.").format(name=text))
    return kept


def _field(language: str) -> str:
    return "name_zh" if language.startswith("zh") else "name_en"


def _check_rights(rights: Collection[Right], merchant_id: UUID | None) -> None:
    """Raises InvalidInput for none, and for one that means nothing here."""
    scope = "merchant" if merchant_id else "market"
    if not rights or any(right.scope != scope for right in rights):
        raise InvalidInput(field="rights", why=_("Tick at least one right."))


def _facts(role: Role) -> dict[str, object]:
    return {"name": role.names, "rights": [right.codename for right in Right if right in role.rights]}
