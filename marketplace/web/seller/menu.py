from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.web.menu import Entry, grouped
from tenants.access.rights import Right

ENTRIES = grouped(
    (
        "",
        [
            Entry(_("Overview"), "home", "overview", None),
            Entry(_("Guide"), "flag", "guide", Right.VIEW_PRODUCTS),
        ],
    ),
    (
        pgettext_lazy("menu", "Selling"),
        [
            Entry(_("Orders"), "list", "orders", Right.VIEW_ORDERS),
            Entry(pgettext_lazy("menu", "Redeem vouchers"), "ticket", "redeem", Right.SHIP_ORDERS),
            Entry(_("Customised orders"), "edit", "custom-orders", Right.VIEW_ORDERS),
            Entry(_("Returns"), "back", "returns", Right.VIEW_ORDERS),
            Entry(_("Second person"), "users", "second-looks", Right.VIEW_ORDERS),
            Entry(_("Customers"), "user", "customers", Right.VIEW_CUSTOMERS),
            Entry(_("Reviews"), "star", "reviews", Right.ANSWER_BUYERS),
            Entry(_("Questions"), "chat", "questions", Right.ANSWER_BUYERS),
        ],
    ),
    (
        pgettext_lazy("menu", "Goods and delivery"),
        [
            Entry(_("Products"), "box", "products", Right.VIEW_PRODUCTS),
            Entry(_("Pictures"), "grid", "library", Right.VIEW_PRODUCTS),
            Entry(_("Reductions"), "chart", "reductions", Right.VIEW_PRODUCTS),
            Entry(_("Price lists"), "list", "price-lists", Right.EDIT_PRODUCTS),
            Entry(_("Calendar"), "clock", "calendar", Right.VIEW_PRODUCTS),
            Entry(_("Imports"), "upload", "imports", Right.EDIT_PRODUCTS),
            Entry(_("Brands"), "tag", "shop-brands", Right.VIEW_PRODUCTS),
            Entry(_("Size tables"), "list", "size-tables", Right.VIEW_PRODUCTS),
            Entry(_("Shop categories"), "grid", "shop-categories", Right.VIEW_PRODUCTS),
            Entry(_("Own categories"), "copy", "own-categories", Right.VIEW_PRODUCTS),
            Entry(_("Delivery"), "truck", "delivery", Right.MANAGE_DELIVERY),
            Entry(_("Holiday"), "clock", "holiday", Right.MANAGE_DELIVERY),
        ],
    ),
    (
        pgettext_lazy("menu", "Stock"),
        [
            Entry(_("Stock"), "box", "stock", Right.VIEW_PRODUCTS),
            Entry(pgettext_lazy("menu", "Transfers"), "truck", "transfers", Right.VIEW_PRODUCTS),
            Entry(_("Stocktakes"), "check", "stocktakes", Right.VIEW_PRODUCTS),
            Entry(_("Replenishment"), "chart", "replenish", Right.VIEW_PRODUCTS),
            Entry(_("Orders from suppliers"), "receipt", "restocks", Right.VIEW_PRODUCTS),
            Entry(_("Codes"), "ticket", "codes", Right.VIEW_PRODUCTS),
        ],
    ),
    (
        pgettext_lazy("menu", "The shop online"),
        [
            Entry(_("Look of the shop"), "eye", "theme", Right.EDIT_SHOP_PAGES),
            Entry(_("Pages and templates"), "shop", "decorate", Right.EDIT_SHOP_PAGES),
            Entry(_("Messages"), "chat", "messages", Right.EDIT_SHOP_PAGES),
            Entry(_("Domains"), "pin", "domains", Right.MANAGE_DOMAINS),
        ],
    ),
    (
        pgettext_lazy("menu", "Money"),
        [
            Entry(_("Statements"), "wallet", "statements", Right.VIEW_STATEMENTS),
            Entry(_("Payout account"), "card", "payout-account", Right.MANAGE_PAYOUTS),
            Entry(_("Package"), "grid", "package", Right.VIEW_STATEMENTS),
            Entry(_("Deposit"), "lock", "deposit", Right.VIEW_STATEMENTS),
        ],
    ),
    (
        pgettext_lazy("menu", "With the market"),
        [
            Entry(_("Company data"), "pin", "company", Right.VIEW_PRODUCTS),
            Entry(_("Contract"), "edit", "contract", Right.MANAGE_PAPERS),
            Entry(_("Qualifications"), "shield", "qualifications", Right.VIEW_PRODUCTS),
            Entry(_("Market rules"), "book", "market-rules", Right.VIEW_PRODUCTS),
            Entry(pgettext_lazy("evaluation", "Evaluations"), "chart", "evaluations", Right.VIEW_STATEMENTS),
            Entry(_("Support access"), "shield", "support", Right.GRANT_SUPPORT),
        ],
    ),
    (
        pgettext_lazy("menu", "Team and records"),
        [
            Entry(_("Staff"), "users", "staff", Right.MANAGE_STAFF),
            Entry(_("Exports and jobs"), "down2", "jobs", None),
            Entry(_("Log"), "clock", "log", Right.VIEW_SHOP_LOG),
            Entry(_("Everything of the shop"), "box", "shop-export", Right.MANAGE_PAYOUTS),
            Entry(_("Close the shop"), "out", "closing", Right.MANAGE_PAYOUTS),
        ],
    ),
)

# What the market agrees with others only: its own shops have no such pages.
FOR_OTHERS = ("payout-account", "package", "deposit", "contract")
OF_OWN = [entry for entry in ENTRIES if entry.route not in FOR_OTHERS]
# What is left of a closed shop's menu.
OF_CLOSED = [entry for entry in ENTRIES if entry.route == "shop-export"]
