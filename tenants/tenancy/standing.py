"""What a shop's status means for who buys: the one rule, asked by search, lists, pages, carts and the checkout. docs/operators.md has it as a table."""

from __future__ import annotations

from dataclasses import dataclass

from tenants.tenancy.models import Merchant

S = Merchant.Status


@dataclass(frozen=True)
class ShopStanding:
    """`is_found`: in search, lists, shelves and the site map. `is_shown`: its pages and its products' pages answer. `sells`: it takes orders."""

    is_found: bool
    is_shown: bool
    sells: bool


STANDING: dict[str, ShopStanding] = {
    S.OPENING: ShopStanding(is_found=False, is_shown=False, sells=False),
    S.OPEN: ShopStanding(is_found=True, is_shown=True, sells=True),
    S.HOLIDAY: ShopStanding(is_found=True, is_shown=True, sells=False),
    S.SUSPENDED: ShopStanding(is_found=False, is_shown=True, sells=False),
    S.CLOSING: ShopStanding(is_found=False, is_shown=True, sells=False),
    S.CLOSED: ShopStanding(is_found=False, is_shown=False, sells=False),
}
FOUND = [str(status) for status, standing in STANDING.items() if standing.is_found]
OPEN_TO_SUPPORT = [str(status) for status in STANDING if status not in (S.OPENING, S.CLOSED)]  # its workbench can be looked into, if the shop agrees
SELLS = [str(status) for status, standing in STANDING.items() if standing.sells]


def shop_standing(merchant: Merchant) -> ShopStanding:
    return STANDING[merchant.status]
