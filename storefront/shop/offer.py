"""What the product page says of a listing: choices, specification, and how much is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import get_language

from marketplace.kernel.texts import localised
from marketplace.merchant.inventory.models import StockLevel
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.taxonomy.queries import labels
from tenants.tenancy.schemas import merchant_schema

LOW = 5


@dataclass
class Option:
    name: str
    href: str
    is_chosen: bool
    in_stock: bool


@dataclass
class Axis:
    name: str
    chosen: str = ""
    options: list[Option] = field(default_factory=list)


def axes_of(listing: Listing, variants: list[ListingVariant], chosen: ListingVariant) -> list[Axis]:
    """The choices: each option leads to the variant that differs from the chosen one in it, or to the nearest that exists."""
    if len(variants) < 2:
        return []
    attributes, values = labels(listing.axes, [int(v) for variant in variants for v in variant.options.values()])
    axes = []
    for attribute_id in listing.axes:
        key = str(attribute_id)
        axis = Axis(attributes[attribute_id].name if attribute_id in attributes else "")
        for value_id in dict.fromkeys(variant.options.get(key) for variant in variants):
            if value_id is None or int(value_id) not in values:
                continue
            wanted = {**chosen.options, key: value_id}
            having = [variant for variant in variants if variant.options.get(key) == value_id]
            target = max(having, key=lambda v: (sum(v.options.get(k) == w for k, w in wanted.items()), v.in_stock))
            name = values[int(value_id)].name
            is_chosen = chosen.options.get(key) == value_id
            axis.options.append(Option(name, f"/p/{listing.pk}/?variant={target.pk}", is_chosen, target.in_stock))
            if is_chosen:
                axis.chosen = name
        axes.append(axis)
    return axes


@dataclass
class Value:
    text: str
    language: str = ""


@dataclass
class SpecificationRow:
    name: str
    values: list[Value]


def specification(listing: Listing) -> list[SpecificationRow]:
    """The table of attributes, in the reader's language where there is one."""
    here = (get_language() or "").lower()
    attributes, values = labels([row[0] for row in listing.attributes], [v for row in listing.attributes for v in row[1]])
    rows = []
    for attribute_id, value_ids, free in listing.attributes:
        if attribute_id not in attributes:
            continue
        attribute = attributes[attribute_id]
        texts = [localised(values[v].names) for v in value_ids if v in values] + ([localised(free)] if free else [])
        unit = f" {attribute.unit}" if attribute.unit else ""
        shown = [Value(text.text + (unit if not value_ids else ""), "" if text.language == here else text.language) for text in texts if text.text]
        if shown:
            rows.append(SpecificationRow(attribute.name, shown))
    return rows


def low_stock(merchant_id: UUID, variant_id: UUID) -> int:
    """How many are left when it is few; 0 when there are plenty or none. Read live from the one merchant that sells it."""
    with merchant_schema(merchant_id):
        left = sum(level.available for level in StockLevel.objects.filter(variant_id=variant_id))
    return left if 0 < left <= LOW else 0
