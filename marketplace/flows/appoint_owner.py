"""An owner for a shop whose own is out of reach: two of the market's people give it one, and everybody who leads there hears of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.kinds import Order, Plan
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.masks import masked_email
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.messages import Message, read_in, worded
from marketplace.platform.notices.telling import notify, tell
from tenants.access.owners import owners_of
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.access.roles import OWNER
from tenants.access.staff import lock_office
from tenants.accounts.actions import give_role
from tenants.accounts.addresses import is_in_doubt
from tenants.accounts.errors import AddressUnconfirmed, WorksForMarket
from tenants.accounts.models import Membership, User
from tenants.tenancy.errors import MerchantUnknown, ShopNotOpen
from tenants.tenancy.hosts import workbench_url
from tenants.tenancy.models import Market, Merchant

APPOINT = "shop.owner"
HAS_NO_OFFICE = (Merchant.Status.OPENING, Merchant.Status.CLOSED)


def plan_owner(order: Order) -> Plan:
    """`order` names the person by `email`, or, once it was checked, by `user_id`."""
    merchant, person = _merchant(order["merchant_id"]), _person(order)
    owners = _owners_beside(merchant, person)
    before, after = {"owners": [_shown(each) for each in owners]}, {"owner": _shown(person)}
    return Plan({"merchant_id": str(merchant.pk), "user_id": str(person.pk)}, "merchant", str(merchant.pk), before, after, merchant.pk)


def carry_out(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    appoint_owner(by=by, merchant_id=UUID(order["merchant_id"]), user_id=UUID(order["user_id"]), why=why)
    return {}


@verb
def appoint_owner(*, by: Actor, merchant_id: UUID, user_id: UUID, why: str) -> None:
    """Somebody with an account works for the shop as its owner from now on; whoever owned it stays.

    Raises SecondPersonNeeded, ReasonMissing, MerchantUnknown, ShopNotOpen, InvalidInput, AddressUnconfirmed, WorksForMarket.
    """
    needs_two(by, APPOINT)
    check_reason(why, field="why")
    merchant = _merchant(merchant_id)
    with transaction.atomic():
        lock_office(merchant_id)
        person = _person({"user_id": user_id})
        owners = _owners_beside(merchant, person)
        row, _made = Membership.objects.get_or_create(user=person, merchant_id=merchant_id)
        if not row.is_active:  # who comes back is as new as who never was here
            row.is_active, row.ended_at, row.since = True, None, clock.now()
            row.save(update_fields=["is_active", "ended_at", "since"])
        give_role(by=by, user_id=person.pk, role=OWNER, merchant_id=merchant_id)
        audit(
            by=by,
            action="merchant.owner_appointed",
            subject="merchant",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before={"owners": [_shown(each) for each in owners]},
            after={"owner": _shown(person)},
            why=why.strip(),
        )
        _tell(merchant, person, why.strip())


def _merchant(merchant_id: UUID | str) -> Merchant:
    found = Merchant.objects.filter(pk=merchant_id).first()
    if found is None:
        raise MerchantUnknown
    if found.status in HAS_NO_OFFICE:
        raise ShopNotOpen(status=found.get_status_display())
    return found


def _person(order: Order) -> User:
    wanted = {"pk": order["user_id"]} if order.get("user_id") else {"email__iexact": str(order.get("email", "")).strip()}
    found: User | None = User.objects.filter(is_active=True, **wanted).first()
    if found is None:
        raise InvalidInput(field="email", why=_("Nobody has an open account with this address. They register at the market first."))
    if is_in_doubt(found):  # else whoever typed it first would get the shop
        raise AddressUnconfirmed(field="email", email=found.email)
    return found


def _owners_beside(merchant: Merchant, person: User) -> list[User]:
    """Who owns the shop now, if the person may own it, too. The market's own people lead its own shops only: elsewhere they would judge themselves."""
    owners = owners_of(merchant.pk)
    if any(each.pk == person.pk for each in owners):
        raise InvalidInput(field="email", why=_("This person owns the shop already."))
    if not merchant.is_own and Membership.objects.filter(user=person, merchant_id=None, is_active=True).exists():
        raise WorksForMarket(field="email", email=person.email)
    return owners


def _shown(person: User) -> str:
    return f"{person.name} · {masked_email(person.email)}" if person.name else masked_email(person.email)


def _tell(merchant: Merchant, person: User, why: str) -> None:
    """Everybody who may give roles there, whoever was appointed among them; and the shop's own address, if it is nobody's of them."""

    def compose() -> Message:
        facts = {"name": merchant.name, "person": _shown(person), "reason": why, "contact": Market.objects.get().contact_email}
        return worded("owner_appointed", facts, link=workbench_url(merchant, "/staff/"))

    people = staff_with([merchant.pk], Right.MANAGE_STAFF)[merchant.pk]
    tell(people, compose)
    if merchant.contact_email.lower() not in {each.email.lower() for each in people}:
        with read_in(Market.objects.get().languages[0]):
            notify(compose(), email=merchant.contact_email)
