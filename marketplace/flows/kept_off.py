"""Whether a product's condition of sale keeps it off sale at this moment, and what is to go on sale by itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from marketplace.flows.contracting import check_may_list
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.conditions.actions import note_taken_off
from marketplace.merchant.conditions.errors import ConditionHolds
from marketplace.merchant.conditions.queries import condition_of, wait_for_stock
from marketplace.merchant.inventory.queries import stock_of
from tenants.onboarding.errors import NothingNewMeanwhile
from tenants.tenancy.schemas import current_merchant_id


def check_condition(product_id: UUID) -> None:
    """Before it goes on sale, whoever wants it. Raises ConditionHolds where there are no more pieces than it goes off sale at."""
    condition = condition_of(product_id)
    if condition is not None and condition.off_at is not None and (stock := stock_of(product_id)) <= condition.off_at:
        raise ConditionHolds(n=stock, most=condition.off_at)


def check_still_kept_off(product_id: UUID) -> None:
    """Before it goes on sale by itself (a review has ended, its time has come): what its condition took off waits for the higher level, and
    what waits for its first stock waits on. Raises ConditionHolds."""
    condition = condition_of(product_id)
    if condition is None or not (condition.waits_for_stock or condition.taken_off_at):
        return
    stock = stock_of(product_id)
    least = condition.on_at if condition.on_at and condition.taken_off_at else (condition.off_at or 0) + 1
    if stock < least:
        raise ConditionHolds(n=stock, most=least - 1)


def note_kept_off(product_id: UUID, holds: ConditionHolds) -> None:
    """Its condition keeps the locked product off sale, as `holds` says: from now on, unless it only waits for its first stock and goes on doing so."""
    condition = condition_of(product_id)
    if condition is not None and not condition.waits_for_stock:
        note_taken_off(by=SYSTEM, product_id=product_id, left=int(str(holds.facts["n"])))


def coming_by_itself(rows: Collection[Product]) -> set[UUID]:
    """Those of these that are approved and go on sale without anybody's hand: at their time, or when their condition is met. None in a shop that may put
    nothing new on sale for the time being. No query where none is off sale and approved, else a few."""
    off = [row for row in rows if row.status == Product.Status.OFF_SALE and row.review == Product.Review.APPROVED and not row.is_over]
    early = {row.pk for row in off if row.is_early}
    coming = early | wait_for_stock({row.pk for row in off} - early)
    return coming if coming and _may_list() else set()


def _may_list() -> bool:
    try:
        check_may_list(current_merchant_id())
    except NothingNewMeanwhile:
        return False
    return True


@dataclass(frozen=True)
class Asked:
    """What was asked for a product before somebody changes it: `is_asked`, that it goes on sale after its review or by itself, so that an edit of it
    goes into review without being asked again; `is_early`, that it is approved and its day is still to come."""

    is_asked: bool = False
    is_early: bool = False

    @classmethod
    def of(cls, row: Product) -> Asked:
        is_coming = row.pk in coming_by_itself([row])
        return cls(is_coming or row.review == Product.Review.WAITING, is_coming and row.is_early)
