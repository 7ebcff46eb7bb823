"""Pictures of products, as public media."""

from __future__ import annotations

import hashlib
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from marketplace.kernel.uploads import clean_picture, read_upload
from tenants.packages.limits import check_room
from tenants.packages.models import Limit
from tenants.packages.queries import storage_of
from tenants.tenancy.schemas import current_merchant_id

LONGEST_SIDE = 1600


def store_picture(upload: IO[bytes]) -> str:
    """Store a picture as WebP, at most 1600 pixels a side and without metadata; the key in public media.

    The name follows from the content, so the same picture is stored once. Raises InvalidInput, LimitReached where the shop's storage is full.
    """
    check_room(current_merchant_id(), Limit.STORAGE, lambda: storage_of(current_merchant_id()))
    clean = clean_picture(read_upload(upload, "picture"), "picture", longest_side=LONGEST_SIDE, to="WEBP")
    key = f"products/{hashlib.sha256(clean.data).hexdigest()[:24]}.webp"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(clean.data))
    return key
