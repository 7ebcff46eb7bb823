"""How alike two pictures of a page are, as an eye would say: by small blocks, tolerant of how single edges are smoothed."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

BLOCK = 8  # px, of a picture of half size
SEEN = 10.0  # of 255: less difference of a block's mean nobody sees


def halved(png: bytes) -> Image.Image:
    """A screenshot in half its size: what is kept and compared."""
    with Image.open(BytesIO(png)) as picture:
        return picture.convert("RGB").resize((picture.width // 2, picture.height // 2), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of blocks that look different, from 0 to 1. Pictures of different sizes differ in all."""
    if one.size != other.size:
        return 1.0
    apart = np.abs(np.asarray(one.convert("RGB"), dtype=np.int16) - np.asarray(other.convert("RGB"), dtype=np.int16)).mean(axis=2)
    height, width = (length // BLOCK * BLOCK for length in apart.shape)
    blocks = apart[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).mean(axis=(1, 3))
    return float((blocks > SEEN).mean())
