"""The end of a shop: asked for by an owner, or by two of the operator's people; then everything open is settled; then it is closed for good.

While a shop is closing it takes no orders, ships what is paid, answers returns and is paid. Once nothing is left its owner closes it, or it
closes by itself some days later; until then who began it can take it back.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.shop_life import move, open_or_away
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from tenants.access.owners import check_owner
from tenants.accounts.models import User
from tenants.accounts.proving import check_own_password
from tenants.tenancy.errors import ShopNotOpen
from tenants.tenancy.events import NothingLeft
from tenants.tenancy.life import CLOSE, closing_of, locked_merchant
from tenants.tenancy.models import Closing, Merchant, ShopChange
from tenants.tenancy.obligations import obligations_of

CLOSES = "shop.closes"  # the deadline
GRACE = timedelta(days=14)  # from "nothing is left" to closing by itself
S = Merchant.Status


@verb
def ask_to_close(*, by: Actor, merchant_id: UUID, password: str, name: str, reason: str = "") -> ShopChange:
    """An owner begins to close the own shop: password again, and the shop's name typed.

    Raises OwnersOnly, InvalidInput, ShopNotOpen.
    """
    with transaction.atomic():
        merchant = locked_merchant(merchant_id)
        check_owner(by, merchant_id)
        check_own_password(User.objects.get(pk=by.person), password)
        if name.strip() not in merchant.names.values():
            raise InvalidInput(field="name", why=_("Write the shop's name exactly as it stands above."))
        change: ShopChange = move(by=by, merchant_id=merchant_id, to=S.CLOSING, reason=reason, is_owners=True)
    return change


@verb
def start_closing(*, by: Actor, merchant_id: UUID, reason: str) -> ShopChange:
    """The operator closes a shop. Raises SecondPersonNeeded, ReasonMissing, ShopNotOpen."""
    needs_two(by, CLOSE)
    check_reason(reason, field="why")
    return move(by=by, merchant_id=merchant_id, to=S.CLOSING, reason=reason)


@verb
def take_closing_back(*, by: Actor, merchant_id: UUID) -> ShopChange:
    """An owner keeps the shop after all; one that was suspended before is so again.

    Raises OwnersOnly, NotYourClosing (the operator began it), ShopNotOpen.
    """
    with transaction.atomic():
        merchant = locked_merchant(merchant_id)
        check_owner(by, merchant_id)
        closing = closing_of(merchant_id)
        if closing is None:
            raise ShopNotOpen(status=merchant.get_status_display())
        meet(kind=CLOSES, subject_id=closing.pk)
        to = S.SUSPENDED if closing.before == S.SUSPENDED else open_or_away(merchant_id)
        change: ShopChange = move(by=by, merchant_id=merchant_id, to=to, is_owners=True)
    return change


@verb
def close_shop(*, by: Actor, merchant_id: UUID, password: str) -> ShopChange:
    """An owner closes the shop for good, once nothing is left. Raises OwnersOnly, InvalidInput, ShopNotOpen, ObligationsLeft."""
    with transaction.atomic():
        locked_merchant(merchant_id)
        check_owner(by, merchant_id)
        check_own_password(User.objects.get(pk=by.person), password)
        change = _close(by, merchant_id, is_owners=True)
    return change


def _close(by: Actor, merchant_id: UUID, *, is_owners: bool = False) -> ShopChange:
    closing = closing_of(merchant_id)
    change: ShopChange = move(by=by, merchant_id=merchant_id, to=S.CLOSED, is_owners=is_owners)
    if closing is not None:
        meet(kind=CLOSES, subject_id=closing.pk)
    return change


@verb
def look_at_closing(*, by: Actor, closing_id: UUID) -> bool:
    """Whether nothing is left of a closing shop: from then on it closes by itself after GRACE, and its owners hear it once.

    Something new in the meantime stops that. Safe to repeat.
    """
    with transaction.atomic():
        row = Closing.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=closing_id)
        if row.status != Closing.Status.RUNNING:
            return False
        is_done = not obligations_of(row.merchant)
        if is_done == (row.closes_at is not None):
            return is_done
        before, row.closes_at = row.closes_at, clock.now() + GRACE if is_done else None
        row.save(update_fields=["closes_at"])
        if row.closes_at:
            set_deadline(kind=CLOSES, subject_id=row.pk, due_at=row.closes_at, merchant_id=row.merchant_id)
            record(NothingLeft(merchant_id=row.merchant_id, closing_id=row.pk))
        else:
            meet(kind=CLOSES, subject_id=row.pk)
        audit(
            by=by,
            action="closing.looked_at",
            subject="merchant",
            subject_id=row.merchant_id,
            merchant_id=row.merchant_id,
            before={"closes_at": before.isoformat() if before else None},
            after={"closes_at": row.closes_at.isoformat() if row.closes_at else None},
        )
    return is_done


def look_at_all_closings() -> None:
    """A duty: shops that are closing are few, and each is counted by a dozen short questions."""
    for closing_id in Closing.objects.filter(status=Closing.Status.RUNNING).order_by("asked_at").values_list("pk", flat=True):
        look_at_closing(by=SYSTEM, closing_id=closing_id)


@verb
def close_by_itself(*, by: Actor, closing_id: UUID) -> None:
    """Nobody objected for GRACE after nothing was left. What has come up since is settled first. Safe to repeat."""
    with transaction.atomic():
        row = Closing.objects.select_related("merchant").get(pk=closing_id)
        merchant = locked_merchant(row.merchant_id)
        row.refresh_from_db()
        if row.status != Closing.Status.RUNNING:
            return
        if obligations_of(merchant):
            look_at_closing(by=by, closing_id=closing_id)
            return
        _close(by, merchant.pk)


def close_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `shop.closes`."""
    close_by_itself(by=SYSTEM, closing_id=event.subject_id)
