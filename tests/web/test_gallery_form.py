"""The gallery of the product form: order, words, choices, what is taken from the library and uploaded right there, and the film; without a script."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from demo.draw_film import FILE
from marketplace.flows.library import cut_picture
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.media.actions import keep_picture
from marketplace.merchant.media.models import Film, LibraryPicture, PictureShows
from marketplace.platform.taxonomy.actions import describe_category, put_attributes, put_values
from marketplace.web.seller.gallery import token_of
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
HOST = {"host": "kiln.seller.market.localhost", "accept-language": "en"}
A = MERCHANTS["a"]


@pytest.fixture
def client() -> Client:
    found = Client()
    found.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def a_file(colour: str, name: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name or f"{colour}.png", make.a_picture(colour).read(), "image/png")


def kept(colour: str) -> LibraryPicture:
    return keep_picture(by=SYSTEM, upload=BytesIO(make.a_picture(colour).read()), name=f"{colour}.png")


@pytest.fixture
def product() -> Product:
    return make.a_product("a")


def form_of(product: Product, *keys: str, **more: Any) -> dict[str, Any]:
    with merchant_schema(A):
        sku = product.variants.filter(is_active=True).order_by("position").first().sku
        keys = keys or tuple(product.pictures.order_by("position").values_list("key", flat=True))
    fields = {"product_id": product.pk, "title_en": "Mug", "title_zh": "Mug（中文）", "category": product.category_id, "sku_0": sku}
    return {**fields, "price_0": "100", "stock_0": "10", "gallery": "1", "shot": list(keys), **more}


def keys_now(product: Product) -> list[str]:
    with merchant_schema(A):
        return list(product.pictures.order_by("position").values_list("key", flat=True))


def shown(page: bytes) -> list[str]:
    return re.findall(r'name="shot" value="([^"]+)"', page.decode())


def test_pictures_stay_go_and_stand_as_the_form_says(client, product):
    (old,) = keys_now(product)
    client.post(f"/products/{product.pk}/", form_of(product, pictures=[a_file("red")]), headers=HOST)
    _old, new = keys_now(product)
    client.post(f"/products/{product.pk}/", form_of(product, **{f"place_{token_of(old)}": "2", f"place_{token_of(new)}": "1"}), headers=HOST)
    assert keys_now(product) == [new, old]
    client.post(f"/products/{product.pk}/", form_of(product, **{f"gone_{token_of(old)}": "1"}), headers=HOST)
    assert keys_now(product) == [new]


def test_a_form_without_its_gallery_leaves_it_as_it_is(client, product):
    before = keys_now(product)
    data = form_of(product)
    del data["gallery"], data["shot"]
    assert client.post(f"/products/{product.pk}/", data, headers=HOST).status_code == 302
    assert keys_now(product) == before


def test_what_a_picture_shows_is_kept_in_words_and_reviewed(client, product):
    (key,) = keys_now(product)
    words = {f"alt_zh_{token_of(key)}": " 翠青 ", f"alt_en_{token_of(key)}": "Jade   mug"}
    client.post(f"/products/{product.pk}/", form_of(product, **words), headers=HOST)
    with merchant_schema(A):
        assert product.pictures.get().alt == {"zh-hans": "翠青", "en": "Jade mug"}
        assert Product.objects.get().review == Product.Review.WAITING
    response = client.post(f"/products/{product.pk}/", form_of(product, **{f"alt_en_{token_of(key)}": "x" * 201}), headers=HOST)
    assert response.status_code == 422 and "at most 200 characters" in response.content.decode()
    with merchant_schema(A):
        assert product.pictures.get().alt == {"zh-hans": "翠青", "en": "Jade mug"}


def test_arrows_and_what_is_ticked_show_the_form_again_and_change_nothing(client, product):
    with merchant_schema(A):
        red, blue = kept("red"), kept("blue")
    (key,) = keys_now(product)
    page = client.post(f"/products/{product.pk}/", form_of(product, then="gallery-take", take=[red.pk, blue.pk, "nonsense"]), headers=HOST).content
    assert shown(page) == [key, red.key, blue.key]
    page = client.post(f"/products/{product.pk}/", form_of(product, *shown(page), then=f"gallery-up-{token_of(blue.key)}"), headers=HOST).content
    assert shown(page) == [key, blue.key, red.key]
    part = client.post(f"/products/{product.pk}/", form_of(product, *shown(page), then="gallery-show"), headers={**HOST, "hx-request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="gallery"') and "<html" not in part
    assert keys_now(product) == [key]
    client.post(f"/products/{product.pk}/", form_of(product, *shown(page)), headers=HOST)
    assert keys_now(product) == [key, blue.key, red.key]


def test_what_is_uploaded_right_there_is_kept_whatever_becomes_of_the_form(client, product):
    files = [a_file("red"), SimpleUploadedFile("page.png", b"<html>", "image/png")]
    page = client.post(f"/products/{product.pk}/", form_of(product, then="gallery-upload", pictures=files), headers=HOST)
    assert page.status_code == 200 and len(shown(page.content)) == 2 and "page.png: This file is no JPEG" in page.content.decode()
    wrong = form_of(product, pictures=[a_file("blue")], title_en="", title_zh="")
    assert client.post(f"/products/{product.pk}/", wrong, headers=HOST).status_code == 422
    with merchant_schema(A):
        assert LibraryPicture.objects.filter(name="red.png").exists() and product.pictures.count() == 1


def test_a_picture_that_is_not_the_shops_is_refused(client, product):
    with merchant_schema(MERCHANTS["b"]):
        foreign = kept("red")
    response = client.post(f"/products/{product.pk}/", form_of(product, *keys_now(product), foreign.key), headers=HOST)
    assert response.status_code == 422 and "no longer in your library" in response.content.decode()
    taken = client.post(f"/products/{product.pk}/", form_of(product, then="gallery-take", take=[foreign.pk]), headers=HOST)
    assert len(shown(taken.content)) == 1
    assert len(keys_now(product)) == 1


def test_an_open_form_follows_a_cut_that_was_made_meanwhile(client, product):
    with merchant_schema(A):
        wide = keep_picture(by=SYSTEM, upload=make.a_picture("red", (300, 200)))
        cut = cut_picture(by=SYSTEM, picture_id=wide.pk, cut=[0, 0, 200, 200], focus=[500, 500])
    client.post(f"/products/{product.pk}/", form_of(product, wide.original), headers=HOST)
    assert keys_now(product) == [cut.key]


def test_a_picture_shows_one_of_the_choices_the_product_has(client):
    category = make.a_category("jackets", {"en": "Jackets"})
    colour = put_attributes(by=SYSTEM, rows=[{"code": "colour", "names": {"en": "Colour"}}])["colour"]
    values = put_values(by=SYSTEM, rows=[{"attribute_id": colour.pk, "code": code, "names": {"en": code}} for code in ("jade", "ink", "ash")])
    describe_category(by=SYSTEM, category_id=category.pk, attribute_ids=[colour.pk])
    product = make.a_product("a", category=category)
    (key,) = keys_now(product)
    jade, ink, ash = (values[colour.pk, code].pk for code in ("jade", "ink", "ash"))
    rows = {"axes": [colour.pk], f"axis_{colour.pk}": [jade, ink], "options_0": f"{colour.pk}:{jade}"}
    rows |= {"options_1": f"{colour.pk}:{ink}", "sku_0": "jade", "sku_1": "ink", "price_1": "9", "stock_1": "1"}
    page = client.post(f"/products/{product.pk}/", form_of(product, **rows, then="gallery-show"), headers=HOST).content.decode()
    assert f'<option value="{jade}"' in page and f'name="value_{token_of(key)}"' in page
    for sent, found in ((jade, [jade]), (ash, [])):  # ash is no choice of this product
        assert client.post(f"/products/{product.pk}/", form_of(product, **rows, **{f"value_{token_of(key)}": sent}), headers=HOST).status_code == 302
        with merchant_schema(A):
            assert list(PictureShows.objects.values_list("value_id", flat=True)) == found


def test_a_box_that_no_form_has_beside_a_picture_is_left_alone(client, product):
    assert client.post(f"/products/{product.pk}/", form_of(product, pictures=[a_file("red")], **{"pictures-clear": "on"}), headers=HOST).status_code == 302
    assert len(keys_now(product)) == 2


def test_a_film_is_uploaded_chosen_and_taken_away(client, product):
    clip = SimpleUploadedFile("wheel.mp4", FILE.read_bytes(), "video/mp4")
    assert client.post(f"/products/{product.pk}/", form_of(product, film_file=clip), headers=HOST).status_code == 302
    with merchant_schema(A):
        film = Film.objects.get()
        assert Product.objects.get(pk=product.pk).film.film == film
        assert Product.objects.get(pk=product.pk).review == "waiting"
    page = client.get(f"/products/{product.pk}/", headers=HOST).content.decode()
    assert f"/{film.key}" in page and 'preload="none"' in page
    client.post(f"/products/{product.pk}/", form_of(product, film=""), headers=HOST)
    with merchant_schema(A):
        assert not hasattr(Product.objects.get(pk=product.pk), "film")
    wrong = SimpleUploadedFile("wheel.mp4", b"<html>", "video/mp4")
    refused = client.post(f"/products/{product.pk}/", form_of(product, film_file=wrong), headers=HOST)
    assert refused.status_code == 422 and "no whole MP4 or WebM film" in refused.content.decode()
