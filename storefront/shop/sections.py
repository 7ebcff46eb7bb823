"""What the sections of a first page show, one small function for each. The market's home and blocks of the CMS both use them.

Templates: shop/sections/*.html; each says which of these it wants.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, ExpressionWrapper, F, FloatField, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.listings.models import Listing
from marketplace.platform.listings.shops import ShopCard, shop_cards
from marketplace.platform.taxonomy.models import Category
from marketplace.platform.taxonomy.queries import shown_roots
from tenants.accounts.models import User
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.standing import FOUND

ON_A_SHELF = 10
IN_A_STRIP = 5
RATED_BY = 3  # so many reviews make a mean


@dataclass
class Promise:
    icon: str
    title: str
    how: str


def promises(market: Market) -> list[Promise]:
    """What the market promises every buyer. Each follows from a setting or from how the market works; none is only words."""
    ship, back = market.ship_days, market.return_days
    made = [
        Promise("shield", _("Payment is held"), _("Shops are paid after you have received")),
        Promise(
            "truck",
            ngettext("Shipped within {n} day", "Shipped within {n} days", ship).format(n=ship),
            _("With carrier and number for each parcel"),
        ),
    ]
    if back:
        made.append(
            Promise("back", ngettext("{n} day to send it back", "{n} days to send it back", back).format(n=back), _("The money returns the way it came")),
        )
    made.append(Promise("receipt", _("One account of every cent"), _("Buyer and shop see the same figures")))
    return made


def top_categories(most: int = 10) -> list[Category]:
    return list(shown_roots()[:most])


def newest(most: int = ON_A_SHELF, merchant_id: UUID | None = None) -> list[Listing]:
    return _listings(Q(), "-published_at", most, merchant_id)


def popular(most: int = ON_A_SHELF, merchant_id: UUID | None = None) -> list[Listing]:
    """What was bought most, and at all."""
    return _listings(Q(sold__gt=0), "-sold", most, merchant_id)


def best_rated(most: int = ON_A_SHELF) -> list[Listing]:
    """By the mean of their stars; what too few have rated is left out."""
    mean = ExpressionWrapper(F("rating_sum") * 1.0 / F("rating_count"), output_field=FloatField())
    rated = Listing.objects.filter(is_on_sale=True, in_stock=True, merchant__status__in=FOUND, rating_count__gte=RATED_BY).select_related("merchant")
    return list(rated.order_by(mean.desc(), "-rating_count", "pk")[:most])


def _listings(which: Q, order: str, most: int, merchant_id: UUID | None) -> list[Listing]:
    on_sale = Listing.objects.filter(which, is_on_sale=True, in_stock=True, merchant__status__in=FOUND).select_related("merchant")
    if merchant_id:
        on_sale = on_sale.filter(merchant_id=merchant_id)
    return list(on_sale.order_by(order, "pk")[:most])


@dataclass
class Pick:
    """A category and what is bought most in it and below."""

    category: Category
    listings: list[Listing]


def picks(categories: Sequence[Category], each: int = IN_A_STRIP) -> list[Pick]:
    """For every category the goods that are bought most. Three queries, however many categories; one that has too few is left out."""
    below: dict[int, list[int]] = defaultdict(list)
    for key, path in Category.objects.filter(path__0__in=[category.path[0] for category in categories]).values_list("pk", "path"):
        for category in categories:
            if category.pk in path:
                below[category.pk].append(key)
    best = [
        Listing.objects.filter(category_id__in=below[category.pk], is_on_sale=True, in_stock=True, merchant__status__in=FOUND)
        .order_by("-sold", "pk")
        .values_list("pk", flat=True)[:each]
        for category in categories
    ]
    keys = best[0].union(*best[1:], all=True) if best else []
    found: dict[int, list[Listing]] = defaultdict(list)
    for listing in Listing.objects.filter(pk__in=list(keys)).select_related("merchant", "category").order_by("-sold", "pk"):
        for category in categories:
            if category.pk in listing.category.path:
                found[category.pk].append(listing)
    return [Pick(category, found[category.pk]) for category in categories if len(found[category.pk]) >= min(each, IN_A_STRIP)]


def open_shops(most: int = 4) -> list[ShopCard]:
    """The shops that opened last and have something to show."""
    merchants = list(Merchant.objects.filter(status__in=FOUND).order_by("-opened_at", "pk")[: most * 2])
    return [card for card in shop_cards(merchants) if card.listings][:most]


@dataclass
class Mine:
    """What waits for a buyer."""

    name: str
    unpaid: int
    coming: int
    after_sales: int
    parcel: OrderCopy | None


def mine(user: User) -> Mine:
    """Three queries. `parcel` is what was shipped last and has not been received."""
    orders = OrderCopy.objects.filter(buyer_id=user.pk)
    counts = orders.aggregate(coming=Count("pk", filter=Q(status=OrderStatus.CONFIRMED)), after_sales=Count("pk", filter=Q(open_returns__gt=0)))
    shipped = orders.filter(status=OrderStatus.CONFIRMED, fulfilment_status__in=[FulfilmentStatus.SHIPPED, FulfilmentStatus.PART_SHIPPED])
    return Mine(
        user.get_full_name() or user.email,
        OrderGroup.objects.filter(buyer_id=user.pk, status=OrderGroup.Status.AWAITING_PAYMENT).count(),
        counts["coming"],
        counts["after_sales"],
        shipped.select_related("group").order_by("-placed_at", "-pk").first(),
    )
