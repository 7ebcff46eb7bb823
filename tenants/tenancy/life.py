"""The life of a shop: the verb that moves it from one status to another. What goes with a move stands in marketplace/flows/shop_life.py."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import ReasonMissing
from marketplace.kernel.outbox import record
from marketplace.kernel.states import Moves
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from tenants.tenancy.errors import MerchantUnknown, NotYourClosing, ShopNotOpen
from tenants.tenancy.events import ShopMoved
from tenants.tenancy.models import Closing, Market, Merchant, ShopChange
from tenants.tenancy.obligations import check_nothing_is_left

S = Merchant.Status
MOVES = Moves(
    {
        S.OPENING: {S.OPEN},
        S.OPEN: {S.HOLIDAY, S.SUSPENDED, S.CLOSING},
        S.HOLIDAY: {S.OPEN, S.SUSPENDED, S.CLOSING},
        S.SUSPENDED: {S.OPEN, S.HOLIDAY, S.CLOSING},
        S.CLOSING: {S.OPEN, S.HOLIDAY, S.SUSPENDED, S.CLOSED},
        S.CLOSED: set(),
    }
)
ACTIONS = {S.OPEN: "reopened", S.HOLIDAY: "on_holiday", S.SUSPENDED: "suspended", S.CLOSING: "closing", S.CLOSED: "closed"}
SUSPEND, REOPEN, CLOSE = "shop.suspend", "shop.reopen", "shop.close"  # kinds of requests for two people


def locked_merchant(merchant_id: UUID) -> Merchant:
    """Whoever places an order holds its shops' rows shared (marketplace/platform/cart/queries.py), so an order is placed before a move or not at all.

    Raises MerchantUnknown.
    """
    merchant = Merchant.objects.select_for_update().filter(pk=merchant_id).first()
    if merchant is None:
        raise MerchantUnknown
    return merchant


@verb
def move_shop(*, by: Actor, merchant_id: UUID, to: str, reason: str = "", kind: str = "", is_owners: bool = False) -> ShopChange:
    """Give a shop another status. `is_owners`: an owner wants it, which whoever calls has checked.

    Raises MerchantUnknown, ShopNotOpen, ReasonMissing; SecondPersonNeeded for what suspends, ends a suspension, closes without the owner, or
    takes that back; NotYourClosing; ObligationsLeft.
    """
    with transaction.atomic():
        merchant = locked_merchant(merchant_id)
        before = merchant.status
        if not MOVES.allows(before, to):
            raise ShopNotOpen(status=merchant.get_status_display())
        closing = closing_of(merchant_id) if before == S.CLOSING else None
        _check_move(by, merchant, to, closing, is_owners=is_owners)
        if to == S.SUSPENDED and before != S.CLOSING and (not reason.strip() or kind not in ShopChange.Kind.values):
            raise ReasonMissing(field="kind" if reason.strip() else "reason")
        if to == S.CLOSED:
            check_nothing_is_left(merchant)
            merchant.closed_at = clock.now()
        merchant.status = to
        merchant.save(update_fields=["status", "closed_at"])
        change = ShopChange.objects.create(
            merchant=merchant, before=before, after=to, kind=kind, reason=reason.strip()[:500], is_owners=is_owners, by_label=by.label, at=clock.now()
        )
        _keep_closing(by, merchant, change, closing)
        audit(
            by=by,
            action=f"merchant.{ACTIONS[S(to)]}",
            subject="merchant",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before={"status": before},
            after={"status": to} | ({"kind": kind} if kind else {}),
            why=reason.strip(),
        )
        record(ShopMoved(merchant_id=merchant_id, change_id=change.pk, before=before, after=to))
    return change


def _check_move(by: Actor, merchant: Merchant, to: str, closing: Closing | None, *, is_owners: bool) -> None:
    """What one person may do alone: an owner closes the own shop and takes that back, nothing else."""
    if closing is not None and to != S.CLOSED:
        _check_taken_back(by, to, closing, is_owners=is_owners)
    elif to == S.SUSPENDED:
        needs_two(by, SUSPEND)
    elif to in (S.CLOSING, S.CLOSED) and not is_owners:
        needs_two(by, CLOSE)
    elif merchant.status == S.SUSPENDED and to != S.CLOSING:
        needs_two(by, REOPEN)


def _check_taken_back(by: Actor, to: str, closing: Closing, *, is_owners: bool) -> None:
    """An owner takes back what an owner began; a shop that was suspended before is so again, and closing is no way around that."""
    if not is_owners:
        needs_two(by, REOPEN)
    elif not closing.is_owners:
        raise NotYourClosing(contact=Market.objects.get().contact_email)
    elif (to == S.SUSPENDED) != (closing.before == S.SUSPENDED):
        needs_two(by, REOPEN)


def closing_of(merchant_id: UUID) -> Closing | None:
    """The closing that runs."""
    return Closing.objects.filter(merchant_id=merchant_id, status=Closing.Status.RUNNING).first()


def _keep_closing(by: Actor, merchant: Merchant, change: ShopChange, closing: Closing | None) -> None:
    if change.after == S.CLOSING:
        Closing.objects.create(merchant=merchant, before=change.before, reason=change.reason, is_owners=change.is_owners, by_label=by.label, asked_at=change.at)
    elif closing is not None:
        closing.status = Closing.Status.CLOSED if change.after == S.CLOSED else Closing.Status.TAKEN_BACK
        closing.ended_at = change.at
        closing.save(update_fields=["status", "ended_at"])


def last_change(merchant_id: UUID, to: str) -> ShopChange | None:
    """The latest move to this status."""
    return ShopChange.objects.filter(merchant_id=merchant_id, after=to).order_by("-at", "-pk").first()
