"""Every kind of page of the demo market: who sees it, on which host, and how to get to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

MARKET, SHOP, WORKBENCH, CONSOLE = "market.localhost", "kiln.market.localhost", "kiln.seller.market.localhost", "ops.market.localhost"
BUYER, OWNER, OPERATOR = "lin@buyer.localhost", "owner@kiln.localhost", "operator@market.localhost"
ID, NUMBER = r"[0-9a-f-]{36}", r"[\d-]+"


@dataclass(frozen=True)
class Stop:
    """A page. Its address, or a page that links to one and the pattern of the link; `act` opens what is closed at first.

    Several patterns, " > " between, are a way of several links.
    """

    name: str
    path: str
    host: str = MARKET
    who: str = ""
    link: str = ""
    then: str = ""  # behind the address of what the link leads to
    act: Callable[[Page], None] | None = field(default=None, compare=False)
    status: int = 200


def press(selector: str) -> Callable[[Page], None]:
    """Click the first such element that is seen."""

    def act(page: Page) -> None:
        page.locator(selector).locator("visible=true").first.click()
        page.wait_for_timeout(400)

    return act


VISITOR = [
    Stop("home", "/"),
    Stop("categories", "/categories/"),
    Stop("category", "/", link=r"/c/\d+/"),
    Stop("search", "/search/?q=%E6%9D%AF"),
    Stop("search-none", "/search/?q=qqqqxyz"),
    Stop("shops", "/shops/"),
    Stop("brand", "/categories/", link=r"/c/\d+/ > /b/\d+/\?c=\d+"),
    Stop("product", "/search/?q=%E9%A9%AC%E5%85%8B%E6%9D%AF", link=rf"/p/{ID}/"),
    Stop("product-plain", "/search/?q=%E8%8C%B6", link=rf"/p/{ID}/"),
    Stop("product-full-screen", "/search/?q=%E9%A9%AC%E5%85%8B%E6%9D%AF", link=rf"/p/{ID}/", act=press("[data-shot]")),
    Stop("product-reviews", "/search/?q=%E9%A9%AC%E5%85%8B%E6%9D%AF", link=rf"/p/{ID}/", then="reviews/"),
    Stop("product-questions", "/search/?q=%E9%A9%AC%E5%85%8B%E6%9D%AF", link=rf"/p/{ID}/", then="questions/"),
    Stop("product-share", "/search/?q=%E9%A9%AC%E5%85%8B%E6%9D%AF", link=rf"/p/{ID}/", then="share/"),
    Stop("product-poster", "/search/?q=%E9%A9%AC%E5%85%8B%E6%9D%AF", link=rf"/p/{ID}/", then="poster/"),
    Stop("deliver-to", "/deliver-to/"),
    Stop("help", "/pages/help/"),
    Stop("privacy-notice", "/pages/privacy/"),
    Stop("cookies", "/cookies/"),
    Stop("recent", "/recent/"),
    Stop("cart-empty", "/cart/"),
    Stop("sign-in", "/sign-in/"),
    Stop("register", "/register/"),
    Stop("sell", "/sell/"),
    Stop("mailbox", "/mailbox/"),
    Stop("sms-box", "/mailbox/sms/"),
    Stop("not-found", "/nothing-here/", status=404),
    Stop("offline", "/offline/"),
    Stop("design", "/design/"),
]
SHOPS = [
    Stop("shop", "/", SHOP),
    Stop("shop-all", "/search/", SHOP),
    Stop("shop-about", "/about/", SHOP),
    Stop("shop-search", "/search/?q=%E6%9D%AF", SHOP),
    *(Stop(f"shop-{slug}", "/", f"{slug}.market.localhost") for slug in ("trail", "mono", "linden", "pagebreak", "larder", "pebble", "selvedge")),
]
CENTRE = [
    Stop("cart", "/cart/", who=BUYER),
    Stop("checkout", "/checkout/", who=BUYER),
    Stop("account", "/account/", who=BUYER),
    Stop("favourites", "/account/favourites/", who=BUYER),
    Stop("follows", "/account/shops/", who=BUYER),
    Stop("my-reviews", "/account/reviews/", who=BUYER),
    Stop("parcels", "/account/parcels/", who=BUYER),
    Stop("my-notices", "/account/notices/", who=BUYER),
    Stop("notice-settings", "/account/notices/settings/", who=BUYER),
    Stop("profile", "/account/profile/", who=BUYER),
    Stop("email", "/account/email/", who=BUYER),
    Stop("privacy", "/account/privacy/", who=BUYER),
    Stop("account-close", "/account/privacy/delete/", who=BUYER),
    Stop("addresses", "/account/addresses/", who=BUYER),
    Stop("address", "/account/addresses/new/", who=BUYER),
    Stop("orders", "/orders/", who=BUYER),
    Stop("order-group", "/orders/", who=BUYER, link=rf"/orders/{NUMBER}/"),
    Stop("order-review", "/account/reviews/", who=BUYER, link=rf"/orders/{NUMBER}/review/"),
    Stop("order-return", "/orders/", who=BUYER, link=rf"/orders/{NUMBER}/ > /orders/{NUMBER}/return/"),
    Stop("returns", "/returns/", who=BUYER),
    Stop("apply", "/sell/apply/", who=BUYER),
]
SELLER = [
    Stop("seller-overview", "/", WORKBENCH, OWNER),
    Stop("seller-orders", "/orders/", WORKBENCH, OWNER),
    Stop("seller-order-to-ship", "/orders/?show=to_ship", WORKBENCH, OWNER, rf"/orders/{NUMBER}/"),
    Stop("seller-order-completed", "/orders/?show=completed", WORKBENCH, OWNER, rf"/orders/{NUMBER}/"),
    Stop("seller-products", "/products/", WORKBENCH, OWNER),
    Stop("seller-product", "/products/", WORKBENCH, OWNER, rf"/products/{ID}/"),
    Stop("seller-product-new", "/products/new/", WORKBENCH, OWNER),
    Stop("seller-library", "/library/", WORKBENCH, OWNER),
    Stop("seller-library-upload", "/library/", WORKBENCH, OWNER, act=press("details.pop:has([data-upload]) > summary")),
    Stop("seller-library-picture", "/library/?show=unused", WORKBENCH, OWNER, rf"/library/{ID}/"),
    Stop("seller-library-used", "/library/?show=used", WORKBENCH, OWNER, rf"/library/{ID}/"),
    Stop("seller-films", "/films/", WORKBENCH, OWNER),
    Stop("seller-film", "/films/", WORKBENCH, OWNER, rf"/films/{ID}/"),
    Stop("seller-product-prices", "/products/", WORKBENCH, OWNER, rf"/products/{ID}/", then="prices/"),
    Stop("seller-reductions", "/reductions/", WORKBENCH, OWNER),
    Stop("seller-reduction-new", "/reductions/new/", WORKBENCH, OWNER),
    Stop("seller-price-lists", "/price-lists/", WORKBENCH, OWNER),
    Stop("seller-price-list-new", "/price-lists/new/", WORKBENCH, OWNER),
    Stop("seller-imports", "/imports/", WORKBENCH, OWNER),
    Stop("seller-import-new", "/imports/new/?category_query=%E6%9D%AF", WORKBENCH, OWNER),
    Stop("seller-import", "/imports/", WORKBENCH, OWNER, rf"/imports/{ID}/"),
    Stop("seller-import-rows", "/import-rows/", WORKBENCH, OWNER),
    Stop("seller-stock", "/stock/", WORKBENCH, OWNER),
    Stop("seller-stock-variant", "/stock/", WORKBENCH, OWNER, rf"/stock/variants/{ID}/"),
    Stop("seller-stock-ledger", "/movements/", WORKBENCH, OWNER),
    Stop("seller-stock-locations", "/stock/locations/", WORKBENCH, OWNER),
    Stop("seller-stock-location", "/stock/locations/", WORKBENCH, OWNER, rf"/stock/locations/{ID}/"),
    Stop("seller-transfers", "/transfers/", WORKBENCH, OWNER),
    Stop("seller-transfer-new", "/transfers/new/", WORKBENCH, OWNER),
    Stop("seller-stocktakes", "/stocktakes/", WORKBENCH, OWNER),
    Stop("seller-stocktake-new", "/stocktakes/new/", WORKBENCH, OWNER),
    Stop("seller-replenish", "/replenish/", WORKBENCH, OWNER),
    Stop("seller-restocks", "/restocks/", WORKBENCH, OWNER),
    Stop("seller-restock-new", "/restocks/new/", WORKBENCH, OWNER),
    Stop("seller-returns", "/returns/", WORKBENCH, OWNER),
    Stop("seller-return", "/returns/", "selvedge.seller.market.localhost", "owner@selvedge.localhost", r"/returns/[\w-]+/"),
    Stop("seller-customers", "/customers/", WORKBENCH, OWNER),
    Stop("seller-customer", "/customers/", WORKBENCH, OWNER, rf"/customers/{ID}/"),
    Stop("seller-reviews", "/reviews/", WORKBENCH, OWNER),
    Stop("seller-questions", "/questions/", WORKBENCH, OWNER),
    Stop("seller-slips", "/orders/?show=to_ship", WORKBENCH, OWNER, rf"/orders/{NUMBER}/", then="slip/"),
    Stop("seller-inbox", "/inbox/", WORKBENCH, OWNER),
    Stop("seller-jobs", "/jobs/", WORKBENCH, OWNER),
    Stop("seller-guide", "/guide/", WORKBENCH, OWNER),
    Stop("seller-company", "/company/", WORKBENCH, OWNER),
    Stop("seller-contract", "/contract/", WORKBENCH, OWNER),
    Stop("seller-theme", "/theme/", WORKBENCH, OWNER),
    Stop("seller-decorate", "/decorate/", WORKBENCH, OWNER),
    Stop("seller-messages", "/messages/", WORKBENCH, OWNER),
    Stop("seller-delivery", "/delivery/", WORKBENCH, OWNER),
    Stop("seller-statements", "/statements/", WORKBENCH, OWNER),
    Stop("seller-statement", "/statements/", WORKBENCH, OWNER, r"/statements/[\w-]+/"),
    Stop("seller-package", "/package/", WORKBENCH, OWNER),
    Stop("seller-deposit", "/deposit/", WORKBENCH, OWNER),
    Stop("seller-payout-account", "/payout-account/", WORKBENCH, OWNER),
    Stop("seller-payout-account-new", "/payout-account/", "mono.seller.market.localhost", "owner@mono.localhost"),
    Stop("seller-log", "/log/", WORKBENCH, OWNER),
    Stop("seller-log-entry", "/log/", WORKBENCH, OWNER, rf"/log/{ID}/"),
    Stop("seller-staff", "/staff/", WORKBENCH, OWNER),
    Stop("seller-staff-person", "/staff/", WORKBENCH, OWNER, rf"/staff/{ID}/"),
    Stop("seller-invite", "/staff/invite/", WORKBENCH, OWNER),
    Stop("seller-roles", "/staff/roles/", WORKBENCH, OWNER),
    Stop("seller-qualifications", "/qualifications/", "larder.seller.market.localhost", "owner@larder.localhost"),
    Stop("seller-brands", "/brands/", WORKBENCH, OWNER),
    Stop("seller-own-categories", "/own-categories/", WORKBENCH, OWNER),
    Stop("seller-domains", "/domains/", WORKBENCH, OWNER),
    Stop("seller-holiday", "/holiday/", WORKBENCH, OWNER),
    Stop("seller-closing", "/closing/", WORKBENCH, OWNER),
    Stop("seller-export", "/export/", WORKBENCH, OWNER),
    Stop("seller-cms", "/cms/", WORKBENCH, OWNER),
    Stop("seller-cms-edit", "/decorate/", WORKBENCH, OWNER, r"/cms/pages/\d+/edit/"),
]
OPERATORS = [
    Stop("ops-overview", "/", CONSOLE, OPERATOR),
    Stop("ops-applications", "/applications/", CONSOLE, OPERATOR),
    Stop("ops-application", "/applications/", CONSOLE, OPERATOR, rf"/applications/{NUMBER}/"),
    Stop("ops-merchants", "/merchants/", CONSOLE, OPERATOR),
    Stop("ops-merchant", "/merchants/", CONSOLE, OPERATOR, rf"/merchants/{ID}/"),
    Stop("ops-consumers", "/consumers/?orders=yes", CONSOLE, OPERATOR),
    Stop("ops-consumer", "/consumers/?orders=yes", CONSOLE, OPERATOR, rf"/consumers/{ID}/"),
    Stop("ops-consumer-erase", "/consumers/?orders=no&works=no", CONSOLE, OPERATOR, rf"/consumers/{ID}/", then="erase/"),
    Stop("ops-blocks", "/blocks/", CONSOLE, OPERATOR),
    Stop("ops-block-new", "/blocks/new/", CONSOLE, OPERATOR),
    Stop("ops-doubles", "/doubles/", CONSOLE, OPERATOR),
    Stop("ops-reviews", "/reviews/", CONSOLE, OPERATOR),
    Stop("ops-review", "/reviews/", CONSOLE, OPERATOR, rf"/reviews/{ID}/"),
    Stop("ops-reviews-many", "/reviews/many/", CONSOLE, OPERATOR),
    Stop("ops-words", "/words/", CONSOLE, OPERATOR),
    Stop("ops-words-new", "/words/new/?try=全网最低价", CONSOLE, OPERATOR),
    Stop("ops-review-rules", "/reviews/rules/", CONSOLE, OPERATOR),
    Stop("ops-orders", "/orders/", CONSOLE, OPERATOR),
    Stop("ops-order", "/orders/", CONSOLE, OPERATOR, rf"/orders/{NUMBER}/"),
    Stop("ops-returns", "/returns/", CONSOLE, OPERATOR),
    Stop("ops-buyer-reviews", "/buyer-reviews/", CONSOLE, OPERATOR),
    Stop("ops-questions", "/questions/", CONSOLE, OPERATOR),
    Stop("ops-decorate", "/decorate/", CONSOLE, OPERATOR),
    Stop("ops-jobs", "/jobs/", CONSOLE, OPERATOR),
    Stop("ops-refunds", "/refunds/", CONSOLE, OPERATOR),
    Stop("ops-disputes", "/disputes/", CONSOLE, OPERATOR),
    Stop("ops-settlement", "/settlement/", CONSOLE, OPERATOR),
    Stop("ops-statements", "/statements/", CONSOLE, OPERATOR),
    Stop("ops-statement", "/statements/", CONSOLE, OPERATOR, r"/statements/[\w-]+/"),
    Stop("ops-payouts", "/payouts/", CONSOLE, OPERATOR),
    Stop("ops-payout-accounts", "/payout-accounts/", CONSOLE, OPERATOR),
    Stop("ops-payout-account", "/payout-accounts/?show=looked_at", CONSOLE, OPERATOR, rf"/payout-accounts/{ID}/"),
    Stop("ops-journal", "/journal/", CONSOLE, OPERATOR),
    Stop("ops-movements", "/movements/", CONSOLE, OPERATOR),
    Stop("ops-notices", "/notices/", CONSOLE, OPERATOR),
    Stop("ops-settings", "/settings/", CONSOLE, OPERATOR),
    Stop("ops-log", "/log/", CONSOLE, OPERATOR),
    Stop("ops-log-entry", "/log/", CONSOLE, OPERATOR, rf"/log/{ID}/"),
    Stop("ops-log-integrity", "/log/integrity/", CONSOLE, OPERATOR),
    Stop("ops-staff", "/staff/", CONSOLE, OPERATOR),
    Stop("ops-roles", "/staff/roles/", CONSOLE, OPERATOR),
    Stop("ops-packages", "/packages/", CONSOLE, OPERATOR),
    Stop("ops-package-new", "/packages/new/", CONSOLE, OPERATOR),
    Stop("ops-subscribers", "/subscribers/", CONSOLE, OPERATOR),
    Stop("ops-subscriber", "/subscribers/", CONSOLE, OPERATOR, rf"/subscribers/{ID}/"),
    Stop("ops-services", "/services/", CONSOLE, OPERATOR),
    Stop("ops-deposits", "/deposits/", CONSOLE, OPERATOR),
    Stop("ops-deposit", "/deposits/", CONSOLE, OPERATOR, rf"/deposits/{ID}/"),
    Stop("ops-deposit-deduct", "/deposits/", CONSOLE, OPERATOR, rf"/deposits/{ID}/ > /deposits/{ID}/move/\?what=deducted"),
    Stop("ops-deposit-rules", "/deposits/rules/", CONSOLE, OPERATOR),
    Stop("ops-block", "/blocks/", CONSOLE, OPERATOR, rf"/blocks/{ID}/"),
    Stop("ops-contracts", "/contracts/", CONSOLE, OPERATOR),
    Stop("ops-contract", "/contracts/", CONSOLE, OPERATOR, rf"/contracts/{NUMBER}/"),
    Stop("ops-contract-templates", "/contract-templates/", CONSOLE, OPERATOR),
    Stop("ops-contract-template", "/contract-templates/", CONSOLE, OPERATOR, rf"/contract-templates/versions/{ID}/"),
    Stop("ops-company-data", "/dossier-changes/", CONSOLE, OPERATOR),
    Stop("ops-review-terms", "/review-terms/", CONSOLE, OPERATOR),
    Stop("ops-support", "/support/", CONSOLE, OPERATOR),
    Stop("ops-approvals", "/approvals/", CONSOLE, OPERATOR),
    Stop("ops-approval", "/approvals/", CONSOLE, OPERATOR, rf"/approvals/{NUMBER}/"),
    Stop("ops-suspend", "/merchants/", CONSOLE, OPERATOR, rf"/merchants/{ID}/", then="suspend/"),
    Stop("ops-close", "/merchants/", CONSOLE, OPERATOR, rf"/merchants/{ID}/", then="close/"),
    Stop("ops-qualifications", "/qualifications/", CONSOLE, OPERATOR),
    Stop("ops-qualification", "/qualifications/", CONSOLE, OPERATOR, rf"/qualifications/{ID}/"),
    Stop("ops-renewal", "/renewals/", CONSOLE, OPERATOR, rf"/renewals/{ID}/"),
    Stop("ops-requirements", "/requirements/", CONSOLE, OPERATOR),
    Stop("ops-tree", "/categories/?open=1", CONSOLE, OPERATOR),
    Stop("ops-tree-changes", "/categories/changes/", CONSOLE, OPERATOR),
    Stop("ops-category", "/categories/", CONSOLE, OPERATOR, r"/categories/\d+/"),
    Stop("ops-category-new", "/categories/new/", CONSOLE, OPERATOR),
    Stop("ops-category-move", "/categories/", CONSOLE, OPERATOR, r"/categories/\d+/", then="move/"),
    Stop("ops-category-attributes", "/categories/?open=1", CONSOLE, OPERATOR, r"/categories/2/", then="attributes/"),
    Stop("ops-attributes", "/attributes/", CONSOLE, OPERATOR),
    Stop("ops-attribute", "/attributes/?kind=choice", CONSOLE, OPERATOR, r"/attributes/\d+/"),
    Stop("ops-attribute-value", "/attributes/?kind=choice", CONSOLE, OPERATOR, r"/attributes/\d+/ > /attributes/\d+/values/\d+/"),
    Stop("ops-brands", "/brands/", CONSOLE, OPERATOR),
    Stop("ops-brand", "/brands/", CONSOLE, OPERATOR, r"/brands/\d+/"),
    Stop("ops-brand-merge", "/brands/", CONSOLE, OPERATOR, r"/brands/\d+/", then="merge/"),
    Stop("ops-virtual", "/virtual-categories/", CONSOLE, OPERATOR),
    Stop("ops-virtual-new", "/virtual-categories/new/", CONSOLE, OPERATOR),
    Stop("ops-own-names", "/own-names/", CONSOLE, OPERATOR),
    Stop("ops-market-rules", "/market-rules/", CONSOLE, OPERATOR),
    Stop("ops-inbox", "/inbox/", CONSOLE, OPERATOR),
    Stop("ops-notice-words", "/notice-words/", CONSOLE, OPERATOR),
    Stop("ops-notice-word", "/notice-words/pay_reminder/", CONSOLE, OPERATOR),
    Stop("ops-dispatches", "/dispatches/", CONSOLE, OPERATOR),
    Stop("ops-cms", "/cms/", CONSOLE, OPERATOR),
]
STOPS = [*VISITOR, *SHOPS, *CENTRE, *SELLER, *OPERATORS]
