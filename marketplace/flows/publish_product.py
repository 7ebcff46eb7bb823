"""A product goes on sale: its public copy is written in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import (
    ProductInput,
    change_product,
    enter_product,
    locked_product,
    set_product_status,
)
from marketplace.merchant.catalogue.errors import ProductIncomplete
from marketplace.merchant.catalogue.models import Picture, Product, Variant
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.events import StockCrossedZero
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.pricing.actions import set_prices
from marketplace.merchant.pricing.models import Price
from marketplace.platform.listings.actions import (
    note_stock,
    put_listings,
    take_off_sale,
)
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.taxonomy.models import Category
from tenants.tenancy.link import connection
from tenants.tenancy.schemas import current_merchant_id, merchant_schema


@verb
def save_product(
    *,
    by: Actor,
    product_id: UUID,
    product: ProductInput,
    prices: Mapping[UUID, tuple[Money, Money | None]],
    stock: Mapping[UUID, int],
    is_new: bool,
    on_sale: bool = False,
) -> Product:
    """Enter or change a product with prices and stock by variant id; what is on sale is copied anew, and `on_sale` puts it there.

    All or nothing. Raises InvalidInput, SkuTaken, StockHeld, and with `on_sale` ProductIncomplete.
    """
    with transaction.atomic():
        if not Category.objects.filter(pk=product.category_id).exists():
            raise InvalidInput(field="category", why=_("Choose a category."))
        put = enter_product if is_new else change_product
        row = put(by=by, product_id=product_id, product=product)
        set_prices(by=by, prices=prices)
        count_stock(by=by, counted=stock)
        if on_sale:
            row = put_on_sale(by=by, product_id=product_id)
        elif row.status == Product.Status.ON_SALE:
            copy_products(by=by, products=[row])
    return row


@verb
def put_on_sale(*, by: Actor, product_id: UUID) -> Product:
    """Raises ProductUnknown, ProductIncomplete."""
    with transaction.atomic():
        row = locked_product(product_id)
        _check_complete(row)
        row = set_product_status(by=by, product_id=product_id, status=Product.Status.ON_SALE)
        copy_products(by=by, products=[row])
    return row


@verb
def take_product_off_sale(*, by: Actor, product_id: UUID) -> Product:
    """The listing can no longer be found or bought; orders keep what was bought. Raises ProductUnknown."""
    with transaction.atomic():
        row = set_product_status(by=by, product_id=product_id, status=Product.Status.OFF_SALE)
        take_off_sale(by=by, merchant_id=current_merchant_id(), listing_id=product_id)
    return row


def _check_complete(row: Product) -> None:
    missing = []
    variants = list(row.variants.filter(is_active=True).values_list("pk", flat=True))
    priced = Price.objects.filter(variant_id__in=variants, ends_at=None).count()
    if not variants:
        missing.append(_("a variant"))
    elif priced < len(variants):
        missing.append(_("a price for every variant"))
    if not row.pictures.exists():
        missing.append(_("a picture"))
    if missing:
        raise ProductIncomplete(missing=_(", ").join(missing))


@verb
def copy_products(*, by: Actor, products: Iterable[Product]) -> None:
    """Write the public copies of products of the open merchant. Also rebuilds them: the copy follows from the product alone."""
    products = list(products)
    merchant_id = current_merchant_id()
    ids = [product.pk for product in products]
    variants: dict[UUID, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product_id__in=ids, is_active=True).order_by("position"):
        variants[variant.product_id].append(variant)
    prices = {price.variant_id: price for price in Price.objects.filter(variant__product_id__in=ids, ends_at=None)}
    available: dict[UUID, int] = defaultdict(int)
    for level in StockLevel.objects.filter(variant__product_id__in=ids):
        available[level.variant_id] += level.available
    pictures: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for picture in Picture.objects.filter(product_id__in=ids).order_by("position"):
        pictures[picture.product_id].append({"key": f"{connection.schema_name}/{picture.key}", "alt": picture.alt})
    listings, copies = [], []
    for product in products:
        sold = [(variant, prices[variant.pk]) for variant in variants[product.pk] if variant.pk in prices]
        if not sold:
            continue
        lowest = min(sold, key=lambda pair: pair[1].sale_minor)[1]
        listings.append(
            Listing(
                id=product.pk,
                merchant_id=merchant_id,
                titles=product.titles,
                descriptions=product.descriptions,
                category_id=product.category_id,
                brand_id=product.brand_id,
                attributes=product.attributes,
                axes=product.axes,
                pictures=pictures[product.pk],
                currency=lowest.currency,
                price_minor=lowest.sale_minor,
                price_to_minor=max(price.sale_minor for _variant, price in sold),
                market_minor=lowest.market_minor,
                is_on_sale=product.status == Product.Status.ON_SALE,
                in_stock=any(available[variant.pk] > 0 for variant, _price in sold),
                changed_at=clock.now(),
                version=product.version,
            )
        )
        copies += [
            ListingVariant(
                id=variant.pk,
                listing_id=product.pk,
                sku=variant.sku,
                options=variant.options,
                currency=price.currency,
                price_minor=price.sale_minor,
                market_minor=price.market_minor,
                in_stock=available[variant.pk] > 0,
                position=variant.position,
            )
            for variant, price in sold
        ]
    put_listings(by=by, merchant_id=merchant_id, listings=listings, variants=copies)


def copy_stock(event: StockCrossedZero) -> None:
    """Reaction: the public copies say whether a variant can be had."""
    with transaction.atomic():
        with merchant_schema(event.merchant_id):
            levels = list(StockLevel.objects.filter(variant_id__in=event.variant_ids))
        in_stock = {variant_id: any(level.available > 0 for level in levels if level.variant_id == variant_id) for variant_id in event.variant_ids}
        note_stock(by=SYSTEM, merchant_id=event.merchant_id, in_stock=in_stock)
