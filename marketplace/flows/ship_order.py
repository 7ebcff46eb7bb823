"""Goods out, and receipt: from the merchant's parcel to money that is earned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.flows.events import OrderCompleted, OrderShipped
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.fulfilment.actions import clean_parcel, write_package
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.actions import ship_stock
from marketplace.merchant.orders.actions import complete_order, note_shipped
from marketplace.merchant.orders.models import OrderLine
from marketplace.merchant.orders.states import FulfilmentStatus
from marketplace.platform.checkout.actions import update_copy
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.models import Account
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

RECEIPT = "order.receipt"


@verb
def ship_order(*, by: Actor, package_id: UUID, number: str, carrier: str, tracking_number: str, quantities: Mapping[UUID, int] | None = None) -> Package:
    """Send out a parcel of an order of the open merchant: line id → quantity (None: all that is left).

    The same `package_id` ships one parcel. Raises OrderUnknown, NotPaidYet, NothingToShip, InvalidInput.
    """
    carrier, tracking_number = clean_parcel(carrier, tracking_number)
    with transaction.atomic():
        if same := Package.objects.filter(pk=package_id).first():
            return same
        order, ships = note_shipped(by=by, number=number, quantities=quantities)
        ship_stock(by=by, order_id=order.pk, shipped=ships, ref=order.number)
        try:
            with transaction.atomic():
                package: Package = write_package(by=by, package_id=package_id, order=order, carrier=carrier, tracking_number=tracking_number, lines=ships)
        except IntegrityError as twice:
            raise InvalidInput(field="tracking_number", why=_("This order has a parcel with this tracking number already.")) from twice
        positions = dict(OrderLine.objects.filter(order=order).values_list("pk", "position"))
        copy = OrderCopy.objects.get(pk=order.pk)
        parcel = {
            "carrier": carrier,
            "tracking_number": tracking_number,
            "shipped_at": package.shipped_at.isoformat(),
            "lines": [[positions[line_id], quantity] for line_id, quantity in ships.items()],
        }
        update_copy(by=by, order_id=order.pk, changed={"fulfilment_status": order.fulfilment_status, "packages": [*copy.packages, parcel]})
        merchant_id = current_merchant_id()
        if order.fulfilment_status == FulfilmentStatus.SHIPPED:
            due_at = clock.now() + timedelta(days=Market.objects.get().receive_days)
            set_deadline(kind=RECEIPT, subject_id=order.pk, merchant_id=merchant_id, due_at=due_at)
        record(OrderShipped(merchant_id=merchant_id, order_id=order.pk, package_id=package.pk))
    return package


@verb
def confirm_receipt(*, by: Actor, copy: OrderCopy, reason: str = "") -> bool:
    """The buyer has the goods: the order is complete and the merchant has earned its money. False if it was complete before.

    Raises NotShippedYet.
    """
    with transaction.atomic():
        with merchant_schema(copy.merchant_id):
            order = complete_order(by=by, order_id=copy.pk, reason=reason)
        if order is None:
            return False
        update_copy(
            by=by,
            order_id=copy.pk,
            changed={"status": order.status, "fulfilment_status": order.fulfilment_status, "completed_at": order.completed_at},
        )
        post(
            by=by,
            kind="order_completed",
            ref=order.number,
            sides=[
                debit(Account.BUYER_ESCROW, order.total),
                credit(Account.MERCHANT_PAYABLE, order.total - order.commission, copy.merchant_id),
                credit(Account.COMMISSION_INCOME, order.commission),
            ],
        )
        meet(kind=RECEIPT, subject_id=copy.pk)
        record(OrderCompleted(merchant_id=copy.merchant_id, order_id=copy.pk))
    return True


def receive_by_itself(event: DeadlineReached) -> None:
    """Reaction to the deadline `order.receipt`: who says nothing has received it."""
    confirm_receipt(by=SYSTEM, copy=OrderCopy.objects.get(pk=event.subject_id), reason="not disputed in time")
