"""What the product page says of a listing: choices, specification, how much is left, how it is delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language

from marketplace.kernel.errors import NotFound
from marketplace.kernel.formats import full_day
from marketplace.kernel.texts import Localised, localised
from marketplace.merchant.inventory.queries import available_of
from marketplace.platform.bundles.queries import is_bundle
from marketplace.platform.customising.asking import Asked, asked_of
from marketplace.platform.customising.queries import customisations_of, is_custom
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.delivery.queries import zones_of
from marketplace.platform.listings.errors import HeldBack, NotOnSale
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.prices.resolving import varied
from marketplace.platform.taxonomy.models import Attribute
from marketplace.platform.taxonomy.queries import brand_row, category_row, labels
from marketplace.platform.taxonomy.units import shown_number
from marketplace.platform.virtual.kinds import is_virtual
from marketplace.platform.virtual.models import ListedVirtual
from marketplace.platform.virtual.queries import days_of_listing, kind_of_listing
from storefront.shop.bundles import InBundle, in_bundle
from storefront.shop.gallery import picture_of, shown_values
from storefront.shop.picker import Axis, Names, axes_of, chosen_variant, unmade
from storefront.shop.price import OfferedAt, price_now
from storefront.shop.promise import Promise, promise
from storefront.shop.region import region_of
from tenants.tenancy.hosts import merchant_row
from tenants.tenancy.standing import shop_standing

LOW = 5
MOST = 999  # of one line of a cart


@dataclass
class Offer:
    """What changes with the chosen variant: the part of the page that is swapped."""

    listing: Listing
    variant: ListingVariant
    variants: list[ListingVariant]
    names: Names
    axes: list[Axis]
    left: int  # pieces that can be sold now
    zones: list[FreightZone]
    promise: Promise
    base: str  # address that takes ?variant=
    id: str  # of the element
    unmade: str  # a combination that was asked for and is not made, in words
    picture: str  # key of the picture of what is chosen; "" when none shows it
    price: OfferedAt
    bundle: InBundle | None = None  # what is in it, of a bundle
    virtual: ListedVirtual | None = None  # of what is not shipped
    asked: Asked | None = None  # what may be wished of it

    @property
    def making_days(self) -> int:
        """By how many days it leaves later whatever is wished."""
        return self.asked.days if self.asked and self.asked.custom.is_required else 0

    @property
    def is_low(self) -> bool:
        return 0 < self.left <= LOW

    @property
    def can_buy(self) -> bool:
        return self.sells and self.variant.in_stock and self.left > 0

    @property
    def sells(self) -> bool:
        """Whether the shop takes orders; if not, its goods can be looked at."""
        return shop_standing(self.listing.merchant).sells

    @property
    def most(self) -> int:
        return min(self.left, MOST)

    @property
    def chosen(self) -> str:
        """The chosen options in words; "" when there is nothing to choose."""
        return self.names.words(self.listing, self.variant.options) if self.axes else ""

    @property
    def href(self) -> str:
        """The address of the page with this choice."""
        return f"/p/{self.listing.pk}/?variant={self.variant.pk}" if self.axes else f"/p/{self.listing.pk}/"


def listing_on_sale(listing_id: UUID) -> Listing:
    """Raises NotFound, and NotOnSale for one that is off sale or of a shop that has closed; HeldBack, one of these, where that may pass."""
    listing = next(iter(Listing.objects.filter(pk=listing_id)), None)
    if listing is None:
        raise NotFound
    # Rows that hardly change and are mostly at hand; a join would carry them again with every product.
    listing.merchant = merchant_row(listing.merchant_id)
    listing.category = category_row(listing.category_id)
    listing.brand = brand_row(listing.brand_id) if listing.brand_id else None
    if listing.is_listed and (listing.is_held or listing.is_taken_off or listing.has_ended):
        raise HeldBack
    if not listing.is_on_sale or not shop_standing(listing.merchant).is_shown:
        raise NotOnSale
    return listing


def offer_of(
    request: HttpRequest, listing: Listing, *, base: str, id: str = "offer", typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Offer:
    """`typed` and `errors`: wishes as they were sent, and what is wrong with them. Raises NotOnSale."""
    told = {"is_varied": varied(), "is_bundle": is_bundle(), "is_custom": is_custom(), "kind": kind_of_listing(), "valid_days": days_of_listing()}
    variants: list[ListingVariant] = list(listing.variants.order_by("position").annotate(**told))
    if not variants:
        raise NotOnSale
    variant = chosen_variant(variants, request.GET.get("variant", "") or request.POST.get("variant", ""))
    price = price_now(variants, variant, request)
    names = names_of(listing, variants)
    offered = {int(value) for one in variants for value in one.options.values()}
    shown = shown_values(listing, {key: value for key, value in names.values.items() if key in offered}) if len(variants) > 1 else {}
    kind, valid_days = variant.kind, variant.valid_days  # type: ignore[attr-defined]
    virtual = ListedVirtual(listing_id=listing.pk, kind=kind, valid_days=valid_days) if is_virtual(kind) else None
    zones = zones_of([listing.merchant_id]).get(listing.merchant_id, [])
    market = request.market  # type: ignore[attr-defined]
    custom = customisations_of([listing.pk]).get(listing.pk) if variant.is_custom else None  # type: ignore[attr-defined]
    making_days = custom.days if custom and custom.is_required else 0
    return Offer(
        listing=listing,
        variant=variant,
        variants=variants,
        names=names,
        axes=axes_of(listing, variants, variant, names, shown, base),
        left=available_of(listing.merchant_id, variant.pk) if variant.in_stock else 0,
        zones=zones,
        promise=promise(zones, region_of(request), variant.price, market, making_days),
        base=base,
        id=id,
        unmade=unmade(listing, variants, request.GET, names),
        picture=picture_of(variant, shown),
        price=price,
        virtual=virtual,
        bundle=in_bundle(listing.pk, variant.price, request.user.pk if request.user.is_authenticated else None) if variant.is_bundle else None,  # type: ignore[attr-defined]
        asked=asked_of(custom, variant.price, typed, errors),
    )


def names_of(listing: Listing, variants: list[ListingVariant]) -> Names:
    """Everything a listing stores as numbers, in two queries."""
    values = [int(value) for variant in variants for value in variant.options.values()]
    values += [value for row in listing.attributes for value in row[1]]
    return Names(*labels([*listing.axes, *(row[0] for row in listing.attributes)], values))


@dataclass
class Value:
    text: str
    language: str = ""


@dataclass
class SpecificationRow:
    name: str
    values: list[Value]


def specification(listing: Listing, names: Names) -> list[SpecificationRow]:
    """The table of attributes, in the reader's language where there is one."""
    here = (get_language() or "").lower()
    rows = []
    for attribute_id, value_ids, free in listing.attributes:
        if attribute_id not in names.attributes:
            continue
        attribute = names.attributes[attribute_id]
        texts = [localised(names.values[v].names) for v in value_ids if v in names.values] + ([localised(free)] if free else [])
        shown = [Value(_written(attribute, text.text) if not value_ids else text.text, _language(attribute, text, here)) for text in texts if text.text]
        if shown:
            rows.append(SpecificationRow(attribute.name, shown))
    return rows


def _written(attribute: Attribute, text: str) -> str:
    """What a merchant entered, as the reader writes it: a number with its unit and a second one, a day."""
    if attribute.kind == Attribute.Kind.DATE:
        try:
            return full_day(date.fromisoformat(text))
        except ValueError:
            return text
    return shown_number(text, attribute.unit) if attribute.kind == Attribute.Kind.NUMBER else f"{text} {attribute.unit}".strip()


def _language(attribute: Attribute, text: Localised, here: str) -> str:
    """Numbers and days belong to no language."""
    is_plain = attribute.kind in (Attribute.Kind.NUMBER, Attribute.Kind.DATE)
    return "" if is_plain or text.language == here else text.language
