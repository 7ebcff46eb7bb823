"""How an order stands, said to its buyer: a sentence first, then steps with the times they really happened at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.kernel import clock
from marketplace.kernel.formats import format_time
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.virtual.kinds import GoodsKind

LONGEST_SEARCH = 60


@dataclass(frozen=True)
class Step:
    """`at` is when it happened, or, with `is_promise`, by when it will. `state`: done, now, or nothing."""

    label: str
    at: datetime | None
    state: str = ""
    is_promise: bool = False


def is_late(copy: OrderCopy) -> bool:
    """Whether the shop has let the day go by on which the order should have left."""
    waits = copy.status == OrderStatus.CONFIRMED and copy.fulfilment_status == FulfilmentStatus.NONE
    return waits and copy.ship_by is not None and clock.now() > copy.ship_by


def shipped_at(copy: OrderCopy) -> datetime | None:
    """When the last parcel of it left."""
    moments = [datetime.fromisoformat(parcel["shipped_at"]) for parcel in copy.packages if parcel.get("shipped_at")]
    return max(moments, default=None)


def sentence_of(copy: OrderCopy) -> str:
    """How it stands, in a sentence a buyer would ask for. Empty where there is nothing to say beyond the label."""
    left = shipped_at(copy)
    if copy.status == OrderStatus.COMPLETED and copy.completed_at and copy.is_virtual:
        used = copy.kind == GoodsKind.SERVICE
        return (_("Used up {at}") if used else _("Handed out {at}")).format(at=format_time(copy.completed_at))
    if copy.status == OrderStatus.COMPLETED and copy.completed_at:
        return _("Received {at}").format(at=format_time(copy.completed_at))
    if copy.status == OrderStatus.CANCELLED and copy.cancelled_at:
        return _("Cancelled {at}").format(at=format_time(copy.cancelled_at))
    if copy.status != OrderStatus.CONFIRMED:
        return ""
    if copy.kind == GoodsKind.SERVICE:
        return _("Show the voucher at the shop")
    if copy.kind == GoodsKind.CODES:
        return _("The code is handed out in a moment")
    if copy.fulfilment_status == FulfilmentStatus.PART_SHIPPED:
        return _("A part is on its way, the rest follows")
    if left:
        return _("On its way since {at}").format(at=format_time(left))
    if is_late(copy) and copy.ship_by:
        return _("Should have left by {at}").format(at=format_time(copy.ship_by))
    return _("Leaves by {at}").format(at=format_time(copy.ship_by)) if copy.ship_by else ""


def steps_of(copy: OrderCopy) -> list[Step]:
    """Placed, paid, accepted, shipped, received; a cancelled order ends where it ended."""
    left = shipped_at(copy) if copy.fulfilment_status != FulfilmentStatus.PART_SHIPPED else None
    happened = [
        (pgettext("order", "Placed"), copy.placed_at),
        (pgettext("order", "Paid"), copy.group.paid_at),
        (pgettext("order", "Accepted"), copy.accepted_at or left),
        (pgettext("order", "Shipped"), left),
        (pgettext("order", "Received"), copy.completed_at),
    ]
    if copy.is_virtual:
        ends = pgettext("order", "Used") if copy.kind == GoodsKind.SERVICE else pgettext("order", "Handed out")
        happened = [*happened[:2], (ends, copy.completed_at)]
    if copy.cancelled_at:
        return [*(Step(label, at, "done") for label, at in happened if at), Step(pgettext("order", "Cancelled"), copy.cancelled_at, "now")]
    first_open = next((n for n, (_label, at) in enumerate(happened) if at is None), len(happened))
    promised = {} if copy.is_virtual else {3: copy.ship_by}
    return [
        Step(label, at or promised.get(n), "done" if at else "now" if n == first_open else "", is_promise=at is None and promised.get(n) is not None)
        for n, (label, at) in enumerate(happened)
    ]


def orders_with(groups: QuerySet[OrderGroup], words: str) -> QuerySet[OrderGroup]:
    """Groups with these words in a number, an article or the name of a shop."""
    if not words:
        return groups
    written = groups.annotate(articles=Cast("orders__lines", TextField()), shop=Cast("orders__merchant__names", TextField()))
    number = words.replace(" ", "")
    return written.filter(Q(number__icontains=number) | Q(orders__number__icontains=number) | Q(articles__icontains=words) | Q(shop__icontains=words))
