"""Reads about a shop's library. All run in the merchant's schema that is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.merchant.catalogue.models import Picture, Product
from marketplace.merchant.media.models import Film, LibraryPicture, PictureKey, PictureShows, ProductFilm, TextPicture

FILM_PLACE = 1  # of a product's film among its pictures: after the first, which stands in lists


def library() -> QuerySet[LibraryPicture]:
    """Pictures that are not deleted, each with whether something uses it (`is_used`)."""
    return with_use(LibraryPicture.objects.filter(deleted_at=None))


def with_use(rows: QuerySet[LibraryPicture]) -> QuerySet[LibraryPicture]:
    by_product = Exists(Picture.objects.filter(key=OuterRef("key"))) | Exists(TextPicture.objects.filter(key=OuterRef("key")))
    return rows.annotate(is_used=by_product | Exists(Film.objects.filter(poster=OuterRef("pk"), deleted_at=None)))


def films(with_deleted: bool = False) -> QuerySet[Film]:
    """Each with whether a product has it (`is_used`)."""
    rows = Film.objects.all() if with_deleted else Film.objects.filter(deleted_at=None)
    return rows.annotate(is_used=Exists(ProductFilm.objects.filter(film=OuterRef("pk"))))


def without_words(code: str | None = None) -> Q:
    """Pictures that say nothing of what they show: in one language, or in either of the two the forms ask for."""
    codes = [code] if code else ["zh-hans", "en"]
    lacking = Q()
    for each in codes:
        lacking |= Q(**{f"alt__{each}": ""}) | ~Q(alt__has_key=each)
    return lacking


def by_key(keys: Collection[str]) -> dict[str, LibraryPicture]:
    """Key → the picture that is, or was once, shown under it."""
    rows = PictureKey.objects.filter(key__in=keys).select_related("picture")
    return {row.key: row.picture for row in rows}


def products_with(key: str) -> QuerySet[Product]:
    """Those that use a picture in their gallery or their descriptions, by its present key."""
    uses = Picture.objects.filter(key=key).values("product_id").union(TextPicture.objects.filter(key=key).values("product_id"))
    return Product.objects.filter(pk__in=uses).order_by("pk")


@dataclass
class Shown:
    """What of a product's pictures is more than keys and words: which value each shows, and its film."""

    values: dict[str, int] = field(default_factory=dict)  # key → value
    film: Film | None = None


def shown_of(product_ids: Iterable[UUID]) -> dict[UUID, Shown]:
    """By product; those that have neither are there too."""
    ids = list(product_ids)
    found = {pk: Shown() for pk in ids}
    for row in PictureShows.objects.filter(product_id__in=ids):
        found[row.product_id].values[row.key] = row.value_id
    for use in ProductFilm.objects.filter(product_id__in=ids).select_related("film__poster"):
        found[use.product_id].film = use.film
    return found


def public_pictures(product_ids: Iterable[UUID], schema: str) -> dict[UUID, list[dict[str, Any]]]:
    """Pictures as the public copy of each product holds them (Listing.pictures), its film among them, after the first."""
    ids = list(product_ids)
    rows = list(Picture.objects.filter(product_id__in=ids).order_by("position"))
    keys = {row.key for row in rows}
    squares = dict(LibraryPicture.objects.filter(key__in=keys).exclude(square="").values_list("key", "square")) if keys else {}
    shown = shown_of(ids)
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        entry: dict[str, Any] = {"key": f"{schema}/{row.key}", "alt": row.alt}
        if row.key in squares:
            entry["square"] = f"{schema}/{squares[row.key]}"
        if row.key in shown[row.product_id].values:
            entry["value"] = shown[row.product_id].values[row.key]
        found[row.product_id].append(entry)
    for product_id, entries in found.items():
        if film := shown[product_id].film:
            poster = f"{schema}/{film.poster.key}" if film.poster else entries[0]["key"]
            entries.insert(FILM_PLACE, {"key": poster, "alt": film.alt, "film": f"{schema}/{film.key}"})
    return found
