from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.web.menu import Entry, grouped
from tenants.access.rights import Right

ENTRIES = grouped(
    (
        "",
        [
            Entry(_("Overview"), "home", "overview", None),
            Entry(_("Two people"), "users", "approvals", Right.VIEW_APPROVALS),
        ],
    ),
    (
        pgettext_lazy("menu", "Merchants"),
        [
            Entry(_("Merchants"), "shop", "merchants", Right.VIEW_MERCHANTS),
            Entry(_("Applications"), "flag", "applications", Right.REVIEW_MERCHANTS),
            Entry(_("Company data"), "edit", "dossier-changes", Right.REVIEW_MERCHANTS),
            Entry(_("Contracts"), "receipt", "contracts", Right.REVIEW_MERCHANTS),
            Entry(_("Qualifications"), "shield", "qualifications", Right.REVIEW_MERCHANTS),
            Entry(_("Shop documents"), "upload", "renewals", Right.REVIEW_MERCHANTS),
            Entry(pgettext_lazy("evaluation", "Evaluations"), "chart", "evaluations", Right.VIEW_MERCHANTS),
            Entry(_("Services for shops"), "users", "services", Right.OPEN_MERCHANTS),
            Entry(_("Support access"), "shield", "support", Right.SUPPORT_SHOPS),
        ],
    ),
    (
        pgettext_lazy("menu", "Goods and orders"),
        [
            Entry(_("Goods"), "tag", "goods", Right.REVIEW_PRODUCTS),
            Entry(_("Product reviews"), "eye", "reviews", Right.REVIEW_PRODUCTS),
            Entry(_("Orders"), "list", "orders", Right.VIEW_MARKET_ORDERS),
            Entry(_("Returns"), "back", "returns", Right.VIEW_MARKET_ORDERS),
            Entry(_("Buyers' reviews"), "star", "buyer-reviews", Right.MODERATE_REVIEWS),
            Entry(_("Questions"), "chat", "questions", Right.MODERATE_REVIEWS),
        ],
    ),
    (
        pgettext_lazy("menu", "Catalogue"),
        [
            Entry(pgettext_lazy("console", "Categories"), "grid", "tree", Right.MANAGE_MARKET),
            Entry(_("Attributes"), "filter", "attributes", Right.MANAGE_MARKET),
            Entry(_("Brands"), "tag", "brands", Right.MANAGE_MARKET),
            Entry(_("Virtual categories"), "star", "virtual-list", Right.MANAGE_MARKET),
            Entry(_("Merchants' own names"), "copy", "own-names", Right.MANAGE_MARKET),
            Entry(_("Search"), "search", "searches", Right.MANAGE_MARKET, also="/search-rules/"),
        ],
    ),
    (
        pgettext_lazy("menu", "People"),
        [
            Entry(_("Consumers"), "user", "consumers", Right.VIEW_CONSUMERS),
            Entry(_("Blocked"), "lock", "blocks", Right.VIEW_CONSUMERS),
        ],
    ),
    (
        pgettext_lazy("menu", "Money"),
        [
            Entry(_("Refunds"), "card", "refunds", Right.VIEW_LEDGER),
            Entry(_("Settlement"), "wallet", "settlement", Right.SETTLE),
            Entry(_("Statements"), "receipt", "statements", Right.VIEW_LEDGER),
            Entry(_("Payouts"), "out", "payouts", Right.VIEW_LEDGER),
            Entry(_("Payout accounts"), "card", "payout-accounts", Right.VIEW_LEDGER),
            Entry(_("Deposits"), "lock", "deposits", Right.VIEW_LEDGER),
            Entry(_("Packages"), "grid", "packages", Right.VIEW_LEDGER),
            Entry(_("Disputed payments"), "gavel", "disputes", Right.VIEW_LEDGER),
            Entry(_("Payment provider"), "shield", "movements", Right.VIEW_LEDGER),
            Entry(_("Journal"), "book", "journal", Right.VIEW_LEDGER),
        ],
    ),
    (
        pgettext_lazy("menu", "Content and notices"),
        [
            Entry(_("Market pages"), "edit", "decorate", Right.EDIT_MARKET_PAGES),
            Entry(_("Messages"), "chat", "messages", Right.EDIT_MARKET_PAGES),
            Entry(_("Words of notices"), "bell", "notice-words", Right.MANAGE_MARKET),
            Entry(_("Notices sent"), "out", "dispatches", Right.VIEW_MARKET_ORDERS),
        ],
    ),
    (
        pgettext_lazy("menu", "Rules of the market"),
        [
            Entry(_("Settings"), "cog", "settings", Right.MANAGE_MARKET),
            Entry(_("Market rules"), "book", "market-rules", Right.MANAGE_MARKET),
            Entry(_("Requirements"), "check", "requirements", Right.MANAGE_MARKET),
            Entry(_("Contract templates"), "book", "contract-templates", Right.MANAGE_MARKET),
            Entry(_("Review times"), "clock", "review-terms", Right.MANAGE_MARKET),
        ],
    ),
    (
        pgettext_lazy("menu", "Team and records"),
        [
            Entry(_("Staff"), "users", "staff", Right.MANAGE_MARKET_STAFF),
            Entry(_("Exports and jobs"), "down2", "jobs", None),
            Entry(_("Log"), "clock", "log", Right.VIEW_MARKET_LOG),
        ],
    ),
)
