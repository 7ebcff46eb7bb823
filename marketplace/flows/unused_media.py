"""Files of a shop's library that nothing names any more: found, and deleted when somebody asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.renditions import RENDITION
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Picture
from marketplace.merchant.imports.models import ImportEffect, ImportPicture
from marketplace.merchant.media.models import Film, LibraryPicture, TextPicture
from marketplace.merchant.orders.models import OrderLine
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.listings.models import Listing, ProductChange
from tenants.tenancy.schemas import current_merchant_id

FOLDERS = ("products", "films")
KEPT_DELETED = timedelta(days=30)  # so long what is deleted can be taken back
FRESH = timedelta(days=1)  # what was stored just now may belong to a change that has not committed
KEY = re.compile(r"(?:products|films)/[A-Za-z0-9._-]+\.(?:webp|mp4|webm)")


@dataclass(frozen=True)
class Unused:
    """A file that nothing names: its key, and its bytes with all its widths."""

    key: str
    size: int


def unused() -> list[Unused]:
    """Of the open shop. What was deleted from the library within 30 days is still used: it can be taken back."""
    there = dict(_stored())
    used = named() if there else set()
    return [Unused(key, size) for key, size in sorted(there.items()) if key not in used]


def named() -> set[str]:
    """Every key that a row of the shop, or the market's copy of one, mentions."""
    shop = current_merchant_id()
    since = clock.now() - KEPT_DELETED
    found = set(Picture.objects.values_list("key", flat=True)) | set(TextPicture.objects.values_list("key", flat=True))
    for row in LibraryPicture.objects.exclude(deleted_at__lt=since).values_list("original", "key", "square"):
        found |= set(row)
    found |= set(Film.objects.exclude(deleted_at__lt=since).values_list("key", flat=True))
    found |= set(ImportPicture.objects.values_list("key", flat=True))
    mentions: list[tuple[QuerySet, str]] = [
        (OrderLine.objects.all(), "picture"),
        (ImportEffect.objects.all(), "before"),
        (Listing.objects.filter(merchant_id=shop), "pictures"),
        (Listing.objects.filter(merchant_id=shop), "descriptions"),
        (ProductChange.objects.filter(merchant_id=shop), "proposed"),
        (OrderCopy.objects.filter(merchant_id=shop), "lines"),
        (ReturnCopy.objects.filter(merchant_id=shop), "lines"),
    ]
    for rows, name in mentions:
        for text in rows.annotate(text=Cast(name, TextField())).values_list("text", flat=True).iterator(chunk_size=1000):
            found.update(KEY.findall(text or ""))
    return found


@verb
def drop_unused(*, by: Actor, keys: Iterable[str]) -> int:
    """Delete files that nothing names, with their widths, and rows of the library that were deleted long ago. How many files."""
    wanted = set(keys)
    with transaction.atomic():
        since = clock.now() - KEPT_DELETED
        Film.objects.filter(deleted_at__lt=since).delete()
        LibraryPicture.objects.filter(deleted_at__lt=since, films=None).delete()
        gone = sorted(wanted - named())
        if gone:
            audit(
                by=by,
                action="library.tidied",
                subject="library",
                subject_id=len(gone),
                merchant_id=current_merchant_id(),
                before={"files": gone},
                after={"files": []},
            )
    for key in gone:
        default_storage.delete(key)
    return len(gone)


def _stored() -> Iterator[tuple[str, int]]:
    """Files of the library that are not fresh, each with the bytes of all its widths."""
    until = clock.now() - FRESH
    sizes: dict[str, int] = {}
    fresh: set[str] = set()
    for folder in FOLDERS:
        try:
            _folders, names = default_storage.listdir(folder)
        except FileNotFoundError:  # nothing was ever stored
            continue
        for name in names:
            whole = f"{folder}/{RENDITION.sub('.webp', name)}"
            sizes[whole] = sizes.get(whole, 0) + default_storage.size(f"{folder}/{name}")
            if default_storage.get_modified_time(f"{folder}/{name}") > until:
                fresh.add(whole)
    yield from ((key, size) for key, size in sizes.items() if key not in fresh)
