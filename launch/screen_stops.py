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
    """A page. Its address, or a page that links to one and the pattern of the link; `act` opens what is closed at first."""

    name: str
    path: str
    host: str = MARKET
    who: str = ""
    link: str = ""
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
    Stop("brand", "/brands/", link=r"/b/\d+/"),
    Stop("product", "/search/?q=%E9%A9%AC%E5%85%8B%E6%9D%AF", link=rf"/p/{ID}/"),
    Stop("product-plain", "/search/?q=%E8%8C%B6", link=rf"/p/{ID}/"),
    Stop("cart-empty", "/cart/"),
    Stop("sign-in", "/sign-in/"),
    Stop("register", "/register/"),
    Stop("sell", "/sell/"),
    Stop("mailbox", "/mailbox/"),
    Stop("not-found", "/nothing-here/", status=404),
    Stop("offline", "/offline/"),
    Stop("design", "/design/"),
]
SHOPS = [
    Stop("shop", "/", SHOP),
    Stop("shop-all", "/search/", SHOP),
    Stop("shop-search", "/search/?q=%E6%9D%AF", SHOP),
    *(Stop(f"shop-{slug}", "/", f"{slug}.market.localhost") for slug in ("trail", "mono", "linden", "pagebreak", "larder", "pebble", "selvedge")),
]
CENTRE = [
    Stop("cart", "/cart/", who=BUYER),
    Stop("checkout", "/checkout/", who=BUYER),
    Stop("account", "/account/", who=BUYER),
    Stop("addresses", "/account/addresses/", who=BUYER),
    Stop("address", "/account/addresses/new/", who=BUYER),
    Stop("orders", "/orders/", who=BUYER),
    Stop("order-group", "/orders/", who=BUYER, link=rf"/orders/{NUMBER}/"),
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
    Stop("seller-returns", "/returns/", WORKBENCH, OWNER),
    Stop("seller-return", "/returns/", WORKBENCH, OWNER, r"/returns/[\w-]+/"),
    Stop("seller-delivery", "/delivery/", WORKBENCH, OWNER),
    Stop("seller-statements", "/statements/", WORKBENCH, OWNER),
    Stop("seller-statement", "/statements/", WORKBENCH, OWNER, r"/statements/[\w-]+/"),
    Stop("seller-payout-account", "/payout-account/", WORKBENCH, OWNER),
    Stop("seller-log", "/log/", WORKBENCH, OWNER),
    Stop("seller-cms", "/cms/", WORKBENCH, OWNER),
]
OPERATORS = [
    Stop("ops-overview", "/", CONSOLE, OPERATOR),
    Stop("ops-applications", "/applications/", CONSOLE, OPERATOR),
    Stop("ops-application", "/applications/", CONSOLE, OPERATOR, rf"/applications/{NUMBER}/"),
    Stop("ops-merchants", "/merchants/", CONSOLE, OPERATOR),
    Stop("ops-merchant", "/merchants/", CONSOLE, OPERATOR, rf"/merchants/{ID}/"),
    Stop("ops-reviews", "/reviews/", CONSOLE, OPERATOR),
    Stop("ops-review", "/reviews/", CONSOLE, OPERATOR, rf"/reviews/{ID}/"),
    Stop("ops-orders", "/orders/", CONSOLE, OPERATOR),
    Stop("ops-order", "/orders/", CONSOLE, OPERATOR, rf"/orders/{NUMBER}/"),
    Stop("ops-returns", "/returns/", CONSOLE, OPERATOR),
    Stop("ops-refunds", "/refunds/", CONSOLE, OPERATOR),
    Stop("ops-disputes", "/disputes/", CONSOLE, OPERATOR),
    Stop("ops-settlement", "/settlement/", CONSOLE, OPERATOR),
    Stop("ops-statements", "/statements/", CONSOLE, OPERATOR),
    Stop("ops-statement", "/statements/", CONSOLE, OPERATOR, r"/statements/[\w-]+/"),
    Stop("ops-payouts", "/payouts/", CONSOLE, OPERATOR),
    Stop("ops-journal", "/journal/", CONSOLE, OPERATOR),
    Stop("ops-movements", "/movements/", CONSOLE, OPERATOR),
    Stop("ops-notices", "/notices/", CONSOLE, OPERATOR),
    Stop("ops-settings", "/settings/", CONSOLE, OPERATOR),
    Stop("ops-log", "/log/", CONSOLE, OPERATOR),
    Stop("ops-cms", "/cms/", CONSOLE, OPERATOR),
]
STOPS = [*VISITOR, *SHOPS, *CENTRE, *SELLER, *OPERATORS]
