"""Products as the open shop has them, many at once, with everything a file says of them; and what their cells are, written out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from marketplace.flows.product_files.columns import PREFIX
from marketplace.flows.product_files.words import MANY, Words
from marketplace.kernel.prose import as_text
from marketplace.kernel.texts import localised
from marketplace.merchant.bundles.models import BundlePart
from marketplace.merchant.catalogue.models import Picture, Product, Variant
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.pricing.models import Price
from marketplace.merchant.pricing.periods import in_force
from marketplace.merchant.shelves.queries import places_of
from marketplace.merchant.virtual.queries import virtual_of
from marketplace.platform.taxonomy.models import TaxClass
from marketplace.platform.virtual.kinds import GoodsKind

PARTS, TIMES = "; ", "×"  # between the articles of a bundle, and before how many


@dataclass
class Held:
    """A product with what belongs to it. Prices and stock by variant; variants in their order, those not sold any more among them."""

    product: Product
    variants: list[Variant] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    prices: dict[UUID, Price] = field(default_factory=dict)
    on_hand: dict[UUID, int] = field(default_factory=dict)
    promised: dict[UUID, int] = field(default_factory=dict)  # of these: what orders hold, where they hold any
    parts: list[tuple[UUID, str, int]] = field(default_factory=list)  # of a bundle: variant, its SKU, how many
    kind: str = GoodsKind.GOODS.value
    valid_days: int | None = None
    shelves: dict[UUID, int] = field(default_factory=dict)  # shop categories it was put into by hand, and its place there

    @property
    def code(self) -> str:
        """What files know it by."""
        return self.product.source_ref or str(self.product.pk)

    @property
    def is_bundle(self) -> bool:
        return bool(self.parts)

    @property
    def sold(self) -> list[Variant]:
        return [variant for variant in self.variants if variant.is_active]


def held(products: Iterable[Product], *, locks_stock: bool = False) -> dict[UUID, Held]:
    """By key, in the order given: eight questions however many. `locks_stock`: no order holds more of it until the caller's transaction is over."""
    found = {row.pk: Held(row) for row in products}
    for variant in Variant.objects.filter(product_id__in=found).order_by("position", "pk"):
        found[variant.product_id].variants.append(variant)
    for picture in Picture.objects.filter(product_id__in=found).order_by("position", "pk"):
        found[picture.product_id].pictures.append(picture)
    owner = {variant.pk: each for each in found.values() for variant in each.variants}
    for price in in_force().filter(variant_id__in=owner):
        owner[price.variant_id].prices[price.variant_id] = price
    levels = StockLevel.objects.filter(variant_id__in=owner, location__is_default=True)
    for level in levels.order_by("pk").select_for_update(of=("self",)) if locks_stock else levels:
        owner[level.variant_id].on_hand[level.variant_id] = level.on_hand
        if level.held:
            owner[level.variant_id].promised[level.variant_id] = level.held
    parts = BundlePart.objects.filter(bundle_id__in=found).order_by("position", "pk")
    for key, variant_id, sku, n in parts.values_list("bundle_id", "variant_id", "variant__sku", "quantity"):
        found[key].parts.append((variant_id, sku, n))
    for key, row in virtual_of(found).items():
        found[key].kind, found[key].valid_days = row.kind, row.valid_days
    for key, places in places_of(found).items():
        found[key].shelves = places
    return found


def find(codes: Collection[str], skus: Collection[str]) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """(code → product, SKU → product) of what the shop has. A code is what an import knows a product by, or its key."""
    keys = {code: key for code in codes if (key := _key(code))}
    by_code = {str(ref): pk for ref, pk in Product.objects.filter(source_ref__in=codes).values_list("source_ref", "pk")}
    there = set(Product.objects.filter(pk__in=keys.values()).values_list("pk", flat=True))
    by_code.update({code: key for code, key in keys.items() if key in there and code not in by_code})
    return by_code, dict(Variant.objects.filter(sku__in=skus).values_list("sku", "product_id"))


def _key(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


# ── as cells ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def cell_of(one: Held, variant: Variant, meant: str, words: Words) -> str:
    """What a file says of a product, or of one of its variants, in this column; in the reader's language."""
    row = one.product
    kind, _colon, code = meant.partition(":")
    match kind:
        case "code":
            return one.code
        case "title":
            return str(row.titles.get(code, ""))
        case "subtitle":
            return str(row.subtitles.get(code, ""))
        case "description":
            return as_text(row.descriptions.get(code, ""))
        case "category":
            return words.path(row.category_id)
        case "brand":
            return words.brands[row.brand_id].name if row.brand_id in words.brands else ""
        case "pictures":
            return MANY.join(picture.key for picture in one.pictures)
        case "alt":
            return alt_cell([picture.alt for picture in one.pictures], code)
        case "tax_class":
            return str(TaxClass(row.tax_class).label)
        case "kind":
            return str(GoodsKind(one.kind).label)
        case "valid_days":
            return str(one.valid_days or "")
        case "shop_categories":
            return words.shop.names(one.shelves)
        case "size_table":
            return words.shop.tables.get(row.size_table_id, "") if row.size_table_id else ""
        case "parts":
            return PARTS.join(f"{sku} {TIMES} {n}" for _variant, sku, n in one.parts)
        case "axes":
            return MANY.join(words.attributes[key].name for key in row.axes if key in words.attributes)
        case "attr":
            return attribute_cell(one, variant, int(code), words)
    return _variant_cell(one, variant, meant)


def _variant_cell(one: Held, variant: Variant, meant: str) -> str:
    price = one.prices.get(variant.pk)
    match meant:
        case "sku":
            return variant.sku
        case "barcode":
            return variant.barcode or ""
        case "weight":
            return str(variant.weight_g or "")
        case "price":
            return f"{price.sale.decimal:f}" if price else ""
        case "market_price":
            return f"{price.market.decimal:f}" if price and price.market else ""
        case "stock":
            return "" if one.kind == GoodsKind.CODES else str(one.on_hand.get(variant.pk, 0))
    raise ValueError(f"no column means {meant}")


def alt_cell(alts: Sequence[Mapping[str, str]], language: str) -> str:
    """What the pictures show, one after the other; nothing where nothing is said of any."""
    said = [alt_text(alt, language) for alt in alts]
    return MANY.join(said) if any(said) else ""


def alt_text(alt: Mapping[str, str], language: str) -> str:
    """Of one picture, without the sign that stands between them."""
    return " ".join(str(alt.get(language, "")).replace(MANY, "｜").split())


def attribute_cell(one: Held, variant: Variant, key: int, words: Words) -> str:
    """What tells the variant apart, or else what is said of the product."""
    words.read_values([key])
    if (value := variant.options.get(str(key))) is not None:
        return words.value_name(int(value))
    for attribute_id, value_ids, free in one.product.attributes:
        if attribute_id == key:
            if value_ids:
                return MANY.join(words.value_name(value) for value in value_ids)
            return free_text(free)
    return ""


def free_text(free: dict[str, str] | None) -> str:
    return localised(free or {}).text


def attribute_columns(some: Iterable[Held]) -> set[str]:
    """The columns that what these products are described by and told apart by needs."""
    found: set[str] = set()
    for one in some:
        found |= {f"{PREFIX}{attribute_id}" for attribute_id, _values, _free in one.product.attributes}
        found |= {f"{PREFIX}{key}" for variant in one.sold for key in variant.options}
    return found
