"""Customers of shops follow from their orders: reactions that count one buyer anew."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from marketplace.flows.events import OrderCancelled, OrderCompleted, OrderGroupPaid, VouchersExpired
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.customers.actions import recount_customer
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.payments.events import RefundSent
from marketplace.platform.payments.models import Refund
from tenants.tenancy.schemas import in_merchant_schemas


def count_after_paying(event: OrderGroupPaid) -> None:
    """Reaction: who has paid is a customer of each of these shops."""
    _count(OrderCopy.objects.filter(group_id=event.group_id).values_list("merchant_id", "buyer_id"))


def count_after_ending(event: OrderCancelled | OrderCompleted | VouchersExpired) -> None:
    """Reaction: an order has ended, in one way or the other."""
    _count(OrderCopy.objects.filter(pk=event.order_id).values_list("merchant_id", "buyer_id"))


def count_after_refund(event: RefundSent) -> None:
    """Reaction: money went back."""
    group = Refund.objects.filter(pk=event.refund_id).values("payment__group_id")
    _count(OrderCopy.objects.filter(group_id__in=group).values_list("merchant_id", "buyer_id"))


def _count(pairs: Iterable[tuple[UUID, UUID]]) -> None:
    buyers = dict(pairs)  # an event is about one buyer
    with transaction.atomic(), in_merchant_schemas(buyers) as merchants:
        for merchant_id in merchants:
            recount_customer(by=SYSTEM, buyer_id=buyers[merchant_id])
