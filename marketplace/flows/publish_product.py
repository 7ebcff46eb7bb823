"""A product goes on sale: its public copy is written in the same transaction.

What buyers read of it (texts, pictures, category, attributes, variants) was reviewed before; price, stock and the times of sale
are the merchant's own and take effect at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.brand_rights import BrandScope
from marketplace.flows.bundle_copies import check_one_variant, copy_parts, tell_stopped
from marketplace.flows.contracting import check_may_list
from marketplace.flows.customising_copies import copy_customisations, copy_surcharges
from marketplace.flows.kept_off import check_condition, check_still_kept_off, note_kept_off
from marketplace.flows.listing_details import details_of
from marketplace.flows.offered_prices import copy_offered, shown_prices
from marketplace.flows.use_of_packages import products_of
from marketplace.flows.virtual_copies import copy_virtual
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.deadlines import due_at, meet, set_deadline
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import locked_product, set_product_status, set_review, set_times
from marketplace.merchant.catalogue.errors import NeverOnSale, NotReviewed, ProductIncomplete, TimeIsOver
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.conditions.actions import note_on_sale
from marketplace.merchant.conditions.errors import ConditionHolds
from marketplace.merchant.inventory.events import StockCrossedZero
from marketplace.merchant.inventory.queries import free_of_products, free_of_variants
from marketplace.merchant.media.in_texts import public_descriptions
from marketplace.merchant.media.queries import public_pictures
from marketplace.merchant.pricing.periods import in_force
from marketplace.platform.deposits.actions import check_deposit
from marketplace.platform.deposits.errors import DepositOverdue
from marketplace.platform.details.actions import put_details
from marketplace.platform.listings.actions import note_listed, note_stock, put_listings, put_offers, take_off_sale
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.taxonomy.errors import BrandOutOfScope
from tenants.onboarding.errors import NothingNewMeanwhile
from tenants.packages.errors import LimitReached
from tenants.packages.limits import check_room
from tenants.packages.models import Limit
from tenants.tenancy.link import connection
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

LISTED_FROM, LISTED_UNTIL = "product.listed_from", "product.listed_until"


@verb
def publish_product(*, by: Actor, product_id: UUID) -> Product:
    """Approve a product and let it go on sale: what an operator does at the end of a review, or with goods of its own.

    Where the shop's package is full, its deposit overdue, its contract ended, rules not accepted, its one brand another, or the time of sale over,
    it is approved and stays off sale, for the shop to put on sale later; where its condition of sale keeps it off, until that is met. A day to come
    is tried then.

    Raises ProductUnknown, ProductIncomplete.
    """
    with transaction.atomic():
        row = locked_product(product_id)
        check_complete(row)
        if row.review != Product.Review.APPROVED:
            set_review(by=by, product_id=product_id, review=Product.Review.APPROVED)
        try:
            with transaction.atomic():
                if row.status != Product.Status.ON_SALE:
                    check_still_kept_off(product_id)
                return put_on_sale(by=by, product_id=product_id)
        except ConditionHolds as holds:
            note_kept_off(product_id, holds)
        except (BrandOutOfScope, DepositOverdue, LimitReached, NothingNewMeanwhile, TimeIsOver):
            if row.status == Product.Status.ON_SALE:  # its time has ended at this moment
                return take_product_off_sale(by=by, product_id=product_id)
        row = locked_product(product_id)
        if row.status != Product.Status.OFF_SALE:
            row = set_product_status(by=by, product_id=product_id, status=Product.Status.OFF_SALE)
        watch_times(row)
        return row


@verb
def put_on_sale(*, by: Actor, product_id: UUID) -> Product:
    """Put an approved product on sale, now or when its time comes.

    Raises ProductUnknown, ProductIncomplete, NotReviewed, NothingNewMeanwhile, BrandOutOfScope, DepositOverdue, LimitReached, TimeIsOver,
    ConditionHolds.
    """
    with transaction.atomic():
        row = locked_product(product_id)
        check_complete(row)
        if row.status != Product.Status.ON_SALE:
            check_may_list(current_merchant_id())
            if row.brand_id is not None:  # before the room, as when it is submitted
                BrandScope(current_merchant_id(), submits=True).take(row.brand_id, product_id)
            check_deposit(current_merchant_id())
            check_room(current_merchant_id(), Limit.PRODUCTS, lambda: products_of(current_merchant_id(), but=product_id))
        if row.review != Product.Review.APPROVED:
            raise NotReviewed
        if row.is_over:
            raise TimeIsOver
        is_early = row.is_early and row.status != Product.Status.ON_SALE
        if row.status != Product.Status.ON_SALE and not is_early:
            check_condition(product_id)
        if not is_early or row.status != Product.Status.OFF_SALE:
            row = set_product_status(by=by, product_id=product_id, status=Product.Status.OFF_SALE if is_early else Product.Status.ON_SALE)
        watch_times(row)
        if not is_early:
            note_on_sale(by=by, product_id=product_id)
            copy_products(by=by, products=[row])
    return row


@verb
def take_product_off_sale(*, by: Actor, product_id: UUID) -> Product:
    """The listing can no longer be found or bought; orders keep what was bought. A beginning that is still to come is called off for good.

    What is off sale already stays as it is. Raises ProductUnknown, NeverOnSale for a draft.
    """
    with transaction.atomic():
        row = locked_product(product_id)
        if row.status == Product.Status.DRAFT:
            raise NeverOnSale
        if row.is_early and row.review == Product.Review.APPROVED:
            row = set_times(by=by, product_id=product_id, listed_from=None, listed_until=row.listed_until)
        for kind in (LISTED_FROM, LISTED_UNTIL):
            meet(kind=kind, subject_id=product_id)
        if row.status == Product.Status.OFF_SALE:
            return row
        row = set_product_status(by=by, product_id=product_id, status=Product.Status.OFF_SALE)
        take_off_sale(by=by, merchant_id=current_merchant_id(), listing_id=product_id)
    return row


def watch_times(row: Product) -> None:
    """Have a product that is approved or on sale go on and off sale at its times. A beginning that is past has no effect, unless it is the one that
    was waited for and has not been acted upon yet; an end that is past takes off what is on sale."""
    ends = row.is_over and row.status == Product.Status.ON_SALE
    for kind, at, is_due in ((LISTED_FROM, row.listed_from, row.is_early), (LISTED_UNTIL, row.listed_until, ends or not row.is_over)):
        if at is not None and is_due:
            set_deadline(kind=kind, subject_id=row.pk, merchant_id=current_merchant_id(), due_at=at)
        elif row.status == Product.Status.ON_SALE or at is None or at != due_at(kind=kind, subject_id=row.pk):
            meet(kind=kind, subject_id=row.pk)


def list_when_due(event: DeadlineReached) -> None:
    """Reaction to the deadline `product.listed_from`. Where it may not go on sale then, it stays off, as publish_product() says."""
    _when_due(event, lambda row: row.status == Product.Status.OFF_SALE and row.review == Product.Review.APPROVED, publish_product)


def unlist_when_due(event: DeadlineReached) -> None:
    """Reaction to the deadline `product.listed_until`."""
    _when_due(event, lambda row: row.status == Product.Status.ON_SALE and row.is_over, take_product_off_sale)


def _when_due(event: DeadlineReached, is_due: Any, change: Any) -> None:
    if event.merchant_id is None:
        raise ValueError("a product belongs to a merchant")
    with transaction.atomic(), merchant_schema(event.merchant_id):
        row = Product.objects.select_for_update().filter(pk=event.subject_id).first()
        if row is not None and is_due(row):
            change(by=SYSTEM, product_id=row.pk)


def check_complete(row: Product) -> None:
    """Raises ProductIncomplete, saying what is missing; BundleHasOptions."""
    missing = []
    variants = list(row.variants.filter(is_active=True).values_list("pk", flat=True))
    check_one_variant(row, len(variants))
    priced = in_force().filter(variant_id__in=variants).count()
    if not variants:
        missing.append(_("a variant"))
    elif priced < len(variants):
        missing.append(_("a price for every variant"))
    if not row.pictures.exists():
        missing.append(_("a picture"))
    if missing:
        raise ProductIncomplete(missing=_(", ").join(missing))


# ── The public copies ────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def copy_products(*, by: Actor, products: Iterable[Product]) -> None:
    """Write the public copies of approved products of the open merchant. Also rebuilds them: the copy follows from the product alone."""
    products = list(products)
    listings, variants = copies_of(products)
    put_listings(by=by, merchant_id=current_merchant_id(), listings=listings, variants=variants)
    put_details(by=by, merchant_id=current_merchant_id(), details=details_of(products))
    copy_customisations(by=by, products=products)
    copy_parts(by=by, products=products)
    copy_virtual(by=by, products=products)
    copy_offered(by=by, products=products)


@verb
def copy_offers(*, by: Actor, product: Product) -> None:
    """Copy prices, surcharges and stock of a product on sale whose texts wait for review: buyers read on what was approved."""
    _listings, variants = copies_of([product])
    put_offers(by=by, merchant_id=current_merchant_id(), listing_id=product.pk, variants=variants)
    copy_surcharges(by=by, product=product)
    copy_offered(by=by, products=[product])


def copies_of(products: Iterable[Product]) -> tuple[list[Listing], list[ListingVariant]]:
    """The listings these products of the open merchant would be, and their variants. Nothing is written."""
    products = list(products)
    merchant_id = current_merchant_id()
    ids = [product.pk for product in products]
    variants: dict[UUID, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product_id__in=ids, is_active=True).order_by("position"):
        variants[variant.product_id].append(variant)
    prices = shown_prices(variant.pk for of_product in variants.values() for variant in of_product)
    available = available_of(ids)
    pictures = public_pictures(ids, connection.schema_name)
    descriptions = public_descriptions(products, connection.schema_name)
    listings, copies = [], []
    for product in products:
        sold = [(variant, prices[variant.pk]) for variant in variants[product.pk] if variant.pk in prices]
        if not sold:
            continue
        lowest = min(sold, key=lambda pair: pair[1].sale_minor)[1]
        in_stock = any(available[variant.pk] > 0 for variant, _price in sold)
        listings.append(
            Listing(
                id=product.pk,
                merchant_id=merchant_id,
                titles=product.titles,
                descriptions=descriptions[product.pk],
                category_id=product.category_id,
                brand_id=product.brand_id,
                attributes=product.attributes,
                axes=product.axes,
                pictures=pictures.get(product.pk, []),
                currency=lowest.currency,
                price_minor=lowest.sale_minor,
                price_to_minor=max(price.sale_minor for _variant, price in sold),
                market_minor=lowest.market_minor,
                is_on_sale=product.status == Product.Status.ON_SALE and (in_stock or not product.hides_sold_out),
                in_stock=in_stock,
                changed_at=clock.now(),
                version=product.version,
                tax_class=product.tax_class,
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
    return listings, copies


def available_of(product_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """Variant id → pieces that can be sold, over all locations that ship; 0 where nothing is known."""
    return free_of_products(list(product_ids))


def copy_stock(event: StockCrossedZero) -> None:
    """Reaction: the public copies say whether a variant can be had; what hides when sold out goes and comes back."""
    with transaction.atomic():
        with merchant_schema(event.merchant_id):
            of_these = Variant.objects.filter(pk__in=event.variant_ids).values("product_id")
            # Locked first, because whoever takes one of them off sale at this moment, or puts it on sale, is waited for, and counts.
            rows = Product.objects.filter(pk__in=of_these).order_by("pk").select_for_update(of=("self",))
            hiding = [row.pk for row in rows if row.hides_sold_out and row.status == Product.Status.ON_SALE]
            free = free_of_variants(event.variant_ids)
        ended = note_stock(by=SYSTEM, merchant_id=event.merchant_id, in_stock={variant_id: free[variant_id] > 0 for variant_id in event.variant_ids})
        tell_stopped(event.merchant_id, ended)
        if hiding:
            note_listed(by=SYSTEM, merchant_id=event.merchant_id, listing_ids=hiding)
