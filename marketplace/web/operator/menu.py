from django.utils.translation import gettext_lazy as _

from marketplace.web.menu import Entry
from tenants.access.rights import Right

ENTRIES = [
    Entry(_("Overview"), "home", "overview", None),
    Entry(_("Merchants"), "shop", "merchants", Right.VIEW_MERCHANTS),
    Entry(_("Consumers"), "user", "consumers", Right.VIEW_CONSUMERS),
    Entry(_("Applications"), "flag", "applications", Right.REVIEW_MERCHANTS),
    Entry(_("Qualifications"), "shield", "qualifications", Right.REVIEW_MERCHANTS),
    Entry(_("Shop documents"), "upload", "renewals", Right.REVIEW_MERCHANTS),
    Entry(_("Requirements"), "check", "requirements", Right.MANAGE_MARKET),
    Entry(_("Market rules"), "book", "market-rules", Right.MANAGE_MARKET),
    Entry(_("Product reviews"), "eye", "reviews", Right.REVIEW_PRODUCTS),
    Entry(_("Orders"), "list", "orders", Right.VIEW_MARKET_ORDERS),
    Entry(_("Returns"), "back", "returns", Right.VIEW_MARKET_ORDERS),
    Entry(_("Buyers' reviews"), "star", "buyer-reviews", Right.MODERATE_REVIEWS),
    Entry(_("Questions"), "chat", "questions", Right.MODERATE_REVIEWS),
    Entry(_("Refunds"), "card", "refunds", Right.VIEW_LEDGER),
    Entry(_("Settlement"), "wallet", "settlement", Right.SETTLE),
    Entry(_("Statements"), "receipt", "statements", Right.VIEW_LEDGER),
    Entry(_("Payouts"), "out", "payouts", Right.VIEW_LEDGER),
    Entry(_("Payout accounts"), "card", "payout-accounts", Right.VIEW_LEDGER),
    Entry(_("Disputed payments"), "gavel", "disputes", Right.VIEW_LEDGER),
    Entry(_("Payment provider"), "shield", "movements", Right.VIEW_LEDGER),
    Entry(_("Journal"), "book", "journal", Right.VIEW_LEDGER),
    Entry(_("Two people"), "users", "approvals", Right.VIEW_APPROVALS),
    Entry(_("Settings"), "cog", "settings", Right.MANAGE_MARKET),
    Entry(_("Market pages"), "edit", "decorate", Right.EDIT_MARKET_PAGES),
    Entry(_("Words of notices"), "bell", "notice-words", Right.MANAGE_MARKET),
    Entry(_("Notices sent"), "out", "dispatches", Right.VIEW_MARKET_ORDERS),
    Entry(_("Messages"), "chat", "messages", Right.EDIT_MARKET_PAGES),
    Entry(_("Support access"), "shield", "support", Right.SUPPORT_SHOPS),
    Entry(_("Staff"), "users", "staff", Right.MANAGE_MARKET_STAFF),
    Entry(_("Exports and jobs"), "down2", "jobs", None),
    Entry(_("Log"), "clock", "log", Right.VIEW_MARKET_LOG),
]
