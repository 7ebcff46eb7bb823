"""What is in a cart, as the buyer sees it: by shop, with the prices of now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Sum

from marketplace.kernel.money import Money
from marketplace.platform.cart.models import Cart, CartLine
from marketplace.platform.listings.models import ListingVariant
from tenants.tenancy.models import Merchant


@dataclass
class LineView:
    line: CartLine
    variant: ListingVariant | None  # None: no longer on sale
    options: str = ""  # the chosen options in words, filled in by pages that show them

    @property
    def is_buyable(self) -> bool:
        return self.variant is not None and self.variant.in_stock

    @property
    def total(self) -> Money | None:
        return self.variant.price.times(self.line.quantity) if self.variant else None


@dataclass
class ShopPart:
    merchant: Merchant
    lines: list[LineView] = field(default_factory=list)

    def chosen(self) -> list[LineView]:
        return [view for view in self.lines if view.line.is_chosen and view.is_buyable]


@dataclass
class CartView:
    currency: str
    parts: list[ShopPart]

    @property
    def chosen(self) -> list[LineView]:
        return [view for part in self.parts for view in part.chosen()]

    @property
    def total(self) -> Money:
        return Money.sum((view.total for view in self.chosen if view.total), self.currency)

    @property
    def pieces(self) -> int:
        return sum(view.line.quantity for view in self.chosen)


def view_cart(cart: Cart | None, currency: str) -> CartView:
    """The cart by shop, in the order things were put in. Three queries, however many shops."""
    if cart is None:
        return CartView(currency, [])
    lines = list(CartLine.objects.filter(cart=cart).order_by("added_at", "id"))
    variants = {
        variant.pk: variant
        for variant in ListingVariant.objects.filter(pk__in=[line.variant_id for line in lines], listing__is_on_sale=True).select_related("listing")
    }
    merchants = Merchant.objects.in_bulk({line.merchant_id for line in lines})
    by_shop: dict[UUID, list[LineView]] = defaultdict(list)
    for line in lines:
        by_shop[line.merchant_id].append(LineView(line, variants.get(line.variant_id)))
    return CartView(currency, [ShopPart(merchants[key], views) for key, views in by_shop.items()])


def count_pieces(cart_id: UUID | None = None, user_id: UUID | None = None) -> int:
    """For the badge in the header."""
    which = {"cart__user_id": user_id} if user_id else {"cart_id": cart_id, "cart__user": None}
    return CartLine.objects.filter(**which).aggregate(pieces=Sum("quantity"))["pieces"] or 0
