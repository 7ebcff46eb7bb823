"""Everything that a shop has to settle before it closes, on one page, in the order in which people read it.

A part that keeps something open of a shop adds its counter here (tenants/tenancy/obligations.py).
"""

from __future__ import annotations

from marketplace.flows import deposits
from marketplace.flows import obligations as of
from tenants.tenancy import obligations

OBLIGATIONS: list[obligations.Counter] = [
    of.unpaid_orders,
    of.orders_on_hold,
    of.orders_to_ship,
    of.orders_to_receive,
    of.vouchers_to_use,
    of.stock_held,
    of.open_returns,
    of.refunds_under_way,
    of.return_periods,
    of.disputes,
    of.balance_open,
    of.payouts_under_way,
    of.products_in_review,
    of.requests_waiting,
    deposits.deposit_held,
]


def install() -> None:
    obligations.install(OBLIGATIONS)
