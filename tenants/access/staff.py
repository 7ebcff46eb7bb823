"""Who works here in which roles, and what the roles allow: reads of the schema that is open, and the check of who may give what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.kernel.actors import Actor
from marketplace.kernel.texts import localised
from tenants.access.duties import Pair, clashes
from tenants.access.errors import BeyondYourRights, DutiesClash, RoleMissing, RoleUnknown
from tenants.access.models import OwnRole, UserGroup
from tenants.access.rights import Right
from tenants.access.roles import DEPARTMENTS, OPERATOR, OWNER, ROLE_NAMES, WHOLE
from tenants.accounts.models import Membership, User
from tenants.tenancy.schemas import merchant_schema, public_schema

BY_CODENAME = {right.codename: right for right in Right}


def office_schema(merchant_id: UUID | None) -> AbstractContextManager[None]:
    """The schema in which the roles of a back office lie: a merchant's, or, without one, the public one."""
    return merchant_schema(merchant_id) if merchant_id else public_schema()


@dataclass(frozen=True)
class Role:
    """A named set of rights. `code` is its group's name; own roles have `names` by language."""

    code: str
    group_id: int
    rights: frozenset[Right]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        return self.code not in ROLE_NAMES

    @property
    def is_whole(self) -> bool:
        """Whether who has it may do everything here."""
        return self.code in WHOLE

    @property
    def name(self) -> str:
        return localised(self.names).text if self.names else str(ROLE_NAMES.get(self.code, self.code))

    def all_names(self) -> list[str]:
        """What it is called in every language of ours."""
        if self.names:
            return list(self.names.values())
        found = []
        for code, _called in settings.LANGUAGES:
            with translation.override(code):
                found.append(self.name)
        return found

    @property
    def tag(self) -> str:
        """How the log names it: by its code, which is shown in the reader's words, or as its people call it."""
        return self.name if self.is_own else self.code

    @property
    def department(self) -> str | Promise:
        return DEPARTMENTS.get(self.code, _("Own roles"))

    @property
    def clashes(self) -> list[Pair]:
        """Pairs of duties that the role holds together; of a role that may do everything there is nothing to say."""
        return [] if self.is_whole else clashes(self.rights)


def roles_here() -> dict[str, Role]:
    """Every role of the open schema by its code: those that come with the market in their order, then own ones."""
    named = dict(OwnRole.objects.values_list("group_id", "names"))
    rights: dict[int, set[Right]] = {}
    allowed = Group.objects.filter(permissions__content_type__app_label="access").values_list("pk", "permissions__codename")
    for group_id, codename in allowed:
        if right := BY_CODENAME.get(codename):
            rights.setdefault(group_id, set()).add(right)
    found = [Role(code, pk, frozenset(rights.get(pk, ())), named.get(pk, {})) for pk, code in Group.objects.order_by("pk").values_list("pk", "name")]
    place = {code: n for n, code in enumerate(ROLE_NAMES)}
    return {role.code: role for role in sorted(found, key=lambda role: place.get(role.code, len(place)))}


def roles_of(user_ids: Iterable[UUID], roles: Mapping[str, Role] | None = None) -> dict[UUID, list[Role]]:
    """The roles of each person in the open schema, in the order of `roles_here`."""
    here = roles_here() if roles is None else roles
    place = {role.group_id: (n, role) for n, role in enumerate(here.values())}
    found: dict[UUID, list[tuple[int, Role]]] = {}
    for user_id, group_id in UserGroup.objects.filter(user_id__in=list(user_ids)).values_list("user_id", "group_id"):
        if group_id in place:
            found.setdefault(user_id, []).append(place[group_id])
    return {user_id: [role for _n, role in sorted(each, key=lambda one: one[0])] for user_id, each in found.items()}


def all_rights(roles: Iterable[Role]) -> frozenset[Right]:
    return frozenset().union(*(role.rights for role in roles))


def have_role(code: str, merchant_id: UUID | None) -> list[UUID]:
    """Who works here, can sign in, and has the role, in the open schema."""
    holders = UserGroup.objects.filter(group__name=code).values_list("user_id", flat=True)
    return list(
        Membership.objects.filter(merchant_id=merchant_id, is_active=True, user__is_active=True, user_id__in=list(holders))
        .order_by("since")
        .values_list("user_id", flat=True)
    )


def whom_to_ask(merchant_id: UUID | None) -> str:
    """The names of who may give every role here, for sentences."""
    names = [user.get_full_name() for user in User.objects.filter(pk__in=have_role(OWNER if merchant_id else OPERATOR, merchant_id))[:3]]
    return pgettext("between names", ", ").join(names) or _("an owner")


def rights_in_words(rights: Collection[Right]) -> str:
    return pgettext("between names", ", ").join(f"“{_(right.label)}”" for right in Right if right in rights)


# ── who may give what ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Standing:
    """What somebody who acts may do here, read under the lock of a change."""

    rights: frozenset[Right]
    is_whole: bool
    merchant_id: UUID | None

    def check(self, rights: Collection[Right]) -> None:
        """Nobody gives, takes or changes what goes beyond their own rights, but who may do everything. Raises BeyondYourRights."""
        beyond = set(rights) - self.rights
        if beyond and not self.is_whole:
            raise BeyondYourRights(rights=rights_in_words(beyond), who=whom_to_ask(self.merchant_id))


def standing_of(by: Actor, merchant_id: UUID | None) -> Standing:
    """Of a person, by their roles in the open schema; the system may do everything."""
    if by.kind == "system":
        return Standing(frozenset(Right), True, merchant_id)
    if not Membership.objects.filter(user_id=by.person, merchant_id=merchant_id, is_active=True).exists():
        return Standing(frozenset(), False, merchant_id)
    mine = roles_of([by.person]).get(by.person, [])
    return Standing(all_rights(mine), any(role.is_whole for role in mine), merchant_id)


def check_manages(standing: Standing) -> None:
    """Raises BeyondYourRights unless they may give roles here: whoever lost that in the meantime is stopped under the lock."""
    standing.check({Right.MANAGE_STAFF if standing.merchant_id else Right.MANAGE_MARKET_STAFF})


def lock_office(merchant_id: UUID | None) -> dict[UUID, Membership]:
    """Everybody who works here by the person's key, locked: changes of roles and staff of one place come one after the other."""
    rows = Membership.objects.select_for_update(of=("self",)).filter(merchant_id=merchant_id, is_active=True).select_related("user").order_by("pk")
    return {row.user_id: row for row in rows}


def chosen_roles(codes: Iterable[str], roles: Mapping[str, Role]) -> list[Role]:
    """Raises RoleMissing for none and RoleUnknown for one that is not there."""
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        raise RoleMissing
    if any(code not in roles for code in wanted):
        raise RoleUnknown
    return [role for role in roles.values() if role.code in wanted]


def check_duties(roles: Iterable[Role], merchant_id: UUID | None) -> None:
    """At the market nobody holds both rights of a money pair, once there are two operators who could share the work; who may do everything is
    exempt. Raises DutiesClash."""
    held = list(roles)
    if merchant_id is not None or any(role.is_whole for role in held) or len(have_role(OPERATOR, None)) < 2:
        return
    for pair in clashes(all_rights(held)):
        if pair.is_money:
            raise DutiesClash(first=_(pair.first.label), second=_(pair.second.label), why=pair.why)
