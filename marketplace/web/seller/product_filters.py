"""How the list of products is narrowed: by category, brand, stock, and how it stands to its times, prices and condition.

Each is asked of an index (merchant/conditions/migrations, merchant/pricing), so that a hundred thousand products are filtered as quickly as a
hundred.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.bundles import stopped_bundles
from marketplace.kernel import clock
from marketplace.merchant.bundles.models import BundlePart
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.conditions.models import SaleCondition
from marketplace.merchant.inventory.queries import selling_levels, stock_of_bundles
from marketplace.merchant.pricing.models import Price
from marketplace.merchant.pricing.periods import holding
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Brand, Category
from marketplace.web.seller.product_search import products_said
from marketplace.web.seller.stock.shared import LOW, levels
from tenants.tenancy.link import connection
from tenants.tenancy.schemas import current_merchant_id

BACK = (Product.Review.SENT_BACK, Product.Review.REFUSED)
SHOWS: dict[str, Q] = {
    "on_sale": Q(status=Product.Status.ON_SALE),
    "draft": Q(status=Product.Status.DRAFT, review=Product.Review.NONE),
    "waiting": Q(review=Product.Review.WAITING),
    "sent_back": Q(review__in=BACK),
    "off_sale": Q(status=Product.Status.OFF_SALE),
}
MOST_KINDS = 500  # categories or brands to choose from

# From one key to the next by the index, however many products have each.
USED = """
    WITH RECURSIVE used (key) AS (
        (SELECT min({0}) FROM merchant_catalogue_product)
        UNION ALL SELECT (SELECT min({0}) FROM merchant_catalogue_product WHERE {0} > used.key) FROM used WHERE used.key IS NOT NULL
    )
    SELECT key FROM used WHERE key IS NOT NULL LIMIT %s
"""


# Whether something of a product can be sold. OFFSET 0 keeps the planner from joining all stock first: what has some is found after a few rows.
FREE = """EXISTS (
    SELECT 1 FROM merchant_inventory_stocklevel AS level
    JOIN merchant_inventory_stocklocation AS location ON location.id = level.location_id AND location.may_ship AND location.closed_at IS NULL
    JOIN merchant_catalogue_variant AS variant ON variant.id = level.variant_id AND variant.is_active
    WHERE variant.product_id = merchant_catalogue_product.id AND level.on_hand > level.reserved + level.allocated OFFSET 0
)"""


def _used(column: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(USED.format(column), [MOST_KINDS])
        return [key for (key,) in cursor.fetchall()]


def category_choices() -> list[tuple[str, str]]:
    """Categories that the shop's products stand in, by name."""
    return _named(Category.objects.in_bulk(_used("category_id")))


def brand_choices() -> list[tuple[str, str]]:
    return _named(Brand.objects.in_bulk(_used("brand_id")))


def _named(rows: dict[int, Any]) -> list[tuple[str, str]]:
    return sorted(((str(key), row.name) for key, row in rows.items()), key=lambda pair: pair[1])


class ProductFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="by_show",
        choices=[
            ("on_sale", _lazy("On sale")),
            ("draft", _lazy("Drafts")),
            ("waiting", _lazy("In review")),
            ("sent_back", _lazy("Sent back or refused")),
            ("off_sale", _lazy("Off sale")),
        ],
    )
    category = django_filters.ChoiceFilter(field_name="category_id", label=_lazy("Category"), choices=category_choices, empty_label=_lazy("All"))
    brand = django_filters.ChoiceFilter(field_name="brand_id", label=_lazy("Brand"), choices=brand_choices, empty_label=_lazy("All"))
    stock = django_filters.ChoiceFilter(
        method="by_stock",
        label=_lazy("Stock"),
        choices=[
            ("in", _lazy("In stock")),
            ("low", pgettext_lazy("stock", "Below its safety stock")),
            ("out", pgettext_lazy("stock", "Out of stock")),
        ],
        empty_label=_lazy("All"),
    )
    sale = django_filters.ChoiceFilter(
        method="by_sale",
        label=_lazy("Plans and rules"),
        choices=[
            ("reduced", pgettext_lazy("product", "Reduced now")),
            ("new_price", pgettext_lazy("product", "A new price is planned")),
            ("comes_on", pgettext_lazy("product", "Goes on sale later")),
            ("goes_off", pgettext_lazy("product", "Goes off sale later")),
            ("condition", pgettext_lazy("product", "Has a condition of sale")),
            ("taken_off", pgettext_lazy("product", "Taken off by its condition")),
            ("by_market", pgettext_lazy("product", "Taken off by the market")),
            ("waits", pgettext_lazy("product", "Waits for its first stock")),
            ("bundle", pgettext_lazy("product", "Is a bundle")),
            ("stopped", pgettext_lazy("product", "Bundle that nobody can buy now")),
        ],
        empty_label=_lazy("All"),
    )

    def by_show(self, queryset: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return queryset.filter(SHOWS[value])

    def search(self, queryset: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        """By title in any language, SKU or product code."""
        return queryset.filter(products_said(value))

    def by_stock(self, queryset: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        if value == "low":  # somewhere, whatever lies elsewhere: as the list of stock has it
            return queryset.filter(pk__in=levels().filter(LOW, variant__is_active=True).values("variant__product"))
        bundles = stock_of_bundles(list(BundlePart.objects.order_by().values_list("bundle_id", flat=True).distinct()))
        there = Q(pk__in=[key for key, pieces in bundles.items() if pieces > 0])
        if value == "in":
            return queryset.filter(Q(RawSQL(FREE, [], output_field=BooleanField())) | there)  # noqa: S611  the text is ours
        free = selling_levels().filter(variant__product=OuterRef("pk"), variant__is_active=True, on_hand__gt=F("reserved") + F("allocated"))
        return queryset.filter(~Exists(free)).exclude(there)

    def by_sale(self, queryset: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return queryset.filter(_standing(value))


def _standing(value: str) -> Q:
    now = clock.now()
    conditions = SaleCondition.objects.all()
    if value == "reduced":
        return Q(pk__in=holding(now).filter(is_reduction=True, variant__is_active=True).values("variant__product"))
    if value == "new_price":
        ends = Price.objects.filter(price_list=None, is_reduction=False, ends_at__gt=now)
        return Q(
            pk__in=Price.objects.filter(price_list=None, is_reduction=False, starts_at__gt=now, variant__in=ends.values("variant")).values("variant__product")
        )
    if value == "comes_on":
        return Q(listed_from__gt=now) & ~Q(status=Product.Status.ON_SALE)
    if value == "bundle":
        return Q(pk__in=BundlePart.objects.values("bundle"))
    if value == "stopped":
        return Q(pk__in=stopped_bundles())
    if value == "by_market":
        return Q(pk__in=list(Listing.objects.filter(merchant_id=current_merchant_id(), is_taken_off=True).values_list("pk", flat=True)))
    if value == "goes_off":
        return Q(listed_until__gt=now)
    if value == "taken_off":
        conditions = conditions.filter(taken_off_at__isnull=False)
    if value == "waits":
        conditions = conditions.filter(waits_for_stock=True)
    return Q(pk__in=conditions.values("product"))
