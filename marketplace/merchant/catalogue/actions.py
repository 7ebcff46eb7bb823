"""Products: verbs. All run in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.descriptions import clean
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.barcodes import gtin, owners_of, read_barcode
from marketplace.merchant.catalogue.errors import BarcodeTaken, ProductCodeTaken, ProductUnknown, SkuTaken
from marketplace.merchant.catalogue.models import Picture, Product, SizeTable, Variant
from tenants.tenancy.schemas import current_merchant_id

LONGEST_SUBTITLE = 120
LONGEST_CODE = 120
MOST_WEIGHT = 1_000_000  # grams
PUT_OF_VARIANT = ["sku", "options", "position", "is_active", "barcode", "weight_g", "merged_into"]


@dataclass
class VariantInput:
    """One combination: `options` maps attribute ids to value ids."""

    sku: str
    options: Mapping[int, int] = field(default_factory=dict)
    barcode: str | None = None  # None: what it has stays; "": none
    weight_g: int | None = None  # of a piece, packed. None: stays; 0: not known
    id: UUID = field(default_factory=new_id)


@dataclass
class ProductInput:
    """What a merchant enters. Texts by language code; attributes as in Listing.attributes."""

    category_id: int
    titles: Mapping[str, str]
    variants: Sequence[VariantInput]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    subtitles: Mapping[str, str] | None = None  # one line below the title; None: what there is stays
    brand_id: int | None = None
    attributes: Sequence[Sequence[Any]] = ()
    axes: Sequence[int] = ()
    pictures: Sequence[tuple[str, Mapping[str, str]]] = ()  # (storage key, alt texts)
    tax_class: str = "standard"
    listed_from: datetime | None = None
    listed_until: datetime | None = None
    hides_sold_out: bool = False
    size_table: UUID | None = None  # None: that of its category
    sets_size_table: bool = False  # else the one it names stays
    source_ref: str | None = None  # the shop's own code of it, by which files know it; None and "": none

    def clean(self) -> None:
        """Raises InvalidInput, naming the field."""
        self.titles = {code: text.strip() for code, text in self.titles.items() if text and text.strip()}
        cleaned = {code: clean(text) for code, text in self.descriptions.items() if text and text.strip()}
        self.descriptions = {code: text for code, text in cleaned.items() if text.strip()}  # of some nothing is left
        if self.subtitles is not None:
            self.subtitles = {code: " ".join(text.split()) for code, text in self.subtitles.items() if text and text.strip()}
            if any(len(text) > LONGEST_SUBTITLE for text in self.subtitles.values()):
                raise InvalidInput(field="subtitle", why=_("A subtitle has at most {most} characters.").format(most=LONGEST_SUBTITLE))
        self.source_ref = (self.source_ref or "").strip() or None
        if len(self.source_ref or "") > LONGEST_CODE:
            raise InvalidInput(field="source_ref", why=_("A product code has at most {most} characters.").format(most=LONGEST_CODE))
        if not self.titles:
            raise InvalidInput(field="title", why=_("Give the product a title in at least one language."))
        if any(len(text) > 200 for text in self.titles.values()):
            raise InvalidInput(field="title", why=_("A title has at most 200 characters."))
        if not self.variants:
            raise InvalidInput(field="variants", why=_("A product has at least one variant."))
        skus = [variant.sku.strip() for variant in self.variants]
        if not all(skus):
            raise InvalidInput(field="sku", why=_("Every variant needs a SKU."))
        if len(set(skus)) < len(skus):
            raise InvalidInput(field="sku", why=_("Two variants have the same SKU."))
        for variant in self.variants:
            variant.barcode = read_barcode(variant.barcode) if variant.barcode else variant.barcode
            if not 0 <= (variant.weight_g or 0) <= MOST_WEIGHT:
                raise InvalidInput(field="weight", why=_("A weight is from 1 g to 1,000 kg."), sku=variant.sku)
        codes = [gtin(variant.barcode) for variant in self.variants if variant.barcode]
        if len(set(codes)) < len(codes):
            raise InvalidInput(field="barcode", why=_("Two variants have the same barcode."))
        combinations = [tuple(sorted(variant.options.items())) for variant in self.variants]
        if len(set(combinations)) < len(combinations):
            raise InvalidInput(field="variants", why=_("Two variants are the same combination."))
        if self.listed_from and self.listed_until and self.listed_until <= self.listed_from:
            raise InvalidInput(field="listed_until", why=_("It cannot go off sale before it goes on sale."))


@verb
def enter_product(*, by: Actor, product_id: UUID, product: ProductInput) -> Product:
    """Enter a product as a draft. The same `product_id` enters one. Raises InvalidInput, SkuTaken, BarcodeTaken, ProductCodeTaken."""
    product.clean()
    with transaction.atomic():
        if same := Product.objects.filter(pk=product_id).first():
            return same
        row = Product(pk=product_id)
        _fill(row, product)
        _save(row)
        _put_variants(row, product)
        _put_pictures(row, product)
        audit(by=by, action="product.entered", subject="product", subject_id=row.pk, merchant_id=current_merchant_id(), after=_audited(row))
    return row


@verb
def change_product(*, by: Actor, product_id: UUID, product: ProductInput) -> Product:
    """Change a product; variants that are no longer named become inactive.

    What buyers read of it has to be reviewed anew when it has changed. Raises ProductUnknown, InvalidInput, SkuTaken, BarcodeTaken, ProductCodeTaken.
    """
    product.clean()
    with transaction.atomic():
        row = locked_product(product_id)
        before, read_before = _audited(row), _read_by_buyers(row)
        _fill(row, product)
        row.version += 1
        _put_variants(row, product)
        row.pictures.all().delete()
        _put_pictures(row, product)
        if _read_by_buyers(row) != read_before:
            row.review = Product.Review.NONE
        _save(row)
        audit(by=by, action="product.changed", subject="product", subject_id=row.pk, merchant_id=current_merchant_id(), before=before, after=_audited(row))
    return row


@verb
def set_product_status(*, by: Actor, product_id: UUID, status: str) -> Product:
    """On sale, off sale. The flow that calls this writes the public copy. Raises ProductUnknown."""
    with transaction.atomic():
        row = locked_product(product_id)
        before = row.status
        row.status, row.changed_at, row.version = status, clock.now(), row.version + 1
        row.save(update_fields=["status", "changed_at", "version"])
        audit(
            by=by,
            action=f"product.{status}",
            subject="product",
            subject_id=row.pk,
            merchant_id=current_merchant_id(),
            before={"status": before},
            after={"status": status},
        )
    return row


@verb
def set_times(*, by: Actor, product_id: UUID, listed_from: datetime | None, listed_until: datetime | None) -> Product:
    """From and until when it is on sale. The flow that calls this has it go on and off then. Raises ProductUnknown."""
    with transaction.atomic():
        row = locked_product(product_id)
        before = _times(row)
        row.listed_from, row.listed_until, row.changed_at, row.version = listed_from, listed_until, clock.now(), row.version + 1
        row.save(update_fields=["listed_from", "listed_until", "changed_at", "version"])
        audit(
            by=by, action="product.times_set", subject="product", subject_id=row.pk, merchant_id=current_merchant_id(), before=before, after=_times(row)
        )  # fmt: skip
    return row


def check_end(listed_until: datetime | None, before: datetime | None = None) -> None:
    """A new end of the time on sale is still to come; a form repeats one that is there to the minute. Raises InvalidInput."""
    is_same = before is not None and listed_until in (before, before.replace(second=0, microsecond=0))
    if listed_until is not None and not is_same and listed_until <= clock.now():
        raise InvalidInput(field="listed_until", why=_("This moment is past. Write a later one, or leave it empty."))


def _times(row: Product) -> dict[str, Any]:
    return {name: at.astimezone(UTC).isoformat() if at else None for name, at in (("listed_from", row.listed_from), ("listed_until", row.listed_until))}


@verb
def set_review(*, by: Actor, product_id: UUID, review: str, note: str = "", notes: Mapping[str, str] | None = None) -> Product:
    """How the product stands with the operator; `note`, and `notes` by field, are what the merchant is told. Raises ProductUnknown."""
    with transaction.atomic():
        row = locked_product(product_id)
        before = {"review": row.review, "note": row.review_note}
        row.review, row.review_note, row.review_notes, row.changed_at = review, note[:500], dict(notes or {}), clock.now()
        row.save(update_fields=["review", "review_note", "review_notes", "changed_at"])
        audit(
            by=by,
            action=f"product.review_{review}",
            subject="product",
            subject_id=row.pk,
            merchant_id=current_merchant_id(),
            before=before,
            after={"review": review, "note": row.review_note},
            why=note,
        )
    return row


def lock_products(product_ids: Collection[UUID]) -> None:
    """Several, in the order of an import, before the first of them goes into review or on sale: behind the locks that this takes (of one brand in
    flows/brand_rights.py, of room for goods) no product may be waited for."""
    list(Product.objects.filter(pk__in=product_ids).order_by("pk").values_list("pk").select_for_update())


def locked_product(product_id: UUID) -> Product:
    row: Product | None = Product.objects.select_for_update().filter(pk=product_id).first()
    if row is None:
        raise ProductUnknown
    return row


def _fill(row: Product, product: ProductInput) -> None:
    row.category_id, row.brand_id = product.category_id, product.brand_id
    row.titles, row.descriptions = dict(product.titles), dict(product.descriptions)
    if product.sets_size_table:
        if product.size_table is not None and not SizeTable.objects.filter(pk=product.size_table).exists():
            raise InvalidInput(field="size_table", why=_("This size table is not there any more. Choose another."))
        row.size_table_id = product.size_table
    row.subtitles = row.subtitles if product.subtitles is None else dict(product.subtitles)
    row.attributes, row.axes = [list(attribute) for attribute in product.attributes], list(product.axes)
    row.tax_class, row.source_ref = product.tax_class, product.source_ref
    row.listed_from, row.listed_until, row.hides_sold_out = product.listed_from, product.listed_until, product.hides_sold_out
    row.changed_at = clock.now()


def _save(row: Product) -> None:
    """Raises ProductCodeTaken where another product has the code, or is known to files by it because it has none."""
    if row.source_ref:
        check_code(row)
    try:
        with transaction.atomic():
            row.save(force_insert=row._state.adding)
    except IntegrityError as clash:
        if "source_ref" in str(clash):  # somebody was faster
            raise ProductCodeTaken(taken=row.source_ref, title="?") from clash
        raise


def check_code(row: Product) -> None:
    """Raises ProductCodeTaken."""
    try:
        keyed = Q(pk=UUID(row.source_ref))
    except ValueError:
        keyed = Q()
    owner = Product.objects.filter(Q(source_ref=row.source_ref) | keyed).exclude(pk=row.pk).first()
    if owner is not None:
        raise ProductCodeTaken(taken=row.source_ref, title=owner.title.text)


def _put_variants(row: Product, product: ProductInput) -> None:
    held = {variant.pk: variant for variant in row.variants.all()}
    kept = []
    for place, wanted in enumerate(product.variants):
        variant = Variant(id=wanted.id, product=row, sku=wanted.sku.strip(), options={str(k): v for k, v in wanted.options.items()}, position=place)
        was = held.get(wanted.id, variant)
        variant.barcode = was.barcode if wanted.barcode is None else wanted.barcode or None
        variant.weight_g = was.weight_g if wanted.weight_g is None else wanted.weight_g or None
        kept.append(variant)
    taken = Variant.objects.filter(sku__in=[variant.sku for variant in kept]).exclude(product=row).values_list("sku", flat=True).first()
    if taken:
        raise SkuTaken(sku=taken)
    check_barcodes(row.pk, kept)
    row.variants.exclude(pk__in=[variant.pk for variant in kept]).update(is_active=False)
    # A code that moves from one variant of the product to another is free in between.
    row.variants.filter(pk__in=[one.pk for one in kept if one.pk in held and held[one.pk].barcode not in (None, one.barcode)]).update(barcode=None)
    try:
        with transaction.atomic():
            Variant.objects.bulk_create(kept, update_conflicts=True, unique_fields=["id"], update_fields=PUT_OF_VARIANT)
    except IntegrityError as clash:
        if "one_barcode_one_variant" in str(clash):  # somebody was faster
            raise BarcodeTaken(barcode=", ".join(variant.barcode for variant in kept if variant.barcode), sku="?") from clash
        raise SkuTaken(sku=", ".join(variant.sku for variant in kept)) from clash


def check_barcodes(product_id: UUID, variants: Sequence[Variant]) -> None:
    """Raises BarcodeTaken where another product's variant carries the code of one of these."""
    codes = {gtin(variant.barcode): variant.barcode for variant in variants if variant.barcode}
    for key, owner in owners_of(list(codes.values()), but=product_id).items():
        raise BarcodeTaken(barcode=codes[key], sku=owner.sku)


def _put_pictures(row: Product, product: ProductInput) -> None:
    Picture.objects.bulk_create([Picture(product=row, key=key, alt=dict(alt), position=place) for place, (key, alt) in enumerate(product.pictures)])


def _read_by_buyers(row: Product) -> tuple[Any, ...]:
    """What the operator reviews. Price and stock are not among it, nor when it is on sale."""
    pictures = list(row.pictures.order_by("position").values_list("key", "alt"))
    variants = sorted(row.variants.filter(is_active=True).values_list("pk", "options"), key=lambda pair: pair[0])
    return (row.titles, row.subtitles, row.descriptions, row.category_id, row.brand_id, row.attributes, row.axes, row.tax_class, pictures, variants)


def _audited(row: Product) -> dict[str, Any]:
    said = {"titles": row.titles, "category": row.category_id, "brand": row.brand_id, "attributes": row.attributes, "version": row.version}
    return {**said, "code": row.source_ref} if row.source_ref else said
