"""A stored picture in several widths, so that a page can offer the one that fits. Made once, when the picture is stored.

`products/4f2a.webp` is followed by `products/4f2a.w96.webp`, `…w200.webp` and so on, as far as the widths are below its own. A name that
says its content keeps saying it, so all of them may be cached for ever.
"""

from __future__ import annotations

import os
import re
from io import BytesIO

from PIL import Image

from marketplace.kernel.uploads import BROKEN

WIDTHS = (96, 200, 400, 800, 1200)
QUALITY = 78
RENDITION = re.compile(r"\.w\d+\.webp\Z")
# Wagtail keeps its own renditions of the pictures editors upload.
NOT_OURS = ("images/", "original_images/")


def has_renditions(name: str) -> bool:
    """Whether widths of a file of this name are made: of pictures as we store them, not of renditions."""
    return name.endswith(".webp") and not RENDITION.search(name) and not name.startswith(NOT_OURS)


def rendition_name(name: str, width: int) -> str:
    """The name of a picture in a width of WIDTHS."""
    return f"{name.removesuffix('.webp')}.w{width}.webp"


def renditions(data: bytes) -> dict[int, bytes]:
    """The picture in every width below its own, as WebP; nothing for a file that is no picture."""
    try:
        with Image.open(BytesIO(data), formats=["WEBP"]) as opened:
            picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    except (*BROKEN, Image.DecompressionBombError):
        return {}
    made: dict[int, bytes] = {}
    for width in sorted((w for w in WIDTHS if w < picture.width), reverse=True):
        # Each from the next larger one: as sharp to the eye, and a small part of the work.
        picture = picture.resize((width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS, reducing_gap=3.0)
        out = BytesIO()
        picture.save(out, "WEBP", quality=QUALITY)
        made[width] = out.getvalue()
    return made


_known: dict[str, tuple[int, ...]] = {}
MOST_KNOWN = 20_000


def widths_of(root: str, key: str) -> tuple[int, ...]:
    """The widths a picture below `root` has, smallest first; none for one that was stored before there were any.

    Remembered once there are some: what was made stays.
    """
    known = _known.get(key)
    if known is None:
        known = tuple(width for width in WIDTHS if os.path.isfile(os.path.join(root, rendition_name(key, width)))) if has_renditions(key) else ()
        if known:
            if len(_known) >= MOST_KNOWN:
                _known.clear()
            _known[key] = known
    return known
