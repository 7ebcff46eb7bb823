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
from tenants.tenancy.errors import MerchantUnknown, ShopNotOpen
from tenants.tenancy.events import ShopMoved
from tenants.tenancy.models import Merchant, ShopChange

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
SUSPEND, REOPEN = "shop.suspend", "shop.reopen"  # kinds of requests for two people


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
    """Give a shop another status. Raises MerchantUnknown, ShopNotOpen; SecondPersonNeeded for what suspends, or ends a suspension; ReasonMissing."""
    with transaction.atomic():
        merchant = locked_merchant(merchant_id)
        before = merchant.status
        if not MOVES.allows(before, to):
            raise ShopNotOpen(status=merchant.get_status_display())
        if to == S.SUSPENDED and before != S.CLOSING:
            needs_two(by, SUSPEND)
            if not reason.strip() or kind not in ShopChange.Kind.values:
                raise ReasonMissing(field="kind" if reason.strip() else "reason")
        if before == S.SUSPENDED and to != S.CLOSING:
            needs_two(by, REOPEN)
        merchant.status = to
        merchant.save(update_fields=["status"])
        change = ShopChange.objects.create(
            merchant=merchant, before=before, after=to, kind=kind, reason=reason.strip()[:500], is_owners=is_owners, by_label=by.label, at=clock.now()
        )
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


def last_change(merchant_id: UUID, to: str) -> ShopChange | None:
    """The latest move to this status."""
    return ShopChange.objects.filter(merchant_id=merchant_id, after=to).order_by("-at", "-pk").first()
