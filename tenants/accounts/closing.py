"""Whether somebody may sign in at all: deactivating an account and opening it again. What is deleted or merged stays so."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import check_reason
from marketplace.kernel.verbs import verb
from tenants.access.errors import NotYourself
from tenants.access.roles import OWNER
from tenants.access.staff import have_role, lock_office
from tenants.accounts.errors import AccountClosed, AccountOpen, LastOwner, PersonUnknown, WorksForMarket
from tenants.accounts.models import Closure, Membership, User
from tenants.accounts.sign_ins import end_sessions
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import in_merchant_schemas


def locked_person(user_id: UUID) -> User:
    """Raises PersonUnknown. Rows that point at the person may still be added meanwhile."""
    row = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user_id).first()
    if row is None:
        raise PersonUnknown
    return row


@verb
def deactivate(*, by: Actor, user_id: UUID, why: str) -> Closure:
    """Nobody signs in with this account any more, and who is signed in is out with the next click. Orders on their way go on.

    Who works for the market, and the only owner of a shop, are refused: one person alone would else stop a shop or a colleague.
    Safe to repeat. Raises ReasonMissing, NotYourself, PersonUnknown, AccountClosed, WorksForMarket, LastOwner.
    """
    check_reason(why, field="why")
    if user_id == by.user_id:
        raise NotYourself
    with transaction.atomic():
        places = sorted(Membership.objects.filter(user_id=user_id, is_active=True).values_list("merchant_id", flat=True), key=str)
        for merchant_id in places:
            lock_office(merchant_id)
        user = locked_person(user_id)
        if known := Closure.objects.filter(user=user).first():
            if known.kind == Closure.Kind.DEACTIVATED:
                return known
            raise AccountClosed(how=known.get_kind_display())
        _check_places(user, places)
        user.is_active = False
        user.save(update_fields=["is_active"])
        row = Closure.objects.create(user=user, kind=Closure.Kind.DEACTIVATED, why=why.strip()[:500], by_label=by.label)
        ended = end_sessions(user.pk)
        for merchant_id in {None, *places}:  # a shop reads in its own log that one of its people cannot come in
            audit(
                by=by,
                action="person.deactivated",
                subject="person",
                subject_id=user.pk,
                merchant_id=merchant_id,
                before={"may_sign_in": True},
                after={"may_sign_in": False, "sessions_ended": ended},
                why=row.why,
            )
    return row


def _check_places(user: User, places: list[UUID | None]) -> None:
    """Raises WorksForMarket, LastOwner."""
    if None in places:
        raise WorksForMarket(email=user.email)
    with in_merchant_schemas(key for key in places if key) as merchants:
        for merchant_id in merchants:
            if have_role(OWNER, merchant_id) == [user.pk]:
                raise LastOwner(email=user.email, shop=Merchant.objects.get(pk=merchant_id).name)


@verb
def reactivate(*, by: Actor, user_id: UUID, why: str) -> User:
    """Undo `deactivate`: the person signs in as before. Safe to repeat. Raises ReasonMissing, PersonUnknown, AccountOpen."""
    check_reason(why, field="why")
    with transaction.atomic():
        user = locked_person(user_id)
        row = Closure.objects.filter(user=user).first()
        if row is None or row.kind != Closure.Kind.DEACTIVATED:
            raise AccountOpen
        row.delete()
        user.is_active = True
        user.save(update_fields=["is_active"])
        for merchant_id in {None, *Membership.objects.filter(user=user, is_active=True).values_list("merchant_id", flat=True)}:
            audit(
                by=by,
                action="person.reactivated",
                subject="person",
                subject_id=user.pk,
                merchant_id=merchant_id,
                before={"may_sign_in": False, "why": row.why},
                after={"may_sign_in": True},
                why=why.strip()[:500],
            )
    return user
