"""What is changed of a picture in a shop's library reaches every product that uses it: as an edit of each, which is reviewed where it is on sale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.kept_off import Asked
from marketplace.flows.review_product import submit_product
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.descriptions import renamed
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import lock_products, locked_product
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.catalogue.pictures import store_picture
from marketplace.merchant.media.actions import clean_alt, clean_name, locked_film, locked_picture
from marketplace.merchant.media.cutting import clean_cut, clean_focus, measured, store_cuts
from marketplace.merchant.media.errors import PictureTaken, UsedTooOften, UseNotFollowed
from marketplace.merchant.media.in_texts import note_in_texts
from marketplace.merchant.media.models import MIDDLE, Film, LibraryPicture, PictureKey, PictureShows, ProductFilm, TextPicture
from marketplace.merchant.media.queries import products_with
from tenants.tenancy.schemas import current_merchant_id

MOST_USES = 200  # products that one change of a picture reaches
KEPT = ("name", "alt", "original", "key", "square", "cut", "focus")


@verb
def describe_picture(*, by: Actor, picture_id: UUID, name: str, alt: Mapping[str, str]) -> LibraryPicture:
    """Call a picture something, and say what it shows. Products that said the same as the library, or nothing, say this now.

    Raises PictureUnknown, InvalidInput, UsedTooOften, UseNotFollowed.
    """
    alt = clean_alt(alt)
    with transaction.atomic():
        row = locked_picture(picture_id)
        before = _Before.of(row)
        row.alt = {**{code: text for code, text in row.alt.items() if code not in alt and code not in ("zh-hans", "en")}, **alt}
        row.name = clean_name(name) or row.name
        _audit_and_follow(by, row, "library_picture.described", before)
    return row


@verb
def cut_picture(*, by: Actor, picture_id: UUID, cut: Sequence[int] | None, focus: Sequence[int]) -> LibraryPicture:
    """Show a part of what was handed in: `cut` in its pixels (None: all), `focus` in thousandths of the cut, for the square of cards.

    Raises PictureUnknown, InvalidInput, UsedTooOften, UseNotFollowed.
    """
    with transaction.atomic():
        row = locked_picture(picture_id)
        before = _Before.of(row)
        _measure(row)
        row.cut, row.focus = clean_cut(cut, row.width, row.height), clean_focus(focus)
        row.key, row.square = store_cuts(row.original, row.cut, row.focus)
        _audit_and_follow(by, row, "library_picture.cut", before)
    return row


@verb
def replace_picture(*, by: Actor, picture_id: UUID, upload: IO[bytes]) -> LibraryPicture:
    """Another file in its place, whole; name and words stay. Raises PictureUnknown, PictureTaken, InvalidInput, LimitReached, UsedTooOften, UseNotFollowed."""
    with transaction.atomic():
        row = locked_picture(picture_id)
        before = _Before.of(row)
        key = store_picture(upload)
        other = LibraryPicture.objects.filter(keys__key=key).exclude(pk=row.pk).first()
        if other is not None:
            raise PictureTaken(name=other.name)
        row.original = row.key = key
        row.square, row.cut, row.focus = "", None, list(MIDDLE)
        row.width, row.height, row.size = measured(key)
        _audit_and_follow(by, row, "library_picture.replaced", before)
    return row


@verb
def describe_film(*, by: Actor, film_id: UUID, name: str, alt: Mapping[str, str], poster_id: UUID | None) -> Film:
    """Its name, what it shows, and the picture that stands for it. Raises FilmUnknown, PictureUnknown, InvalidInput, UseNotFollowed."""
    alt = clean_alt(alt)
    with transaction.atomic():
        row = locked_film(film_id)
        before = {"name": row.name, "alt": row.alt, "poster": row.poster_id}
        row.name, row.alt = clean_name(name) or row.name, alt
        row.poster = locked_picture(poster_id) if poster_id else None
        after = {"name": row.name, "alt": row.alt, "poster": row.poster_id}
        if before == after:
            return row
        row.save(update_fields=["name", "alt", "poster"])
        audit(by=by, action="film.described", subject="film", subject_id=row.pk, merchant_id=current_merchant_id(), before=before, after=after)
        if (before["alt"], before["poster"]) != (after["alt"], after["poster"]):
            uses = list(ProductFilm.objects.filter(film=row).order_by("product_id").values_list("product_id", flat=True))
            lock_products(uses)
            for product_id in uses:
                _follow(by, product_id, lambda _product: True)
    return row


@dataclass(frozen=True)
class _Before:
    """A picture as it was before a change."""

    facts: dict[str, Any]

    @classmethod
    def of(cls, row: LibraryPicture) -> _Before:
        return cls({name: getattr(row, name) for name in KEPT})


def _measure(row: LibraryPicture) -> None:
    """Raises InvalidInput where the file cannot be read."""
    if not row.width:
        row.width, row.height, row.size = measured(row.original)
    if not row.width:
        raise InvalidInput(field="picture", why=_("The file of this picture cannot be read. Replace it by another."))


def _audit_and_follow(by: Actor, row: LibraryPicture, action: str, before: _Before) -> None:
    """Save the row, write it down, and have every use follow."""
    was, now = before.facts, _Before.of(row).facts
    row.deleted_at = None
    row.save()
    changed = [name for name in KEPT if was[name] != now[name]]
    if not changed:
        return
    PictureKey.objects.bulk_create([PictureKey(picture=row, key=key) for key in dict.fromkeys((row.original, row.key))], ignore_conflicts=True)
    audit(
        by=by,
        action=action,
        subject="library_picture",
        subject_id=row.pk,
        merchant_id=current_merchant_id(),
        before={name: was[name] for name in changed},
        after={name: now[name] for name in changed},
    )
    if changed == ["name"]:
        return
    is_seen = bool({"key", "square"} & set(changed))
    uses = list(products_with(was["key"]).values_list("pk", flat=True)[: MOST_USES + 1])
    if len(uses) > MOST_USES:
        raise UsedTooOften(most=MOST_USES)
    films = Film.objects.filter(poster=row, deleted_at=None) if is_seen else Film.objects.none()
    filmed = list(ProductFilm.objects.filter(film__in=films).order_by("product_id").values_list("product_id", flat=True))
    lock_products([*uses, *filmed])
    for product_id in uses:
        _follow(by, product_id, lambda product: _swap(by, product, was, now) or is_seen)
    for product_id in filmed:
        _follow(by, product_id, lambda _product: True)


def _swap(by: Actor, product: Product, was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a product's own rows have changed: the key, and words that were the library's or none."""
    is_other = False
    for picture in product.pictures.filter(key=was["key"]):
        alt = now["alt"] if picture.alt in ({}, was["alt"]) else picture.alt
        if (picture.key, picture.alt) != (now["key"], alt):
            picture.key, picture.alt, is_other = now["key"], alt, True
            picture.save(update_fields=["key", "alt"])
    if was["key"] != now["key"]:
        PictureShows.objects.filter(product=product, key=was["key"]).update(key=now["key"])
    return _swap_in_texts(by, product, was, now) or is_other


def _swap_in_texts(by: Actor, product: Product, was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """The same for its descriptions, which say what the library says of a picture."""
    if not TextPicture.objects.filter(product=product, key=was["key"]).exists():
        return False
    if was["key"] != now["key"]:
        product.descriptions = {code: renamed(html, {was["key"]: now["key"]}) for code, html in product.descriptions.items()}
        product.save(update_fields=["descriptions"])
        note_in_texts(by, [product])
    return (was["key"], was["alt"]) != (now["key"], now["alt"])


def _follow(by: Actor, product_id: UUID, change: Any) -> None:
    """Change a product and, as after an edit by hand, have what is on sale, is to go on sale by itself, or waits reviewed as it is now."""
    row = locked_product(product_id)
    if not change(row):
        return
    is_asked = row.status == Product.Status.ON_SALE or Asked.of(row).is_asked
    row.review, row.version, row.changed_at = Product.Review.NONE, row.version + 1, clock.now()
    row.save(update_fields=["review", "version", "changed_at"])
    if is_asked:
        try:
            submit_product(by=by, product_id=product_id)
        except MarketError as refusal:
            raise UseNotFollowed(product=row.title.text, why=str(refusal)) from refusal
