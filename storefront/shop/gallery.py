"""A listing's pictures: in the order they are shown, and which of them shows which choice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from marketplace.kernel.renditions import rendition_name, widths_of
from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.taxonomy.models import AttributeValue

POSTER_WIDTH = 800


@dataclass(frozen=True)
class Shot:
    key: str  # in public media, with its schema
    alt: str
    language: str
    film: str = ""  # key of the film that plays here; `key` is its poster then

    @property
    def poster(self) -> str:
        """Fetched whether it is seen or not: no larger than it is shown."""
        widths = [width for width in widths_of(str(settings.MEDIA_ROOT), self.key) if width <= POSTER_WIDTH]
        return rendition_name(self.key, widths[-1]) if widths else self.key

    @property
    def kind(self) -> str:
        return f"video/{self.film.rpartition('.')[2]}"


def shown_values(listing: Listing, values: Mapping[int, AttributeValue]) -> dict[int, str]:
    """Value → key of the first picture that shows it: as the shop says, else one whose text names the value, in any language, besides the title."""
    shots = [picture for picture in listing.pictures if "film" not in picture]
    found: dict[int, str] = {}
    for picture in shots:
        if picture.get("value") in values:
            found.setdefault(picture["value"], str(picture["key"]))
    for picture in [picture for picture in shots if "value" not in picture]:
        named = [(len(name), value.pk) for value in values.values() for code, name in value.names.items() if _names(picture, code, name, listing)]
        if named:
            found.setdefault(max(named)[1], str(picture["key"]))  # "Jade green" rather than "Jade"
    return found


def _names(picture: Mapping[str, Mapping[str, str]], code: str, name: str, listing: Listing) -> bool:
    text = (picture.get("alt") or {}).get(code, "").replace(listing.titles.get(code) or "\0", "")
    return bool(text and name) and bool(re.search(rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])" if name.isascii() else re.escape(name), text, re.IGNORECASE))


def picture_of(variant: ListingVariant, shown: Mapping[int, str]) -> str:
    """Key of the picture that shows what is chosen; "" when none does."""
    return next((shown[int(value)] for value in variant.options.values() if int(value) in shown), "")


def gallery(listing: Listing, first: str = "") -> list[Shot]:
    """All pictures and the film, the picture with the key `first` before the others. One without a text of its own is told by the title."""
    pictures = sorted(listing.pictures, key=lambda picture: "film" in picture or picture["key"] != first)
    film = next((picture for picture in listing.pictures if "film" in picture), None)
    if film:  # after the first, whichever that is
        pictures.remove(film)
        pictures.insert(1, film)
    return [_shot(picture["key"], picture.get("alt") or listing.titles, n, listing, picture.get("film", "")) for n, picture in enumerate(pictures, 1)]


def _shot(key: str, alt: Mapping[str, str], n: int, listing: Listing, film: str) -> Shot:
    found = localised(alt)
    # Pictures that all carry the title would be read out as the same: number them.
    text = f"{found.text} ({n})" if n > 1 and found.text == localised(listing.titles).text else found.text
    return Shot(key, text, found.language, film)
