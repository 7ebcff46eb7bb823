"""Uploaded pictures: taken for what they hold, made anew, and refused before they cost anything (proof S5)."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zlib
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.uploads import MOST_BYTES
from marketplace.merchant.catalogue.pictures import LONGEST_SIDE, store_picture
from tenants.accounts.models import User
from tenants.tenancy.models import schema_name_of
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def drawn(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "teal" if mode != "RGBA" else (0, 128, 128, 100)).save(out, kind, **options)
    return out.getvalue()


def stored(data: bytes) -> tuple[str, Image.Image]:
    with merchant_schema(MERCHANTS["a"]):
        key = store_picture(BytesIO(data))
        with default_storage.open(key) as file:
            picture = Image.open(BytesIO(file.read()))
            picture.load()
    return key, picture


def refusal(data: bytes) -> InvalidInput:
    with merchant_schema(MERCHANTS["a"]), pytest.raises(InvalidInput) as refused:
        store_picture(BytesIO(data))
    assert refused.value.field == "picture"
    return refused.value


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_webp_under_a_name_that_follows_from_what_it_shows(kind):
    key, picture = stored(drawn(kind))
    assert key.startswith("products/") and key.endswith(".webp")
    assert (picture.format, picture.size) == ("WEBP", (60, 40))
    assert stored(drawn(kind))[0] == key  # the same once more is the same file


def test_it_lies_in_its_merchants_own_folder():
    key, _picture = stored(drawn())
    with merchant_schema(MERCHANTS["a"]):
        assert f"/{schema_name_of(MERCHANTS['a'])}/" in default_storage.path(key)
    with merchant_schema(MERCHANTS["b"]):
        assert not default_storage.exists(key)


def test_a_large_picture_is_made_smaller_and_a_transparent_one_stays_so():
    assert stored(drawn(size=(4000, 1000)))[1].size == (LONGEST_SIDE, LONGEST_SIDE // 4)
    assert stored(drawn(mode="RGBA"))[1].mode == "RGBA"


def test_where_it_was_taken_is_forgotten_and_which_way_up_it_is_not():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8825)[1] = "N"
    data = drawn("JPEG", exif=exif.tobytes())
    assert b"Secret camera" in data
    key, picture = stored(data)
    assert picture.size == (40, 60)
    assert not picture.getexif()
    with merchant_schema(MERCHANTS["a"]), default_storage.open(key) as file:
        assert b"Secret" not in file.read()


def test_what_is_appended_to_a_picture_is_left_behind():
    """A picture that is a program or a page as well."""
    key, _picture = stored(drawn() + b"<script>alert(1)</script>PK\x03\x04")
    with merchant_schema(MERCHANTS["a"]), default_storage.open(key) as file:
        data = file.read()
    assert b"script" not in data and b"PK\x03" not in data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><body>hello</body></html>",
        b"GIF89a" + b"\x00" * 40,
        b"%PDF-1.7\n",
        b"PK\x03\x04" + b"\x00" * 40,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"\xff\xd8\xff\xe0" + b"x" * 40,
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        drawn("PNG")[:-30],
        drawn("JPEG", size=(300, 300))[:400],
    ],
    ids=["nothing", "svg", "html", "gif", "pdf", "zip", "png in name", "jpeg in name", "webp in name", "half a png", "half a jpeg"],
)
def test_what_is_no_whole_picture_of_a_kind_we_take_is_refused(data):
    assert "no JPEG, PNG or WebP picture" in str(refusal(data))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_a_picture_of_another_kind_is_refused_whatever_it_is_called(kind):
    assert "no JPEG, PNG or WebP picture" in str(refusal(drawn(kind)))


def test_a_file_that_is_too_large_is_refused_without_being_read_to_the_end():
    class Endless(BytesIO):
        read_so_far = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None and size > 0, "read without an end"
            self.read_so_far += size
            return b"x" * size

    upload = Endless()
    with merchant_schema(MERCHANTS["a"]), pytest.raises(InvalidInput) as refused:
        store_picture(upload)
    assert "larger than 10 MB" in str(refused.value)
    assert upload.read_so_far <= MOST_BYTES + 1


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims, and by its data would unpack to, many more."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (100_000, 1_000), (7_000, 6_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_at_once_and_for_nothing(width, height):
    tracemalloc.start()
    began = time.monotonic()
    words = str(refusal(bomb(width, height)))
    seconds, (_now, most) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "40 megapixels" in words
    assert seconds < 2 and most < 200 * 1024**2


def test_forty_megapixels_are_taken():
    """The control: it is the size that is refused, not the kind of file. Few colours, so it is quick."""
    assert stored(drawn(size=(8000, 4999), mode="L"))[1].size == (LONGEST_SIDE, 1000)


# ── Pictures of pages, through Wagtail's own form ────────────────────────────────────────────────────────────────────


def errors_of_wagtails_form(name: str, data: bytes) -> list[str]:
    with merchant_schema(MERCHANTS["a"]):
        form = get_image_form(get_image_model())({"title": "x", "collection": 1}, {"file": SimpleUploadedFile(name, data)})
        return [str(error) for error in form.errors.get("file", [])]


def test_wagtail_takes_the_same_kinds_up_to_the_same_size():
    assert errors_of_wagtails_form("mug.png", drawn()) == []
    assert errors_of_wagtails_form("mug.webp", drawn("WEBP")) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mug.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("mug.gif", drawn("GIF")),
        ("mug.png", drawn("GIF")),
        ("mug.png", b"<script>alert(1)</script>"),
        ("mug.png", bomb(7_000, 6_000)),
        ("mug.png", bomb(13_000, 13_000)),
        ("mug.html", drawn()),
        ("mug.png", drawn() + b"\x00" * MOST_BYTES),
    ],
    ids=["svg", "gif", "gif called png", "script called png", "bomb", "larger bomb", "png called html", "too large"],
)
def test_wagtail_refuses_what_we_refuse(name, data):
    assert errors_of_wagtails_form(name, data)


def test_half_a_picture_sent_to_wagtail_is_a_bad_request_and_no_defect():
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    form = {"title": "x", "collection": 1, "file": SimpleUploadedFile("mug.png", drawn(size=(300, 300))[:-30])}
    assert client.post("/cms/images/add/", form, headers={"host": "kiln.seller.market.localhost"}).status_code == 400
    form["file"] = SimpleUploadedFile("mug.png", drawn(size=(300, 300)))
    assert client.post("/cms/images/add/", form, headers={"host": "kiln.seller.market.localhost"}).status_code == 302
