"""A shop's library: kept once, cut anew from what is kept, followed by every product that uses it, gone only when nothing does."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from PIL import Image

from demo.draw_film import FILE
from marketplace.flows.library import cut_picture, describe_film, describe_picture, replace_picture
from marketplace.flows.publish_product import copy_products, publish_product
from marketplace.flows.review_product import approve_change, save_product
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Picture, Product
from marketplace.merchant.media.actions import delete_film, delete_picture, keep_film, keep_picture, restore_picture
from marketplace.merchant.media.cutting import square_box
from marketplace.merchant.media.errors import PictureTaken, StillUsed, UseNotFollowed
from marketplace.merchant.media.models import Film, LibraryPicture, PictureKey, PictureShows
from marketplace.merchant.media.queries import Shown
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.listings.words import put_words
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def halves(size: tuple[int, int] = (400, 200), left: str = "red", right: str = "blue") -> BytesIO:
    """A picture of two colours, so that it can be seen what was cut out."""
    picture = Image.new("RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, *size))
    data = BytesIO()
    picture.save(data, "PNG")
    data.seek(0)
    return data


def colours(key: str) -> tuple[tuple[int, int], set[str]]:
    """Size of a stored picture, and which of red and blue are in it."""
    with default_storage.open(key) as file:
        picture = Image.open(BytesIO(file.read())).convert("RGB")
    found = {"red" if colour[0] > 200 > colour[2] else "blue" if colour[2] > 200 > colour[0] else "" for _n, colour in picture.getcolors(1 << 20)}
    return picture.size, found - {""}


def on_sale(*pictures: LibraryPicture, shown: Shown | None = None, title: str = "Mug") -> Product:
    variant = VariantInput(sku=f"{title}-{uuid4().hex[:8]}")
    entered = ProductInput(
        category_id=make.a_category().pk, titles={"en": title, "zh-hans": title}, variants=[variant], pictures=[(one.key, one.alt) for one in pictures]
    )
    row = save_product(
        by=SYSTEM, product_id=uuid4(), is_new=True, product=entered, prices={variant.id: (make.yuan("9"), None)}, stock={variant.id: 3}, shown=shown
    )
    return publish_product(by=SYSTEM, product_id=row.pk)


def approve(product: Product) -> Listing:
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    return Listing.objects.get(pk=product.pk)


def film(data: bytes | None = None, name: str = "wheel.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, FILE.read_bytes() if data is None else data, "video/mp4")


def test_the_same_bytes_are_one_picture_under_the_name_they_came_by_first():
    with merchant_schema(A):
        first = keep_picture(by=SYSTEM, upload=halves(), name="C:\\photos\\two  halves.png")
        again = keep_picture(by=SYSTEM, upload=halves(), name="other.png")
        assert (again.pk, again.name, again.width, again.height) == (first.pk, "two halves.png", 400, 200)
        assert LibraryPicture.objects.count() == 1
    with merchant_schema(MERCHANTS["b"]):
        assert not LibraryPicture.objects.exists()


def test_a_cut_is_made_of_the_original_each_time_and_the_square_keeps_the_focus():
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=halves())
        original = row.original
        row = cut_picture(by=SYSTEM, picture_id=row.pk, cut=[0, 0, 180, 200], focus=[500, 500])
        assert colours(row.key) == ((180, 200), {"red"}) and row.original == original
        row = cut_picture(by=SYSTEM, picture_id=row.pk, cut=[200, 0, 200, 200], focus=[500, 500])
        assert colours(row.key) == ((200, 200), {"blue"}) and row.square == ""
        row = cut_picture(by=SYSTEM, picture_id=row.pk, cut=None, focus=[0, 500])
        assert row.key == original and colours(original)[1] == {"red", "blue"}
        assert colours(row.square) == ((200, 200), {"red"})
        assert PictureKey.objects.filter(picture=row).count() == 3  # whatever it was shown as leads to it


@pytest.mark.parametrize("cut", [[-1, 0, 200, 200], [300, 0, 200, 200], [0, 0, 50, 200], [0, 150, 200, 99]])
def test_a_cut_outside_the_picture_or_too_small_is_refused_and_changes_nothing(cut):
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=halves())
        with pytest.raises(InvalidInput) as refused:
            cut_picture(by=SYSTEM, picture_id=row.pk, cut=cut, focus=[500, 500])
        assert refused.value.field == "cut"
        assert LibraryPicture.objects.get().key == row.original


def test_the_square_lies_as_near_to_the_focus_as_the_picture_allows():
    assert square_box(400, 200, [0, 0]) == (0, 0, 200, 200)
    assert square_box(400, 200, [1000, 1000]) == (200, 0, 400, 200)
    assert square_box(200, 400, [500, 250]) == (0, 0, 200, 200)
    assert square_box(300, 300, [0, 0]) == (0, 0, 300, 300)


def test_what_is_on_sale_shows_a_new_cut_when_the_market_has_approved_it():
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=halves())
        product = on_sale(row)
        before = Listing.objects.get(pk=product.pk).pictures
        row = cut_picture(by=SYSTEM, picture_id=row.pk, cut=[0, 0, 200, 200], focus=[500, 500])
        assert Listing.objects.get(pk=product.pk).pictures == before
        assert Picture.objects.get(product=product).key == row.key
        assert approve(product).picture.endswith(row.key)
        row = cut_picture(by=SYSTEM, picture_id=row.pk, cut=None, focus=[1000, 500])
        listing = approve(product)
        assert listing.pictures[0]["key"].endswith(row.original) and listing.picture.endswith(row.square)
        copy_products(by=SYSTEM, products=[Product.objects.get(pk=product.pk)])  # the copy follows from the product alone
        assert Listing.objects.get(pk=product.pk).pictures == listing.pictures


def test_another_file_in_its_place_is_followed_by_every_use_and_one_that_is_there_is_refused():
    with merchant_schema(A):
        row, other = keep_picture(by=SYSTEM, upload=halves()), keep_picture(by=SYSTEM, upload=make.a_picture("green"), name="green.png")
        products = [on_sale(row, title=title) for title in ("Mug", "Bowl")]
        with pytest.raises(PictureTaken):
            replace_picture(by=SYSTEM, picture_id=row.pk, upload=make.a_picture("green"))
        row = replace_picture(by=SYSTEM, picture_id=row.pk, upload=halves(left="blue", right="red"))
        assert {Picture.objects.get(product=product).key for product in products} == {row.key} != {other.key}
        assert [Product.objects.get(pk=product.pk).review for product in products] == ["waiting", "waiting"]


def test_words_reach_products_that_said_the_same_or_nothing_and_no_others():
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=halves())
        silent = on_sale(row, title="Silent")
        row = describe_picture(by=SYSTEM, picture_id=row.pk, name="Halves", alt={"en": "Two  halves", "zh-hans": ""})
        assert Picture.objects.get(product=silent).alt == {"en": "Two halves"}
        approve(silent)
        Picture.objects.filter(product=silent).update(alt={"en": "My own"})
        describe_picture(by=SYSTEM, picture_id=row.pk, name="Halves", alt={"en": "Red and blue"})
        assert Picture.objects.get(product=silent).alt == {"en": "My own"}
        assert Product.objects.get(pk=silent.pk).review == "approved"  # nothing of it has changed


def test_all_products_that_show_it_are_locked_before_the_first_goes_into_review():
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=halves())
        products = [on_sale(row, title=title) for title in ("Mug", "Pot")]
        with CaptureQueriesContext(connection) as asked:
            describe_picture(by=SYSTEM, picture_id=row.pk, name="Halves", alt={"en": "Two halves"})
        locks = [one["sql"] for one in asked if "merchant_catalogue_product" in one["sql"] and "FOR UPDATE" in one["sql"]]
    assert all(str(product.pk) in locks[0] or product.pk.hex in locks[0] for product in products), locks[0]


def test_a_word_that_must_not_be_said_stops_the_whole_change_and_names_the_product():
    put_words(by=SYSTEM, texts=["miracle"], weight="refused", category_id=None, note="the law")
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=halves())
        product = on_sale(row)
        with pytest.raises(UseNotFollowed) as refused:
            describe_picture(by=SYSTEM, picture_id=row.pk, name="x", alt={"en": "A miracle"})
        assert "Mug" in str(refused.value) and "miracle" in str(refused.value)
        assert LibraryPicture.objects.get().alt == {} and Product.objects.get(pk=product.pk).review == "approved"


def test_what_is_used_is_not_deleted_and_what_is_deleted_comes_back():
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=halves(), name="halves.png")
        product = on_sale(row)
        with pytest.raises(StillUsed) as refused:
            delete_picture(by=SYSTEM, picture_id=row.pk)
        assert "Mug" in str(refused.value)
        Picture.objects.filter(product=product).delete()
        assert delete_picture(by=SYSTEM, picture_id=row.pk).deleted_at
        assert restore_picture(by=SYSTEM, picture_id=row.pk).deleted_at is None
        delete_picture(by=SYSTEM, picture_id=row.pk)
        assert keep_picture(by=SYSTEM, upload=halves()).pk == row.pk and LibraryPicture.objects.get().deleted_at is None


def test_pictures_that_products_name_otherwise_are_in_the_library_too():
    product = make.a_product("a", title="Jug")
    with merchant_schema(A):
        row = LibraryPicture.objects.get()
        assert (row.key, row.name) == (product.pictures.get().key, "Jug")


# ── Films ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_film_is_kept_once_and_shown_after_the_first_picture_once_it_is_approved():
    with merchant_schema(A):
        clip = keep_film(by=SYSTEM, upload=film(), name="wheel.mp4")
        assert keep_film(by=SYSTEM, upload=film(name="again.mp4")).pk == clip.pk and Film.objects.count() == 1
        first, second = keep_picture(by=SYSTEM, upload=halves()), keep_picture(by=SYSTEM, upload=make.a_picture("green"))
        product = on_sale(first, second, shown=Shown(film=clip))
        listing = Listing.objects.get(pk=product.pk)
        assert [one.get("film", "")[-28:] for one in listing.pictures] == ["", clip.key[-28:], ""]
        assert listing.pictures[1]["key"] == listing.pictures[0]["key"]  # no poster of its own
        describe_film(by=SYSTEM, film_id=clip.pk, name="Wheel", alt={"en": "On the wheel"}, poster_id=second.pk)
        assert approve(product).pictures[1]["key"].endswith(second.key)
        with pytest.raises(StillUsed):
            delete_film(by=SYSTEM, film_id=clip.pk)
        with pytest.raises(StillUsed):
            delete_picture(by=SYSTEM, picture_id=second.pk)


@pytest.mark.parametrize("data", [b"", b"<html><script>alert(1)</script>", b"\x00\x00\x00\x0cftypisom" + b"<script>" * 9, FILE.read_bytes()[:-9]])
def test_what_is_no_whole_film_is_refused_and_nothing_is_stored(data):
    with merchant_schema(A):
        with pytest.raises(InvalidInput) as refused:
            keep_film(by=SYSTEM, upload=film(data))
        assert refused.value.field == "film" and not Film.objects.exists()


def test_which_choice_a_picture_shows_is_reviewed_and_follows_a_new_cut():
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=halves())
        product = on_sale(row, shown=Shown({row.key: 7}))
        assert Listing.objects.get(pk=product.pk).pictures[0]["value"] == 7
        row = cut_picture(by=SYSTEM, picture_id=row.pk, cut=[0, 0, 200, 200], focus=[500, 500])
        assert PictureShows.objects.get(product=product).key == row.key
        assert approve(product).pictures[0]["value"] == 7
