"""Files that somebody might hand in: whole ones with things hidden in them, and ones made to break or to busy whoever reads them."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO

from PIL import Image, ImageCms, PngImagePlugin

MEGABYTE = 1024 * 1024
CANARY = "CanaryBehindThePicture"
SCRIPT = f"<script>alert('{CANARY}')</script>".encode()
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


def drawn(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, {"RGBA": (0, 128, 128, 0), "L": 128}.get(mode, "teal")).save(out, kind, **options)
    return out.getvalue()


def with_secrets(kind: str) -> bytes:
    """A photo with a position, a maker's note, a description, a comment and a profile that is none."""
    exif = Image.Exif()
    exif[0x010E] = CANARY
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 9.0), 3: "E", 4: (121.0, 28.0, 7.0)})
    options: dict[str, object] = {"exif": exif.tobytes(), "icc_profile": CANARY.encode() * 10}
    if kind == "JPEG":
        options["comment"] = CANARY.encode()
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", CANARY)
        text.add_itxt("XML:com.adobe.xmp", f"<x>{CANARY}</x>")
        options["pnginfo"] = text
    if kind == "WEBP":
        options["xmp"] = CANARY.encode()
    return drawn(kind, **options)


def profile_of_swapped_colours() -> bytes:
    """sRGB with red and green exchanged: what is stored as red is meant to look green."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for sign in (b"XYZ", b"TRC"):
        data = data.replace(b"r" + sign, b"?" + sign).replace(b"g" + sign, b"r" + sign).replace(b"?" + sign, b"g" + sign)
    return data


def moving(kind: str) -> bytes:
    out = BytesIO()
    first, *rest = [Image.new("RGB", (60, 40), colour) for colour in ("red", "lime", "blue")]
    first.save(out, kind, save_all=True, append_images=rest, duration=100, lossless=True)
    return out.getvalue()


# ── Pictures that cost ───────────────────────────────────────────────────────────────────────────────────────────────


def png_bomb(width: int, height: int) -> bytes:
    """Some hundred kilobytes that claim, and unpack to, very many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packing = zlib.compressobj(9)
    rows = b"".join(packing.compress(b"\x00" * MEGABYTE) for _n in range(100)) + packing.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_of_many_scans(size: tuple[int, int], scans: int) -> bytes:
    """A progressive JPEG that goes over all its pixels again and again, for a few bytes each time."""
    data = drawn("JPEG", size, progressive=True)
    last = data.rindex(b"\xff\xda")
    assert re.match(rb"\xff\xda\x00[\x08\x0a\x0c]", data[last:])
    return data[:-2] + data[last:-2] * scans + data[-2:]


def jpeg_of_many_segments(segment: bytes) -> bytes:
    data = drawn("JPEG")
    return data[:2] + segment * ((10 * MEGABYTE - len(data)) // len(segment)) + data[2:]


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def pdf(objects: dict[int, bytes]) -> bytes:
    """A PDF of these objects; 1 is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for n, body in objects.items():
        places[n] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    start, most = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % most
    for n in range(1, most):
        out += b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n"
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (most, start))


def stream(head: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(data), data)


def plain_pdf(pages: int = 1, *, catalogue: bytes = b"", page: bytes = b"", more: dict[int, bytes] | None = None) -> bytes:
    """Pages that read "Paper 1", "Paper 2" and so on; with entries for the catalogue and the pages, and objects from 900 on."""
    kids = [100 + 2 * n for n in range(pages)]
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
        2: b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (pages, b" ".join(b"%d 0 R" % kid for kid in kids)),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for n, kid in enumerate(kids, 1):
        shape = b"/Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Resources << /Font << /F 3 0 R >> >>"
        objects[kid] = b"<< %s /Contents %d 0 R %s >>" % (shape, kid + 1, page)
        objects[kid + 1] = stream(b"", b"BT /F 12 Tf 20 40 Td (Paper %d) Tj ET" % n)
    return pdf(objects | (more or {}))


_SAID = CANARY.encode()
_JAVASCRIPT = b"<< /S /JavaScript /JS (app.alert('%s')) >>" % _SAID
_FILE = {901: stream(b"/Type /EmbeddedFile", _SAID), 902: b"<< /Type /Filespec /F (x.exe) /EF << /F 901 0 R >> >>"}
PDFS_WITH_SOMETHING_IN_THEM = {
    "script when opened": plain_pdf(catalogue=b"/OpenAction " + _JAVASCRIPT),
    "script by name": plain_pdf(catalogue=b"/Names << /JavaScript << /Names [(a) %s] >> >>" % _JAVASCRIPT),
    "script when closed": plain_pdf(catalogue=b"/AA << /WC %s >>" % _JAVASCRIPT),
    "script of a page": plain_pdf(page=b"/AA << /O %s >>" % _JAVASCRIPT),
    "program to launch": plain_pdf(catalogue=b"/OpenAction << /S /Launch /F (%s.exe) >>" % _SAID),
    "link that launches": plain_pdf(page=b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (%s) >> >>]" % _SAID),
    "link to an address": plain_pdf(page=b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://%s) >> >>]" % _SAID),
    "embedded file": plain_pdf(catalogue=b"/Names << /EmbeddedFiles << /Names [(x) 902 0 R] >> >>", more=_FILE),
    "attached to a page": plain_pdf(page=b"/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 902 0 R >>]", more=_FILE),
    "file of a page": plain_pdf(page=b"/AF [902 0 R]", more=_FILE),
    "form with a script": plain_pdf(
        catalogue=b"/AcroForm << /Fields [903 0 R] >>",
        page=b"/Annots [903 0 R]",
        more={903: b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (%s) /Rect [0 0 9 9] /A %s >>" % (_SAID, _JAVASCRIPT)},
    ),
    "another program's form": plain_pdf(catalogue=b"/AcroForm << /XFA 904 0 R >>", more={904: stream(b"", _SAID)}),
    "who wrote it": plain_pdf(catalogue=b"/Metadata 905 0 R", page=b"/Metadata 905 0 R", more={905: stream(b"/Type /Metadata /Subtype /XML", _SAID)}),
    "another program's notes": plain_pdf(page=b"/PieceInfo << /X << /Private (%s) >> >>" % _SAID),
    "an action between pages": plain_pdf(page=b"/PresSteps << /Type /NavNode /NA %s >>" % _JAVASCRIPT),
    "a page behind it": plain_pdf() + SCRIPT,
    "an archive behind it": plain_pdf() + b"PK\x03\x04" + _SAID,
}


def pdf_of_packed_pages(pages: int, size: int) -> bytes:
    """Each page in a packed stream of its own that unpacks to `size` bytes."""
    out, places = bytearray(b"%PDF-1.5\n"), {}

    def put(n: int, body: bytes) -> None:
        places[n] = (1, len(out), 0)
        out.extend(b"%d 0 obj\n%s\nendobj\n" % (n, body))

    kids = range(10, 10 + pages)
    put(1, b"<< /Type /Catalog /Pages 2 0 R >>")
    put(2, b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (pages, b" ".join(b"%d 0 R" % kid for kid in kids)))
    for kid in kids:
        head, holder = b"%d 0 " % kid, kid + pages
        packed = zlib.compress(head + b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>" + b" " * size, 9)
        put(holder, stream(b"/Type /ObjStm /N 1 /First %d /Filter /FlateDecode" % len(head), packed))
        places[kid] = (2, holder, 0)
    last = 10 + 2 * pages
    places[last] = (1, len(out), 0)
    rows = b"".join(struct.pack(">BIH", *places.get(n, (0, 0, 0))) for n in range(last + 1))
    table = stream(b"/Type /XRef /Size %d /W [1 4 2] /Root 1 0 R" % (last + 1), rows)
    return bytes(out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF" % (last, table, places[last][1]))


def pdf_of_a_million_pages() -> bytes:
    """A tree of ten branches on each of twenty levels, in a few kilobytes."""
    levels: dict[int, bytes] = {2 + n: b"<< /Type /Pages /Count 1 /Kids [ %s ] >>" % (b"%d 0 R " % (3 + n) * 10) for n in range(20)}
    return pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", **levels, 22: b"<< /Type /Page /MediaBox [0 0 9 9] >>"})
