"""Where a buyer looks: the market, a category, a brand, a shop, or what a rule finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from marketplace.platform.taxonomy.models import Brand, Category
from search.by_rule import within
from search.contract import Query
from tenants.tenancy.models import Merchant


@dataclass(frozen=True)
class Place:
    """Where one looks: what is fixed there is no filter."""

    category: Category | None = None
    brand: Brand | None = None
    shop: Merchant | None = None
    rule: Query | None = None  # of a virtual category, or of a shop's own
    order: Sequence[UUID] = ()  # of goods that a shop chose by hand: shown so unless the buyer wants another order
    is_sorted: bool = False  # the buyer chose an order

    @property
    def fixed(self) -> frozenset[str]:
        return frozenset(name for name, value in (("brand", self.brand), ("shop", self.shop)) if value)

    @property
    def filters_by_category(self) -> bool:
        """Whether a category is a filter here like others."""
        return bool(self.shop or self.brand or self.rule)

    def narrowed(self, query: Query) -> Query:
        if self.rule:
            query = within(self.rule, query, is_sorted=self.is_sorted)
        if self.brand:
            query = query.but(brands=frozenset({self.brand.pk}))
        return query.but(shops=frozenset({self.shop.ordinal})) if self.shop else query
