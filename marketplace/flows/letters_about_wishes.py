"""What buyers and shops are told of goods that are made to wishes. Reactions: each runs once for an event, and reads the public copy of the order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.flows.events import CustomLineReady, WishAnswered, WishAsked
from marketplace.flows.letters_to_buyers import order_address, title_of
from marketplace.kernel.formats import format_time
from marketplace.merchant.customising.models import CustomLine
from marketplace.merchant.customising.states import Making
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.notices.messages import read_in, worded
from marketplace.platform.notices.telling import notify, tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.tenancy.hosts import workbench_url
from tenants.tenancy.schemas import merchant_schema


def ready(event: CustomLineReady) -> None:
    """It is made, and leaves soon. Nothing is said where the shop has taken that back meanwhile."""
    order = _order(event.order_id)
    with merchant_schema(event.merchant_id):
        line_id = CustomLine.objects.filter(pk=event.custom_id, state=Making.READY).values_list("line_id", flat=True).first()
    line = next((one for one in order.lines if one["id"] == str(line_id)), None)
    if line is None:
        return
    with read_in(order.group.language):
        facts = {"shop": order.merchant.name, "product": title_of(line), "number": order.number}
        notify(worded("custom_ready", facts, link=order_address(order.group, order)), person=order.group.buyer)


def asked(event: WishAsked) -> None:
    """The shop waits for an answer before it makes it."""
    order = _order(event.order_id)
    line, question = _asked(order, event.question_id)
    if line is None or not question["waits"]:
        return
    with read_in(order.group.language):
        facts = {"shop": order.merchant.name, "product": title_of(line), "number": order.number, "question": question["text"]}
        facts["at"] = format_time(order.ship_by) if order.ship_by else ""
        notify(worded("wish_asked", facts, link=order_address(order.group, order)), person=order.group.buyer)


def answered(event: WishAnswered) -> None:
    """The shop can go on, by a day that follows from how long it has waited."""
    order = _order(event.order_id)
    line, question = _asked(order, event.question_id)
    if line is None:
        return
    people = staff_with([order.merchant_id], Right.VIEW_ORDERS)[order.merchant_id]
    link = workbench_url(order.merchant, f"/orders/{order.number}/#ship")
    at = order.ship_by
    tell(
        people,
        lambda: worded(
            "wish_answered",
            {
                "product": title_of(line),
                "number": order.number,
                "question": question["text"],
                "answer": question["answer"],
                "at": format_time(at) if at else "",
            },
            link=link,
        ),
    )


def _order(order_id: UUID) -> OrderCopy:
    return OrderCopy.objects.select_related("group__buyer", "merchant").get(pk=order_id)


def _asked(order: OrderCopy, question_id: UUID) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """The line and the question, as the copy holds them; None where it does not."""
    for line in order.lines:
        for one in line.get("custom", {}).get("questions", ()):
            if one["id"] == str(question_id):
                return line, one
    return None, {}
