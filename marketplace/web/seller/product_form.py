"""The product form: what it is, its attributes, its variants with price and stock, pictures, and when it is on sale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.product_files.codes import weight_of
from marketplace.flows.product_seen import seen_of
from marketplace.kernel.errors import MarketError
from marketplace.kernel.inputs import FilesField, FilesInput
from marketplace.kernel.money import Money
from marketplace.kernel.prose import as_text
from marketplace.merchant.catalogue.actions import LONGEST_CODE, LONGEST_SUBTITLE
from marketplace.merchant.catalogue.barcodes import gtin, read_barcode
from marketplace.merchant.catalogue.errors import ProductChangedMeanwhile
from marketplace.merchant.catalogue.models import Product, SizeTable, Variant
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.pricing.periods import in_force
from marketplace.platform.taxonomy.attributes import MOST_VALUES, Described, described
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category, TaxClass
from marketplace.platform.taxonomy.queries import find_categories, led_to, path_name
from marketplace.platform.virtual.kinds import LONGEST, SHORTEST, GoodsKind
from marketplace.web.seller import texts, variants
from marketplace.web.seller.attribute_fields import fields_of, initial_of
from marketplace.web.seller.goods_kind import KindChoice, kind_initial
from marketplace.web.seller.variants import Axis, Row

MOST_ATTRIBUTES = 60
MOST_STOCK = 10_000_000


@dataclass(frozen=True)
class Entered:
    """A row of the form as it is meant. `barcode` "" and `weight_g` 0: none."""

    row: Row
    sku: str
    barcode: str
    weight_g: int
    price: Money | None
    market: Money | None
    stock: int


BLANK_LINE = _lazy("A blank line begins a paragraph. Pictures come from your library.")


class ProductForm(forms.Form):
    product_id = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)  # what it was made from
    title_zh = forms.CharField(label=_lazy("Title in Chinese"), max_length=200, required=False)
    title_en = forms.CharField(label=_lazy("Title in English"), max_length=200, required=False)
    subtitle_zh = forms.CharField(label=_lazy("Subtitle in Chinese"), max_length=LONGEST_SUBTITLE, required=False)
    subtitle_en = forms.CharField(label=_lazy("Subtitle in English"), max_length=LONGEST_SUBTITLE, required=False)
    category_query = forms.CharField(label=_lazy("Find a category"), max_length=60, required=False)
    category = forms.IntegerField(label=_lazy("Category"), error_messages={"required": _lazy("Choose a category: type a word above and pick one.")})
    brand = forms.ModelChoiceField(
        label=_lazy("Brand"), queryset=Brand.objects.filter(merged_into=None).order_by("code"), required=False, empty_label=_lazy("No brand")
    )
    size_table = forms.ModelChoiceField(
        label=_lazy("Size table"), queryset=SizeTable.objects.none(), required=False, empty_label=_lazy("That of its category, if there is one")
    )
    source_ref = forms.CharField(label=_lazy("Product code"), max_length=LONGEST_CODE, required=False, help_text=_lazy("Yours, as files to import have it"))
    tax_class = forms.ChoiceField(label=_lazy("Tax class"), choices=TaxClass.choices, required=False)
    description_zh = forms.CharField(
        label=_lazy("Description in Chinese"), required=False, max_length=20_000, help_text=BLANK_LINE, widget=forms.Textarea(attrs={"rows": 4})
    )
    description_en = forms.CharField(
        label=_lazy("Description in English"), required=False, max_length=20_000, help_text=BLANK_LINE, widget=forms.Textarea(attrs={"rows": 4})
    )
    pictures = FilesField(
        label=_lazy("Add pictures"),
        required=False,
        help_text=_lazy("JPEG, PNG or WebP, up to 10 MB each"),
        widget=FilesInput(attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp"}),
    )
    kind = forms.ChoiceField(label=_lazy("Kind of goods"), choices=GoodsKind.choices, required=False, widget=forms.RadioSelect)
    valid_days = forms.IntegerField(label=_lazy("A voucher is valid for so many days after payment"), required=False, min_value=SHORTEST, max_value=LONGEST)
    listed_from = forms.DateTimeField(label=_lazy("On sale from"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"))
    listed_until = forms.DateTimeField(label=_lazy("On sale until"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"))
    hides_sold_out = forms.BooleanField(label=_lazy("Hide it while it is sold out"), required=False)

    def __init__(self, *args: Any, product: Product | None, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product, self.currency = product, currency
        self.fields["size_table"].queryset = SizeTable.objects.order_by("name")  # type: ignore[attr-defined]
        if self.is_bound and self.data.get("copy"):
            self.data = texts.copied(self.data, str(self.data["copy"]))
        self.rows = self._rows_kept(is_active=True)
        self.is_outdated = False  # somebody has changed the product since the form was made
        self.matrix_refusal = ""  # why rows could not be made or filled
        self.aside: list[Row] = []  # rows whose values are not chosen at the moment
        self.kept_before: dict[str, Row] = {}  # what a form that was sent would change, by combination
        if self.is_bound:
            self.kept_before = {row.written: row for row in self.rows} if product else {}
            self.rows, self.aside = variants.rows_from(self.data), variants.rows_aside(self.data.getlist("aside"))  # type: ignore[attr-defined]
            for row in self.rows:
                row.held = self.kept_before[row.written].held if row.written in self.kept_before else 0
        elif product:
            self.initial.update(self._from_product(product))
        self.axes_chosen = self._chosen_axes()
        if self.is_bound and self.data.get("then") in ("matrix", "fill", "paste"):
            self._rearrange()
        variants.name_rows([*self.rows, *self.kept_before.values()], [attribute for attribute, _values in self.axes_chosen])
        self._add_attribute_fields()

    def _rows_kept(self, *, is_active: bool) -> list[Row]:
        """The product's variants as they are kept: those that are sold, or those that were."""
        if self.product is None:
            return [Row()] if is_active else []
        kept = list(self.product.variants.filter(is_active=is_active, merged_into=None).order_by("position", "pk"))
        prices = {price.variant_id: price for price in in_force().filter(variant__in=kept)}
        levels = {level.variant_id: level for level in StockLevel.objects.filter(variant__in=kept, location__is_default=True)}
        return variants.rows_of(kept, prices, levels)

    # ── What the category asks for ───────────────────────────────────────────────────────────────────────────────────

    def chosen_category(self) -> Category | None:
        raw = self.data.get("category") if self.is_bound else self.initial.get("category")
        return led_to(int(raw)) if raw and str(raw).isascii() and str(raw).isdigit() and len(str(raw)) < 10 else None

    def described(self) -> list[Described]:
        """What goods of the chosen category are described by, inherited ones too. Asked once."""
        if not hasattr(self, "_described"):
            category = self.chosen_category()
            found = described(category) if category else []
            needed_first = sorted(found, key=lambda one: not one.is_required) if len(found) > MOST_ATTRIBUTES else found
            self._described = needed_first[:MOST_ATTRIBUTES]
        return self._described

    def attributes(self) -> list[Attribute]:
        return [one.attribute for one in self.described()]

    def _values(self) -> dict[int, list[AttributeValue]]:
        if not hasattr(self, "_values_by_attribute"):
            found: dict[int, list[AttributeValue]] = {attribute.pk: [] for attribute in self.attributes()}
            said = {value for entry in (self.product.attributes if self.product else ()) for value in entry[1]}
            said |= {value for row in [*self.rows, *self.kept_before.values()] for value in row.options.values()}
            for value in AttributeValue.objects.filter(attribute__in=list(found), merged_into=None).order_by("position", "id"):
                if len(found[value.attribute_id]) < MOST_VALUES or value.pk in said:  # an import may have made more
                    found[value.attribute_id].append(value)
            self._values_by_attribute = found
        return self._values_by_attribute

    def _add_attribute_fields(self) -> None:
        axes = {attribute for attribute, _values in self.axes_chosen}
        for one in self.described():
            if one.attribute.pk not in axes:
                self.fields.update(fields_of(one, self._values()[one.attribute.pk]))

    def attribute_fields(self) -> list[forms.BoundField]:
        """Those that belong to no language; texts stand side by side below them."""
        return [self[f"attribute_{attribute.pk}"] for attribute in self.attributes() if f"attribute_{attribute.pk}" in self.fields]

    def attribute_pairs(self) -> list[texts.Pair]:
        return texts.pairs(self, texts.attributes_in(self))

    # ── The matrix ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _chosen_axes(self) -> list[tuple[int, list[int]]]:
        """(attribute id, value ids) in the order of the axes: as sent, or as the rows have them."""
        if self.is_bound and "axes" in self.data:
            ids = [int(text) for text in self.data.getlist("axes") if text.isascii() and text.isdigit() and len(text) < 10]  # type: ignore[attr-defined]
            chosen = [(key, [int(v) for v in self.data.getlist(f"axis_{key}") if v.isascii() and v.isdigit() and len(v) < 10]) for key in ids]  # type: ignore[attr-defined]
            return [(key, values) for key, values in chosen if values][: variants.MOST_AXES]
        order = list(self.product.axes) if self.product else []
        keys = [*order, *(key for row in self.rows for key in row.options if key not in order)]
        found = [(key, list(dict.fromkeys(row.options[key] for row in self.rows if key in row.options))) for key in dict.fromkeys(keys)]
        return [(key, values) for key, values in found if values]

    def _rearrange(self) -> None:
        try:
            match self.data["then"]:
                case "fill":
                    wanted = {name: str(self.data.get(f"all_{name}", "")).strip() for name in variants.FILLED}
                    variants.fill(self._meant(), wanted, self._barcodes_taken(wanted["barcode"]))
                case "paste":
                    column = str(self.data.get("paste_column", ""))
                    if column in variants.PASTED:
                        variants.paste([row for row in self.rows if not row.gone], column, str(self.data.get("paste_text", "")))
                case _:
                    self._choose()
        except MarketError as refusal:
            self.matrix_refusal = str(refusal)

    def _choose(self) -> None:
        """Rows for the chosen values; what was typed for other combinations is kept aside."""
        codes = {value.pk: value.code[:12].upper() for values in self._values().values() for value in values}
        typed = {row.written: row for row in reversed([*self.rows, *self.aside])}
        there = [*self.rows, *self.aside, *(row for row in [*self.kept_before.values(), *self._rows_kept(is_active=False)] if row.written not in typed)]
        self.rows = variants.matrix(self.axes_chosen, there, codes, str(self.data.get("sku_stem", "")))
        made = {row.written for row in self.rows}
        self.aside = [row for key, row in typed.items() if key not in made and any(row.cells.values())]

    def _meant(self) -> list[Row]:
        """The rows that "fill in" is for: all, those that are ticked, or those of one value."""
        target = str(self.data.get("fill_to", ""))
        if target == "ticked":
            return [row for row in self.rows if row.ticked]
        if target.startswith("value:"):
            return [row for row in self.rows if target[6:] in {str(value) for value in row.options.values()}]
        return self.rows

    def _barcodes_taken(self, first: str) -> set[str]:
        """Codes of the rows, and, where codes are to be counted up, of the whole shop."""
        here = {row.cells.get("barcode", "") for row in self.rows} - {""}
        others = Variant.objects.filter(is_active=True, barcode__isnull=False).values_list("barcode", flat=True) if first else ()
        return here | {str(code) for code in others}

    def groups(self) -> list[tuple[str, str]]:
        """Values of the first axis that several rows have, to fill in one of them."""
        if len(self.axes_chosen) < 2:
            return []
        first = self.axes_chosen[0][0]
        return list({f"value:{row.options[first]}": row.names.get(first, "") for row in self.rows if first in row.options}.items())

    def pasted_columns(self) -> list[tuple[str, Any]]:
        return [(name, variants.COLUMNS[name]) for name in variants.PASTED]

    def text_pairs(self) -> list[texts.Pair]:
        """What is said in two languages, side by side."""
        return texts.pairs(self)

    def progress(self) -> list[texts.Progress]:
        return texts.progress(self, list(self.product.pictures.all()) if self.product else [])

    def kind_choice(self) -> KindChoice:
        """What the part of the page about the kind of goods shows."""
        return KindChoice.of(self, self.product)

    def written_aside(self) -> list[str]:
        return [variants.write_aside(row) for row in self.aside]

    def leaving(self) -> list[Row]:
        """Variants the product has that it would have no longer."""
        kept = {row.written for row in self.rows if not row.gone}
        return [row for key, row in self.kept_before.items() if key not in kept]

    def axis_choices(self) -> list[Axis]:
        """What can be an axis: every choice with two values or more, the chosen ones first."""
        chosen = dict(self.axes_chosen)
        able = [one.attribute for one in self.described() if one.makes_variants or one.attribute.pk in chosen]
        able = [a for a in able if len(self._values()[a.pk]) > 1]
        able.sort(key=lambda a: list(chosen).index(a.pk) if a.pk in chosen else len(chosen))
        return [Axis(a, [(value, value.pk in chosen.get(a.pk, [])) for value in self._values()[a.pk]]) for a in able]

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _from_product(self, product: Product) -> dict[str, Any]:
        initial: dict[str, Any] = {
            "seen": seen_of(product.pk),
            "title_zh": product.titles.get("zh-hans", ""),
            "title_en": product.titles.get("en", ""),
            "subtitle_zh": product.subtitles.get("zh-hans", ""),
            "subtitle_en": product.subtitles.get("en", ""),
            "category": product.category_id,
            "source_ref": product.source_ref or "",
            "brand": product.brand_id,
            "size_table": product.size_table_id,
            "tax_class": product.tax_class,
            "description_zh": as_text(product.descriptions.get("zh-hans", "")),
            "description_en": as_text(product.descriptions.get("en", "")),
            "listed_from": product.listed_from,
            "listed_until": product.listed_until,
            "hides_sold_out": product.hides_sold_out,
            **kind_initial(product),
        }
        known = Attribute.objects.in_bulk([entry[0] for entry in product.attributes])
        initial |= initial_of(product.attributes, known)
        return initial

    def show_only(self) -> None:
        """Show what was entered again without judging it: somebody looks for a category, or makes variants."""
        self._errors = ErrorDict()
        if refusal := self.matrix_refusal:
            self._errors["matrix"] = self.error_class([refusal])

    def found_categories(self) -> list[tuple[int, str]]:
        chosen = self.chosen_category()
        first = [(chosen.pk, path_name(chosen))] if chosen else []
        typed = self.data.get("category_query", "") if self.is_bound else ""
        return first + [found for found in category_rows(typed) if found not in first]

    def clean_category(self) -> int:
        category = self.chosen_category()
        if category is None:
            raise forms.ValidationError(_("Choose a category: type a word above and pick one."))
        return int(category.pk)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(name in self.errors or cleaned[name].strip() for name in ("title_zh", "title_en")):
            self.add_error("title_zh", _("Give the product a title in at least one language."))
        for n, row in enumerate(self.rows):
            if not row.gone:
                self._clean_row(n, row, cleaned)
        self._clean_doubles()
        if all(row.gone for row in self.rows):
            self.add_error(None, _("A product has at least one variant."))
        return cleaned

    def _clean_row(self, n: int, row: Row, cleaned: dict[str, Any]) -> None:
        sku, stock = row.cells.get("sku", ""), row.cells.get("stock", "")
        if not sku:
            self._row_error("sku", n, _("This field is required."))
        elif len(sku) > 64:
            self._row_error("sku", n, _("A SKU has at most 64 characters."))
        market = self._amount("market", n, row)
        price = self._amount("price", n, row)
        if price is None and not row.cells.get("price") and market and row.cells.get("discount"):
            try:
                price = variants.discounted(market, row.cells["discount"])
            except MarketError as wrong:
                self._row_error("discount", n, str(wrong))
        elif price is None and not row.cells.get("price"):
            self._row_error("price", n, _("Write a price, or a market price and a discount."))
        if not (stock.isascii() and stock.isdigit() and len(stock) < 10 and int(stock) <= MOST_STOCK):
            self._row_error("stock", n, _("Stock is a whole number from 0 to 10,000,000."))
            stock = "0"
        try:
            barcode = read_barcode(row.cells.get("barcode", ""))
        except MarketError as wrong:
            self._row_error("barcode", n, str(wrong))
            barcode = ""
        try:
            weight_g = weight_of(row.cells.get("weight", "")) or 0
        except MarketError as wrong:
            self._row_error("weight", n, str(wrong))
            weight_g = 0
        cleaned[f"row_{n}"] = Entered(row, sku, barcode, weight_g, price, market, int(stock))

    def _clean_doubles(self) -> None:
        """A SKU or barcode that stands twice is said at the second place."""
        for name, why in (("sku", _("Two variants have the same SKU.")), ("barcode", _("Two variants have the same barcode."))):
            seen: set[str] = set()
            for n, row in enumerate(self.rows):
                text = row.cells.get(name, "")
                key = gtin(text) if name == "barcode" and text else text
                if key and not row.gone and key in seen and f"{name}_{n}" not in self.errors:
                    self._row_error(name, n, why)
                seen |= set() if row.gone else {key}

    def _amount(self, name: str, n: int, row: Row) -> Money | None:
        text = row.cells.get(name, "")
        try:
            return Money.parse(text, self.currency) if text else None
        except MarketError as wrong:
            self._row_error(name, n, str(wrong))
            return None

    def _row_error(self, name: str, n: int, text: str) -> None:
        """Rows are no fields of Django's; their errors are kept under the cell's name all the same."""
        self.errors[f"{name}_{n}"] = self.error_class([text])

    def row_cells(self) -> list[variants.Shown]:
        """What the template draws: a row with the errors of its cells, in groups of the first axis."""
        return variants.shown(self.rows, [attribute for attribute, _values in self.axes_chosen], self.errors)

    def entered_rows(self) -> dict[int, Entered]:
        """Of a valid form: the rows that are not struck out, by their place."""
        return {n: self.cleaned_data[f"row_{n}"] for n, row in enumerate(self.rows) if not row.gone}

    def field_of(self, refusal: MarketError, keys: list[UUID]) -> tuple[str | None, int | None]:
        """The field a refusal of the verb is about; of a variant the cell and the row, found by SKU or key (in the order of rows)."""
        name = refusal.field or ""
        if field := next((one for one in (name, f"{name}_zh") if one in self.fields), None):
            return field, None
        if cell := {"sku": "sku", "barcode": "barcode", "weight": "weight", "on_hand": "stock", "price": "price", "market_price": "market"}.get(name):
            meant = {str(refusal.facts[fact]) for fact in (("barcode",) if name == "barcode" else ("sku", "variant_id")) if fact in refusal.facts}
            found = [n for n, row in enumerate(self.rows) if meant & {row.cells.get("barcode" if name == "barcode" else "sku"), str(keys[n]) if keys else ""}]
            found = found or ([0] if len(self.rows) == 1 else [])
            return (cell, found[0]) if found else (None, None)
        return {"picture": "pictures"}.get(name), None

    def show(self, refusal: MarketError, keys: list[UUID]) -> None:
        """Say a refusal of the verb where it belongs. What somebody has changed meanwhile is overwritten by whoever has read so, and saves again."""
        if isinstance(refusal, ProductChangedMeanwhile) and self.product:
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["seen"] = seen_of(self.product.pk)
            self.data, self.is_outdated = data, True
        name, row = self.field_of(refusal, keys)
        if name and row is not None:
            self._row_error(name, row, str(refusal))
        else:
            self.add_error(name, str(refusal))


def category_rows(text: str) -> list[tuple[int, str]]:
    """What is found by a word, with its path."""
    return [(category.pk, path_name(category)) for category in find_categories(text)]
