"""Files as people hand them in (proof S5): only pictures and PDFs by what they contain, written anew, whatever is hidden in them; and none costs much."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter

from launch.paths import ROOT
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.uploads import MOST_BYTES, MOST_PAGES, Clean, clean_paper, clean_pdf, clean_picture
from tests.kernel import hostile_files as hostile
from tests.kernel.hostile_files import CANARY, drawn

PICTURE = "Hand in a JPEG, PNG or WebP picture, or a PDF"
NO_PDF = "This file is no PDF that can be read, or it is locked."


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def paper(data: bytes) -> Clean:
    return clean_paper(BytesIO(data), "file")


def picture(data: bytes, **how: Any) -> Image.Image:
    """As it is kept: read anew."""
    clean = clean_picture(data, "file", **{"longest_side": 1000, **how})
    opened = Image.open(BytesIO(clean.data))
    assert Image.MIME[str(opened.format)] == clean.content_type
    opened.load()
    return opened


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        paper(data)
    assert refused.value.field == "file" and refused.value.status == 422
    return str(refused.value)


class TestPictures:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_a_paper_is_taken_for_what_it_contains_and_kept_as_a_jpeg(self, kind):
        clean = paper(drawn(kind))
        assert (clean.content_type, clean.extension) == ("image/jpeg", "jpg")
        assert Image.open(BytesIO(clean.data)).size == (60, 40)

    @pytest.mark.parametrize(("kind", "to"), [("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "WEBP"), ("JPEG", "WEBP"), ("PNG", "JPEG")])
    def test_the_place_where_a_photo_was_taken_and_all_else_it_tells_are_gone(self, kind, to):
        data = hostile.with_secrets(kind)
        assert CANARY.encode() in data and Image.open(BytesIO(data)).getexif().get_ifd(0x8825)
        clean = clean_picture(data, "file", longest_side=1000, to=to)
        assert CANARY.encode() not in clean.data
        kept = Image.open(BytesIO(clean.data))
        assert not kept.getexif() and not {"exif", "xmp", "icc_profile", "comment", "XML:com.adobe.xmp"} & set(kept.info)

    @pytest.mark.parametrize("turn", range(1, 9))
    def test_the_way_up_is_kept_in_the_pixels(self, turn):
        sheet = Image.new("RGB", (3, 2))
        sheet.putdata([(n * 40, 255 - n * 40, n) for n in range(6)])
        exif, out = Image.Exif(), BytesIO()
        exif[0x0112] = turn
        sheet.save(out, "PNG", exif=exif)
        upright = ImageOps.exif_transpose(Image.open(BytesIO(out.getvalue())))
        kept = picture(out.getvalue(), to="PNG")
        assert (kept.size, kept.tobytes()) == (upright.size, upright.tobytes())
        assert kept.size == ((3, 2) if turn < 5 else (2, 3))

    def test_colours_follow_the_profile_which_is_left_behind(self):
        out = BytesIO()
        Image.new("RGB", (4, 4), (255, 0, 0)).save(out, "PNG", icc_profile=hostile.profile_of_swapped_colours())
        red, green, blue = picture(out.getvalue(), to="PNG").getpixel((1, 1))
        assert green > 250 and red < 5 and blue < 5
        assert picture(drawn("PNG", icc_profile=b"nonsense"), to="PNG").getpixel((1, 1)) == (0, 128, 128)

    def test_what_shines_through_is_white_on_paper(self):
        assert min(Image.open(BytesIO(paper(drawn("PNG", mode="RGBA")).data)).getpixel((5, 5))) > 250
        assert picture(drawn("PNG", mode="RGBA"), to="WEBP").mode == "RGBA"

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
    def test_every_way_of_counting_colours_becomes_a_jpeg(self, mode):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        plain = Image.new("RGB", (60, 40), "teal")
        out = BytesIO()
        (Image.new("I;16", (60, 40), 30_000) if mode == "I;16" else plain.convert(mode)).save(out, kind)
        assert Image.open(BytesIO(paper(out.getvalue()).data)).mode == "RGB"

    def test_a_photo_with_a_second_one_behind_it_is_a_photo(self):
        """As telephones write them."""
        out = BytesIO()
        Image.new("RGB", (60, 40), "teal").save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")])
        assert Image.open(BytesIO(out.getvalue())).format == "MPO"
        assert picture(out.getvalue()).format == "JPEG" and paper(out.getvalue()).extension == "jpg"

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_a_moving_picture_stands_still(self, kind):
        data = hostile.moving(kind)
        assert Image.open(BytesIO(data)).n_frames == 3
        kept = picture(data, to="PNG")
        assert getattr(kept, "n_frames", 1) == 1 and kept.getpixel((5, 5)) == (255, 0, 0)

    @pytest.mark.parametrize(
        "data",
        [
            *(
                drawn(kind) + behind
                for kind in ("JPEG", "PNG", "WEBP")
                for behind in (hostile.SCRIPT, b"PK\x03\x04" + hostile.SCRIPT, b"%PDF-1.7 " + hostile.SCRIPT)
            ),
            drawn("JPEG", comment=hostile.SCRIPT),
        ],
        ids=range(10),
    )
    def test_what_is_a_page_or_an_archive_as_well_becomes_a_picture_alone(self, data):
        kept = paper(data).data
        assert hostile.SCRIPT in data
        assert not any(sign in kept for sign in (b"<script", b"PK\x03\x04", b"%PDF-", CANARY.encode()))

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            hostile.SVG,
            hostile.HTML,
            drawn("GIF"),
            drawn("GIF") + drawn("JPEG"),
            b"GIF89a/*" + drawn("JPEG"),
            drawn("TIFF"),
            drawn("BMP"),
            drawn("JPEG", (300, 300))[:400],
            drawn("PNG", (300, 300))[:-30],
            drawn("WEBP", (300, 300), lossless=True)[:-20],
            b"MZ" + b"\x00" * 100,
        ],
        ids=["nothing", "svg", "html", "gif", "gif and jpeg", "script and jpeg", "tiff", "bmp", "half a jpeg", "half a png", "half a webp", "program"],
    )
    def test_what_is_no_whole_picture_and_no_pdf_is_refused_in_words_that_help(self, data):
        assert PICTURE in refusal(data)

    def test_half_a_picture_is_refused_after_papers_have_been_printed_as_well(self):
        import_module("weasyprint")
        assert PICTURE in refusal(drawn("PNG", (300, 300))[:-30])

    def test_ten_megabytes_are_taken_and_a_byte_more_is_not(self):
        data = drawn("JPEG")
        full = data + b"\x00" * (MOST_BYTES - len(data))
        assert paper(full).extension == "jpg"
        assert "larger than 10 MB" in refusal(full + b"\x00")

    def test_forty_one_megapixels_are_refused_by_what_the_file_claims(self):
        assert "40 megapixels" in refusal(drawn("PNG", (8200, 5000), "L"))
        assert "12 megapixels" in refusal(drawn("WEBP", (4100, 3000)))
        assert paper(drawn("WEBP", (4000, 3000))).extension == "jpg"

    def test_a_jpeg_written_for_slow_lines_is_taken(self):
        """The control of the bombs below: ten scans, as any program writes."""
        assert picture(drawn("JPEG", (300, 300), progressive=True)).size == (300, 300)

    @pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, about what is broken
    def test_whatever_is_broken_in_a_picture_it_is_kept_or_refused_and_never_a_defect(self):
        chance, kept = random.Random(7), 0
        whole = [hostile.with_secrets(kind) for kind in ("JPEG", "PNG", "WEBP")] + [hostile.moving("PNG"), hostile.moving("WEBP"), drawn("JPEG", mode="CMYK")]
        for _round in range(600):
            data = bytearray(chance.choice(whole))
            for _wound in range(chance.randint(1, 6)):
                data[chance.randrange(len(data))] = chance.choice((0, 255, chance.randrange(256)))
            try:
                kept += CANARY.encode() not in clean_picture(bytes(data), "file", longest_side=1000).data
            except InvalidInput:
                continue
        assert 100 < kept < 600


def everything_in(data: bytes) -> str:
    """All that a PDF holds, streams unpacked, written out; its text is found by `texts_of`."""
    reader = PdfReader(BytesIO(data))
    found = [data.decode("latin-1"), str(reader.trailer)]
    for number in range(1, int(reader.trailer["/Size"])):
        row = reader.get_object(number)
        found.append(f"{row} {row.get_data().decode('latin-1') if hasattr(row, 'get_data') else ''}")
    return "\n".join(found)


def texts_of(data: bytes) -> list[str]:
    return [page.extract_text().strip() for page in PdfReader(BytesIO(data)).pages]


class TestPdf:
    def test_its_pages_are_kept_as_they_read(self):
        clean = paper(hostile.plain_pdf(3))
        assert (clean.content_type, clean.extension) == ("application/pdf", "pdf")
        assert texts_of(clean.data) == ["Paper 1", "Paper 2", "Paper 3"]

    @pytest.mark.parametrize("what", hostile.PDFS_WITH_SOMETHING_IN_THEM)
    def test_scripts_actions_attachments_and_notes_are_left_behind(self, what):
        data = hostile.PDFS_WITH_SOMETHING_IN_THEM[what]
        assert CANARY.encode() in data
        kept = paper(data).data
        assert texts_of(kept) == ["Paper 1"]
        inside = everything_in(kept)
        assert CANARY not in inside
        for sign in (
            "/JS",
            "/JavaScript",
            "/Launch",
            "/URI",
            "/OpenAction",
            "/AA",
            "/EmbeddedFile",
            "/EF",
            "/AcroForm",
            "/XFA",
            "/Annots",
            "/Metadata",
            "/PieceInfo",
        ):
            assert sign not in inside

    def test_a_locked_one_is_refused(self):
        writer = PdfWriter(clone_from=BytesIO(hostile.plain_pdf()))
        out = BytesIO()
        writer.encrypt("secret")
        writer.write(out)
        assert NO_PDF in refusal(out.getvalue())

    @pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
    def test_a_part_of_a_file_is_refused(self, part):
        data = hostile.plain_pdf(2)
        assert NO_PDF in refusal(data[: int(len(data) * part)])

    @pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-" + hostile.HTML, hostile.pdf({1: b"<< /Type /Catalog >>"}), hostile.plain_pdf(0)], ids=range(4))
    def test_what_only_begins_like_one_or_has_no_page_is_refused(self, data):
        assert NO_PDF in refusal(data)

    def test_a_page_of_html_is_no_pdf_although_one_follows(self):
        with pytest.raises(InvalidInput):
            clean_pdf(hostile.HTML + hostile.plain_pdf(), "file")

    def test_forty_pages_are_taken_and_one_more_is_not(self):
        assert len(texts_of(paper(hostile.plain_pdf(MOST_PAGES)).data)) == MOST_PAGES
        assert f"more than {MOST_PAGES} pages" in refusal(hostile.plain_pdf(MOST_PAGES + 1))


# ── What it costs ────────────────────────────────────────────────────────────────────────────────────────────────────

MEASURE = """
import json, resource, sys
from io import BytesIO
from django.conf import settings
settings.configure(USE_I18N=False)
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.uploads import clean_paper
def memory(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def seconds(): return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
data = sys.stdin.buffer.read()
clean_paper(open(sys.argv[1], "rb"), "file")
began, held = seconds(), memory()
try:
    said = clean_paper(BytesIO(data), "file").content_type
except InvalidInput as refused:
    said = f"{refused.field}: {refused}"
print(json.dumps([said, seconds() - began, memory() - held, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""


def measured(data: bytes, tmp_path: Any) -> tuple[str, float, float]:
    """What is said of a file, seconds of computing and megabytes more than before, in a process of its own: a busy machine changes neither."""
    small = tmp_path / "small.png"
    small.write_bytes(drawn("PNG"))
    done = subprocess.run([sys.executable, "-c", MEASURE, str(small)], input=data, capture_output=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    said, seconds, more, cell = json.loads(done.stdout)
    return said, seconds, max(more, cell)


REFUSED_AT_ONCE = {
    "a bomb": lambda: hostile.png_bomb(50_000, 50_000),
    "a long bomb": lambda: hostile.png_bomb(2**31 - 1, 1),
    "41 megapixels": lambda: hostile.png_bomb(8200, 5000),
    "a thousand scans": lambda: hostile.jpeg_of_many_scans((6000, 6000), 1000),
    "millions of comments": lambda: hostile.jpeg_of_many_segments(b"\xff\xfe\x00\x02"),
    "millions of segments": lambda: hostile.jpeg_of_many_segments(b"\xff\xe5\x00\x02"),
    "ten million times nothing": lambda: hostile.jpeg_of_many_segments(b"\xff"),
    "nothing but zeros": lambda: b"\x00" * MOST_BYTES,
    "pages that unpack to gigabytes": lambda: hostile.pdf_of_packed_pages(16, 70_000_000),
    "a tree of pages without end": hostile.pdf_of_a_million_pages,
    "a PDF of starts": lambda: b"%PDF-1.5\n" + b"startxref\n" * 1_000_000,
    "a PDF of beginnings": lambda: b"%PDF-1.5\n" + b"1 0 obj << " * 900_000,
}


@pytest.mark.parametrize("what", REFUSED_AT_ONCE)
def test_what_is_made_to_cost_is_refused_and_costs_little(what, tmp_path):
    said, seconds, megabytes = measured(REFUSED_AT_ONCE[what](), tmp_path)
    assert said.startswith("file: ")
    most = 5 if "PDF" in said else 2  # a PDF's process is ended at two seconds of computing; to start it takes some
    assert seconds < most and megabytes < 200, (said, seconds, megabytes)


def test_a_whole_photo_of_forty_megapixels_costs_little_too(tmp_path):
    said, seconds, megabytes = measured(drawn("JPEG", (8000, 4999)), tmp_path)
    assert said == "image/jpeg"
    assert seconds < 2 and megabytes < 200
