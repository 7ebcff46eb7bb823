"""Pictures as merchants upload them: taken for what they contain, not for what they are called, and written anew."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.kernel.errors import InvalidInput

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")


def store_picture(upload: IO[bytes]) -> str:
    """Store a picture as WebP, at most 1600 pixels a side and without metadata; the key in public media.

    The name follows from the content, so the same picture is stored once. Raises InvalidInput.
    """
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InvalidInput(field="picture", why=_("This picture is larger than 10 MB. Make it smaller and add it again."))
    try:
        opened = Image.open(BytesIO(data), formats=FORMATS)
        if opened.width * opened.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        out = BytesIO()
        picture.convert("RGBA" if picture.has_transparency_data else "RGB").save(out, "WEBP", quality=82)
    except Image.DecompressionBombError as wrong:
        raise InvalidInput(field="picture", why=_("This picture has more than 40 megapixels. Make it smaller and add it again.")) from wrong
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as wrong:
        raise InvalidInput(field="picture", why=_("This file is no JPEG, PNG or WebP picture that can be read.")) from wrong
    key = f"products/{hashlib.sha256(out.getvalue()).hexdigest()[:24]}.webp"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(out.getvalue()))
    return key
