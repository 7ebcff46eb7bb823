"""Forms about staff, roles and invitations, of both back offices alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from marketplace.flows.consumers import deactivate_person
from marketplace.flows.invite_staff import invite
from marketplace.flows.support_access import ask_for_support
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.merchant.customers.actions import recount_customer
from marketplace.platform.members.models import Double
from tenants.access.own_roles import make_role
from tenants.access.rights import Right
from tenants.accounts.actions import give_role
from tenants.accounts.blocking import block
from tenants.accounts.models import Membership, User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS


@dataclass
class People:
    """What the forms of one back office are about."""

    members: dict[str, UUID]  # memberships by the form they wait for
    invitations: dict[str, UUID]
    roles: dict[str, int]  # own roles
    role: str  # a built-in one
    right: Right
    visits: dict[str, UUID]


@dataclass
class Waiting:
    """A paid order of one line of two pieces, perhaps with a packed parcel."""

    key: UUID
    number: str
    line: UUID
    package: UUID


def some_people() -> dict[str, People]:
    return {
        "workbench": _people("owner-a@market.localhost", MERCHANTS["a"], ("dispatcher", "bookkeeper"), Right.VIEW_ORDERS),
        "console": _people("operator@market.localhost", None, ("auditor", "reviewer"), Right.VIEW_MERCHANTS),
    }


def _people(head: str, merchant_id: UUID | None, roles: tuple[str, str], right: Right) -> People:
    by = make.acting(User.objects.get(email=head))
    return People(
        {name: _member(by, merchant_id, roles[0]) for name in ("staff-person-roles", "staff-person-end")},
        {name: _invited(by, merchant_id, roles[0]) for name in ("staff-invitation-again", "staff-invitation-taken-back")},
        {name: _role(by, merchant_id, name, right) for name in ("staff-role", "staff-role-deleted")},
        roles[1],
        right,
        {name: _visit(merchant_id or MERCHANTS["a"]) for name in ("support-answer", "support-end")},
    )


def _member(by: Actor, merchant_id: UUID | None, role: str) -> UUID:
    person = make.a_buyer()
    give_role(by=by, user_id=person.pk, role=role, merchant_id=merchant_id)
    return Membership.objects.get(user=person).pk


def _invited(by: Actor, merchant_id: UUID | None, role: str) -> UUID:
    email = f"{uuid4().hex[:8]}@example.com"
    return invite(by=by, invitation_id=uuid4(), merchant_id=merchant_id, email=email, roles=[role], language="en").pk


def _role(by: Actor, merchant_id: UUID | None, name: str, right: Right) -> int:
    return make_role(by=by, merchant_id=merchant_id, role_id=uuid4(), names={"en": name}, rights=[right]).group_id


def _visit(merchant_id: UUID) -> UUID:
    asks = make.a_buyer()
    return ask_for_support(by=make.acting(asks), visit_id=uuid4(), merchant_id=merchant_id, reason="a parcel is stuck", minutes=60).pk


FORMS_ABOUT_SUPPORT: dict[tuple[str, str], Callable[[People], tuple[str, dict[str, Any]]]] = {
    ("workbench", "support-answer"): lambda p: (f"/support/{p.visits['support-answer']}/answer/", {"answer": "read"}),
    ("workbench", "support-end"): lambda p: (f"/support/{p.visits['support-end']}/end/", {}),
    ("console", "support"): lambda p: ("/support/", {"visit_id": uuid4(), "merchant": MERCHANTS["b"], "minutes": 30, "reason": "a parcel is stuck"}),
    ("console", "support-end"): lambda p: (f"/support/{p.visits['support-end']}/end/", {}),
}
FORMS_ABOUT_STAFF: dict[str, Callable[[People], tuple[str, dict[str, Any]]]] = {
    "staff-invite": lambda p: ("/staff/invite/", {"invitation_id": uuid4(), "email": f"{uuid4().hex[:8]}@example.com", "language": "en", "roles": p.role}),
    "staff-invitation-again": lambda p: (f"/staff/invitations/{p.invitations['staff-invitation-again']}/again/", {}),
    "staff-invitation-taken-back": lambda p: (f"/staff/invitations/{p.invitations['staff-invitation-taken-back']}/take-back/", {}),
    "staff-role-new": lambda p: ("/staff/roles/new/", {"role_id": uuid4(), "name_en": uuid4().hex[:12], "rights": p.right.codename}),
    "staff-role": lambda p: (f"/staff/roles/{p.roles['staff-role']}/", {"name_en": "Another name", "rights": p.right.codename, "why": "clearer"}),
    "staff-role-deleted": lambda p: (f"/staff/roles/{p.roles['staff-role-deleted']}/delete/", {}),
    "staff-person-roles": lambda p: (f"/staff/{p.members['staff-person-roles']}/roles/", {"roles": p.role, "why": "moved"}),
    "staff-person-end": lambda p: (f"/staff/{p.members['staff-person-end']}/end/", {"why": "left"}),
}


# ── Consumers and customers ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Accounts:
    """Persons that forms about consumers and customers are about, by the form they wait for."""

    people: dict[str, UUID]
    double: UUID
    customer: UUID
    block: UUID


def some_accounts() -> Accounts:
    names = ("consumer-contact", "consumer-note", "consumer-deactivate", "consumer-reactivate", "consumer-erase", "loser", "winner", "first", "second")
    people = {name: make.a_buyer().pk for name in names}
    deactivate_person(by=SYSTEM, user_id=people["consumer-reactivate"], why="a trial")
    first, second = sorted((people["first"], people["second"]))
    double = Double.objects.create(first_id=first, second_id=second, reasons=["phone"])
    group = make.a_completed_group(("a", make.a_product("a"), 1))
    with merchant_schema(MERCHANTS["a"]):
        customer = recount_customer(by=SYSTEM, buyer_id=group.buyer_id)
    kept_out = block(by=SYSTEM, kind="phone", value="+8613800009999", why="a trial")
    return Accounts(people, double.pk, customer.pk, kept_out.pk)


FORMS_ABOUT_ACCOUNTS: dict[tuple[str, str], Callable[[Accounts], tuple[str, dict[str, Any]]]] = {
    ("console", "consumer-contact"): lambda a: (f"/consumers/{a.people['consumer-contact']}/contact/", {"look-why": "a parcel came back"}),
    ("console", "consumer-note"): lambda a: (f"/consumers/{a.people['consumer-note']}/note/", {"note_id": uuid4(), "text": "called twice"}),
    ("console", "consumer-deactivate"): lambda a: (f"/consumers/{a.people['consumer-deactivate']}/deactivate/", {"close-why": "stolen password"}),
    ("console", "consumer-reactivate"): lambda a: (f"/consumers/{a.people['consumer-reactivate']}/reactivate/", {"open-why": "sorted out"}),
    ("console", "consumer-erase"): lambda a: (f"/consumers/{a.people['consumer-erase']}/erase/", {"request_id": uuid4(), "why": "asked by mail"}),
    ("console", "consumer-merge"): lambda a: (
        f"/consumers/{a.people['loser']}/into/{a.people['winner']}/",
        {"request_id": uuid4(), "why": "the same person"},
    ),
    ("console", "block-new"): lambda a: ("/blocks/new/", {"kind": "email", "value": f"{uuid4().hex[:8]}@example.com", "why": "cheats"}),
    ("console", "block-lift"): lambda a: (f"/blocks/{a.block}/lift/", {"why": "sorted out"}),
    ("console", "double-aside"): lambda a: (f"/doubles/{a.double}/aside/", {}),
    ("console", "doubles-again"): lambda a: ("/doubles/again/", {}),
    ("workbench", "customer-note"): lambda a: (f"/customers/{a.customer}/note/", {"note_id": uuid4(), "text": "likes blue"}),
    ("workbench", "customer-tags"): lambda a: (f"/customers/{a.customer}/tags/", {"tags": "gifts, tea"}),
}
