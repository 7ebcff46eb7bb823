"""Widths of the images editors upload: made when a page is published, read when somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.images import ImageFile
from wagtail.blocks import StructValue
from wagtail.images import get_image_model
from wagtail.images.models import Filter

WIDTHS = (480, 960, 1600)
FILTERS = [f"width-{width}|format-webp" for width in WIDTHS]


def widths_there(image: Any, *, may_make: bool = False) -> list[Any]:
    """The renditions there are, the narrowest first; in a preview, which writes anyway, those that are missing are made."""
    kinds = [filter_of(spec) for spec in FILTERS]
    found = image.get_renditions(*kinds) if may_make else image.find_existing_renditions(*kinds)
    narrow_first = sorted(found.values(), key=lambda one: int(one.width))
    return [one for n, one in enumerate(narrow_first) if n == 0 or one.width > narrow_first[n - 1].width]


def image_called(title: str, description: str, file: Path) -> Any:
    """The image of this title in this tree, put there from the WebP file the first time."""
    Image = get_image_model()
    known = Image.objects.filter(title=title).first()
    return known or Image.objects.create(title=title, description=description, file=ImageFile(BytesIO(file.read_bytes()), name=f"{title}.webp"))


def filter_of(spec: str) -> Any:
    return Filter(spec=spec)


def make_widths(page: Any) -> int:
    """Make the widths of every image on a page; how many images there are."""
    images = {image.pk: image for image in images_in(page)}
    for image in images.values():
        image.get_renditions(*(filter_of(spec) for spec in FILTERS))
    return len(images)


def images_in(page: Any) -> Iterator[Any]:
    if getattr(page, "image", None):
        yield page.image
    for stream in page.streams:
        yield from _images(stream)


def _images(value: Any) -> Iterator[Any]:
    if isinstance(value, get_image_model()):
        yield value
    elif isinstance(value, StructValue):
        for child in value.values():
            yield from _images(child)
    elif hasattr(value, "stream_block"):
        for child in value:
            yield from _images(child.value)
    elif hasattr(value, "list_block"):
        for child in value:
            yield from _images(child)
