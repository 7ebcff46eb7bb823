"""What buyers are told, in the language they ordered in. Reactions: each runs once for an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from marketplace.flows.events import (
    GoodsHandedOver,
    OrderCancelled,
    OrderGroupExpired,
    OrderGroupPaid,
    OrderGroupPlaced,
    OrderShipped,
    ReturnMoved,
    VouchersExpired,
)
from marketplace.kernel.formats import format_money, format_time
from marketplace.kernel.money import Money
from marketplace.kernel.texts import localised
from marketplace.merchant.aftersales.states import ReturnStatus
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.customising.wishes import in_words
from marketplace.platform.delivery.queries import carriers
from marketplace.platform.notices.messages import Message, Table, read_in, worded
from marketplace.platform.notices.telling import notify
from marketplace.platform.payments.events import RefundSent
from marketplace.platform.payments.models import Refund
from marketplace.platform.virtual.kinds import GoodsKind
from tenants.tenancy.hosts import market_url


def order_address(group: OrderGroup, order: OrderCopy | None = None) -> str:
    return market_url(f"/orders/{group.number}/" + (f"#order-{order.number}" if order else ""))


def _group(group_id: Any) -> tuple[OrderGroup, list[OrderCopy]]:
    group = OrderGroup.objects.select_related("buyer").get(pk=group_id)
    return group, list(group.orders.select_related("merchant").order_by("number"))


def goods(order: OrderCopy, lines: Iterable[dict[str, Any]] | None = None) -> list[tuple[str, str]]:
    """What was bought as rows: what and how many, what it costs. A bundle is one row, with what is in it."""
    if lines is None:
        return [row for entry in order.entries for row in _entry(order, entry)]
    return [(f"{title_of(line)} × {line['quantity']}", format_money(Money(line["total_minor"], order.currency))) for line in lines]


def _entry(order: OrderCopy, entry: dict[str, Any]) -> Iterable[tuple[str, str]]:
    yield f"{localised(entry['titles']).text} × {entry['quantity']}", format_money(Money(entry["total_minor"], order.currency))
    for wish in entry.get("custom", {}).get("wishes", ()):
        yield f"— {in_words([wish])}", ""
    for line in order.lines:
        if line.get("bundle", {}).get("id") == entry["id"]:
            yield f"— {localised(line['titles']).text} × {line['quantity']}", ""


def title_of(line: dict[str, Any]) -> str:
    """What a line of an order is called by itself: after the bundle it was bought in."""
    title = localised(line["titles"]).text
    return f"{localised(line['bundle']['titles']).text} · {title}" if "bundle" in line else title


def bill(order: OrderCopy, title: str) -> Table:
    """Goods, delivery and their sum."""
    rows = goods(order)
    if order.freight_minor:
        rows.append((_("Delivery"), format_money(order.freight)))
    return Table(title, rows, (_("Total"), format_money(order.total)))


def by_shop(orders: list[OrderCopy]) -> list[Table]:
    return [bill(order, order.merchant.name) for order in orders]


def _tell_buyer(group: OrderGroup, compose: Callable[[], Message]) -> None:
    """In the language the order was placed in."""
    with read_in(group.language):
        notify(compose(), person=group.buyer)


def to_be_paid(kind: str, group: OrderGroup, orders: list[OrderCopy]) -> Message:
    """That an order waits for its payment, by when. Of use until then."""
    facts = {"number": group.number, "until": format_time(group.hold_until), "amount": format_money(group.total)}
    return worded(kind, facts, link=order_address(group), tables=by_shop(orders), subject_id=group.pk, until=group.hold_until)


def placed(event: OrderGroupPlaced) -> None:
    """The order stands, and has to be paid."""
    group, orders = _group(event.group_id)
    _tell_buyer(group, lambda: to_be_paid("order_placed", group, orders))


def paid(event: OrderGroupPaid) -> None:
    """The money is there; the shops are at work."""
    group, orders = _group(event.group_id)

    def compose() -> Message:
        facts = {"number": group.number, "amount": format_money(group.total), "shipping": "\n".join(_ship_lines(orders))}
        return worded("order_paid", facts, link=order_address(group), tables=by_shop(orders))

    _tell_buyer(group, compose)


def _ship_lines(orders: list[OrderCopy]) -> list[str]:
    return [_("{shop} ships by {at}.").format(shop=order.merchant.name, at=format_time(order.ship_by)) for order in orders if order.ship_by]


def expired(event: OrderGroupExpired) -> None:
    """It was not paid in time."""
    group, orders = _group(event.group_id)
    _tell_buyer(group, lambda: worded("order_expired", {"number": group.number}, link=order_address(group), tables=by_shop(orders)))


def shipped(event: OrderShipped) -> None:
    """A parcel is on its way."""
    order = OrderCopy.objects.select_related("group__buyer", "merchant").get(pk=event.order_id)
    parcel = next((row for row in order.packages if row.get("id") == str(event.package_id)), None)
    if parcel is None:
        raise ValueError(f"order {order.number} has no copy of parcel {event.package_id}")

    def compose() -> Message:
        positions = dict(parcel["lines"])
        rows = [(title_of(line), f"× {positions[n]}") for n, line in enumerate(order.lines, start=1) if n in positions]
        facts = {
            "shop": order.merchant.name,
            "carrier": localised(carriers().get(parcel["carrier"], {"en": parcel["carrier"]})).text,
            "tracking": parcel["tracking_number"],
            "number": order.number,
        }
        return worded("order_shipped", facts, link=order_address(order.group, order), tables=[Table(_("In the parcel"), rows)])

    _tell_buyer(order.group, compose)


def handed_over(event: GoodsHandedOver) -> None:
    """Codes or vouchers stand on the page of the order. They are in no letter."""
    order = OrderCopy.objects.select_related("group__buyer", "merchant").get(pk=event.order_id)
    kind = "codes_ready" if order.kind == GoodsKind.CODES else "vouchers_ready"
    _tell_buyer(
        order.group,
        lambda: worded(kind, {"shop": order.merchant.name, "number": order.number}, link=order_address(order.group, order), tables=[bill(order, _("Goods"))]),
    )


def vouchers_expired(event: VouchersExpired) -> None:
    """They were not used in time; the money goes back."""
    order = OrderCopy.objects.select_related("group__buyer", "merchant").get(pk=event.order_id)
    facts = {"shop": order.merchant.name, "number": order.number}
    _tell_buyer(order.group, lambda: worded("vouchers_expired", facts, link=order_address(order.group, order)))


def cancelled(event: OrderCancelled) -> None:
    """The shop cannot send something."""
    if event.by_buyer:
        return
    order = OrderCopy.objects.select_related("group__buyer", "merchant").get(pk=event.order_id)

    def compose() -> Message:
        rows = [(title_of(line), f"× {line['cancelled']}") for line in order.lines if line.get("cancelled")]
        facts = {"shop": order.merchant.name, "number": order.number, "reason": event.reason}
        return worded("order_cancelled", facts, link=order_address(order.group, order), tables=[Table(_("Cancelled"), rows)])

    _tell_buyer(order.group, compose)


def refunded(event: RefundSent) -> None:
    """Money went back."""
    refund = Refund.objects.select_related("payment__group__buyer").get(pk=event.refund_id)
    group = refund.payment.group
    numbers = ", ".join(refund.allocations.order_by("order_number").values_list("order_number", flat=True)) or group.number

    def compose() -> Message:
        facts = {"amount": format_money(refund.amount), "number": numbers, "reason": str(refund.get_reason_display())}
        return worded("refunded", facts, link=order_address(group))

    _tell_buyer(group, compose)


def return_moved(event: ReturnMoved) -> None:
    """The shop has answered a return."""
    if event.status not in (ReturnStatus.AGREED, ReturnStatus.REFUSED):
        return
    row = ReturnCopy.objects.select_related("order__group__buyer", "merchant").get(pk=event.return_id)

    def compose() -> Message:
        facts = {
            "shop": row.merchant.name,
            "number": row.number,
            "amount": format_money(row.amount),
            "answer": row.answer,
            "at": format_time(row.due_at) if row.due_at else "",
        }
        kind = "return_agreed" if event.status == ReturnStatus.AGREED else "return_refused"
        return worded(kind, facts, link=market_url(f"/returns/{row.number}/"))

    _tell_buyer(row.order.group, compose)
