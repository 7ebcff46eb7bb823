"""Conditions of sale: a product goes off sale when its stock is low, comes back when it is high again, or waits for its first stock.

Acted upon when the stock of such a product has changed, by how things are then: events may come late or again. What a condition takes off
or puts back is noted as done by the system, with the rule as its reason.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import lock_products, locked_product
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.conditions import actions
from marketplace.merchant.conditions.events import WatchedStockChanged
from marketplace.merchant.conditions.models import SaleCondition
from marketplace.merchant.conditions.queries import condition_of
from marketplace.merchant.inventory.queries import stock_of
from tenants.tenancy.schemas import merchant_schema

MOST_AT_ONCE = 100


@verb
def set_conditions(*, by: Actor, product_ids: Collection[UUID], off_at: int | None, on_at: int | None, waits_for_stock: bool) -> None:
    """The same condition for several products, which follow it at once. Raises ProductUnknown, InvalidInput: then none has changed."""
    if len(product_ids) > MOST_AT_ONCE:
        raise InvalidInput(field="chosen", why=_("Tick at most {most} rows at once.").format(most=MOST_AT_ONCE))
    with transaction.atomic():
        lock_products(product_ids)
        for product_id in sorted(set(product_ids)):
            actions.set_condition(by=by, product_id=product_id, off_at=off_at, on_at=on_at, waits_for_stock=waits_for_stock)
            follow_condition(by=SYSTEM, product_id=product_id)


@verb
def follow_condition(*, by: Actor, product_id: UUID) -> None:
    """Make a product's being on sale what its condition says of the stock there is. Safe to repeat. Raises ProductUnknown.

    What may not go on sale for another reason (package, deposit, contract, rules, review, its own end) stays off, and is tried again when its stock changes.
    """
    with transaction.atomic():
        row = locked_product(product_id)
        condition = condition_of(product_id)
        if condition is None:
            return
        stock = stock_of(product_id)
        if row.status == Product.Status.ON_SALE:
            if condition.off_at is not None and stock <= condition.off_at:
                take_product_off_sale(by=by, product_id=product_id)
                actions.note_taken_off(by=by, product_id=product_id, left=stock)
        elif _comes_back(row, condition, stock):
            try:
                with transaction.atomic():
                    row = put_on_sale(by=by, product_id=product_id)
            except MarketError:
                return
            if row.status == Product.Status.ON_SALE:
                actions.tell_put_on(by=by, condition=condition, stock=stock)


def _comes_back(row: Product, condition: SaleCondition, stock: int) -> bool:
    if row.status != Product.Status.OFF_SALE or row.review != Product.Review.APPROVED:
        return False
    if row.is_over:
        return False
    if condition.taken_off_at is not None:
        return condition.on_at is not None and stock >= condition.on_at
    return condition.waits_for_stock and stock > (condition.off_at or 0)


def act(event: WatchedStockChanged) -> None:
    """Reaction: products whose stock has changed follow their conditions. All are locked first, as behind the first of them that goes on sale no other
    may be waited for."""
    with transaction.atomic(), merchant_schema(event.merchant_id):
        rows = Variant.objects.filter(pk__in=event.variant_ids, product__condition__isnull=False)
        product_ids = list(rows.order_by("product_id").values_list("product_id", flat=True).distinct())
        lock_products(product_ids)
        for product_id in product_ids:
            follow_condition(by=SYSTEM, product_id=product_id)
