"""Pictures in descriptions are uses of the library: counted, followed when a picture changes, shown to the reviewer, exported and imported."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from marketplace.flows.library import cut_picture, describe_picture, replace_picture
from marketplace.flows.product_files.held import cell_of, held
from marketplace.flows.product_files.words import Words
from marketplace.flows.review_product import approve_change
from marketplace.flows.review_rules import passing_of
from marketplace.flows.unused_media import named
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.prose import as_html
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.media.actions import delete_picture, keep_picture, note_pictures
from marketplace.merchant.media.errors import StillUsed
from marketplace.merchant.media.models import LibraryPicture, TextPicture
from marketplace.merchant.media.queries import library
from marketplace.platform.listings.models import Listing, ProductChange, ReviewRules
from marketplace.platform.listings.words import put_words
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.web.test_product_texts import form_of

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
SCHEMA = f"m_{A.hex}"
HOST = {"host": "kiln.seller.market.localhost", "accept-language": "en"}


@pytest.fixture
def client() -> Client:
    found = Client()
    found.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def a_file(colour: str) -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(data, "PNG")
    data.seek(0)
    return data


def kept(colour: str = "teal") -> LibraryPicture:
    with merchant_schema(A):
        return keep_picture(by=SYSTEM, upload=a_file(colour), name=f"{colour}.png")  # type: ignore[no-any-return]


def described(client: Client, *pictures: LibraryPicture, approve: bool = True) -> Product:
    """A product on sale whose English description shows these pictures."""
    product = make.a_product("a")
    html = "<h3>Clay</h3>" + "".join(f'<p><img src="{row.key}"></p>' for row in pictures)
    assert client.post(f"/products/{product.pk}/", form_of(product, description_en=html), headers=HOST).status_code == 302
    if approve:
        approved(product)
    return product


def waiting(product: Product) -> ProductChange:
    return ProductChange.objects.get(product_id=product.pk, status="waiting")


def approved(product: Product) -> None:
    change = waiting(product)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)


def text_of(product: Product) -> str:
    with merchant_schema(A):
        return str(Product.objects.get(pk=product.pk).descriptions["en"])


def test_a_picture_in_a_description_is_in_use_and_is_not_deleted(client):
    row, other = kept(), kept("tan")
    product = described(client, row)
    with merchant_schema(A):
        used = {one.pk: one.is_used for one in library()}
        assert (used[row.pk], used[other.pk]) == (True, False)
        with pytest.raises(StillUsed):
            delete_picture(by=SYSTEM, picture_id=row.pk)
        delete_picture(by=SYSTEM, picture_id=other.pk)
        assert row.key in named()
    assert [one.uses for one in client.get("/library/", headers=HOST).context["page"].rows if one.pk == row.pk] == [1]
    assert row.pk in {one.pk for one in client.get(f"/library/?product={product.pk}", headers=HOST).context["page"].rows}
    client.post(f"/products/{product.pk}/", form_of(product, description_en="Clay"), headers=HOST)
    with merchant_schema(A):
        assert not TextPicture.objects.exists()
        delete_picture(by=SYSTEM, picture_id=row.pk)


def test_what_is_deleted_comes_back_when_a_description_names_it(client):
    row = kept()
    with merchant_schema(A):
        delete_picture(by=SYSTEM, picture_id=row.pk)
    described(client, row)
    with merchant_schema(A):
        assert LibraryPicture.objects.get(pk=row.pk).deleted_at is None


def test_a_cut_a_new_file_and_new_words_reach_the_description_through_review(client):
    row = kept()
    product = described(client, row)
    with merchant_schema(A):
        cut = cut_picture(by=SYSTEM, picture_id=row.pk, cut=[0, 0, 300, 200], focus=[500, 500])
    assert text_of(product) == f'<h3>Clay</h3><p><img src="{cut.key}"></p>' and cut.key != row.key
    assert f'src="{SCHEMA}/{cut.key}" width="300" height="200"' in waiting(product).proposed["descriptions"]["en"]
    assert row.key in Listing.objects.get(pk=product.pk).descriptions["en"]  # buyers read on what was approved
    approved(product)
    with merchant_schema(A):
        new = replace_picture(by=SYSTEM, picture_id=row.pk, upload=a_file("plum"))
    assert new.key in text_of(product)
    approved(product)
    with merchant_schema(A):
        describe_picture(by=SYSTEM, picture_id=row.pk, name="Bowl", alt={"en": "A plum bowl"})
    assert 'alt="A plum bowl"' in waiting(product).proposed["descriptions"]["en"]


def test_the_reviewer_sees_the_picture_before_and_after(client):
    row = kept()
    product = described(client, row, approve=False)
    operator = Client()
    operator.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    page = operator.get(f"/reviews/{waiting(product).pk}/", headers={"host": "ops.market.localhost"}).content.decode()
    assert f'src="/media/{SCHEMA}/{row.key}"' in page


def test_a_new_picture_in_a_description_never_passes_without_a_person(client):
    row, other = kept(), kept("tan")
    product = described(client, row)
    ReviewRules.objects.create(passes=["descriptions"], most_changed=100, shop_days=0, clean_days=0)
    for html, is_passed in ((f'<h3>Clay</h3><p><img src="{other.key}"></p>', False), (f'<h3>Clays</h3><p><img src="{row.key}"></p>', True)):
        public = html.replace('src="', f'src="{SCHEMA}/').replace('webp">', 'webp" width="900" height="600" alt="">')
        live = Listing.objects.get(pk=product.pk)
        change = ProductChange.objects.filter(product_id=product.pk).latest("submitted_at").proposed
        assert live.descriptions["en"] == change["descriptions"]["en"]
        found = passing_of(merchant_id=A, proposed={product.pk: {**change, "descriptions": {"en": public}}})
        assert found == ({product.pk} if is_passed else set())


def test_a_forbidden_word_in_the_words_of_a_picture_is_named_at_the_description(client):
    row = kept()
    with merchant_schema(A):
        describe_picture(by=SYSTEM, picture_id=row.pk, name="x", alt={"en": "A miracle"})
    put_words(by=SYSTEM, texts=["miracle"], weight="refused", category_id=None, note="")
    product = make.a_product("a")
    answer = client.post(f"/products/{product.pk}/", form_of(product, description_en=f'<p><img src="{row.key}"></p>'), headers=HOST)
    assert answer.status_code == 422 and 'id="id_description_en_error"' in answer.content.decode()


def test_a_table_of_products_holds_the_description_as_it_is(client):
    row = kept()
    product = described(client, row)
    with merchant_schema(A):
        one = held([Product.objects.get(pk=product.pk)])[product.pk]
        cell = cell_of(one, one.variants[0], "description:en", Words())
    assert as_html(cell) == text_of(product) and row.key in cell


def test_a_description_has_a_limited_number_of_pictures(client):
    product = make.a_product("a")
    keys = [f"products/{n:024x}.webp" for n in range(41)]
    with merchant_schema(A):
        note_pictures(by=SYSTEM, pictures=[(key, "clay.png", {}) for key in keys])
    html = "".join(f'<img src="{key}">' for key in keys)
    answer = client.post(f"/products/{product.pk}/", form_of(product, description_en=html), headers=HOST)
    assert answer.status_code == 422 and "at most 40 pictures" in answer.context["form"].errors["description_en"][0]


def test_the_form_offers_pictures_of_the_library_for_the_text(client):
    row = kept()
    found = client.get("/library/for-text/?for_text=teal", headers=HOST).content.decode()
    assert f'data-key="{row.key}"' in found
    assert "data-key" not in client.get("/library/for-text/?for_text=nothing", headers=HOST).content.decode()
