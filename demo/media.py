"""Drawn pictures in public media."""

from __future__ import annotations

import hashlib
from functools import cache

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from demo.pictures import picture_file


@cache
def _drawn(name: str) -> tuple[str, bytes]:
    data = picture_file(name).read_bytes()
    return f"products/{hashlib.sha256(data).hexdigest()[:24]}.webp", data


def copy_picture(drawn: str, name: str = "") -> str:
    """Copy a drawn picture into the public media of the open schema, once; its key there. Without a name, the content names it."""
    key, data = _drawn(drawn)
    key = f"demo/{name}.webp" if name else key
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(data))
    return key
