"""What a product of a shop costs now, and how much of it there is: the shop's own, which no review is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.flows.offered_prices import shown_prices
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.queries import free_of_products
from tenants.tenancy.schemas import merchant_schema


@dataclass(frozen=True)
class Offer:
    """Of a variant, at this moment: what anybody pays for one, and how many can be sold, from all places that ship."""

    price: Money | None
    market_price: Money | None
    available: int


def offers_now(merchant_id: UUID, product_id: UUID) -> dict[UUID, Offer]:
    """Variant → its offer, of every variant there is of the product. Opens the shop's schema."""
    with merchant_schema(merchant_id):
        keys = list(Variant.objects.filter(product_id=product_id).values_list("pk", flat=True))
        free, prices = free_of_products([product_id]), shown_prices(keys)
    return {
        key: Offer(
            Money(price.sale_minor, price.currency) if price else None,
            Money(price.market_minor, price.currency) if price and price.market_minor else None,
            free[key],
        )
        for key in keys
        for price in [prices.get(key)]
    }
