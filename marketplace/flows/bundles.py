"""Bundles: made of the shop's own variants, sold as one thing, kept to what their parts allow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.publish_product import copy_stock
from marketplace.flows.review_product import save_product
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.bundles.actions import Parts, check_parts, put_parts
from marketplace.merchant.bundles.models import BundlePart
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.events import StockCrossedZero
from marketplace.merchant.inventory.queries import free_of_variants, stock_of_bundles
from marketplace.merchant.pricing.periods import in_force
from marketplace.platform.bundles.queries import bundles_of_products
from marketplace.platform.listings.events import ListingsChanged
from marketplace.platform.listings.models import Listing, ListingVariant


@verb
def make_bundle(*, by: Actor, product_id: UUID, titles: Mapping[str, str], sku: str, price: Money, parts: Parts) -> Product:
    """A draft of a bundle: in the category of its first part, with a picture of each. The same `product_id` makes one.

    Raises InvalidInput, SkuTaken, LimitReached (pictures).
    """
    with transaction.atomic():
        if same := Product.objects.filter(pk=product_id).first():
            return same
        variants = check_parts(parts)
        products = list({variant.product_id: variant.product for variant in variants}.values())
        pictures = [first for product in products if (first := product.pictures.order_by("position").first())]
        own = VariantInput(sku=sku)
        save_product(
            by=by,
            product_id=product_id,
            is_new=True,
            product=ProductInput(
                category_id=products[0].category_id,
                titles=titles,
                variants=[own],
                tax_class=products[0].tax_class,
                pictures=[(picture.key, picture.alt) for picture in pictures],
            ),
            prices={own.id: (price, None)},
            stock={},
        )
        row: Product = put_parts(by=by, product_id=product_id, parts=parts)
    return row


@dataclass
class PartSeen:
    """A part as the shop reads it: how often it is there, what it costs by itself, and what keeps the bundle from being sold."""

    variant: Variant
    quantity: int
    free: int
    price: Money | None
    trouble: str

    @property
    def total(self) -> Money | None:
        return self.price.times(self.quantity) if self.price else None


def parts_seen(product: Product) -> list[PartSeen]:
    """What is in a bundle of the open shop, with the reasons why it cannot be sold."""
    return parts_seen_of([product.pk]).get(product.pk, [])


def parts_seen_of(product_ids: Collection[UUID]) -> dict[UUID, list[PartSeen]]:
    """The same of each of these products that is a bundle. Five queries; one where none of them is."""
    rows = list(BundlePart.objects.filter(bundle_id__in=product_ids).order_by("position", "pk").select_related("variant__product"))
    found: dict[UUID, list[PartSeen]] = {}
    if not rows:
        return found
    keys = [row.variant_id for row in rows]
    free = free_of_variants(keys)
    prices = {price.variant_id: price.sale for price in in_force().filter(variant_id__in=keys)}
    listings = Listing.objects.in_bulk({row.variant.product_id for row in rows})
    listed = set(ListingVariant.objects.filter(pk__in=keys).values_list("pk", flat=True))
    for row in rows:
        left = free.get(row.variant_id, 0)
        trouble = _trouble(row, listings.get(row.variant.product_id), row.variant_id in listed, left)
        found.setdefault(row.bundle_id, []).append(PartSeen(row.variant, row.quantity, left, prices.get(row.variant_id), trouble))
    return found


def stopped_bundles() -> set[UUID]:
    """Bundles of the open shop that are on sale and that nobody can buy now."""
    on_sale = Product.objects.filter(parts__isnull=False, status=Product.Status.ON_SALE)
    return {key for key, pieces in stock_of_bundles(set(on_sale.values_list("pk", flat=True))).items() if pieces <= 0}


def _trouble(row: BundlePart, listing: Listing | None, is_listed: bool, free: int) -> str:
    product = row.variant.product
    if not row.variant.is_active:
        return _("This variant is no longer made.")
    if product.status == Product.Status.DRAFT or listing is None:
        return _("It has not been on sale yet.")
    if product.status == Product.Status.OFF_SALE:
        return _("It is off sale.")
    if listing.is_taken_off:
        return _("The market has taken it off sale.")
    if listing.is_held or listing.has_ended:
        return _("It is held back for want of a qualification.")
    if free < row.quantity:
        return _("Only {left} are left, and {n} are needed.").format(left=free, n=row.quantity)
    if not listing.is_on_sale or not is_listed:
        return _("Buyers cannot buy it at the moment.")
    return ""


def follow_parts(event: ListingsChanged) -> None:
    """Reaction: where something that is in bundles goes on or off sale, their public copies say whether they can still be had."""
    bundles = bundles_of_products(event.listing_ids)
    if not bundles:
        return
    variants: Sequence[UUID] = list(ListingVariant.objects.filter(listing_id__in=bundles).order_by("pk").values_list("pk", flat=True))
    if variants:
        copy_stock(StockCrossedZero(merchant_id=event.merchant_id, variant_ids=list(variants)))
