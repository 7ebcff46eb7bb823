"""What a shop's status means for who buys: the one rule, asked by search, lists, pages, carts and the checkout. docs/operators.md has it as a table."""

from __future__ import annotations

from dataclasses import dataclass

from tenants.tenancy.models import Merchant

S = Merchant.Status


@dataclass(frozen=True)
class Standing:
    """`is_found`: in search, lists, shelves and the site map. `is_shown`: its pages and its products' pages answer. `sells`: it takes orders."""

    is_found: bool
    is_shown: bool
    sells: bool


STANDING: dict[str, Standing] = {
    S.OPENING: Standing(is_found=False, is_shown=False, sells=False),
    S.OPEN: Standing(is_found=True, is_shown=True, sells=True),
    S.HOLIDAY: Standing(is_found=True, is_shown=True, sells=False),
    S.SUSPENDED: Standing(is_found=False, is_shown=True, sells=False),
    S.CLOSING: Standing(is_found=False, is_shown=True, sells=False),
    S.CLOSED: Standing(is_found=False, is_shown=False, sells=False),
}
FOUND = [str(status) for status, standing in STANDING.items() if standing.is_found]
SELLS = [str(status) for status, standing in STANDING.items() if standing.sells]


def standing_of(merchant: Merchant) -> Standing:
    return STANDING[merchant.status]
