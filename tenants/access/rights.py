"""Permission names, in one enum. They are Django permissions, so Wagtail's and ours are given in one place: the role."""

from __future__ import annotations

from enum import Enum

from django.utils.translation import gettext_noop as _


class Right(Enum):
    """value: (scope, codename, what it allows). A merchant's rights mean nothing in the market's schema, and the reverse."""

    VIEW_ORDERS = ("merchant", "view_orders", _("See orders"))
    SHIP_ORDERS = ("merchant", "ship_orders", _("Ship orders"))
    CANCEL_ORDERS = ("merchant", "cancel_orders", _("Cancel what cannot be sent"))
    HANDLE_RETURNS = ("merchant", "handle_returns", _("Answer, inspect and pay back returns"))
    APPROVE_RETURNS = ("merchant", "approve_returns", _("Approve that money goes back to buyers"))
    ANSWER_BUYERS = ("merchant", "answer_buyers", _("Read and answer reviews and questions"))
    VIEW_PRODUCTS = ("merchant", "view_products", _("See products and stock"))
    EDIT_PRODUCTS = ("merchant", "edit_products", _("Enter and change products, prices and stock"))
    KEEP_STOCK = ("merchant", "keep_stock", _("Count, move and order stock"))
    MANAGE_DELIVERY = ("merchant", "manage_delivery", _("Say what delivery costs"))
    VIEW_STATEMENTS = ("merchant", "view_statements", _("See statements"))
    MANAGE_PAYOUTS = ("merchant", "manage_payouts", _("Say where the shop's money goes"))
    REVEAL_ACCOUNT = ("merchant", "reveal_account", _("See the shop's whole account number"))
    MANAGE_PAPERS = ("merchant", "manage_papers", _("Hand in the shop's documents"))
    VIEW_SHOP_LOG = ("merchant", "view_shop_log", _("See the shop's log"))
    SHARE_VIEWS = ("merchant", "share_views", _("Share views of lists with the team"))
    EDIT_SHOP_PAGES = ("merchant", "edit_shop_pages", _("Edit the shop's pages"))
    MANAGE_DOMAINS = ("merchant", "manage_domains", _("Say under which domains the shop answers"))
    VIEW_CUSTOMERS = ("merchant", "view_customers", _("See the shop's customers"))
    MANAGE_CUSTOMERS = ("merchant", "manage_customers", _("Keep notes and tags on customers"))
    EXPORT_CUSTOMERS = ("merchant", "export_customers", _("Take the list of customers out as a file"))
    MANAGE_STAFF = ("merchant", "manage_staff", _("Invite staff and give roles"))
    GRANT_SUPPORT = ("merchant", "grant_support", _("Let the market's support in"))

    VIEW_MERCHANTS = ("market", "view_merchants", _("See merchants"))
    OPEN_MERCHANTS = ("market", "open_merchants", _("Open merchants"))
    OPEN_OWN_SHOPS = ("market", "open_own_shops", _("Open shops of the market's own"))
    SANCTION_MERCHANTS = ("market", "sanction_merchants", _("Ask to suspend, reopen or close shops"))
    VIEW_APPROVALS = ("market", "view_approvals", _("See what waits for a second person"))
    APPROVE_SANCTIONS = ("market", "approve_sanctions", _("Approve that a shop is suspended, reopened or closed"))
    APPROVE_RATES = ("market", "approve_rates", _("Approve changes of commission and tax"))
    APPROVE_PAYOUTS = ("market", "approve_payouts", _("Approve payouts and other money out"))
    REVIEW_MERCHANTS = ("market", "review_merchants", _("Review applications of merchants"))
    REVIEW_PRODUCTS = ("market", "review_products", _("Review products before they go on sale"))
    MODERATE_REVIEWS = ("market", "moderate_reviews", _("Hide buyers' reviews and questions, and show them again"))
    VIEW_MARKET_ORDERS = ("market", "view_market_orders", _("See all orders"))
    SETTLE = ("market", "settle", _("Settle with merchants"))
    PAY_OUT = ("market", "pay_out", _("Make bank files and note what became of payouts"))
    REVEAL_ACCOUNTS = ("market", "reveal_accounts", _("See shops' whole account numbers"))
    VIEW_LEDGER = ("market", "view_ledger", _("See the journal and statements"))
    MANAGE_MARKET = ("market", "manage_market", _("Change commission, tax and periods"))
    VIEW_MARKET_LOG = ("market", "view_market_log", _("See the market's log"))
    SHARE_MARKET_VIEWS = ("market", "share_market_views", _("Share views of the console's lists"))
    EDIT_MARKET_PAGES = ("market", "edit_market_pages", _("Edit the market's pages"))
    VIEW_CONSUMERS = ("market", "view_consumers", _("See consumers"))
    MANAGE_CONSUMERS = ("market", "manage_consumers", _("Deactivate consumers, ask to merge or erase accounts"))
    APPROVE_CONSUMERS = ("market", "approve_consumers", _("Approve that accounts are merged or erased"))
    EXPORT_CONSUMERS = ("market", "export_consumers", _("Take the list of consumers out as a file"))
    MANAGE_MARKET_STAFF = ("market", "manage_market_staff", _("Invite the market's staff and give roles"))
    SUPPORT_SHOPS = ("market", "support_shops", _("Ask shops for access to their workbench"))

    def __init__(self, scope: str, codename: str, label: str) -> None:
        self.scope, self.codename, self.label = scope, codename, label

    @property
    def full_name(self) -> str:
        """As Django's has_perm takes it."""
        return f"access.{self.codename}"
