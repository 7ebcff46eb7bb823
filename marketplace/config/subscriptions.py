"""Every reaction to every fact, and the default outcome of every deadline, on one page."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.flows import open_shop, pay, place_order, popularity, publish_product, receive, return_goods, sandbox
from marketplace.flows.events import (
    OrderCancelled,
    OrderCompleted,
    OrderGroupCancelled,
    OrderGroupExpired,
    OrderGroupPaid,
    OrderGroupPlaced,
    OrderShipped,
    PayoutMoved,
    ReturnMoved,
    StatementIssued,
)
from marketplace.kernel import registry
from marketplace.kernel.events import DeadlineReached, Event
from marketplace.kernel.registry import Reaction
from marketplace.merchant.inventory.events import StockCrossedZero
from marketplace.platform.listings.events import ListingsChanged
from marketplace.platform.payments.events import RailNoticeReceived, RefundDue, RefundSent
from search import indexer
from tenants.accounts.events import LetterWritten
from tenants.accounts.letters import send_letter
from tenants.tenancy.events import ShopOpened, ShopRequested
from tenants.tenancy.jobs import JobRequested, run_job

REACTIONS: dict[type[Event], list[Reaction]] = {
    JobRequested: [Reaction(run_job)],
    ShopRequested: [Reaction(open_shop.bear_shop)],
    ShopOpened: [],
    ListingsChanged: [Reaction(indexer.refresh_postgres), Reaction(indexer.refresh_elasticsearch, outward=True)],
    StockCrossedZero: [Reaction(publish_product.copy_stock)],
    OrderGroupPlaced: [],
    RailNoticeReceived: [Reaction(pay.act_on_notice)],
    OrderGroupPaid: [Reaction(popularity.count_sales)],
    OrderGroupExpired: [],
    OrderGroupCancelled: [],
    OrderCancelled: [],
    ReturnMoved: [],
    RefundSent: [],
    RefundDue: [Reaction(pay.send_refund, outward=True)],
    OrderShipped: [],
    OrderCompleted: [],
    StatementIssued: [],
    PayoutMoved: [],
    LetterWritten: [Reaction(send_letter, outward=True)],
}

DEADLINES: dict[str, Callable[[DeadlineReached], None]] = {
    place_order.UNPAID: pay.expire_unpaid,
    receive.RECEIPT: receive.receive_by_itself,
    return_goods.WAITS: return_goods.act_when_due,
    sandbox.ANSWER: sandbox.tell,
}


def install() -> None:
    registry.install(REACTIONS, DEADLINES)
