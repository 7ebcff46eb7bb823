"""What is in a cart, as the buyer sees it: by shop, with the prices of now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from json import loads
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.platform.bundles.queries import SoldPart, is_bundle
from marketplace.platform.cart.models import Cart, CartLine
from marketplace.platform.customising.fields import fields_of
from marketplace.platform.customising.queries import AS_IT_IS, Customisation, customisations_of, is_custom
from marketplace.platform.customising.wishes import Fitted, fit
from marketplace.platform.delivery.freight import Quote, quote
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.delivery.queries import zones_of
from marketplace.platform.listings.models import ListingVariant, sellable
from marketplace.platform.prices.resolving import Rate, lay_on, offered, varied
from marketplace.platform.virtual.kinds import GoodsKind, is_virtual
from marketplace.platform.virtual.queries import kind_of_listing
from tenants.tenancy.models import Merchant
from tenants.tenancy.standing import SELLS, shop_standing

AS_WISHED_NOTHING = Fitted((), 0, 0)


@dataclass
class LineView:
    line: CartLine
    variant: ListingVariant | None  # None: no longer on sale
    shop_sells: bool = True  # its shop takes orders
    shop_closed: bool = False  # for good
    options: str = ""  # the chosen options in words, filled in by pages that show them
    parts: Sequence[SoldPart] = ()  # of a bundle what is in it, filled in by pages that show it
    rate: Rate | None = None  # what made the price, where that is not the one on the listing
    custom: Customisation = AS_IT_IS  # what may be wished of it
    fitted: Fitted | None = AS_WISHED_NOTHING  # what is wished; None: it cannot be made so (any more)

    @property
    def kind(self) -> str:
        """What kind of goods it is; what is no longer on sale counts as shipped."""
        return getattr(self.variant, "kind", GoodsKind.GOODS)

    @property
    def ships(self) -> bool:
        return not is_virtual(self.kind)

    @property
    def is_buyable(self) -> bool:
        return self.variant is not None and self.variant.in_stock and self.shop_sells and self.fitted is not None

    @property
    def unit(self) -> Money:
        """What a piece costs, made as it is wished."""
        if self.variant is None:
            raise ValueError("what is not sold costs nothing")
        return self.fitted.on(self.variant.price) if self.fitted else self.variant.price

    @property
    def is_made(self) -> bool:
        """Whether it is made to wishes, and so cannot come back unwanted."""
        return bool(self.fitted and self.fitted.said)

    @property
    def total(self) -> Money | None:
        return self.unit.times(self.line.quantity) if self.variant else None

    @property
    def dearer(self) -> Money | None:
        """By how much a piece costs more than when it was put in."""
        return self._more_than(self.line.price_minor, self.unit.minor) if self.variant and self.line.price_minor else None

    @property
    def cheaper(self) -> Money | None:
        return self._more_than(self.unit.minor, self.line.price_minor) if self.variant and self.line.price_minor else None

    def _more_than(self, low: int, high: int) -> Money | None:
        """A price list changes it with the quantity: then nothing is said."""
        if self.rate and self.rate.price_list_id:
            return None
        return Money(high - low, self.variant.currency) if self.variant and high > low else None


@dataclass
class ShopPart:
    """What is in the cart of one shop. `zones` says what its parcel costs into `region` (a code, or "" while nobody knows). Virtual goods are in
    no parcel and cost no freight."""

    merchant: Merchant
    currency: str
    lines: list[LineView] = field(default_factory=list)
    zones: list[FreightZone] = field(default_factory=list)
    region: str = ""

    def chosen(self) -> list[LineView]:
        return [view for view in self.lines if view.line.is_chosen and view.is_buyable]

    @property
    def buyable(self) -> list[LineView]:
        return [view for view in self.lines if view.is_buyable]

    @property
    def is_all_chosen(self) -> bool:
        return bool(self.buyable) and len(self.chosen()) == len(self.buyable)

    @property
    def is_some_chosen(self) -> bool:
        return bool(self.chosen()) and not self.is_all_chosen

    @property
    def making_days(self) -> int:
        """By how many days its parcel leaves later than one of goods that lie there."""
        return max((view.fitted.days for view in self.chosen() if view.fitted), default=0)

    @property
    def goods(self) -> Money:
        return Money.sum((view.total for view in self.chosen() if view.total), self.currency)

    @property
    def ships(self) -> bool:
        """Whether anything that is chosen goes into a parcel."""
        return any(view.ships for view in self.chosen())

    @property
    def parcel(self) -> Money:
        """What is chosen and shipped."""
        return Money.sum((view.total for view in self.chosen() if view.total and view.ships), self.currency)

    @property
    def quote(self) -> Quote:
        return quote(self.zones, self.region, self.parcel)

    @property
    def freight(self) -> Money:
        """Of what is chosen; nothing chosen costs nothing."""
        return self.quote.fee if self.ships else Money.zero(self.currency)

    @property
    def to_free_freight(self) -> Money | None:
        """How much more of this shop's goods would travel free."""
        return self.quote.missing(self.parcel) if self.ships else None

    @property
    def kind(self) -> str:
        """Of a part whose lines are of one kind."""
        return self.lines[0].kind if self.lines else GoodsKind.GOODS

    def by_kind(self) -> list[ShopPart]:
        """What is chosen as the orders it will become: one for each kind of goods."""
        kinds = [kind for kind in GoodsKind.values if any(view.kind == kind for view in self.chosen())]
        return [replace(self, lines=[view for view in self.chosen() if view.kind == kind]) for kind in kinds]

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
    def unavailable(self) -> list[LineView]:
        """What cannot be bought now: sold out, no longer on sale, or of a shop that takes no orders."""
        return [view for part in self.parts for view in part.lines if not view.is_buyable]

    @property
    def ships(self) -> bool:
        """Whether anything that is chosen needs an address."""
        return any(view.ships for view in self.chosen)

    @property
    def kinds(self) -> set[str]:
        """Of what is chosen."""
        return {view.kind for view in self.chosen}

    @property
    def is_all_chosen(self) -> bool:
        return bool(self.chosen) and len(self.chosen) == sum(len(part.buyable) for part in self.parts)

    @property
    def is_some_chosen(self) -> bool:
        return bool(self.chosen) and not self.is_all_chosen

    @property
    def changed(self) -> list[LineView]:
        """What costs more or less than when it was put in."""
        return [view for part in self.parts for view in part.buyable if view.dearer or view.cheaper]

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
    """The cart by shop, in the order things were put in, with freight into `region`. Four queries, however many shops; a fifth where prices change, a sixth
    where something is made to wishes."""
    if cart is None:
        return CartView(currency, [])
    lines = list(CartLine.objects.filter(cart=cart).order_by("added_at", "id"))
    variants = {
        variant.pk: variant
        for variant in ListingVariant.objects.filter(sellable("listing__"), pk__in=[line.variant_id for line in lines])
        .select_related("listing")
        .annotate(is_varied=varied(), is_bundle=is_bundle(), is_custom=is_custom(), kind=kind_of_listing())
    }
    held = offered([key for key, variant in variants.items() if variant.is_varied], cart.user_id)
    customs = customisations_of({variant.listing_id for variant in variants.values() if variant.is_custom})  # type: ignore[attr-defined]
    merchants = Merchant.objects.in_bulk({line.merchant_id for line in lines})
    by_shop: dict[UUID, list[LineView]] = defaultdict(list)
    for line in lines:
        standing = shop_standing(merchants[line.merchant_id])
        variant = copy(variants[line.variant_id]) if line.variant_id in variants else None  # its price is that of this line's quantity
        rate = lay_on(variant, held.get(line.variant_id, ()), line.quantity) if variant else None
        custom = customs.get(variant.listing_id, AS_IT_IS) if variant else AS_IT_IS
        fitted = fit(custom.fields, custom.days, line.wishes) if variant and (custom.fields or line.wishes) else AS_WISHED_NOTHING
        view = LineView(line, variant, standing.sells, not standing.is_shown, rate=rate, custom=custom, fitted=fitted)
        by_shop[line.merchant_id].append(view)
    zones = zones_of(by_shop)
    return CartView(currency, [ShopPart(merchants[key], currency, views, zones.get(key, []), region) for key, views in by_shop.items()])


@dataclass(frozen=True)
class ChosenLine:
    """A line that goes to the checkout, as it is sold at this moment. What it costs is the merchant's schema's to say."""

    line_id: UUID
    variant_id: UUID
    quantity: int
    sku: str
    options: Mapping[str, int]  # attribute id → value id
    product_id: UUID
    merchant_id: UUID
    titles: Mapping[str, str]
    picture: str
    tax_class: str
    category_path: Sequence[int]
    shop: Mapping[str, str]  # its names
    is_bundle: bool
    fitted: Fitted  # what is wished of it
    kind: str
    valid_days: int | None  # of a service: days its voucher is valid


# In SQL, because a line names its variant by key alone, and placing an order pays for every query it builds (bench/checkout.py).
CHOSEN = """
    SELECT line.id, line.variant_id, line.quantity, variant.sku, variant.options, listing.id, listing.merchant_id, listing.titles,
        coalesce(listing.pictures -> 0 ->> 'square', listing.pictures -> 0 ->> 'key', ''), listing.tax_class, category.path, merchant.names,
        EXISTS (SELECT FROM platform_bundles_listedpart AS part WHERE part.bundle_id = listing.id), line.wishes, custom.fields, custom.days,
        coalesce(virtual.kind, 'goods'), virtual.valid_days
    FROM platform_cart_cartline AS line
    JOIN platform_listings_listingvariant AS variant ON variant.id = line.variant_id AND variant.in_stock
    JOIN platform_listings_listing AS listing ON listing.id = variant.listing_id AND listing.is_on_sale
        AND (listing.sellable_until IS NULL OR listing.sellable_until > %s)
    JOIN platform_taxonomy_category AS category ON category.id = listing.category_id
    LEFT JOIN platform_virtual_listedvirtual AS virtual ON virtual.listing_id = listing.id
    LEFT JOIN platform_customising_listedcustomisation AS custom ON custom.id = listing.id
    JOIN tenancy_merchant AS merchant ON merchant.id = listing.merchant_id AND merchant.status = ANY(%s)
    WHERE line.cart_id = %s AND line.is_chosen
    ORDER BY line.added_at, line.id
    FOR KEY SHARE OF merchant
"""


def chosen_lines(cart_id: UUID) -> list[ChosenLine]:
    """What is chosen in a cart and can be had: on sale, in stock, to be made as it is wished, in a shop that sells and may sell it at this moment.
    In the order it was put in. One query.

    Holds the shops' rows shared: a shop that is being suspended (tenants/tenancy/life.py) is suspended after this transaction, or was
    before it, and then its lines are left out.
    """
    found = []
    with connection.cursor() as cursor:
        cursor.execute(CHOSEN, [clock.now(), SELLS, cart_id])
        for row in cursor.fetchall():
            line, variant, quantity, sku, options, product, merchant, titles, picture, tax_class, path, shop, is_bundle, wishes, fields, days, kind, valid = row
            wished = loads(wishes)
            fitted = fit(fields_of(loads(fields)) if fields else (), days or 0, wished) if fields or wished else AS_WISHED_NOTHING
            if fitted is None:
                continue
            said = loads(options), product, merchant, loads(titles), picture, tax_class, loads(path), loads(shop), is_bundle
            found.append(ChosenLine(line, variant, quantity, sku, *said, fitted, kind, valid))
    return found


def count_pieces(cart_id: UUID | None = None, user_id: UUID | None = None) -> int:
    """For the badge in the header."""
    which = {"cart__user_id": user_id} if user_id else {"cart_id": cart_id, "cart__user": None}
    return CartLine.objects.filter(**which).aggregate(pieces=Sum("quantity"))["pieces"] or 0
