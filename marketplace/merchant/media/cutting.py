"""Pictures cut out of pictures: a rectangle out of what was handed in, and a square of it for cards. What was handed in stays as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.uploads import BROKEN

LEAST_SIDE = 100  # pixels of what is cut out
THOUSAND = 1000
QUALITY = 86  # what is cut was written with 82 before: little is lost a second time


def opened(key: str) -> Image.Image:
    """A stored picture, its pixels read. Raises InvalidInput where its file is gone or broken."""
    try:
        with default_storage.open(key) as file:
            picture = Image.open(BytesIO(file.read()), formats=["WEBP"])
            picture.load()
    except BROKEN as wrong:
        raise InvalidInput(field="picture", why=_("The file of this picture cannot be read. Replace it by another.")) from wrong
    return picture


def measured(key: str) -> tuple[int, int, int]:
    """Width, height and bytes of a stored picture; zeros where it cannot be read."""
    try:
        with default_storage.open(key) as file, Image.open(file, formats=["WEBP"]) as picture:
            return picture.width, picture.height, file.size
    except BROKEN:
        return 0, 0, 0


def cut_key(original: str, cut: Sequence[int] | None) -> str:
    """Follows from what it is cut out of and where, so the same cut is stored once."""
    return original if cut is None else _named(original, f"cut {list(cut)}")


def square_key(original: str, cut: Sequence[int] | None, focus: Sequence[int]) -> str:
    return _named(original, f"square {list(cut or ())} {list(focus)}")


def _named(original: str, what: str) -> str:
    return f"products/{hashlib.sha256(f'{original} {what}'.encode()).hexdigest()[:24]}.webp"


def clean_cut(cut: Sequence[int] | None, width: int, height: int) -> list[int] | None:
    """None for all of the picture. Raises InvalidInput for what lies outside of it or is too small to be shown."""
    if cut is None or list(cut) == [0, 0, width, height]:
        return None
    left, top, wide, high = cut
    if left < 0 or top < 0 or left + wide > width or top + high > height:
        raise InvalidInput(field="cut", why=_("The cut lies outside the picture, which is {width} × {height} pixels.").format(width=width, height=height))
    if wide < min(LEAST_SIDE, width) or high < min(LEAST_SIDE, height):
        raise InvalidInput(field="cut", why=_("A cut is at least {least} pixels wide and high.").format(least=LEAST_SIDE))
    return [left, top, wide, high]


def clean_focus(focus: Sequence[int]) -> list[int]:
    """Raises InvalidInput."""
    if len(focus) != 2 or not all(0 <= one <= THOUSAND for one in focus):
        raise InvalidInput(field="focus", why=_("The centre of the square lies between 0 and 100 per cent across and down."))
    return list(focus)


def square_box(width: int, height: int, focus: Sequence[int]) -> tuple[int, int, int, int]:
    """The largest square in a picture whose middle is as near to the focus as it can be: left, top, right, bottom."""
    side = min(width, height)
    left, top = (min(max(0, round(length * share / THOUSAND - side / 2)), length - side) for length, share in ((width, focus[0]), (height, focus[1])))
    return left, top, left + side, top + side


def store_cuts(original: str, cut: Sequence[int] | None, focus: Sequence[int]) -> tuple[str, str]:
    """Cut what was handed in; the keys of what is shown and of its square ("" where the middle of what is shown is the square). Safe to repeat."""
    picture = opened(original)
    shown = cut_key(original, cut)
    if cut is not None:
        left, top, wide, high = cut
        picture = picture.crop((left, top, left + wide, top + high))
        _store(shown, picture)
    box = square_box(*picture.size, focus)
    if box == square_box(*picture.size, (THOUSAND // 2, THOUSAND // 2)):
        return shown, ""
    square = square_key(original, cut, focus)
    _store(square, picture.crop(box))
    return shown, square


def _store(key: str, picture: Image.Image) -> None:
    if not default_storage.exists(key):
        out = BytesIO()
        picture.save(out, "WEBP", quality=QUALITY)
        default_storage.save(key, ContentFile(out.getvalue()))
