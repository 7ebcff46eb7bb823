"""Permission names, in one enum. They are Django permissions, so Wagtail's and ours are given in one place: the role."""

from __future__ import annotations

from enum import Enum


class Right(Enum):
    """value: (scope, codename, what it allows). A merchant's rights mean nothing in the market's schema, and the reverse."""

    VIEW_ORDERS = ("merchant", "view_orders", "See orders")
    SHIP_ORDERS = ("merchant", "ship_orders", "Ship orders")
    VIEW_PRODUCTS = ("merchant", "view_products", "See products and stock")
    EDIT_PRODUCTS = ("merchant", "edit_products", "Enter and change products, prices and stock")
    VIEW_STATEMENTS = ("merchant", "view_statements", "See statements")
    VIEW_SHOP_LOG = ("merchant", "view_shop_log", "See the shop's log")
    EDIT_SHOP_PAGES = ("merchant", "edit_shop_pages", "Edit the shop's pages")

    VIEW_MERCHANTS = ("market", "view_merchants", "See merchants")
    OPEN_MERCHANTS = ("market", "open_merchants", "Open merchants")
    VIEW_MARKET_ORDERS = ("market", "view_market_orders", "See all orders")
    SETTLE = ("market", "settle", "Settle with merchants")
    VIEW_LEDGER = ("market", "view_ledger", "See the journal and statements")
    VIEW_MARKET_LOG = ("market", "view_market_log", "See the market's log")
    EDIT_MARKET_PAGES = ("market", "edit_market_pages", "Edit the market's pages")

    def __init__(self, scope: str, codename: str, label: str) -> None:
        self.scope, self.codename, self.label = scope, codename, label

    @property
    def full_name(self) -> str:
        """As Django's has_perm takes it."""
        return f"access.{self.codename}"
