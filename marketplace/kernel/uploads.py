"""Files as people hand them in: taken for what they contain, not for what they are called, and written anew without metadata."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject

from marketplace.kernel.errors import InvalidInput

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_PAGES = 40
FORMATS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}


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


def clean_picture(data: bytes, field: str, *, longest_side: int | None = None, to: str = "", or_else: str = "") -> Clean:
    """A JPEG, PNG or WebP picture of at most 40 megapixels, written anew (as `to`, or as what it was).

    Raises InvalidInput, with `or_else` as what to do about a file that is none.
    """
    try:
        opened = Image.open(BytesIO(data), formats=list(FORMATS))
        if opened.width * opened.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        kind = to or str(opened.format)
        picture = ImageOps.exif_transpose(opened)
        if longest_side:
            picture.thumbnail((longest_side, longest_side))
        written = picture.convert("RGBA" if kind != "JPEG" and picture.has_transparency_data else "RGB")
        # Pixels and their colour space; whatever else stood in the file (position, comments, previews) is left behind.
        written.info = {"icc_profile": profile} if (profile := picture.info.get("icc_profile")) else {}
        out = BytesIO()
        written.save(out, kind, quality=82)
    except Image.DecompressionBombError as wrong:
        raise InvalidInput(field=field, why=_("This picture has more than 40 megapixels. Make it smaller and add it again.")) from wrong
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as wrong:
        raise InvalidInput(field=field, why=or_else or _("This file is no JPEG, PNG or WebP picture that can be read.")) from wrong
    return Clean(out.getvalue(), *FORMATS[kind])


def clean_pdf(data: bytes, field: str) -> Clean:
    """A PDF of at most 40 pages, its pages written into a new file: no scripts, actions, attachments or links. Raises InvalidInput."""
    why = _("This file is no PDF that can be read, or it is locked. Save it anew without a password and add it again.")
    if not data.startswith(b"%PDF-"):
        raise InvalidInput(field=field, why=why)
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise InvalidInput(field=field, why=why)
        if len(reader.pages) > MOST_PAGES:
            raise InvalidInput(field=field, why=_("This PDF has more than {most} pages. Hand in the pages that matter.").format(most=MOST_PAGES))
        writer = PdfWriter()
        for page in reader.pages:
            for name in ("/AA", "/Annots"):
                page.pop(NameObject(name), None)
            writer.add_page(page)
        writer.metadata = None
        out = BytesIO()
        writer.write(out)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError) as wrong:  # what pypdf raises on broken files
        raise InvalidInput(field=field, why=why) from wrong
    return Clean(out.getvalue(), "application/pdf", "pdf")


def clean_paper(upload: IO[bytes], field: str) -> Clean:
    """A document: a picture or a PDF, by what it contains. Raises InvalidInput."""
    data = read_upload(upload, field)
    if data.startswith(b"%PDF-"):
        return clean_pdf(data, field)
    return clean_picture(data, field, or_else=_("Hand in a JPEG, PNG or WebP picture, or a PDF: this file is none that can be read."))
