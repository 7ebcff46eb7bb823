"""A listing's pictures in the order they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing, ListingVariant


@dataclass(frozen=True)
class Shot:
    key: str  # in public media, with its schema
    alt: str
    language: str


def picture_of(listing: Listing, variant: ListingVariant) -> str:
    """Key of the picture that shows what is chosen; "" when no picture says so."""
    values = {int(value) for value in variant.options.values()}
    return next((str(picture["key"]) for picture in listing.pictures if picture.get("value") in values), "")


def gallery(listing: Listing, variant: ListingVariant) -> list[Shot]:
    """All pictures, the chosen variant's first. One without a text of its own is told by the title."""
    first = picture_of(listing, variant)
    pictures = sorted(listing.pictures, key=lambda picture: picture["key"] != first)
    return [_shot(picture["key"], picture.get("alt") or listing.titles, n, listing) for n, picture in enumerate(pictures, 1)]


def _shot(key: str, alt: Mapping[str, str], n: int, listing: Listing) -> Shot:
    found = localised(alt)
    # Pictures that all carry the title would be read out as the same: number them.
    text = f"{found.text} ({n})" if n > 1 and found.text == localised(listing.titles).text else found.text
    return Shot(key, text, found.language)
