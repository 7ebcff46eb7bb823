"""Conditions of sale: verbs. flows/sale_conditions.py makes products follow them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import locked_product
from marketplace.merchant.conditions.models import SaleCondition
from tenants.tenancy.schemas import current_merchant_id

# The rule as the log gives it; the numbers stand beside it, in before and after.
TOO_FEW, ENOUGH_AGAIN, FIRST_STOCK = "stock fell to its level", "stock is back at its level", "the first stock came"
MOST = 1_000_000


@verb
def set_condition(*, by: Actor, product_id: UUID, off_at: int | None, on_at: int | None, waits_for_stock: bool) -> SaleCondition | None:
    """On what condition a product is on sale; nothing of the three: on none. What the condition took off before stays off until it is met, or
    is put on sale by a person. Raises ProductUnknown, InvalidInput."""
    if off_at is not None and not 0 <= off_at <= MOST:
        raise InvalidInput(field="off_at", why=_("Write a number from 0 to {most}.").format(most=MOST))
    if on_at is not None and off_at is None:
        raise InvalidInput(field="off_at", why=_("Say first at how many pieces it goes off sale."))
    if on_at is not None and off_at is not None and not off_at < on_at <= MOST:
        raise InvalidInput(field="on_at", why=_("It comes back at more pieces than it goes off sale at: write at least {n}.").format(n=off_at + 1))
    with transaction.atomic():
        locked_product(product_id)
        row: SaleCondition | None = SaleCondition.objects.select_for_update(of=("self",)).filter(product_id=product_id).first()
        before = said(row)
        if off_at is None and not waits_for_stock:
            if row:
                row.delete()
            row = None
        else:
            row = row or SaleCondition(product_id=product_id)
            row.off_at, row.on_at, row.waits_for_stock = off_at, on_at, waits_for_stock
            if off_at is None:
                row.taken_off_at = row.left = None
            row.save()
        if said(row) != before:
            audit(
                by=by,
                action="product.condition_set",
                subject="product",
                subject_id=product_id,
                merchant_id=current_merchant_id(),
                before=before,
                after=said(row),
            )
    return row


@verb
def note_taken_off(*, by: Actor, product_id: UUID, left: int) -> None:
    """The condition keeps the locked product off sale from now on; safe to repeat."""
    row: SaleCondition | None = SaleCondition.objects.select_for_update(of=("self",)).filter(product_id=product_id, off_at__isnull=False).first()
    if row is not None and row.taken_off_at is None:
        row.taken_off_at, row.left = clock.now(), left
        row.save(update_fields=["taken_off_at", "left"])
        audit(
            by=by,
            action="product.off_by_condition",
            subject="product",
            subject_id=product_id,
            merchant_id=current_merchant_id(),
            before=said(row),
            after={**said(row), "stock": left},
            why=TOO_FEW,
        )


@verb
def note_on_sale(*, by: Actor, product_id: UUID) -> None:
    """The locked product is on sale: nothing has taken it off, and it waits for nothing. Safe to repeat."""
    row: SaleCondition | None = SaleCondition.objects.select_for_update(of=("self",)).filter(product_id=product_id).first()
    if row is None:
        return
    if row.off_at is None:
        row.delete()
        return
    row.taken_off_at = row.left = None
    row.waits_for_stock = False
    row.save(update_fields=["taken_off_at", "left", "waits_for_stock"])


@verb
def note_stays_off(*, by: Actor, product_id: UUID) -> None:
    """Its merchant wants the locked product off sale: its condition no longer brings it back, and stays where it has a level. Safe to repeat."""
    row: SaleCondition | None = SaleCondition.objects.select_for_update(of=("self",)).filter(product_id=product_id).first()
    if row is None or not (row.waits_for_stock or row.taken_off_at):
        return
    before = {**said(row), "taken_off_at": row.taken_off_at and row.taken_off_at.isoformat()}
    note_on_sale(by=by, product_id=product_id)
    audit(
        by=by,
        action="product.stays_off",
        subject="product",
        subject_id=product_id,
        merchant_id=current_merchant_id(),
        before=before,
        after={**said(SaleCondition.objects.filter(product_id=product_id).first()), "taken_off_at": None},
    )


@verb
def tell_put_on(*, by: Actor, condition: SaleCondition, stock: int) -> None:
    """In the log: this condition, as it was, has put its product on sale."""
    audit(
        by=by,
        action="product.on_by_condition",
        subject="product",
        subject_id=condition.product_id,
        merchant_id=current_merchant_id(),
        before=said(condition),
        after={**said(condition), "stock": stock},
        why=ENOUGH_AGAIN if condition.taken_off_at else FIRST_STOCK,
    )


def said(row: SaleCondition | None) -> dict[str, Any]:
    return {"off_at": row.off_at, "on_at": row.on_at, "waits_for_stock": row.waits_for_stock} if row else {}
