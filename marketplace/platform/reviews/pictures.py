"""Pictures of reviews, as public media of the market."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.uploads import clean_picture, read_upload
from tenants.tenancy.schemas import public_schema

LONGEST_SIDE = 1200
MOST_PICTURES = 6


def store_pictures(uploads: Sequence[IO[bytes]], field: str) -> list[str]:
    """Store pictures as WebP, at most 1200 pixels a side and without metadata; their keys in public media, schema included.

    All or none: the last is read before the first is written. The name follows from the content, so the same picture is stored once.
    Raises InvalidInput.
    """
    if len(uploads) > MOST_PICTURES:
        raise InvalidInput(field=field, why=_("Add at most {most} pictures.").format(most=MOST_PICTURES))
    clean = [clean_picture(read_upload(upload, field), field, longest_side=LONGEST_SIDE, to="WEBP") for upload in uploads]
    keys = []
    with public_schema():
        for picture in clean:
            key = f"reviews/{hashlib.sha256(picture.data).hexdigest()[:24]}.webp"
            if not default_storage.exists(key):
                default_storage.save(key, ContentFile(picture.data))
            keys.append(f"public/{key}")
    return list(dict.fromkeys(keys))
