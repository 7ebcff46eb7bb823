"""What forms of a back office wait for: paid orders, returns on their way, payouts that came back."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from marketplace.flows.return_goods import agree_return, inspect_return, request_return
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.aftersales.models import ReturnLine
from marketplace.merchant.catalogue.models import Product
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.architecture.people import Waiting
from tests.databases import MERCHANTS
from tests.flows.at_stripe import AtStripe


def refused_payouts(stripe: AtStripe) -> dict[str, UUID]:
    """Two payouts of b whose transfers Stripe refused: nothing was paid there that could be sent on."""
    stripe.onboard("b")
    product, found = make.a_product("b", stock=10), {}
    for name in ("payout-retry", "payout-give-up"):
        make.a_completed_group(("b", product, 1))
        found[name] = make.settled("b")[0].payouts.get().pk
    deliver_events()
    return found


def waiting_order(product: Product) -> Waiting:
    copy = make.pay(make.a_placed_group(("a", product, 2))).orders.get()
    return Waiting(copy.pk, copy.number, UUID(copy.lines[0]["id"]), uuid4())


def waiting_return(product: Product, steps: int) -> str:
    """A return after 0 (asked for), 1 (agreed) or 2 steps (inspected)."""
    copy = make.a_completed_group(("a", product, 1)).orders.get()
    line = UUID(copy.lines[0]["id"])
    row = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={line: 1}, reason="damaged")
    with merchant_schema(MERCHANTS["a"]):
        if steps:
            agree_return(by=SYSTEM, number=row.number)
        if steps > 1:
            inspect_return(by=SYSTEM, number=row.number, accepted={line: 1}, restocked={line: 1})
    return str(row.number)


def inspection(number: str) -> dict[str, Any]:
    with merchant_schema(MERCHANTS["a"]):
        line = ReturnLine.objects.get(parent__number=number).line_id
    return {f"accepted_{line.hex}": 1, f"restocked_{line.hex}": 0}
