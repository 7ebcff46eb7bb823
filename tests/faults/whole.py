"""What must be true of every order, whatever was killed while it was placed and paid."""

from __future__ import annotations

from django.db.models import Count, F, Sum

from marketplace.kernel.models import Deadline, OutboxEvent
from marketplace.merchant.inventory.models import Reservation, StockLevel, StockMovement
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.ledger.models import JournalEntry, Posting
from marketplace.platform.payments.models import Payment, PaymentSplit
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS


def halves() -> list[str]:
    """What is there in part only, a line each."""
    found = []
    copies = {copy.pk: copy for copy in OrderCopy.objects.select_related("group")}
    orders: set[object] = set()
    for letter, merchant_id in MERCHANTS.items():
        with merchant_schema(merchant_id):
            for order in Order.objects.annotate(n=Count("lines", distinct=True)):
                orders.add(order.pk)
                if order.pk not in copies:
                    found.append(f"{letter}: order {order.number} has no copy")
                if not order.n:
                    found.append(f"{letter}: order {order.number} has no lines")
                lines = OrderLine.objects.filter(order_id=order.pk)
                if Reservation.objects.filter(line_id__in=lines.values("pk")).count() != order.n:
                    found.append(f"{letter}: order {order.number} holds no stock for each line")
            for level in StockLevel.objects.all():
                moved = StockMovement.objects.filter(level=level).aggregate(sum=Sum("quantity"))["sum"] or 0
                held = {
                    status: Reservation.objects.filter(level=level, status=status).aggregate(n=Sum(F("quantity") - F("shipped") - F("released")))["n"] or 0
                    for status in ("held", "allocated")
                }
                if (level.on_hand, level.reserved, level.allocated) != (moved, held["held"], held["allocated"]):
                    found.append(f"{letter}: stock {level.pk} is not what its movements and reservations say")
    found += [f"copy {copy.number} has no order" for copy in copies.values() if copy.pk not in orders]
    for group in OrderGroup.objects.annotate(n=Count("orders")):
        found += [f"group {group.number}: {what}" for what in _missing(group)]
    return found + _money()


def _missing(group: OrderGroup) -> list[str]:
    found = []
    if not group.n:  # type: ignore[attr-defined]
        found.append("no orders")
    payment = Payment.objects.filter(group=group).first()
    if payment is None or PaymentSplit.objects.filter(payment=payment).count() != group.n:  # type: ignore[attr-defined]
        found.append("no planned share for each order")
    if not OutboxEvent.objects.filter(topic="order_group.placed", body__group_id=str(group.pk)).exists():
        found.append("nobody is told that it was placed")
    if not Deadline.objects.filter(kind="order_group.unpaid", subject_id=group.pk).exists():
        found.append("nothing ends it when nobody pays")
    is_paid = group.status == OrderGroup.Status.PAID
    if is_paid != (payment is not None and payment.status == Payment.Status.SUCCEEDED):
        found.append("group and payment differ")
    if {copy.payment_status for copy in group.orders.all()} != ({"paid"} if is_paid else {"unpaid"}):
        found.append("its orders are not paid together")
    return found


def _money() -> list[str]:
    found = []
    if Posting.objects.aggregate(sum=Sum("amount_minor"))["sum"]:
        found.append("the journal does not balance")
    if JournalEntry.objects.filter(postings=None).exists():
        found.append("an entry without postings")
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED)
    entries = JournalEntry.objects.filter(kind="payment_received").count()
    if entries != paid.count():
        found.append(f"{paid.count()} payments succeeded and {entries} were posted")
    return found
