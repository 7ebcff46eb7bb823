"""What is in a cart, as the buyer sees it: by shop, with the prices of now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Sum

from marketplace.kernel.money import Money
from marketplace.platform.cart.models import Cart, CartLine
from marketplace.platform.delivery.freight import Quote, quote
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.delivery.queries import zones_of
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
    """What is in the cart of one shop. `zones` says what its parcel costs into `region` (a code, or "" while nobody knows)."""

    merchant: Merchant
    currency: str
    lines: list[LineView] = field(default_factory=list)
    zones: list[FreightZone] = field(default_factory=list)
    region: str = ""

    def chosen(self) -> list[LineView]:
        return [view for view in self.lines if view.line.is_chosen and view.is_buyable]

    @property
    def goods(self) -> Money:
        return Money.sum((view.total for view in self.chosen() if view.total), self.currency)

    @property
    def quote(self) -> Quote:
        return quote(self.zones, self.region, self.goods)

    @property
    def freight(self) -> Money:
        """Of what is chosen; nothing chosen costs nothing."""
        return self.quote.fee if self.chosen() else Money.zero(self.currency)

    @property
    def to_free_freight(self) -> Money | None:
        """How much more of this shop's goods would travel free."""
        return self.quote.missing(self.goods) if self.chosen() else None

    @property
    def total(self) -> Money:
        return self.goods + self.freight


@dataclass
class CartView:
    currency: str
    parts: list[ShopPart]

    @property
    def chosen(self) -> list[LineView]:
        return [view for part in self.parts for view in part.chosen()]

    @property
    def goods(self) -> Money:
        return Money.sum((part.goods for part in self.parts), self.currency)

    @property
    def freight(self) -> Money:
        return Money.sum((part.freight for part in self.parts), self.currency)

    @property
    def total(self) -> Money:
        """What placing would cost: goods and freight."""
        return self.goods + self.freight

    @property
    def pieces(self) -> int:
        return sum(view.line.quantity for view in self.chosen)


def view_cart(cart: Cart | None, currency: str, region: str = "") -> CartView:
    """The cart by shop, in the order things were put in, with freight into `region`. Four queries, however many shops."""
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
    zones = zones_of(by_shop)
    return CartView(currency, [ShopPart(merchants[key], currency, views, zones.get(key, []), region) for key, views in by_shop.items()])


def count_pieces(cart_id: UUID | None = None, user_id: UUID | None = None) -> int:
    """For the badge in the header."""
    which = {"cart__user_id": user_id} if user_id else {"cart_id": cart_id, "cart__user": None}
    return CartLine.objects.filter(**which).aggregate(pieces=Sum("quantity"))["pieces"] or 0
