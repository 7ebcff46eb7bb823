"""Money back to buyers by two people, where a shop has chosen so: who may go on, and what waits for a colleague.

What time does by itself, for the buyer's sake, asks nobody; nor does what the buyer does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.cancel_order import CANCEL, cancel_pieces
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import IllegalMove, MarketError, check_reason
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.two_people import carrying_out
from marketplace.kernel.verbs import verb
from marketplace.merchant.aftersales.errors import LookDecided, NobodyElse, SameHands
from marketplace.merchant.aftersales.models import SecondLook
from marketplace.merchant.aftersales.second_looks import close_look, locked_look, open_look, put_rule, takes_two
from marketplace.merchant.orders.actions import order_to_ship
from marketplace.merchant.orders.errors import NothingToGiveBack
from marketplace.platform.approvals.errors import NotYourRequest, SamePerson
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.access.rules import RightMissing
from tenants.accounts.models import User
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

S, K = SecondLook.Status, SecondLook.Kind
UNDECIDED = "nobody decided in time"  # the log says it in words of its reader


def who_may_approve(without: Collection[UUID] = ()) -> list[User]:
    """People of the shop whose schema is open who may approve returns, but for these."""
    with transaction.atomic():
        people = staff_with([current_merchant_id()], Right.APPROVE_RETURNS)[current_merchant_id()]
    return [person for person in people if person.pk not in without]


def why_not(person_id: UUID, hands: set[UUID]) -> MarketError | None:
    """Why somebody may not be the second person, or None. `hands` have taken part already."""
    people = who_may_approve()
    others = [person for person in people if person.pk not in hands]
    who = ", ".join(person.name or person.email for person in others) or _("nobody yet; an owner can give the right to somebody")
    if person_id in hands:
        return SameHands(who=who)
    if person_id not in {person.pk for person in people}:
        return RightMissing(right=_(Right.APPROVE_RETURNS.label), who=who)
    return None


def check_second(by: Actor, hands: set[UUID]) -> None:
    """Raises SameHands, RightMissing where this shop wants two people and the person who acts cannot be the second. Time may always."""
    if by.kind == "person" and takes_two() and (refusal := why_not(by.person, hands)):
        raise refusal


# ── The rule ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def take_two_people(*, by: Actor) -> None:
    """From now on money goes back by two people. Safe to repeat. Raises NobodyElse: somebody besides has to be able to approve."""
    with transaction.atomic():
        if not who_may_approve({by.person}):
            raise NobodyElse(right=_(Right.APPROVE_RETURNS.label))
        put_rule(by=by, takes_two=True)


@verb
def ask_for_one_person(*, by: Actor, look_id: UUID, why: str) -> SecondLook:
    """Let one person suffice again: a colleague decides. The same `look_id` asks once. Raises ReasonMissing, IllegalMove, LookWaits."""
    check_reason(why, field="why")
    with transaction.atomic():
        if not takes_two():
            raise IllegalMove
        return open_look(by=by, row=SecondLook(pk=look_id, kind=K.ONE_PERSON, why=why.strip()[:500]))


# ── Requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def ask_to_cancel(*, by: Actor, look_id: UUID, number: str, pieces: Mapping[UUID, int], why: str) -> SecondLook:
    """These pieces of a paid order cannot be sent: a colleague decides whether they are given up. Until then the order stands as it is.

    The same `look_id` asks once. Raises OrderUnknown, NotPaidYet, IllegalMove, NothingToGiveBack, ReasonMissing, LookWaits, KeyReused.
    """
    check_reason(why)
    with transaction.atomic():
        order = order_to_ship(number)
        wanted = {str(key): n for key, n in sorted(pieces.items()) if n}
        free = {str(line.pk): line.to_pack for line in order.lines.all()}
        if not wanted or any(not 0 < n <= free.get(key, 0) for key, n in wanted.items()):
            raise NothingToGiveBack(number=number)
        return open_look(by=by, row=SecondLook(pk=look_id, kind=K.CANCEL, order=order, pieces=wanted, why=why.strip()[:500]))


@verb
def approve_look(*, by: Actor, look_id: UUID, why: str = "") -> SecondLook:
    """Agree, and have it done. Safe to repeat by the same person.

    Raises LookUnknown, LookDecided, SamePerson, RightMissing, and what the verb of the kind refuses: then it waits on.
    """
    with transaction.atomic():
        row = _waiting(by, look_id, ends=S.APPROVED)
        if row.status == S.APPROVED:
            return row
        _check_other(by, row)
        if row.order is not None:
            with carrying_out(CANCEL):
                cancel_pieces(by=by, number=row.order.number, pieces={UUID(key): n for key, n in row.pieces.items()}, reason=row.why)
        else:
            put_rule(by=by, takes_two=False, why=row.why)
        close_look(by=by, row=row, status=S.APPROVED, why=why)
    return row


@verb
def refuse_look(*, by: Actor, look_id: UUID, why: str) -> SecondLook:
    """Say no, with a reason that whoever asked reads. Raises LookUnknown, LookDecided, SamePerson, RightMissing, ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        row = _waiting(by, look_id, ends=S.REFUSED)
        if row.status == S.WAITING:
            _check_other(by, row)
            close_look(by=by, row=row, status=S.REFUSED, why=why)
    return row


@verb
def withdraw_look(*, by: Actor, look_id: UUID, why: str = "") -> SecondLook:
    """Who asked no longer wants it. Raises LookUnknown, LookDecided, NotYourRequest."""
    with transaction.atomic():
        row = _waiting(by, look_id, ends=S.WITHDRAWN)
        if row.asked_by != by.person:
            raise NotYourRequest
        if row.status == S.WAITING:
            close_look(by=by, row=row, status=S.WITHDRAWN, why=why)
    return row


def expire_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `second_look.expires`: nobody decided, so nothing is given up."""
    if event.merchant_id is None:
        raise ValueError("a second look belongs to a merchant")
    with transaction.atomic(), merchant_schema(event.merchant_id):
        row = locked_look(event.subject_id)
        if row.status == S.WAITING:
            close_look(by=SYSTEM, row=row, status=S.EXPIRED, why=UNDECIDED)


def _waiting(by: Actor, look_id: UUID, *, ends: str) -> SecondLook:
    """A locked request that waits, or that the same person has ended in the same way before. Raises LookUnknown, LookDecided."""
    row = locked_look(look_id)
    is_same = row.status == ends and row.decided_by == by.person
    if not is_same and (row.status != S.WAITING or row.expires_at <= clock.now()):
        raise LookDecided
    return row


def _check_other(by: Actor, row: SecondLook) -> None:
    if row.asked_by == by.person:
        raise SamePerson
    if refusal := why_not(by.person, {row.asked_by}):
        raise refusal
