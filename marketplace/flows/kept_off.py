"""Whether a product's condition of sale keeps it off sale at this moment."""

from __future__ import annotations

from uuid import UUID

from marketplace.merchant.conditions.errors import ConditionHolds
from marketplace.merchant.conditions.queries import condition_of
from marketplace.merchant.inventory.queries import stock_of


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
    least = condition.on_at or (condition.off_at or 0) + 1
    if stock < least:
        raise ConditionHolds(n=stock, most=least - 1)
