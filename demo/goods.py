"""The catalogue's products as their owners would enter them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from demo.catalogue import Sold, both, catalogue, key_of
from demo.media import copy_picture
from demo.sizes import barcode_of
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category


def source_of(shop: Mapping[str, Any], product: Mapping[str, Any]) -> str:
    return f"demo/{shop['slug']}/{product['ref']}"


def entered(shop: Mapping[str, Any], product: Mapping[str, Any], sold: list[Sold], labels: Labels) -> ProductInput:
    """A product of the catalogue as its owner would enter it."""
    axes = product.get("axes", [])
    return ProductInput(
        category_id=labels.categories[product["category"]],
        brand_id=labels.brand_id,
        titles=both(product["title"]),
        descriptions=both(product["text"]),
        variants=[
            VariantInput(sku=one.sku, options=labels.options(axes, one.values), barcode=barcode_of(key), id=key)
            for one in sold
            for key in [key_of(shop["slug"], one.sku)]
        ],
        attributes=labels.described(product),
        axes=[labels.attributes[axis] for axis in axes],
        pictures=[(copy_picture(name), shown_on(name, product)) for name in product["pictures"]],
        source_ref=source_of(shop, product),
    )


def shown_on(name: str, product: Mapping[str, Any]) -> dict[str, str]:
    """What a picture shows, in words: the product, and its colour where the picture is named after one that can be chosen."""
    colours = catalogue()["attributes"]["color"]["values"]
    code = next((code for code in sorted(colours, key=len, reverse=True) if name.endswith(f"-{code}")), "")
    title = both(product["title"])
    if not code or "color" not in product.get("axes", []):
        return title
    colour = both(colours[code])
    return {"zh-hans": f"{title['zh-hans']}，{colour['zh-hans']}", "en": f"{title['en']}, {colour['en'].lower()}"}


def prices_of(shop: Mapping[str, Any], product: Mapping[str, Any], sold: list[Sold]) -> dict[UUID, tuple[Money, Money | None]]:
    was = Money.parse(str(product["was"]), sold[0].price.currency) if "was" in product else None
    return {key_of(shop["slug"], one.sku): (one.price, was) for one in sold}


class Labels:
    """Taxonomy keys by the codes of the catalogue. `brand` may be "": goods of none."""

    def __init__(self, brand: str) -> None:
        self.categories = dict(Category.objects.values_list("code", "pk"))
        self.attributes = dict(Attribute.objects.values_list("code", "pk"))
        self.values = {(attribute, code): key for attribute, code, key in AttributeValue.objects.values_list("attribute__code", "code", "pk")}
        self.brand_id = Brand.objects.get(code=brand).pk if brand else None

    def options(self, axes: list[str], values: tuple[str, ...]) -> dict[int, int]:
        return {self.attributes[axis]: self.values[axis, value] for axis, value in zip(axes, values, strict=True)}

    def described(self, product: Mapping[str, Any]) -> list[list[Any]]:
        """The specification, as Listing.attributes holds it."""
        rows: list[list[Any]] = []
        for code, given in product.get("attributes", {}).items():
            if catalogue()["attributes"][code].get("kind") == "text":
                rows.append([self.attributes[code], [], both(given)])
            else:
                rows.append([self.attributes[code], [self.values[code, value] for value in ([given] if isinstance(given, str) else given)], None])
        return rows
