"""What is bought becomes easier to find."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from marketplace.flows.events import OrderGroupPaid
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.actions import note_sold


def count_sales(event: OrderGroupPaid) -> None:
    """Reaction: add what was paid for to the listings' pieces sold, once."""
    for copy in OrderCopy.objects.filter(group_id=event.group_id).order_by("merchant_id"):
        pieces: Counter[UUID] = Counter()
        for line in copy.lines:
            pieces[UUID(line["product_id"])] += line["quantity"]
        for bundle in {line["bundle"]["id"]: line["bundle"] for line in copy.lines if "bundle" in line}.values():
            pieces[UUID(bundle["product_id"])] += bundle["quantity"]
        note_sold(by=SYSTEM, merchant_id=copy.merchant_id, sold=pieces)
