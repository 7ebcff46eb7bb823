"""Many products at once, known by where they come from: a batch is one transaction, and the same batch may come again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.import_batch import Batch, Goes, Imported, ImportedProduct
from marketplace.flows.import_beside import Beside
from marketplace.flows.kept_off import coming_by_itself
from marketplace.flows.publish_product import copy_offers, copy_products
from marketplace.flows.review_product import submit_products
from marketplace.flows.size_tables import copy_size_tables
from marketplace.flows.use_of_packages import products_of
from marketplace.flows.virtual_copies import copy_virtual
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.barcodes import gtin
from marketplace.merchant.catalogue.errors import SkuTaken
from marketplace.merchant.catalogue.models import Product, SizeTable
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.media.in_texts import check_each
from marketplace.merchant.pricing.actions import set_prices
from marketplace.platform.taxonomy.queries import categories_to_use
from tenants.packages.errors import LimitReached
from tenants.packages.limits import check_room
from tenants.packages.models import Limit
from tenants.tenancy.schemas import current_merchant_id

MOST_AT_ONCE = 500  # products of a batch: as many as one event names


@verb
def import_products(*, by: Actor, products: Sequence[ImportedProduct], goes: str = Goes.ON_SALE) -> Imported:
    """Enter new products; change those that differ from their source; leave the others alone.

    At most 500 at once, in the open merchant's schema, in one transaction. The source wins over what was edited here, but a
    product that was taken off sale stays off. With `goes` ON_SALE all are approved and new ones on sale; else what buyers read of
    a product on sale waits for review, as after an edit by hand, and they read on what was approved.
    Raises ValueError for a larger batch.
    """
    if len(products) > MOST_AT_ONCE:
        raise ValueError(f"{len(products)} products in one batch, more than {MOST_AT_ONCE}")
    done = Imported()
    with transaction.atomic():
        batch = Batch(_acceptable(products, goes, done))
        batch.refuse_taken_skus(done)
        _refuse_what_has_no_room(batch, goes, done)
        beside = Beside(batch, done)
        entered = [batch.enter(one, goes) for one in batch.wanted.values() if one.ref not in batch.there]
        differing = [batch.there[ref] for ref, one in batch.wanted.items() if ref in batch.there and batch.differs(one)]
        batch.write(by, entered, differing)
        beside.write(by)
        for row in entered:
            row.version = beside.refilled.get(row.pk, row.version)
        differing += [row for row in {each.pk: each for each in beside.of_other_kind}.values() if row.pk not in {one.pk for one in differing}]
        repriced = batch.new_prices()
        set_prices(by=by, prices={key: (sale, market) for key, (sale, market, _product) in repriced.items()})
        touched = {product_id for _sale, _market, product_id in repriced.values()} | {row.pk for row in differing} | batch.recounted
        touched |= {variant.product_id for variant in batch.recoded_variants} | {row.pk for row in batch.retabled} | beside.of_other_days
        changed = [row for row in batch.there.values() if row.pk in touched]
        _raise_versions(changed)
        count_stock(by=by, counted=batch.counted)
        if goes == Goes.ON_SALE:
            copy_products(by=by, products=[*entered, *(row for row in changed if row.status == Product.Status.ON_SALE)])
        else:
            _pass_on(by=by, entered=entered, changed=changed, differing=differing, submits=goes == Goes.SUBMIT)
        done.ids_entered, done.ids_changed = [row.pk for row in entered], [row.pk for row in changed]
        done.ids_changed += [row.pk for row in batch.there.values() if row.pk in beside.moved - touched]  # shop categories and nothing else
        done.entered, done.changed = len(done.ids_entered), len(done.ids_changed)
        done.unchanged = len(batch.wanted) - done.entered - done.changed
        if entered or changed:
            audit(
                by=by,
                action="products.imported",
                subject="products",
                subject_id=len(entered) + len(changed),
                merchant_id=current_merchant_id(),
                after={"entered": len(entered), "changed": {str(row.pk): row.version for row in changed}, **beside.entered_kinds},
            )
    return done


def _pass_on(*, by: Actor, entered: list[Product], changed: list[Product], differing: list[Product], submits: bool) -> None:
    """What save_product() does after an edit by hand, for many: prices and stock of what is on sale take effect at once; what
    buyers read, or was waiting or to go on sale by itself, or is asked for, goes into review."""
    edited, coming = {row.pk for row in differing}, coming_by_itself(changed)
    waiting, stale, unseen = [], [], []
    for row in changed:
        was = row.review
        if row.pk in edited and was != Product.Review.NONE:
            row.review = Product.Review.NONE
            stale.append(row)
        is_on_sale = row.status == Product.Status.ON_SALE
        if is_on_sale and row.review != Product.Review.APPROVED:
            copy_offers(by=by, product=row)
            unseen.append(row)
        if row.review not in (Product.Review.APPROVED, Product.Review.REFUSED) and (is_on_sale or was == Product.Review.WAITING or row.pk in coming or submits):
            waiting.append(row)
    if stale:
        Product.objects.bulk_update(stale, ["review"], batch_size=500)
    copy_products(by=by, products=[row for row in changed if row.status == Product.Status.ON_SALE and row.review == Product.Review.APPROVED])
    if unseen:  # what needs no review holds of these, too
        copy_size_tables(by=by, products=unseen)
        copy_virtual(by=by, products=unseen)
    submit_products(by=by, products=[*waiting, *(entered if submits else [])])


def _acceptable(products: Sequence[ImportedProduct], goes: str, done: Imported) -> dict[str, ImportedProduct]:
    """By source_ref, those a shop can sell; the others are noted as refused."""
    categories = categories_to_use(one.product.category_id for one in products)
    named = {key for one in products if (key := one.product.size_table) is not None}
    tables = set(SizeTable.objects.filter(pk__in=named).values_list("pk", flat=True)) if named else named
    good: dict[str, ImportedProduct] = {}
    skus: set[str] = set()
    codes: set[str] = set()
    for one in products:
        ref = one.ref
        is_new = one.product_id is None
        try:
            one.product.clean()
            for variant in one.product.variants:
                variant.sku = variant.sku.strip()
            if not ref or ref in good:
                raise InvalidInput(field="source_ref", why=_("An imported product says where it comes from, and comes once."))
            if any(gtin(variant.barcode) in codes for variant in one.product.variants if variant.barcode):
                raise InvalidInput(field="barcode", why=_("Two variants have the same barcode."))
            if twice := skus & {variant.sku for variant in one.product.variants}:
                raise SkuTaken(sku=", ".join(sorted(twice)))
            if one.product.category_id not in categories:
                raise InvalidInput(field="category", why=_("Choose a category."))
            one.product.category_id = categories[one.product.category_id]
            if one.product.size_table is not None and one.product.size_table not in tables:
                raise InvalidInput(field="size_table", why=_("This size table is not there any more. Choose another."))
            if is_new and goes != Goes.DRAFT and not one.product.pictures:
                raise InvalidInput(field="pictures", why=_("Add a picture."))
            if is_new and any((price := one.prices.get(variant.sku)) is None or price.minor <= 0 for variant in one.product.variants):
                raise InvalidInput(field="price", why=_("Every variant needs a price above zero."))
        except MarketError as refusal:
            done.refused.append((ref, str(refusal)))
        else:
            good[ref] = one
            skus |= {variant.sku for variant in one.product.variants}
            codes |= {gtin(variant.barcode) for variant in one.product.variants if variant.barcode}
    for ref, why in check_each({ref: one.product for ref, one in good.items()}).items():
        del good[ref]
        done.refused.append((ref, str(why)))
    return good


def _refuse_what_has_no_room(batch: Batch, goes: str, done: Imported) -> None:
    """What the shop's package holds: pictures of a product, and, where they go on sale, products."""
    for count in sorted({len(one.product.pictures) for one in batch.wanted.values()} - {0}):
        try:
            check_room(current_merchant_id(), Limit.PICTURES, lambda: 0, adding=count)
        except LimitReached as full:
            for ref in [ref for ref, one in batch.wanted.items() if len(one.product.pictures) >= count]:
                batch.drop(ref, full, done)
            break
    new = [ref for ref in batch.wanted if ref not in batch.there]
    if goes == Goes.ON_SALE and new:
        try:
            check_room(current_merchant_id(), Limit.PRODUCTS, lambda: products_of(current_merchant_id()), adding=len(new))
        except LimitReached as full:
            fits = max(0, int(str(full.facts["limit"])) - products_of(current_merchant_id()))
            for ref in new[fits:]:
                batch.drop(ref, full, done)


def _raise_versions(rows: list[Product]) -> None:
    for row in rows:
        row.version += 1
        row.changed_at = clock.now()
    if rows:
        Product.objects.bulk_update(rows, ["version", "changed_at"], batch_size=500)
