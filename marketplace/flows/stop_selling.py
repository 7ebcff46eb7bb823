"""A merchant takes a product off sale: it stays off until somebody puts it on again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.flows.publish_product import take_product_off_sale
from marketplace.flows.review_product import withdraw_product
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import locked_product
from marketplace.merchant.catalogue.errors import NeverOnSale
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.conditions.actions import note_stays_off


@verb
def stop_selling(*, by: Actor, product_id: UUID) -> Product:
    """Off sale, and nothing brings it back by itself: what waits for review is taken back, because its approval would; what is approved and still to come
    is called off, and its condition of sale brings back what it took off, or what waits for stock, no more.

    Safe to repeat. Raises ProductUnknown, NeverOnSale for a draft.
    """
    with transaction.atomic():
        row = locked_product(product_id)
        if row.status == Product.Status.DRAFT:
            raise NeverOnSale
        if row.review == Product.Review.WAITING:
            withdraw_product(by=by, product_id=product_id)
        row = take_product_off_sale(by=by, product_id=product_id)
        note_stays_off(by=by, product_id=product_id)
    return row
