"""What buyers are told by mail, in the language they ordered in. Reactions: each runs once for an event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from marketplace.flows.events import OrderCancelled, OrderGroupExpired, OrderGroupPaid, OrderGroupPlaced, OrderShipped, ReturnMoved
from marketplace.kernel.formats import format_money, format_time
from marketplace.kernel.money import Money
from marketplace.kernel.texts import localised
from marketplace.merchant.aftersales.states import ReturnStatus
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.delivery.queries import carriers
from marketplace.platform.notices.letters import Message, Table, post_letter, read_in
from marketplace.platform.payments.events import RefundSent
from marketplace.platform.payments.models import Refund
from tenants.tenancy.hosts import market_url


def order_address(group: OrderGroup, order: OrderCopy | None = None) -> str:
    return market_url(f"/orders/{group.number}/" + (f"#order-{order.number}" if order else ""))


def _group(group_id: Any) -> tuple[OrderGroup, list[OrderCopy]]:
    group = OrderGroup.objects.select_related("buyer").get(pk=group_id)
    return group, list(group.orders.select_related("merchant").order_by("number"))


def goods(order: OrderCopy, lines: Iterable[dict[str, Any]] | None = None) -> list[tuple[str, str]]:
    """Lines of an order as rows: what and how many, what it costs."""
    return [
        (f"{localised(line['titles']).text} × {line['quantity']}", format_money(Money(line["total_minor"], order.currency)))
        for line in (order.lines if lines is None else lines)
    ]


def bill(order: OrderCopy, title: str) -> Table:
    """Goods, delivery and their sum."""
    rows = goods(order)
    if order.freight_minor:
        rows.append((_("Delivery"), format_money(order.freight)))
    return Table(title, rows, (_("Total"), format_money(order.total)))


def by_shop(orders: list[OrderCopy]) -> list[Table]:
    return [bill(order, order.merchant.name) for order in orders]


def placed(event: OrderGroupPlaced) -> None:
    """The order stands, and has to be paid."""
    group, orders = _group(event.group_id)
    with read_in(group.language):
        until, amount = format_time(group.hold_until), format_money(group.total)
        post_letter(
            group.buyer.email,
            Message(
                "order_placed",
                _("Order {number}: please pay until {until}").format(number=group.number, until=until),
                [
                    _("Your order is placed, and the goods are held for you. Pay {amount} until {until}; after that it is cancelled by itself.").format(
                        amount=amount, until=until
                    )
                ],
                by_shop(orders),
                (_("Pay {amount}").format(amount=amount), order_address(group)),
            ),
        )


def paid(event: OrderGroupPaid) -> None:
    """The money is there; the shops are at work."""
    group, orders = _group(event.group_id)
    with read_in(group.language):
        post_letter(
            group.buyer.email,
            Message(
                "order_paid",
                _("Order {number} is paid").format(number=group.number),
                [
                    _("Thank you. We have received {amount} and hold it until you have the goods.").format(amount=format_money(group.total)),
                    *_ship_lines(orders),
                ],
                by_shop(orders),
                (_("Follow the order"), order_address(group)),
            ),
        )


def _ship_lines(orders: list[OrderCopy]) -> list[str]:
    return [_("{shop} ships by {at}.").format(shop=order.merchant.name, at=format_time(order.ship_by)) for order in orders if order.ship_by]


def expired(event: OrderGroupExpired) -> None:
    """It was not paid in time."""
    group, orders = _group(event.group_id)
    with read_in(group.language):
        post_letter(
            group.buyer.email,
            Message(
                "order_expired",
                _("Order {number} was cancelled: it was not paid in time").format(number=group.number),
                [_("The goods are back on sale. A payment that arrives after all goes back to you by itself.")],
                by_shop(orders),
            ),
        )


def shipped(event: OrderShipped) -> None:
    """A parcel is on its way."""
    order = OrderCopy.objects.select_related("group__buyer", "merchant").get(pk=event.order_id)
    parcel = next((row for row in order.packages if row.get("id") == str(event.package_id)), None)
    if parcel is None:
        raise ValueError(f"order {order.number} has no copy of parcel {event.package_id}")
    with read_in(order.group.language):
        positions = dict(parcel["lines"])
        rows = [(localised(line["titles"]).text, f"× {positions[n]}") for n, line in enumerate(order.lines, start=1) if n in positions]
        carrier = localised(carriers().get(parcel["carrier"], {"en": parcel["carrier"]})).text
        post_letter(
            order.group.buyer.email,
            Message(
                "order_shipped",
                _("{shop} has shipped: {carrier} {number}").format(shop=order.merchant.name, carrier=carrier, number=parcel["tracking_number"]),
                [
                    _("A parcel of order {number} is on its way to you. When you have everything, confirm it; the shop is paid then.").format(
                        number=order.number
                    )
                ],
                [Table(_("In the parcel"), rows)],
                (_("Follow the order"), order_address(order.group, order)),
            ),
        )


def cancelled(event: OrderCancelled) -> None:
    """The shop cannot send something."""
    if event.by_buyer:
        return
    order = OrderCopy.objects.select_related("group__buyer", "merchant").get(pk=event.order_id)
    with read_in(order.group.language):
        rows = [(localised(line["titles"]).text, f"× {line['cancelled']}") for line in order.lines if line.get("cancelled")]
        post_letter(
            order.group.buyer.email,
            Message(
                "order_cancelled",
                _("{shop} cannot send a part of order {number}").format(shop=order.merchant.name, number=order.number),
                [_("We are sorry. The shop says: {reason}").format(reason=event.reason), _("The money for it is on its way back to you.")],
                [Table(_("Cancelled"), rows)],
                (_("To the order"), order_address(order.group, order)),
            ),
        )


def refunded(event: RefundSent) -> None:
    """Money went back."""
    refund = Refund.objects.select_related("payment__group__buyer").get(pk=event.refund_id)
    group = refund.payment.group
    with read_in(group.language):
        numbers = ", ".join(refund.allocations.order_by("order_number").values_list("order_number", flat=True)) or group.number
        post_letter(
            group.buyer.email,
            Message(
                "refunded",
                _("{amount} went back to you").format(amount=format_money(refund.amount)),
                [
                    _("For order {number}: {reason}.").format(number=numbers, reason=refund.get_reason_display()),
                    _("It goes the way you paid; your bank may take a few days to show it."),
                ],
                button=(_("To the order"), order_address(group)),
            ),
        )


def return_moved(event: ReturnMoved) -> None:
    """The shop has answered a return."""
    if event.status not in (ReturnStatus.AGREED, ReturnStatus.REFUSED):
        return
    row = ReturnCopy.objects.select_related("order__group__buyer", "merchant").get(pk=event.return_id)
    with read_in(row.order.group.language):
        subject = _("{shop} takes it back: please send it") if event.status == ReturnStatus.AGREED else _("{shop} has refused the return")
        lines = [_("Return {number}, {amount}.").format(number=row.number, amount=format_money(row.amount))]
        if row.answer:
            lines.append(_("The shop says: {answer}").format(answer=row.answer))
        if event.status == ReturnStatus.AGREED and row.due_at:
            lines.append(_("Hand the parcel to a carrier by {at}, and enter its number.").format(at=format_time(row.due_at)))
        post_letter(
            row.order.group.buyer.email,
            Message("return_answered", subject.format(shop=row.merchant.name), lines, button=(_("To the return"), market_url(f"/returns/{row.number}/"))),
        )
