"""The wanted products of an import beside what is there of them: what differs, in memory, and how it is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import MarketError
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.merchant.bundles.actions import Parts
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.barcodes import gtin, owners_of
from marketplace.merchant.catalogue.errors import BarcodeTaken, SkuTaken
from marketplace.merchant.catalogue.models import Picture, Product, Variant
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.media.actions import note_pictures
from marketplace.merchant.media.in_texts import note_in_texts
from marketplace.merchant.pricing.periods import in_force
from marketplace.merchant.virtual.actions import Kind


class Goes:
    """What becomes of new products, and of changes that buyers would read."""

    ON_SALE = "on_sale"  # approved: the market's own work
    SUBMIT = "submit"  # new ones wait for review, as one does that was entered by hand and submitted
    DRAFT = "draft"  # new ones stay drafts


@dataclass
class ImportedProduct:
    """A product with prices and stock by SKU. It is known by `product_id` or else by its `source_ref`; variants by their SKUs, too.

    `market`: market prices by SKU; None where the source knows none, and one that is there stays while it is not below the sale price.
    `counts_stock`: stock is counted for variants that are there, too, and not only for new ones.
    `kind`: what kind of goods it is; None leaves that as it is, and what is new is shipped. `shelves`: the shop's categories filled by hand that it
    stands in, each with its place there (None: behind the others); without, those it stands in stay. `parts`: what is in it, which makes what is new
    a bundle; None leaves that as it is.
    """

    product: ProductInput
    prices: Mapping[str, Money]
    stock: Mapping[str, int]
    market: Mapping[str, Money | None] | None = None
    product_id: UUID | None = None
    counts_stock: bool = False
    kind: Kind | None = None
    shelves: Mapping[UUID, int | None] | None = None
    parts: Parts | None = None

    @property
    def ref(self) -> str:
        """What it is called within its batch."""
        return str(self.product_id or self.product.source_ref or "")


def changes_codes(variant: Variant, wanted: VariantInput) -> bool:
    """Whether barcode or weight would be others."""
    barcode = variant.barcode if wanted.barcode is None else wanted.barcode or None
    weight_g = variant.weight_g if wanted.weight_g is None else wanted.weight_g or None
    return (variant.barcode, variant.weight_g) != (barcode, weight_g)


@dataclass
class Imported:
    """What became of a batch. `refused`: source_ref (or key) and why; the others of the batch went in."""

    entered: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    ids_entered: list[UUID] = field(default_factory=list)
    ids_changed: list[UUID] = field(default_factory=list)

    def __iadd__(self, other: Imported) -> Imported:
        for name in ("entered", "changed", "unchanged", "refused", "ids_entered", "ids_changed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


class Batch:
    """The wanted products beside what is there. Lives for one transaction."""

    def __init__(self, wanted: dict[str, ImportedProduct]) -> None:
        self.wanted = wanted
        named = {one.product_id: ref for ref, one in wanted.items() if one.product_id}
        refs = [ref for ref, one in wanted.items() if not one.product_id]
        rows = Product.objects.filter(Q(source_ref__in=refs) | Q(pk__in=named)).order_by("pk").select_for_update()
        self.there: dict[str, Product] = {named.get(row.pk) or str(row.source_ref): row for row in rows}
        self.keys = {ref: row.pk for ref, row in self.there.items()}
        ids = list(self.keys.values())
        self.variants: dict[UUID, dict[str, Variant]] = defaultdict(dict)
        for variant in Variant.objects.filter(product_id__in=ids).order_by("position"):
            self.variants[variant.product_id][variant.sku] = variant
        self.pictures: dict[UUID, list[Picture]] = defaultdict(list)
        for picture in Picture.objects.filter(product_id__in=ids).order_by("position"):
            self.pictures[picture.product_id].append(picture)
        self.counted: dict[UUID, int] = {}
        self.recounted: set[UUID] = set()  # products of which stock that was there is counted anew
        self.fresh_variants: list[Variant] = []
        self.fresh_pictures: list[Picture] = []
        self.altered_variants: list[Variant] = []
        self.recoded_variants: list[Variant] = []  # what no buyer reads: barcode and weight
        self.freed_codes: list[UUID] = []  # variants that carry another barcode afterwards, or none
        self.dropped_pictures: list[UUID] = []
        self.retabled: list[Product] = []  # another size table, at once and without a review

    def refuse_taken_skus(self, done: Imported) -> None:
        """A SKU belongs to one product of a shop, and a barcode to one variant that is sold."""
        owner = {variant.sku: ref for ref, one in self.wanted.items() for variant in one.product.variants}
        for sku, product_id in Variant.objects.filter(sku__in=owner).values_list("sku", "product_id"):
            ref = owner[sku]
            if self.keys.get(ref) != product_id and ref in self.wanted:
                self.drop(ref, SkuTaken(sku=sku), done)
        codes = {gtin(variant.barcode): (ref, variant.barcode) for ref, one in self.wanted.items() for variant in one.product.variants if variant.barcode}
        for key, holder in owners_of([code for _ref, code in codes.values()]).items():
            ref, code = codes[key]
            if self.keys.get(ref) != holder.product_id and ref in self.wanted:
                self.drop(ref, BarcodeTaken(barcode=code, sku=holder.sku), done)

    def drop(self, ref: str, why: MarketError, done: Imported) -> None:
        """Leave one product out, and note why."""
        del self.wanted[ref]
        self.there.pop(ref, None)
        done.refused.append((ref, str(why)))

    def key_of(self, ref: str) -> UUID:
        """The product's key; of one that is new, the one it will have."""
        return self.keys.setdefault(ref, new_id())

    def enter(self, one: ImportedProduct, goes: str) -> Product:
        row = Product(pk=self.key_of(one.ref), source_ref=one.product.source_ref, tax_class=one.product.tax_class, size_table_id=one.product.size_table)
        if goes == Goes.ON_SALE:
            row.status, row.review = Product.Status.ON_SALE, Product.Review.APPROVED
        _fill(row, one.product)
        self._put_variants(row, one)
        self._put_pictures(row, one.product)
        return row

    def differs(self, one: ImportedProduct) -> bool:
        """Whether the row differs from its source; if so, it is what the source says afterwards, in memory."""
        row = self.there[one.ref]
        is_taxed = one.product_id is None or row.tax_class == one.product.tax_class  # a source that knows no keys says nothing of taxes
        differs = _content(row) != _wanted_content(one.product) or not is_taxed or one.product.subtitles not in (None, row.subtitles)
        if not is_taxed:
            row.tax_class = one.product.tax_class
        if differs:
            _fill(row, one.product)
        if one.product.sets_size_table and row.size_table_id != one.product.size_table:
            row.size_table_id = one.product.size_table
            self.retabled.append(row)
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
                variant.barcode, variant.weight_g = wanted.barcode or None, wanted.weight_g or None
                self.fresh_variants.append(variant)
                self.counted[variant.pk] = one.stock.get(sku, 0)
            elif (variant.options, variant.position, variant.is_active) != (options, place, True):
                variant.options, variant.position, variant.is_active, variant.merged_into = options, place, True, None
                self.altered_variants.append(variant)
            if changes_codes(variant, wanted):
                self._recode(variant, wanted)
        named = {wanted.sku for wanted in one.product.variants}
        for sku, variant in held.items():
            if sku not in named and variant.is_active:
                variant.is_active = False
                self.altered_variants.append(variant)
        return len(self.fresh_variants) + len(self.altered_variants) > before

    def _recode(self, variant: Variant, wanted: VariantInput) -> None:
        if wanted.barcode is not None:
            if variant.barcode and variant.barcode != wanted.barcode:
                self.freed_codes.append(variant.pk)
            variant.barcode = wanted.barcode or None
        if wanted.weight_g is not None:
            variant.weight_g = wanted.weight_g or None
        self.recoded_variants.append(variant)

    def _put_pictures(self, row: Product, product: ProductInput) -> None:
        self.fresh_pictures += [Picture(product=row, key=key, alt=dict(alt), position=place) for place, (key, alt) in enumerate(product.pictures)]

    def write(self, by: Actor, entered: list[Product], differing: list[Product]) -> None:
        """And what stock differs of variants that were there, where the source counts it."""
        counts = {held.pk: one.stock[sku] for ref, one in self.wanted.items() if one.counts_stock and ref in self.there for sku, held in self._held_before(one)}
        for level in StockLevel.objects.filter(variant_id__in=counts, location__is_default=True):
            if level.on_hand == counts[level.variant_id]:
                del counts[level.variant_id]
        self.counted |= counts
        self.recounted |= {variant.product_id for held in self.variants.values() for variant in held.values() if variant.pk in counts}
        Product.objects.bulk_create(entered)
        if differing:
            Product.objects.bulk_update(
                differing, ["category_id", "brand_id", "titles", "subtitles", "descriptions", "attributes", "axes", "tax_class"], batch_size=200
            )
        if self.retabled:
            Product.objects.bulk_update(self.retabled, ["size_table"], batch_size=500)
        # Codes are free before others take them: within a product they may have moved from one variant to another.
        Variant.objects.filter(pk__in=self.freed_codes).update(barcode=None)
        if self.altered_variants:
            Variant.objects.bulk_update(self.altered_variants, ["options", "position", "is_active", "merged_into"], batch_size=200)
        if self.recoded_variants:
            Variant.objects.bulk_update(self.recoded_variants, ["barcode", "weight_g"], batch_size=200)
        Variant.objects.bulk_create(self.fresh_variants)
        if self.dropped_pictures:
            Picture.objects.filter(pk__in=self.dropped_pictures).delete()
        Picture.objects.bulk_create(self.fresh_pictures)
        note_pictures(by=by, pictures=[(picture.key, picture.product.title.text, picture.alt) for picture in self.fresh_pictures])
        note_in_texts(by, [*entered, *differing])

    def _held_before(self, one: ImportedProduct) -> list[tuple[str, Variant]]:
        """Variants of a product that were there, of which the source says what lies there."""
        return [(sku, held) for sku, held in self.variants[self.keys[one.ref]].items() if sku in one.stock and held.pk not in self.counted]

    def new_prices(self) -> dict[UUID, tuple[Money, Money | None, UUID]]:
        """Sale price, market price and product of the variants whose prices differ."""
        sold = {
            held[wanted.sku].pk: (one.prices[wanted.sku], held[wanted.sku].product_id, one.market, wanted.sku)
            for one in self.wanted.values()
            for held in [self.variants[self.keys[one.ref]]]
            for wanted in one.product.variants
            if wanted.sku in one.prices
        }
        current = {price.variant_id: price for price in in_force().filter(variant_id__in=sold)}
        differing: dict[UUID, tuple[Money, Money | None, UUID]] = {}
        for variant_id, (sale, product_id, markets, sku) in sold.items():
            held = current.get(variant_id)
            if markets is not None:
                market = markets.get(sku)
            else:
                market = held.market if held and held.market and held.currency == sale.currency and held.market >= sale else None
            if held is None or held.sale != sale or (markets is not None and held.market != market):
                differing[variant_id] = (sale, market, product_id)
        return differing


def _fill(row: Product, product: ProductInput) -> None:
    row.category_id, row.brand_id = product.category_id, product.brand_id
    row.titles, row.descriptions = dict(product.titles), dict(product.descriptions)
    row.subtitles = row.subtitles if product.subtitles is None else dict(product.subtitles)
    row.attributes, row.axes = [list(attribute) for attribute in product.attributes], list(product.axes)


def _content(row: Product) -> tuple[Any, ...]:
    return (row.category_id, row.brand_id, row.titles, row.descriptions, row.attributes, row.axes)


def _wanted_content(product: ProductInput) -> tuple[Any, ...]:
    attributes = [list(attribute) for attribute in product.attributes]
    return (product.category_id, product.brand_id, dict(product.titles), dict(product.descriptions), attributes, list(product.axes))
