"""Goods that go along: with the names of the market's categories, brands and properties, whose keys mean nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from marketplace.merchant.catalogue.models import Picture, Product, Variant
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.media.models import ProductFilm
from marketplace.merchant.pricing.periods import in_force
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category
from marketplace.web.shop_export.tables import Row, each
from tenants.tenancy.models import Merchant

PRODUCT = (
    "product status review titles subtitles descriptions category category_names brand attributes tax_class listed_from listed_until pictures film source_ref "
    "created_at changed_at"
)
VARIANT = "variant product sku barcode weight_g merged_into options is_active currency price_minor market_price_minor on_hand reserved allocated"


def products(merchant: Merchant) -> Iterator[Row]:
    def prepare(some: list[Product]) -> Callable[[Product], Row]:
        categories = Category.objects.in_bulk({row.category_id for row in some})
        brands = Brand.objects.in_bulk({row.brand_id for row in some if row.brand_id})
        said = [entry for row in some for entry in row.attributes]
        words = _Words({entry[0] for entry in said}, {value for entry in said for value in entry[1]})
        pictures: dict[UUID, list[str]] = {}
        for picture in Picture.objects.filter(product__in=[row.pk for row in some]).order_by("product", "position"):
            pictures.setdefault(picture.product_id, []).append(f"media/{picture.key}")

        films = {use.product_id: f"media/{use.film.key}" for use in ProductFilm.objects.filter(product__in=[row.pk for row in some]).select_related("film")}

        def make(row: Product) -> Row:
            category, brand = categories.get(row.category_id), brands.get(row.brand_id or 0)
            return {
                "product": row.pk,
                "status": row.status,
                "review": row.review,
                "titles": row.titles,
                "subtitles": row.subtitles,
                "descriptions": row.descriptions,
                "category": category.code if category else "",
                "category_names": category.names if category else {},
                "brand": brand.names if brand else {},
                "attributes": [[words.attribute(entry[0]), [words.value(value) for value in entry[1]], *entry[2:]] for entry in row.attributes],
                "tax_class": row.tax_class,
                "listed_from": row.listed_from,
                "listed_until": row.listed_until,
                "pictures": pictures.get(row.pk, []),
                "film": films.get(row.pk, ""),
                "source_ref": row.source_ref,
                "created_at": row.created_at,
                "changed_at": row.changed_at,
            }

        return make

    return each(Product.objects.all(), prepare)


def variants(merchant: Merchant) -> Iterator[Row]:
    def prepare(some: list[Variant]) -> Callable[[Variant], Row]:
        keys = [row.pk for row in some]
        prices = {price.variant_id: price for price in in_force().filter(variant__in=keys)}
        stock: dict[UUID, list[int]] = {}
        for level in StockLevel.objects.filter(variant__in=keys):
            held = stock.setdefault(level.variant_id, [0, 0, 0])
            for place, n in enumerate((level.on_hand, level.reserved, level.allocated)):
                held[place] += n
        words = _Words({int(key) for row in some for key in row.options}, {value for row in some for value in row.options.values()})

        def make(row: Variant) -> Row:
            price, held = prices.get(row.pk), stock.get(row.pk, [0, 0, 0])
            return {
                "variant": row.pk,
                "product": row.product_id,
                "sku": row.sku,
                "barcode": row.barcode or "",
                "weight_g": row.weight_g,
                "merged_into": row.merged_into_id,
                "options": [[words.attribute(int(key)), words.value(value)] for key, value in row.options.items()],
                "is_active": row.is_active,
                "currency": price.currency if price else "",
                "price_minor": price.sale_minor if price else None,
                "market_price_minor": price.market_minor if price else None,
                "on_hand": held[0],
                "reserved": held[1],
                "allocated": held[2],
            }

        return make

    return each(Variant.objects.all(), prepare)


class _Words:
    """Names by language of properties and their values."""

    def __init__(self, attributes: set[int], values: set[int]) -> None:
        self._attributes = dict(Attribute.objects.filter(pk__in=attributes).values_list("pk", "names"))
        self._values = dict(AttributeValue.objects.filter(pk__in=values).values_list("pk", "names"))

    def attribute(self, key: int) -> object:
        return self._attributes.get(key, key)

    def value(self, key: int) -> object:
        return self._values.get(key, key)
