"""Videos of editors: taken for what they hold, cleaned of what tells of their maker, refused before they do harm, served in pieces."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from cms.merchant.models import ShopHome, Video
from cms.pictures import image_called
from demo.draw_film import FILE
from demo.pictures import picture_file
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.videos import MOST_BYTES, clean_video
from tenants.tenancy.schemas import merchant_schema
from tests.config.test_headers import signed_in
from tests.databases import MERCHANTS

WORKBENCH, SHOP = "kiln.seller.market.localhost", "kiln.market.localhost"
UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"


def box(kind: bytes, *content: bytes) -> bytes:
    whole = b"".join(content)
    return struct.pack(">I4s", len(whole) + 8, kind) + whole


def track(purpose: bytes, codec: bytes, *more: bytes) -> bytes:
    samples = box(b"stbl", box(b"stsd", bytes(4), struct.pack(">I", 1), box(codec, bytes(8))))
    media = box(b"mdia", box(b"mdhd", bytes(4), b"\x11" * 8), box(b"hdlr", bytes(8), purpose, bytes(12)), box(b"minf", samples))
    return box(b"trak", box(b"tkhd", bytes(4), b"\x11" * 8), media, *more)


def mp4(*tracks: bytes, after: bytes = b"") -> bytes:
    return box(b"ftyp", b"isom", bytes(4)) + box(b"moov", box(b"mvhd", bytes(4), b"\x11" * 8), *tracks) + box(b"mdat", b"film") + after


def element(number: int, *content: bytes, length: bytes = b"") -> bytes:
    whole = b"".join(content)
    return number.to_bytes((number.bit_length() + 7) // 8, "big") + (length or (1 << 56 | len(whole)).to_bytes(8, "big")) + whole


def webm(codec: bytes = b"V_VP9", *more: bytes, kind: bytes = b"webm", length: bytes = b"") -> bytes:
    one = element(0xAE, element(0x83, b"\x01"), element(0x86, codec))
    cluster = element(0x1F43B675, element(0xE7, b"\0"), element(0xA3, b"film"), length=length)
    info = element(0x1549A966, element(0x7BA9, b"Aunt Mei's birthday"), element(0x4D80, b"writer"))
    return element(0x1A45DFA3, element(0x4282, kind)) + element(0x18538067, info, element(0x1654AE6B, one), cluster, *more, length=length)


def cleaned(data: bytes) -> tuple[str, bytes]:
    file = BytesIO(data)
    extension = clean_video(file, "file")
    assert len(file.getvalue()) == len(data)
    return extension, file.getvalue()


def refusal(data: bytes) -> str:
    file = BytesIO(data)
    with translation.override("en"), pytest.raises(InvalidInput) as refused:
        clean_video(file, "file")
    assert file.getvalue() == data
    return str(refused.value)


def test_places_dates_and_notes_of_cameras_are_overwritten_and_the_film_stays():
    place = box(b"udta", box(b"\xa9xyz", b"+31.2304+121.4737/"))
    extension, kept = cleaned(
        mp4(track(b"vide", b"avc1", place), track(b"soun", b"mp4a"), place, after=box(b"uuid", b"serial number") + box(b"free", b"hidden"))
    )
    assert extension == "mp4"
    assert b"film" in kept
    assert not any(told in kept for told in (b"31.2304", b"serial", b"hidden", b"\x11\x11"))


def test_a_film_of_webm_loses_its_title_its_tags_and_its_attachments():
    extension, kept = cleaned(webm(b"V_VP9", element(0x1254C367, b"Shanghai"), element(0x1941A469, b"MZ")))
    assert extension == "webm"
    assert b"film" in kept
    assert b"writer" in kept
    assert not any(told in kept for told in (b"Mei", b"Shanghai", b"MZ"))
    assert cleaned(kept) == (extension, kept)  # still whole


def test_a_film_that_was_written_while_it_was_filmed_is_taken():
    assert cleaned(webm(length=UNKNOWN, kind=b"webm"))[0] == "webm"


@pytest.mark.parametrize(
    "data",
    [
        mp4(track(b"vide", b"hvc1")),
        mp4(track(b"vide", b"avc1"), track(b"soun", b"ac-3")),
        mp4(track(b"vide", b"avc1"), track(b"meta", b"gpmd")),  # where a camera was, second by second
        mp4(track(b"vide", b"encv")),
        mp4(track(b"soun", b"mp4a")),
        webm(b"V_MPEGH/ISO/HEVC"),
    ],
    ids=["hevc", "ac3", "positions", "locked", "sound alone", "hevc in webm"],
)
def test_what_browsers_do_not_play_is_refused_with_what_to_do(data):
    assert "H.264" in refusal(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script>",
        mp4(track(b"vide", b"avc1"), after=b"<script>alert(1)</script>"),
        mp4(track(b"vide", b"avc1"), after=box(b"html", b"<script>")),
        mp4(track(b"vide", b"avc1"))[:-3],
        box(b"ftyp", b"isom", bytes(4)) + b"".join(struct.pack(">I4s", 8 * (40 - n), b"trak") for n in range(40)),
        box(b"ftyp", b"isom", bytes(4)) + box(b"free") * 60_000,
        webm(kind=b"matroska"),
        webm() + b"PK\x03\x04",
        webm()[:-1],
        b"\x1aE\xdf\xa3" + UNKNOWN,
    ],
    ids=[
        "nothing",
        "a page",
        "a page behind it",
        "a box of its own",
        "cut off",
        "nested",
        "a flood",
        "matroska",
        "an archive behind it",
        "cut off webm",
        "no end",
    ],
)
def test_what_is_no_whole_film_is_refused(data):
    assert "MP4" in refusal(data)


def test_a_film_larger_than_50_mb_is_refused_before_it_is_read():
    class Large(BytesIO):
        def seek(self, at: int, whence: int = 0) -> int:
            return MOST_BYTES + 1 if whence == 2 else super().seek(at, whence)

    with pytest.raises(InvalidInput), translation.override("en"):
        clean_video(Large(), "file")


@pytest.fixture
def owner():
    return signed_in("owner-a@market.localhost")


def add(client: Client, name: str, data: bytes) -> int:
    form = {"title": "Glazes", "file": SimpleUploadedFile(name, data, "application/octet-stream")}
    return client.post("/cms/videos/new/", form, headers={"host": WORKBENCH}).status_code


@pytest.mark.django_db
def test_a_video_stands_on_a_page_and_is_served_in_the_pieces_a_player_asks_for(owner):
    assert add(owner, "my holiday.mov", FILE.read_bytes()) == 302
    with merchant_schema(MERCHANTS["a"]):
        video, home = Video.objects.get(), ShopHome.objects.get()
        address = video.file.url
        image = image_called("glazes", "Mugs", picture_file("mug-set"))
        told = {"zh": "五种釉", "en": "Five glazes"}
        home.blocks = [("video", {"video": video, "image": image, "caption": told, "told": told})]
        home.save_revision().publish()
    assert "holiday" not in address
    page = Client().get("/", headers={"host": SHOP, "accept-language": "en"})
    assert f'<source src="{address}" type="video/mp4">' in page.content.decode()
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    whole = Client().get(address, headers={"host": SHOP})
    assert (whole.status_code, whole.headers["Content-Type"], whole.headers["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    piece = Client().get(address, headers={"host": SHOP, "range": "bytes=100-199"})
    assert (piece.status_code, piece.headers["Content-Range"]) == (206, f"bytes 100-199/{FILE.stat().st_size}")
    assert b"".join(piece.streaming_content) == b"".join(whole.streaming_content)[100:200]
    assert Client().get(address, headers={"host": SHOP, "range": "bytes=99999999-"}).status_code == 416


@pytest.mark.django_db
def test_what_is_no_video_is_refused_beside_its_field(owner):
    answer = owner.post(
        "/cms/videos/new/", {"title": "x", "file": SimpleUploadedFile("a.mp4", b"<html>")}, headers={"host": WORKBENCH, "accept-language": "en"}
    )
    assert answer.status_code == 200
    assert "no whole MP4 or WebM film" in answer.content.decode()
    with merchant_schema(MERCHANTS["a"]):
        assert not Video.objects.exists()


@pytest.mark.django_db
def test_a_shop_chooses_among_its_own_videos_only(owner):
    add(owner, "a.mp4", FILE.read_bytes())
    other = signed_in("owner-b@market.localhost")
    here = owner.get("/cms/video_chooser/", headers={"host": WORKBENCH}).content.decode()
    there = other.get("/cms/video_chooser/", headers={"host": "trail.seller.market.localhost"})
    assert "Glazes" in here
    assert there.status_code == 200
    assert "Glazes" not in there.content.decode()


@pytest.mark.django_db
def test_a_deleted_video_takes_its_file_along(owner, django_capture_on_commit_callbacks):
    add(owner, "a.mp4", FILE.read_bytes())
    with merchant_schema(MERCHANTS["a"]):
        video = Video.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert owner.post(f"/cms/videos/delete/{video.pk}/", headers={"host": WORKBENCH}).status_code == 302
    assert Client().get(video.file.url, headers={"host": SHOP}).status_code == 404
