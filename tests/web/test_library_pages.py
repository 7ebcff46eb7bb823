"""The pages of the library: many files at once, each with its own answer; words of many; cut, replaced, deleted and taken back; films."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from demo.draw_film import FILE
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.media.actions import keep_picture
from marketplace.merchant.media.models import Film, LibraryPicture
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.kernel.hostile_files import png_bomb
from tests.merchant.test_library import halves

pytestmark = pytest.mark.django_db
HOST = {"host": "kiln.seller.market.localhost", "accept-language": "en"}
A = MERCHANTS["a"]


@pytest.fixture
def client() -> Client:
    found = Client()
    found.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def a_file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def kept(data: BytesIO, name: str = "halves.png") -> LibraryPicture:
    with merchant_schema(A):
        return keep_picture(by=SYSTEM, upload=data, name=name)


def names_shown(client: Client, query: str = "") -> set[str]:
    return {row.name for row in client.get(f"/library/{query}", headers=HOST).context["page"].rows}


def test_of_many_files_the_good_ones_are_kept_and_each_bad_one_is_named(client):
    files = [a_file("red.png", make.a_picture("red").read()), a_file("page.png", b"<html>"), a_file("blue.png", make.a_picture("blue").read())]
    page = client.post("/library/upload/", {"pictures": files}, headers=HOST, follow=True).content.decode()
    assert "2 pictures are in the library." in page and "page.png: This file is no JPEG, PNG or WebP picture" in page
    assert names_shown(client) == {"red.png", "blue.png"}
    page = client.post("/library/upload/", {}, headers=HOST, follow=True).content.decode()
    assert "Choose at least one file first." in page


def test_a_script_is_answered_with_what_became_of_its_file(client):
    good = client.post("/library/upload/", {"pictures": [a_file("red.png", make.a_picture("red").read())], "as": "part"}, headers=HOST)
    with merchant_schema(A):
        assert good.status_code == 200 and f'data-kept="{LibraryPicture.objects.get().pk}"' in good.content.decode()
    bad = client.post("/library/upload/", {"pictures": [a_file("<b>.png", b"x")], "as": "part"}, headers=HOST)
    assert bad.status_code == 422 and "&lt;b&gt;.png" in bad.content.decode() and 'data-kept=""' in bad.content.decode()


def test_what_would_keep_a_reader_busy_or_is_another_thing_inside_is_refused_or_left_behind(client):
    """S5 on these routes: by upload, and as another file in a picture's place."""
    bomb = png_bomb(9000, 9000)
    row = kept(halves())
    for path, field in (("/library/upload/", "pictures"), (f"/library/{row.pk}/replace/", "picture")):
        answer = client.post(path, {field: a_file("bomb.png", bomb)}, headers=HOST, follow=True)
        assert "megapixels" in answer.content.decode() or "no JPEG, PNG or WebP" in answer.content.decode(), path
        client.post(path, {field: a_file("x.png", make.a_picture("green").read() + b"<script>alert(1)</script>")}, headers=HOST)
    with merchant_schema(A):
        for key in LibraryPicture.objects.values_list("key", flat=True):
            assert key.endswith(".webp") and b"script" not in default_storage.open(key).read()


def test_tabs_and_search_find_what_they_say(client):
    product = make.a_product("a", titles={"en": "Teapot"})
    kept(halves(), "halves.png")
    assert names_shown(client) == {"Teapot", "halves.png"}
    assert names_shown(client, "?show=used") == {"Teapot"} and names_shown(client, "?show=unused") == {"halves.png"}
    assert names_shown(client, "?q=teapot") == {"Teapot"} and names_shown(client, f"?product={product.pk}") == {"Teapot"}
    assert names_shown(client, "?show=wordless") == {"Teapot", "halves.png"} and names_shown(client, "?show=deleted") == set()


def test_words_of_many_are_said_on_one_page(client):
    one, two = kept(halves()), kept(make.a_picture("red"), "red.png")
    page = client.get(f"/library/words/?chosen={one.pk}&chosen={two.pk}", headers=HOST)
    assert page.content.decode().count('name="alt_en_') == 2
    data = {"chosen": [one.pk, two.pk], f"alt_en_{one.pk.hex}": "Two halves", f"alt_zh_{one.pk.hex}": "两半", f"alt_en_{two.pk.hex}": "x" * 201}
    answer = client.post("/library/words/", data, headers=HOST)
    assert answer.status_code == 422 and "at most 200 characters" in answer.content.decode()
    with merchant_schema(A):
        assert LibraryPicture.objects.get(pk=one.pk).alt == {"en": "Two halves", "zh-hans": "两半"}
    assert names_shown(client, "?show=wordless") == {"red.png"}


def test_a_picture_is_cut_shown_whole_again_replaced_deleted_and_taken_back(client):
    row = kept(halves())
    path = f"/library/{row.pk}/"
    cut = {"left": 0, "top": 0, "width": 200, "height": 200, "across": "50", "down": "50"}
    assert client.post(f"{path}cut/", cut, headers=HOST).status_code == 302
    with merchant_schema(A):
        assert LibraryPicture.objects.get().cut == [0, 0, 200, 200]
    wrong = client.post(f"{path}cut/", {**cut, "width": 5000}, headers=HOST)
    assert wrong.status_code == 422 and "lies outside the picture, which is 400 × 200" in wrong.content.decode()
    assert client.post(f"{path}cut/", {**cut, "width": "a"}, headers=HOST).status_code == 422
    assert client.post(f"{path}cut/", {"then": "whole"}, headers=HOST).status_code == 302
    assert client.post(f"{path}replace/", {}, headers=HOST).status_code == 422
    assert client.post(f"{path}replace/", {"picture": a_file("red.png", make.a_picture("red").read())}, headers=HOST).status_code == 302
    with merchant_schema(A):
        now = LibraryPicture.objects.get()
        assert now.cut is None and now.key != row.key and now.name == "halves.png"
    client.post(f"{path}delete/", headers=HOST)
    assert names_shown(client) == set() and names_shown(client, "?show=deleted") == {"halves.png"}
    client.post(f"{path}restore/", headers=HOST)
    assert names_shown(client) == {"halves.png"}


def test_what_is_used_stays_and_the_page_says_where(client):
    make.a_product("a", title="Teapot")
    with merchant_schema(A):
        row = LibraryPicture.objects.get()
    answer = client.post(f"/library/{row.pk}/delete/", headers=HOST)
    assert answer.status_code == 422 and "is used: “Teapot" in answer.content.decode()
    page = client.post("/library/delete/", {"chosen": [row.pk]}, headers=HOST, follow=True).content.decode()
    assert "Take it out there first" in page


def test_a_film_is_uploaded_described_and_played_in_pieces(client):
    clip = SimpleUploadedFile("wheel.mp4", FILE.read_bytes(), "video/mp4")
    answer = client.post("/films/upload/", {"film": clip}, headers=HOST)
    with merchant_schema(A):
        film = Film.objects.get()
    assert answer.status_code == 302 and answer.url == f"/films/{film.pk}/"
    data = {"name": "The wheel", "alt_en": "A bowl on the wheel", "alt_zh": "", "poster_file": a_file("red.png", make.a_picture("red").read())}
    assert client.post(answer.url, data, headers=HOST).status_code == 302
    page = client.get(answer.url, headers=HOST).content.decode()
    assert 'preload="none"' in page and "autoplay" not in page and "The wheel" in page
    with merchant_schema(A):
        poster = Film.objects.select_related("poster").get().poster
        address = f"/media/{page.split('/media/', 1)[1].split('/', 1)[0]}/{film.key}"
    assert poster.name == "red.png"
    piece = Client().get(address, headers={"host": "kiln.market.localhost", "range": "bytes=10-19"})
    assert (piece.status_code, piece.headers["Content-Type"], len(b"".join(piece.streaming_content))) == (206, "video/mp4", 10)
    assert "sandbox" in piece.headers["Content-Security-Policy"] and piece.headers["X-Content-Type-Options"] == "nosniff"
    assert [row.name for row in client.get("/films/?q=wheel", headers=HOST).context["page"].rows] == ["The wheel"]
    bad = client.post("/films/upload/", {"film": SimpleUploadedFile("a.mp4", b"<html>"), "as": "part"}, headers=HOST)
    assert bad.status_code == 422 and "no whole MP4 or WebM film" in bad.content.decode()


def test_what_is_not_there_or_anothers_is_not_found(client):
    with merchant_schema(MERCHANTS["b"]):
        foreign = keep_picture(by=SYSTEM, upload=halves())
    for key in (foreign.pk, uuid4()):
        assert client.get(f"/library/{key}/", headers=HOST).status_code == 404
        for step in ("cut", "replace", "delete", "restore"):
            assert client.post(f"/library/{key}/{step}/", headers=HOST).status_code == 404, step
    assert client.get(f"/films/{uuid4()}/", headers=HOST).status_code == 404
