"""Every reaction to every fact, and the default outcome of every deadline, on one page."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.flows import letters_to_buyers, letters_to_merchants, open_shop, pay, place_order, popularity, publish_product, receive, return_goods, sandbox
from marketplace.flows.events import (
    OrderCancelled,
    OrderCompleted,
    OrderGroupCancelled,
    OrderGroupExpired,
    OrderGroupPaid,
    OrderGroupPlaced,
    OrderShipped,
    PayoutMoved,
    ProductReviewed,
    ProductSubmitted,
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
from tenants.onboarding.events import ApplicationReviewed, ApplicationSubmitted
from tenants.tenancy.events import ShopOpened, ShopRequested
from tenants.tenancy.jobs import JobRequested, run_job

REACTIONS: dict[type[Event], list[Reaction]] = {
    JobRequested: [Reaction(run_job)],
    ShopRequested: [Reaction(open_shop.bear_shop)],
    ShopOpened: [Reaction(letters_to_merchants.shop_opened)],
    ApplicationSubmitted: [],
    ApplicationReviewed: [Reaction(letters_to_merchants.application_reviewed)],
    ListingsChanged: [Reaction(indexer.refresh_postgres), Reaction(indexer.refresh_elasticsearch, outward=True)],
    StockCrossedZero: [Reaction(publish_product.copy_stock)],
    ProductSubmitted: [],
    ProductReviewed: [Reaction(letters_to_merchants.product_reviewed)],
    OrderGroupPlaced: [Reaction(letters_to_buyers.placed)],
    RailNoticeReceived: [Reaction(pay.act_on_notice)],
    OrderGroupPaid: [Reaction(popularity.count_sales), Reaction(letters_to_buyers.paid), Reaction(letters_to_merchants.new_orders)],
    OrderGroupExpired: [Reaction(letters_to_buyers.expired)],
    OrderGroupCancelled: [],
    OrderCancelled: [Reaction(letters_to_buyers.cancelled), Reaction(letters_to_merchants.order_cancelled)],
    ReturnMoved: [Reaction(letters_to_buyers.return_moved), Reaction(letters_to_merchants.return_moved)],
    RefundSent: [Reaction(letters_to_buyers.refunded)],
    RefundDue: [Reaction(pay.send_refund, outward=True)],
    OrderShipped: [Reaction(letters_to_buyers.shipped)],
    OrderCompleted: [],
    StatementIssued: [Reaction(letters_to_merchants.statement_ready)],
    PayoutMoved: [Reaction(letters_to_merchants.payout_moved)],
    LetterWritten: [Reaction(send_letter, outward=True)],
}

DEADLINES: dict[str, Callable[[DeadlineReached], None]] = {
    place_order.UNPAID: pay.expire_unpaid,
    receive.RECEIPT: receive.receive_by_itself,
    return_goods.WAITS: return_goods.act_when_due,
    sandbox.ANSWER: sandbox.tell,
    publish_product.LISTED_FROM: publish_product.list_when_due,
    publish_product.LISTED_UNTIL: publish_product.unlist_when_due,
}


def install() -> None:
    registry.install(REACTIONS, DEADLINES)
