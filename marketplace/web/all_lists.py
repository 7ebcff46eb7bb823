"""Every list of both back offices by its place, so that a worker finds the one that a job is about."""

from __future__ import annotations

from marketplace.platform.backoffice.models import ListJob
from marketplace.web.lists.pages import ListPage
from marketplace.web.logs import market_log, shop_log
from marketplace.web.operator import (
    accounts,
    aftersales,
    applications,
    approvals,
    attributes,
    blocks,
    brands,
    consumers,
    contracts,
    deposits,
    dispatches,
    dossiers,
    doubles,
    evaluations,
    forbidden,
    goods,
    ledger,
    merchants,
    payouts,
    qualifications,
    rails,
    reviews,
    search_rules,
    searches,
    subscribers,
)
from marketplace.web.operator import opinions as market_opinions
from marketplace.web.operator import orders as market_orders
from marketplace.web.seller import custom_orders, customers, imports, library, money, opinions, orders, products, reductions, returns
from marketplace.web.seller.stock import ledger as ledger_of_stock
from marketplace.web.seller.stock import listing, restocks, stocktakes, transfers
from marketplace.web.seller.virtual import codes
from marketplace.web.staff.people import market_staff, shop_staff

WORKBENCH = (
    orders.orders,
    custom_orders.custom_orders,
    returns.returns,
    customers.customers,
    products.products,
    reductions.reductions,
    imports.imports,
    imports.import_rows,
    library.library,
    library.films,
    listing.stock,
    ledger_of_stock.movements,
    transfers.transfers,
    stocktakes.stocktakes,
    restocks.replenish,
    restocks.restocks,
    codes.codes,
    money.statements,
    opinions.reviews,
    opinions.questions,
    shop_staff,
    shop_log,
)
CONSOLE = (
    merchants.merchants,
    consumers.consumers,
    blocks.blocks,
    goods.goods,
    forbidden.words,
    doubles.doubles,
    applications.applications,
    dossiers.dossier_changes,
    contracts.contracts,
    qualifications.qualifications,
    reviews.changes,
    attributes.attributes,
    brands.brands,
    market_orders.orders,
    aftersales.returns,
    aftersales.refunds,
    payouts.payouts,
    deposits.deposits,
    evaluations.evaluations,
    subscribers.subscribers,
    accounts.changes,
    ledger.statements,
    ledger.journal,
    rails.disputes,
    rails.movements,
    rails.notices,
    market_opinions.buyer_reviews,
    market_opinions.questions,
    approvals.approvals,
    dispatches.dispatches,
    searches.searches,
    search_rules.search_rules,
    market_staff,
    market_log,
)
LISTS: dict[tuple[bool, str], ListPage] = {(is_workbench, page.name): page for is_workbench, pages in ((True, WORKBENCH), (False, CONSOLE)) for page in pages}


def list_of(job: ListJob) -> ListPage | None:
    """None for a list that is there no longer."""
    return LISTS.get((job.merchant_id is not None, job.list_name))
