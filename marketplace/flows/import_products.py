"""Many products at once, known by where they come from: a batch is one transaction, and the same batch may come again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.publish_product import copy_products
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import ProductInput
from marketplace.merchant.catalogue.errors import SkuTaken
from marketplace.merchant.catalogue.models import Picture, Product, Variant
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.pricing.actions import set_prices
from marketplace.merchant.pricing.periods import in_force
from marketplace.platform.taxonomy.queries import categories_to_use
from tenants.tenancy.schemas import current_merchant_id

MOST_AT_ONCE = 500  # products of a batch: as many as one event names


@dataclass
class ImportedProduct:
    """A product with its `source_ref`, prices and stock by SKU. Variants are known by their SKUs, too."""

    product: ProductInput
    prices: Mapping[str, Money]
    stock: Mapping[str, int]


@dataclass
class Imported:
    """What became of a batch. `refused`: source_ref and why; the others of the batch went in."""

    entered: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    def __iadd__(self, other: Imported) -> Imported:
        self.entered += other.entered
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.refused += other.refused
        return self


@verb
def import_products(*, by: Actor, products: Sequence[ImportedProduct]) -> Imported:
    """Enter new products and put them on sale; change those that differ from their source; leave the others alone.

    At most 500 at once, in the open merchant's schema, in one transaction. The source wins over what was edited here, but a
    product that was taken off sale stays off, and stock is counted only when a variant is new. Raises ValueError for a
    larger batch.
    """
    if len(products) > MOST_AT_ONCE:
        raise ValueError(f"{len(products)} products in one batch, more than {MOST_AT_ONCE}")
    done = Imported()
    with transaction.atomic():
        batch = _Batch(_acceptable(products, done))
        batch.refuse_taken_skus(done)
        entered = [batch.enter(one) for one in batch.wanted.values() if one.product.source_ref not in batch.there]
        differing = [batch.there[ref] for ref, one in batch.wanted.items() if ref in batch.there and batch.differs(one)]
        batch.write(entered, differing)
        repriced = batch.new_prices()
        set_prices(by=by, prices={key: (sale, market) for key, (sale, market, _product) in repriced.items()})
        touched = {product_id for _sale, _market, product_id in repriced.values()} | {row.pk for row in differing}
        changed = [row for row in batch.there.values() if row.pk in touched]
        _raise_versions(changed)
        count_stock(by=by, counted=batch.first_stock)
        copy_products(by=by, products=[*entered, *(row for row in changed if row.status == Product.Status.ON_SALE)])
        done.entered, done.changed = len(entered), len(changed)
        done.unchanged = len(batch.wanted) - len(entered) - len(changed)
        if entered or changed:
            audit(
                by=by,
                action="products.imported",
                subject="products",
                subject_id=len(entered) + len(changed),
                merchant_id=current_merchant_id(),
                after={"entered": len(entered), "changed": {str(row.pk): row.version for row in changed}},
            )
    return done


def _acceptable(products: Iterable[ImportedProduct], done: Imported) -> dict[str, ImportedProduct]:
    """By source_ref, those a shop can sell; the others are noted as refused."""
    categories = categories_to_use(one.product.category_id for one in products)
    good: dict[str, ImportedProduct] = {}
    skus: set[str] = set()
    for one in products:
        ref = one.product.source_ref or ""
        try:
            one.product.clean()
            for variant in one.product.variants:
                variant.sku = variant.sku.strip()
            if not ref or ref in good:
                raise InvalidInput(field="source_ref", why=_("An imported product says where it comes from, and comes once."))
            if twice := skus & {variant.sku for variant in one.product.variants}:
                raise SkuTaken(sku=", ".join(sorted(twice)))
            if one.product.category_id not in categories:
                raise InvalidInput(field="category", why=_("Choose a category."))
            one.product.category_id = categories[one.product.category_id]
            if not one.product.pictures:
                raise InvalidInput(field="pictures", why=_("Add a picture."))
            if any((price := one.prices.get(variant.sku)) is None or price.minor <= 0 for variant in one.product.variants):
                raise InvalidInput(field="price", why=_("Every variant needs a price above zero."))
        except MarketError as refusal:
            done.refused.append((ref, str(refusal)))
        else:
            good[ref] = one
            skus |= {variant.sku for variant in one.product.variants}
    return good


class _Batch:
    """The wanted products beside what is there. Lives for one transaction."""

    def __init__(self, wanted: dict[str, ImportedProduct]) -> None:
        self.wanted = wanted
        rows = Product.objects.filter(source_ref__in=wanted).order_by("pk").select_for_update()
        self.there: dict[str, Product] = {str(row.source_ref): row for row in rows}
        self.keys = {ref: row.pk for ref, row in self.there.items()}
        ids = list(self.keys.values())
        self.variants: dict[UUID, dict[str, Variant]] = defaultdict(dict)
        for variant in Variant.objects.filter(product_id__in=ids).order_by("position"):
            self.variants[variant.product_id][variant.sku] = variant
        self.pictures: dict[UUID, list[Picture]] = defaultdict(list)
        for picture in Picture.objects.filter(product_id__in=ids).order_by("position"):
            self.pictures[picture.product_id].append(picture)
        self.first_stock: dict[UUID, int] = {}
        self.fresh_variants: list[Variant] = []
        self.fresh_pictures: list[Picture] = []
        self.altered_variants: list[Variant] = []
        self.dropped_pictures: list[UUID] = []

    def refuse_taken_skus(self, done: Imported) -> None:
        """A SKU belongs to one product of a shop."""
        owner = {variant.sku: ref for ref, one in self.wanted.items() for variant in one.product.variants}
        for sku, product_id in Variant.objects.filter(sku__in=owner).values_list("sku", "product_id"):
            ref = owner[sku]
            if self.keys.get(ref) != product_id and ref in self.wanted:
                del self.wanted[ref]
                done.refused.append((ref, str(SkuTaken(sku=sku))))
                self.there.pop(ref, None)

    def enter(self, one: ImportedProduct) -> Product:
        row = Product(pk=new_id(), status=Product.Status.ON_SALE, review=Product.Review.APPROVED, source_ref=one.product.source_ref)
        self.keys[str(row.source_ref)] = row.pk
        _fill(row, one.product)
        self._put_variants(row, one)
        self._put_pictures(row, one.product)
        return row

    def differs(self, one: ImportedProduct) -> bool:
        """Whether the row differs from its source; if so, it is what the source says afterwards, in memory."""
        row = self.there[str(one.product.source_ref)]
        differs = _content(row) != _wanted_content(one.product)
        if differs:
            _fill(row, one.product)
        if self._put_variants(row, one):
            differs = True
        if [(picture.key, picture.alt) for picture in self.pictures[row.pk]] != [(key, dict(alt)) for key, alt in one.product.pictures]:
            self.dropped_pictures += [picture.pk for picture in self.pictures[row.pk]]
            self._put_pictures(row, one.product)
            differs = True
        return differs

    def _put_variants(self, row: Product, one: ImportedProduct) -> bool:
        """Bring the product's variants in line, in memory; whether anything differed."""
        held = self.variants[row.pk]
        before = len(self.fresh_variants) + len(self.altered_variants)
        for place, wanted in enumerate(one.product.variants):
            sku, options = wanted.sku, {str(key): value for key, value in wanted.options.items()}
            if (variant := held.get(sku)) is None:
                variant = held[sku] = Variant(id=wanted.id, product=row, sku=sku, options=options, position=place)
                self.fresh_variants.append(variant)
                self.first_stock[variant.pk] = one.stock.get(sku, 0)
            elif (variant.options, variant.position, variant.is_active) != (options, place, True):
                variant.options, variant.position, variant.is_active = options, place, True
                self.altered_variants.append(variant)
        named = {wanted.sku for wanted in one.product.variants}
        for sku, variant in held.items():
            if sku not in named and variant.is_active:
                variant.is_active = False
                self.altered_variants.append(variant)
        return len(self.fresh_variants) + len(self.altered_variants) > before

    def _put_pictures(self, row: Product, product: ProductInput) -> None:
        self.fresh_pictures += [Picture(product=row, key=key, alt=dict(alt), position=place) for place, (key, alt) in enumerate(product.pictures)]

    def write(self, entered: list[Product], differing: list[Product]) -> None:
        Product.objects.bulk_create(entered)
        if differing:
            Product.objects.bulk_update(differing, ["category_id", "brand_id", "titles", "descriptions", "attributes", "axes"], batch_size=200)
        Variant.objects.bulk_create(self.fresh_variants)
        if self.altered_variants:
            Variant.objects.bulk_update(self.altered_variants, ["options", "position", "is_active"], batch_size=200)
        if self.dropped_pictures:
            Picture.objects.filter(pk__in=self.dropped_pictures).delete()
        Picture.objects.bulk_create(self.fresh_pictures)

    def new_prices(self) -> dict[UUID, tuple[Money, Money | None, UUID]]:
        """Sale price, market price and product of the variants whose sale price differs. A market price stays while it is above."""
        sold = {
            held[wanted.sku].pk: (one.prices[wanted.sku], held[wanted.sku].product_id)
            for one in self.wanted.values()
            for held in [self.variants[self.keys[str(one.product.source_ref)]]]
            for wanted in one.product.variants
        }
        current = {price.variant_id: price for price in in_force().filter(variant_id__in=sold)}
        differing: dict[UUID, tuple[Money, Money | None, UUID]] = {}
        for variant_id, (sale, product_id) in sold.items():
            held = current.get(variant_id)
            if held is None or held.sale != sale:
                market = held.market if held and held.market and held.currency == sale.currency and held.market >= sale else None
                differing[variant_id] = (sale, market, product_id)
        return differing


def _fill(row: Product, product: ProductInput) -> None:
    row.category_id, row.brand_id = product.category_id, product.brand_id
    row.titles, row.descriptions = dict(product.titles), dict(product.descriptions)
    row.attributes, row.axes = [list(attribute) for attribute in product.attributes], list(product.axes)


def _content(row: Product) -> tuple[Any, ...]:
    return (row.category_id, row.brand_id, row.titles, row.descriptions, row.attributes, row.axes)


def _wanted_content(product: ProductInput) -> tuple[Any, ...]:
    attributes = [list(attribute) for attribute in product.attributes]
    return (product.category_id, product.brand_id, dict(product.titles), dict(product.descriptions), attributes, list(product.axes))


def _raise_versions(rows: list[Product]) -> None:
    for row in rows:
        row.version += 1
        row.changed_at = clock.now()
    if rows:
        Product.objects.bulk_update(rows, ["version", "changed_at"], batch_size=500)
