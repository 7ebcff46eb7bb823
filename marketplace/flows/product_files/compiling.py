"""The rows of one product, as the product they mean, beside the product the shop has; and what is wrong with them, by row and column.

An empty cell leaves what is there. A cell that says what an export would write leaves it to the letter, so nothing is lost by a round trip.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.flows.brand_rights import check_submitted
from marketplace.flows.import_batch import ImportedProduct, changes_codes
from marketplace.flows.kept_off import Asked
from marketplace.flows.product_files.attributes import AttributeCells
from marketplace.flows.product_files.bundle_cells import BundleCells
from marketplace.flows.product_files.columns import PREFIX, same_text
from marketplace.flows.product_files.held import Held, cell_of
from marketplace.flows.product_files.picture_cells import PictureCells
from marketplace.flows.product_files.shop_cells import ShopCells
from marketplace.flows.product_files.variant_cells import VariantCells
from marketplace.flows.product_files.words import Several, Words
from marketplace.kernel.errors import MarketError
from marketplace.kernel.exports import plain_cell
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.kernel.prose import as_html, as_text
from marketplace.merchant.bundles.errors import BundleHasOptions
from marketplace.merchant.catalogue.actions import LONGEST_SUBTITLE, ProductInput, VariantInput
from marketplace.merchant.catalogue.errors import SkuTaken
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.imports.models import ProductImport
from marketplace.merchant.shelves.filling import Filling
from marketplace.platform.listings.errors import WordForbidden
from marketplace.platform.listings.models import ForbiddenWord
from marketplace.platform.listings.words import check_words
from marketplace.platform.taxonomy.models import TaxClass
from marketplace.platform.virtual.kinds import GoodsKind

LONGEST_SKU, LONGEST_CODE, MOST_VARIANTS = 64, 120, 200
LANGUAGES = ("zh-hans", "en")

type_problems = dict[int, list[list[Any]]]  # line → [[column or -1, what is wrong], …]


class Line(Protocol):
    """A row of the file."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Plan:
    """What holds for a whole file. `picture` finds where a picture that is named lies; it raises MarketError where there is none."""

    words: Words
    mapping: Sequence[str]
    currency: str
    picture: Callable[[str], str]
    category_id: int | None = None
    goes: str = ProductImport.Goes.DRAFT
    counts_stock: bool = False
    most_pictures: int | None = None  # of a product, by the shop's package
    filling: Filling | None = None  # what the shop categories hold so far
    forbidden: Sequence[ForbiddenWord] = ()  # what the market does not let texts of products say

    def column(self, meant: str) -> int:
        return self.mapping.index(meant) if meant in self.mapping else -1

    def cell(self, row: Line, meant: str) -> str:
        place = self.column(meant)
        return row.cells[place] if 0 <= place < len(row.cells) else ""


@dataclass
class Compiled:
    """`product` is None where something is wrong; `differs` says whether it would change anything."""

    product: ImportedProduct | None
    problems: type_problems = field(default_factory=dict)
    differs: bool = True


@lru_cache
def tax_classes() -> Mapping[str, str]:
    """Folded word → tax class: by its code, and as it is called in any language."""
    found = {value.value: value.value for value in TaxClass}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {str(value.label).casefold(): value.value for value in TaxClass}
    return found


class Compiling(VariantCells, ShopCells, PictureCells, BundleCells):
    """One product at work: reads cells, notes problems."""

    def __init__(self, plan: Plan, rows: Sequence[Line], there: Held | None, code: str, owners: Mapping[str, UUID], twice: Collection[str]) -> None:
        self.plan, self.rows, self.there, self.code, self.owners, self.twice = plan, rows, there, code, owners, twice
        self.words = plan.words
        self.problems: type_problems = {}
        self.held = {variant.sku: variant for variant in there.variants} if there else {}
        self.first = next(iter(there.sold or there.variants), None) if there else None

    def wrong(self, row: Line, meant: str, why: str) -> None:
        self.problems.setdefault(row.line, []).append([self.plan.column(meant), why])

    def said(self, meant: str) -> tuple[Line, str] | None:
        """What the rows say of the product here, and which row says it first; None for nothing, or nothing new. Rows that disagree are noted."""
        found: tuple[Line, str] | None = None
        for row in self.rows:
            cell = self.plan.cell(row, meant)
            if not cell:
                continue
            if found is None:
                found = row, cell
            elif cell != found[1]:
                self.wrong(row, meant, _("Line {line} says “{said}” of the same product.").format(line=found[0].line, said=found[1][:60]))
        if found and self.there and self.first and same_text(found[1], cell_of(self.there, self.first, meant, self.words)):
            return None
        return (found[0], plain_cell(found[1])) if found else None

    # ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────

    def run(self) -> Compiled:
        category_id = self.category()
        cells = AttributeCells(self, category_id)
        axes = cells.axes()
        kind, shelves, parts = self.kind(), self.shelves(), self.parts()
        self.is_bundle = bool(parts) or (self.there is not None and self.there.is_bundle)
        self.check_shipped(kind)
        self.is_codes = (kind.name if kind else self.there.kind if self.there else "") == GoodsKind.CODES
        variants, prices, markets, stock = self.variants(cells, axes)
        row = self.there.product if self.there else None
        wanted = ProductInput(
            category_id=category_id or 0,
            brand_id=self.brand(),
            tax_class=self.tax_class(),
            titles=self.texts("title", row.titles if row else {}),
            subtitles=self.texts("subtitle", row.subtitles if row else {}),
            descriptions=self.texts("description", row.descriptions if row else {}),
            attributes=cells.attributes(axes),
            axes=axes,
            variants=variants,
            pictures=self.pictures(),
            size_table=self.size_table(),
            sets_size_table=True,
            source_ref=row.source_ref if row else self.code,
        )
        self.check(wanted)
        if shelves is not None and not self.problems:
            self.find_room(shelves)
        if self.problems:
            return Compiled(None, self.problems)
        one = ImportedProduct(
            product=wanted,
            prices=prices,
            stock=stock,
            market=markets,
            product_id=row.pk if row else None,
            counts_stock=self.plan.counts_stock,
            kind=kind,
            shelves=shelves,
            parts=parts,
        )
        return Compiled(one, {}, self.there is None or self.differs(one))

    def check(self, wanted: ProductInput) -> None:
        """What holds for the product as a whole, as it holds for one that is entered by hand."""
        first = self.rows[0]
        if not any(text.strip() for text in wanted.titles.values()):
            meant = next((name for name in ("title:zh-hans", "title:en") if self.plan.column(name) >= 0), "title:en")
            self.wrong(first, meant, _("Give the product a title in at least one language."))
        if len(self.code) > LONGEST_CODE:
            self.wrong(first, "code", _("A product code has at most {most} characters.").format(most=LONGEST_CODE))
        if len(wanted.variants) > MOST_VARIANTS:
            self.wrong(first, "code", _("A product has at most {most} variants.").format(most=MOST_VARIANTS))
        if self.is_bundle and self.there and max(len(wanted.variants), len(self.rows)) > 1:
            self.wrong(self.rows[-1], "sku", str(BundleHasOptions()))
        if not self.there and self.plan.goes != ProductImport.Goes.DRAFT and not wanted.pictures and not self.problems.get(first.line):
            self.wrong(first, "pictures", _("Add a picture: the market reviews nothing without one. Or keep new products as drafts."))
        if not self.problems:
            try:
                wanted.clean()
            except MarketError as refusal:
                meant = {"title": "title:en", "sku": "sku", "variants": "axes"}.get(refusal.field or "", "")
                self.wrong(first, meant, str(refusal))
        if not self.problems and self.is_reviewed():
            self.check_words(wanted)
            try:
                check_submitted(
                    self.words.scope,
                    product_id=self.there.product.pk if self.there else None,
                    category_id=wanted.category_id,
                    brand_id=None if self.problems else wanted.brand_id,  # what is refused is of no brand
                    attributes=[list(each) for each in wanted.attributes],
                    axes=list(wanted.axes),
                )
            except MarketError as refusal:
                field = refusal.field or ""
                self.wrong(first, f"{PREFIX}{field.removeprefix('attribute_')}" if field.startswith("attribute_") else "brand", str(refusal))

    def check_words(self, wanted: ProductInput) -> None:
        pictures = [{"key": key, "alt": dict(alt)} for key, alt in wanted.pictures]
        texts = {
            "titles": wanted.titles,
            "subtitles": wanted.subtitles or {},
            "descriptions": wanted.descriptions,
            "attributes": wanted.attributes,
            "pictures": pictures,
        }
        try:
            check_words({"category_id": wanted.category_id, **texts}, self.plan.forbidden)
        except WordForbidden as refusal:
            kind, _underscore, language = (refusal.field or "").partition("_")
            meant = f"{kind}:{'zh-hans' if language == 'zh' else language}" if language else kind
            if kind == "pictures":
                meant = next((name for name in ("alt:zh-hans", "alt:en") if self.plan.column(name) >= 0), kind)
            self.wrong(self.rows[0], meant, str(refusal))

    def is_reviewed(self) -> bool:
        """Whether an import would ask the market for its review: then it has to say what is asked for, and may be sold here."""
        if self.plan.goes == ProductImport.Goes.SUBMIT:
            return True
        row = self.there.product if self.there else None
        is_on_its_way = row is not None and (row.status == row.Status.ON_SALE or Asked.of(row).is_asked)
        return is_on_its_way and self.plan.goes != ProductImport.Goes.ON_SALE

    def differs(self, one: ImportedProduct) -> bool:
        """Whether anything of the product would change."""
        there, wanted = self.there, one.product
        assert there is not None
        row = there.product
        if one.kind is not None or one.shelves is not None or one.parts is not None or row.size_table_id != wanted.size_table:
            return True
        if (row.category_id, row.brand_id, row.tax_class, row.titles, row.subtitles, row.descriptions) != (
            wanted.category_id, wanted.brand_id, wanted.tax_class, dict(wanted.titles), dict(wanted.subtitles or {}), dict(wanted.descriptions),
        ):  # fmt: skip
            return True
        if [list(each) for each in wanted.attributes] != row.attributes or list(wanted.axes) != row.axes:
            return True
        if [(picture.key, picture.alt) for picture in there.pictures] != [(key, dict(alt)) for key, alt in wanted.pictures]:
            return True
        if [(variant.sku, variant.options) for variant in there.sold] != [
            (variant.sku, {str(key): value for key, value in variant.options.items()}) for variant in wanted.variants
        ]:
            return True
        for sku, variant in self.held.items():
            price = there.prices.get(variant.pk)
            sale, market = one.prices.get(sku), (one.market or {}).get(sku)
            if sale is not None and (price is None or (price.sale, price.market) != (sale, market)):
                return True
            if any(said.sku == sku and changes_codes(variant, said) for said in wanted.variants):
                return True
            if self.plan.counts_stock and sku in one.stock and one.stock[sku] != there.on_hand.get(variant.pk, 0):
                return True
        return False

    # ── of the product ───────────────────────────────────────────────────────────────────────────────────────────────

    def category(self) -> int | None:
        current = self.there.product.category_id if self.there else self.plan.category_id
        if (said := self.said("category")) is None:
            if current is None:
                self.wrong(self.rows[0], "category", _("Choose a category."))
            return current
        row, cell = said
        try:
            found = self.words.category(cell)
        except Several:
            self.wrong(row, "category", _("Several categories are called “{name}”. Write the whole path, or the category's code.").format(name=cell[:60]))
            return current
        if found is None:
            self.wrong(row, "category", _("The market has no category “{name}”. Take one from the template.").format(name=cell[:60]))
            return current
        return found

    def brand(self) -> int | None:
        current = self.there.product.brand_id if self.there else None
        if (said := self.said("brand")) is None:
            return current
        row, cell = said
        try:
            found = self.words.brand(cell)
        except Several:
            self.wrong(row, "brand", _("Several brands are called “{name}”. Write the brand's code.").format(name=cell[:60]))
            return current
        if found is None:
            self.wrong(row, "brand", _("The market does not know the brand “{name}”. Leave it empty, or ask the market to add it.").format(name=cell[:60]))
            return current
        return found

    def tax_class(self) -> str:
        current = self.there.product.tax_class if self.there else TaxClass.STANDARD.value
        if (said := self.said("tax_class")) is None:
            return current
        row, cell = said
        if (found := tax_classes().get(cell.casefold())) is not None:
            return found
        allowed = _(", ").join(str(value.label) for value in TaxClass)
        self.wrong(row, "tax_class", _("“{said}” is none of these: {allowed}").format(said=cell[:60], allowed=allowed))
        return current

    def texts(self, kind: str, current: Mapping[str, str]) -> dict[str, str]:
        texts = dict(current)
        for code in LANGUAGES:
            if (said := self.said(f"{kind}:{code}")) is None:
                continue
            row, cell = said
            if kind == "title":
                texts[code] = " ".join(cell.split())
                if len(texts[code]) > 200:
                    self.wrong(row, f"{kind}:{code}", _("A title has at most 200 characters."))
            elif kind == "subtitle":
                texts[code] = " ".join(cell.split())
                if len(texts[code]) > LONGEST_SUBTITLE:
                    self.wrong(row, f"{kind}:{code}", _("A subtitle has at most {most} characters.").format(most=LONGEST_SUBTITLE))
            elif len(cell) > 20_000:
                self.wrong(row, f"{kind}:{code}", _("A description has at most 20,000 characters."))
            elif as_html(cell) != as_html(as_text(current.get(code, ""))):
                texts[code] = as_html(cell)
        return texts

    # ── of the variants ──────────────────────────────────────────────────────────────────────────────────────────────

    def variants(self, cells: AttributeCells, axes: Sequence[int]) -> tuple[list[VariantInput], dict[str, Money], dict[str, Money | None], dict[str, int]]:
        """Those the shop has in their order, as the rows say they are now, then the new ones."""
        wanted: dict[str, VariantInput] = {}
        for variant in self.there.sold if self.there else []:
            wanted[variant.sku] = VariantInput(sku=variant.sku, options=_options(variant), id=variant.pk)
        prices: dict[str, Money] = {}
        markets: dict[str, Money | None] = {}
        stock: dict[str, int] = {}
        seen: dict[tuple[tuple[int, int], ...], int] = {}
        product_id = self.there.product.pk if self.there else None
        for row in self.rows:
            sku = self.sku(row, product_id)
            held = self.held.get(sku)
            options = cells.options(row, axes, _options(held) if held else {})
            key = tuple(sorted(options.items()))
            if len(self.rows) > 1 and key in seen and sku:
                self.wrong(row, "axes", _("This is the same variant as line {line}: they differ in nothing that tells variants apart.").format(line=seen[key]))
            seen.setdefault(key, row.line)
            if not sku:
                continue
            barcode, weight_g = self.codes(row, product_id)
            wanted[sku] = VariantInput(sku=sku, options=options, barcode=barcode, weight_g=weight_g, id=held.pk if held else new_id())
            self.price(row, sku, held, prices, markets)
            self.stock(row, sku, held, stock)
        return list(wanted.values()), prices, markets, stock

    def sku(self, row: Line, product_id: UUID | None) -> str:
        """ "" where it cannot be taken."""
        sku = plain_cell(self.plan.cell(row, "sku"))
        if not sku:
            self.wrong(row, "sku", _("Every variant needs a SKU."))
        elif len(sku) > LONGEST_SKU:
            self.wrong(row, "sku", _("A SKU has at most {most} characters.").format(most=LONGEST_SKU))
        elif sku in self.twice:
            self.wrong(row, "sku", _("The file names this SKU in several lines."))
        elif self.owners.get(sku) not in (None, product_id):
            self.wrong(row, "sku", str(SkuTaken(sku=sku)))
        elif sku in self.held and (became := self.held[sku].merged_into_id):
            living = next((variant.sku for variant in self.held.values() if variant.pk == became), "?")
            self.wrong(row, "sku", _("It has become part of “{sku}”. Take this row out.").format(sku=living))
        else:
            return sku
        return ""


def _options(variant: Variant) -> dict[int, int]:
    return {int(key): int(value) for key, value in variant.options.items()}


def compile_rows(plan: Plan, rows: Sequence[Line], there: Held | None, code: str, owners: Mapping[str, UUID], twice: Collection[str] = ()) -> Compiled:
    """The product that these rows of one file mean."""
    return Compiling(plan, rows, there, code, owners, twice).run()
