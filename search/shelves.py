"""What a category of a shop holds, as a question to search."""

from __future__ import annotations

from marketplace.merchant.shelves.models import ShopCategory
from search.by_rule import query_of
from search.contract import Query
from tenants.tenancy.models import Merchant


def question_of(row: ShopCategory, shop: Merchant) -> Query:
    """What buyers can see of it, and nothing of another shop."""
    if row.is_picked:
        return Query(shops=frozenset({shop.ordinal}), among=frozenset(row.picks))
    return query_of(row.rule, shop)
