"""Files as people hand them in: taken for what they contain, not for what they are called, and written anew without metadata."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from math import ceil
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageFile, UnidentifiedImageError

from marketplace.kernel.errors import InvalidInput

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_WEBP_PIXELS = 12_000_000  # the decoder of WebP holds its whole canvas four times over
MOST_PAGES = 40
MOST_SEGMENTS, MOST_SCANS = 1000, 64  # of a JPEG: cameras and programs write some dozens, and up to a dozen
PDF_SECONDS = 20  # on the clock; its computing time is bounded by pdf_cell.py
PAPER_SIDE = 3000  # pixels: A4 at 256 an inch
FORMATS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}
SCAN = re.compile(rb"\xff\xda\x00(?:\x08\x01.{2}|\x0a\x02.{4}|\x0c\x03.{6}|\x0e\x04.{8})", re.DOTALL)
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow raises on broken files.
BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, AttributeError, OverflowError, struct.error, zlib.error)


@dataclass(frozen=True)
class Clean:
    """A file as it is kept."""

    data: bytes
    content_type: str
    extension: str


def read_upload(upload: IO[bytes], field: str) -> bytes:
    """Raises InvalidInput for more than 10 MB."""
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InvalidInput(field=field, why=_("This file is larger than 10 MB. Make it smaller and add it again."))
    return data


def clean_picture(data: bytes, field: str, *, longest_side: int, to: str = "", or_else: str = "") -> Clean:
    """A JPEG, PNG or WebP picture of at most 40 megapixels (WebP 12), written anew (as `to`, or as what it was): its pixels the
    right way up, in sRGB and at most `longest_side` wide and high, of a moving picture the first; and nothing else.

    Raises InvalidInput, with `or_else` as what to do about a file that is none.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process when it is loaded
    try:
        if not _is_plain_jpeg(data):
            raise ValueError("made to keep a reader busy")
        opened = Image.open(BytesIO(data), formats=list(FORMATS))
        kind = str(opened.format).replace("MPO", "JPEG")  # a JPEG with a second one behind it, as telephones write
        _check_size(opened, MOST_WEBP_PIXELS if kind == "WEBP" else MOST_PIXELS, field)
        turn = TURNS.get(opened.getexif().get(ORIENTATION, 1))
        has_holes = opened.has_transparency_data
        # Made small before anything else: a large one is held once, and a JPEG is not even unpacked to its full size.
        share = min(1, longest_side / max(opened.size))
        opened.draft(None, (ceil(opened.width * share), ceil(opened.height * share)))
        picture = opened.convert("RGBA" if has_holes else "RGB") if opened.mode in ("P", "PA", "1") else opened
        picture.thumbnail((longest_side, longest_side))
        picture = _in_srgb(picture, "RGBA" if has_holes else "RGB")
        if turn is not None:
            picture = picture.transpose(turn)
        if has_holes and (to or kind) == "JPEG":
            ground = Image.new("RGB", picture.size, "white")
            ground.paste(picture, mask=picture.getchannel("A"))
            picture = ground
        picture.info = {}  # position, comments, previews: left behind
        out = BytesIO()
        picture.save(out, to or kind, quality=82)
    except Image.DecompressionBombError as wrong:
        raise _too_many_pixels(MOST_PIXELS, field) from wrong
    except BROKEN as wrong:
        raise InvalidInput(field=field, why=or_else or _("This file is no JPEG, PNG or WebP picture that can be read.")) from wrong
    return Clean(out.getvalue(), *FORMATS[to or kind])


def _is_plain_jpeg(data: bytes) -> bool:
    """False for a JPEG made to keep a reader busy: 10 MB hold millions of empty segments, or thousands of passes over all pixels."""
    at, segments = 2, 0
    while data[:2] == b"\xff\xd8" and data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] != b"\xda":
        segments += 1
        if segments > MOST_SEGMENTS:
            return False
        is_filling = data[at + 1 : at + 2] in (b"\x00", b"\xff")
        at += 1 if is_filling else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data[:2] != b"\xff\xd8" or sum(1 for _scan in islice(SCAN.finditer(data), MOST_SCANS + 1)) <= MOST_SCANS


def _check_size(picture: Image.Image, most: int, field: str) -> None:
    if picture.width * picture.height > most:
        raise _too_many_pixels(most, field)


def _too_many_pixels(most: int, field: str) -> InvalidInput:
    return InvalidInput(field=field, why=_("This picture has more than {most} megapixels. Make it smaller and add it again.").format(most=most // 1_000_000))


def _in_srgb(picture: Image.Image, mode: str) -> Image.Image:
    """Its colours by the profile it brings, which is left behind: a profile has room for anything."""
    if profile := picture.info.get("icc_profile"):
        try:
            turned = ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            turned = None  # a profile of something else, or none: the numbers are taken as they are
        if turned is not None:
            return turned
    return picture.convert(mode)


def clean_pdf(data: bytes, field: str) -> Clean:
    """A PDF of at most 40 pages, its pages written into a new file: no scripts, actions, attachments, links or forms. Raises InvalidInput.

    Read in a process of its own with two seconds and little memory: the format leaves room for files that never end.
    """
    why = _("This file is no PDF that can be read, or it is locked. Save it anew without a password and add it again.")
    if not data.startswith(b"%PDF-"):
        raise InvalidInput(field=field, why=why)
    cell = Path(__file__).with_name("pdf_cell.py")
    try:
        done = subprocess.run([sys.executable, "-I", str(cell), str(MOST_PAGES)], input=data, capture_output=True, timeout=PDF_SECONDS)
    except subprocess.TimeoutExpired as late:
        raise InvalidInput(field=field, why=why) from late
    if done.returncode == 3:
        raise InvalidInput(field=field, why=_("This PDF has more than {most} pages. Hand in the pages that matter.").format(most=MOST_PAGES))
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise InvalidInput(field=field, why=why)
    return Clean(done.stdout, "application/pdf", "pdf")


def clean_paper(upload: IO[bytes], field: str) -> Clean:
    """A document: a picture (kept as JPEG) or a PDF, by what it contains. Raises InvalidInput."""
    data = read_upload(upload, field)
    if data.startswith(b"%PDF-"):
        return clean_pdf(data, field)
    why = _("Hand in a JPEG, PNG or WebP picture, or a PDF: this file is none that can be read.")
    return clean_picture(data, field, longest_side=PAPER_SIDE, to="JPEG", or_else=why)
