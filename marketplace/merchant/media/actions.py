"""A shop's library: verbs. All run in the merchant's schema that is open. What changes products on sale is in flows/library.py."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.kernel.videos import clean_video
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.catalogue.pictures import store_picture
from marketplace.merchant.media.cutting import measured
from marketplace.merchant.media.errors import FilmUnknown, PictureUnknown, StillUsed
from marketplace.merchant.media.models import Film, LibraryPicture, PictureKey, PictureShows, ProductFilm
from marketplace.merchant.media.queries import products_with
from tenants.packages.limits import check_room
from tenants.packages.models import Limit
from tenants.packages.queries import MB, storage_of
from tenants.tenancy.schemas import current_merchant_id

LONGEST_NAME, LONGEST_ALT = 200, 200
MOST_NAMED = 3  # products of a refusal


@verb
def keep_picture(*, by: Actor, upload: IO[bytes], name: str | None = "") -> LibraryPicture:
    """Put a picture into the library, made anew and safe (kernel/uploads.py). The same picture once more is the one that is there,
    as it is cut and described; one that was deleted comes back.

    Raises InvalidInput, LimitReached.
    """
    with transaction.atomic():
        key = store_picture(upload)
        known = PictureKey.objects.filter(key=key).values_list("picture_id", flat=True).first()
        if known is None:
            width, height, size = measured(key)
            fresh = LibraryPicture(
                name=clean_name(name) or PurePosixPath(key).name, original=key, key=key, width=width, height=height, size=size, by_label=by.label
            )
            LibraryPicture.objects.bulk_create([fresh], ignore_conflicts=True)  # somebody else may keep it at the same moment
            row = LibraryPicture.objects.select_for_update().get(original=key)
            PictureKey.objects.bulk_create([PictureKey(picture=row, key=key)], ignore_conflicts=True)
            if row.pk == fresh.pk:
                _audit(by, row, "library_picture.added", {}, {"name": row.name, "key": key})
            return row
        row = locked_picture(known)
        if row.deleted_at:
            _undelete(by, row)
    return row


@verb
def note_pictures(*, by: Actor, pictures: Collection[tuple[str, str, Mapping[str, str]]]) -> None:
    """Take pictures that products name by (key, name, what it shows) into the library, where they are not yet; what was deleted comes back."""
    wanted = {key: (name, alt) for key, name, alt in pictures}
    known = PictureKey.objects.filter(key__in=wanted).select_related("picture").order_by("picture_id")
    for row in [one.picture for one in known if one.picture.deleted_at]:
        _undelete(by, row)
    there = {one.key for one in known}
    fresh = [
        LibraryPicture(name=clean_name(name) or PurePosixPath(key).name, alt=dict(alt), original=key, key=key, by_label=by.label)
        for key, (name, alt) in sorted(wanted.items())  # in one order for all who write at once
        if key not in there
    ]
    LibraryPicture.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    kept = LibraryPicture.objects.filter(original__in=[row.original for row in fresh])
    PictureKey.objects.bulk_create([PictureKey(picture=row, key=row.original) for row in kept], ignore_conflicts=True, batch_size=500)


@verb
def put_shown(*, by: Actor, product: Product, values: Mapping[str, int], film_id: UUID | None) -> bool:
    """Which value each picture of a locked product shows, and its film; whether anything is other than before, which has to be reviewed.

    Raises FilmUnknown.
    """
    with transaction.atomic():
        had = {row.key: row.value_id for row in PictureShows.objects.filter(product=product)}
        keys = set(product.pictures.values_list("key", flat=True))
        wanted = {key: value for key, value in values.items() if key in keys}
        was = ProductFilm.objects.filter(product=product).values_list("film_id", flat=True).first()
        if (had, was) == (wanted, film_id):
            return False
        PictureShows.objects.filter(product=product).delete()
        PictureShows.objects.bulk_create([PictureShows(product=product, key=key, value_id=value) for key, value in wanted.items()])
        if was != film_id:
            ProductFilm.objects.filter(product=product).delete()
            if film_id is not None:
                ProductFilm.objects.create(product=product, film=locked_film(film_id))
        product.review = Product.Review.NONE
        product.save(update_fields=["review"])
        before, after = {"values": had, "film": was}, {"values": wanted, "film": film_id}
        audit(by=by, action="product.pictured", subject="product", subject_id=product.pk, merchant_id=current_merchant_id(), before=before, after=after)
    return True


@verb
def delete_picture(*, by: Actor, picture_id: UUID) -> LibraryPicture:
    """Out of the library; it can be taken back while its files are there. Raises PictureUnknown, StillUsed."""
    with transaction.atomic():
        row = locked_picture(picture_id)
        if row.deleted_at:
            return row
        titles = [product.title.text for product in products_with(row.key)[: MOST_NAMED + 1]]
        titles += [film.name for film in row.films.filter(deleted_at=None)[:1]]
        _refuse_used(row.name, titles)
        row.deleted_at = clock.now()
        row.save(update_fields=["deleted_at"])
        _audit(by, row, "library_picture.deleted", {"deleted": False}, {"deleted": True})
    return row


@verb
def restore_picture(*, by: Actor, picture_id: UUID) -> LibraryPicture:
    """Take back that it was deleted. Raises PictureUnknown."""
    with transaction.atomic():
        row = locked_picture(picture_id)
        if row.deleted_at:
            _undelete(by, row)
    return row


# ── Films ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def keep_film(*, by: Actor, upload: Any, name: str | None = "") -> Film:
    """Put a film into the library: MP4 or WebM that browsers play, cleaned in place (kernel/videos.py). The same once more is the one
    that is there. Raises InvalidInput, LimitReached."""
    extension = clean_video(upload, "film")
    seen = hashlib.sha256()
    while chunk := upload.read(1 << 20):
        seen.update(chunk)
    size, key = upload.tell(), f"films/{seen.hexdigest()[:24]}.{extension}"
    with transaction.atomic():
        check_room(current_merchant_id(), Limit.STORAGE, lambda: storage_of(current_merchant_id()), adding=-(-size // MB))
        if not default_storage.exists(key):
            upload.seek(0)
            default_storage.save(key, File(upload, name=key))
        fresh = Film(name=clean_name(name) or PurePosixPath(key).name, key=key, size=size, by_label=by.label)
        Film.objects.bulk_create([fresh], ignore_conflicts=True)
        row: Film = Film.objects.select_for_update().get(key=key)
        if row.pk == fresh.pk:
            _audit(by, row, "film.added", {}, {"name": row.name, "key": key})
        elif row.deleted_at:
            _undelete(by, row)
    return row


@verb
def delete_film(*, by: Actor, film_id: UUID) -> Film:
    """Raises FilmUnknown, StillUsed."""
    with transaction.atomic():
        row = locked_film(film_id)
        if row.deleted_at:
            return row
        _refuse_used(row.name, [use.product.title.text for use in row.uses.select_related("product")[: MOST_NAMED + 1]])
        row.deleted_at = clock.now()
        row.save(update_fields=["deleted_at"])
        _audit(by, row, "film.deleted", {"deleted": False}, {"deleted": True})
    return row


@verb
def restore_film(*, by: Actor, film_id: UUID) -> Film:
    """Raises FilmUnknown."""
    with transaction.atomic():
        row = locked_film(film_id)
        if row.deleted_at:
            _undelete(by, row)
    return row


# ── Parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def locked_picture(picture_id: UUID) -> LibraryPicture:
    """Raises PictureUnknown."""
    row: LibraryPicture | None = LibraryPicture.objects.select_for_update().filter(pk=picture_id).first()
    if row is None:
        raise PictureUnknown
    return row


def locked_film(film_id: UUID) -> Film:
    """Raises FilmUnknown."""
    row: Film | None = Film.objects.select_for_update(of=("self",)).filter(pk=film_id).first()
    if row is None:
        raise FilmUnknown
    return row


def clean_name(name: str | None) -> str:
    """Of a file or as typed: one line, without folders and without the control signs a name may bring."""
    said = "".join(sign for sign in (name or "").replace("\\", "/").rpartition("/")[2] if sign.isprintable())
    return " ".join(said.split())[:LONGEST_NAME]


def clean_alt(alt: Mapping[str, str]) -> dict[str, str]:
    """Raises InvalidInput, naming the field by its language."""
    words = {code: " ".join(text.split()) for code, text in alt.items()}
    for code, text in words.items():
        if len(text) > LONGEST_ALT:
            field = f"alt_{'zh' if code.startswith('zh') else code}"
            raise InvalidInput(field=field, why=_("What a picture shows is told in at most {most} characters.").format(most=LONGEST_ALT))
    return {code: text for code, text in words.items() if text}


def _refuse_used(name: str, titles: list[str]) -> None:
    if titles:
        shown = [_("“{title}”").format(title=title) for title in titles[:MOST_NAMED]]
        raise StillUsed(name=name, where=_(", ").join([*shown, *([_("and others")] if len(titles) > MOST_NAMED else [])]))


def _undelete(by: Actor, row: LibraryPicture | Film) -> None:
    row.deleted_at = None
    row.save(update_fields=["deleted_at"])
    if isinstance(row, Film):
        _audit(by, row, "film.restored", {"deleted": True}, {"deleted": False})
    else:
        _audit(by, row, "library_picture.restored", {"deleted": True}, {"deleted": False})


def _audit(by: Actor, row: LibraryPicture | Film, action: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    subject = "film" if isinstance(row, Film) else "library_picture"
    audit(by=by, action=action, subject=subject, subject_id=row.pk, merchant_id=current_merchant_id(), before=before, after=after)
