"""Every form of workbench and console: what is wrong is named at its field with what to do, what was typed stays, and nothing is changed."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image

from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.orders.models import OrderLine
from marketplace.platform.ledger.models import Statement
from tenants.accounts.models import User
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db

WORKBENCH, CONSOLE = "kiln.seller.market.localhost", "ops.market.localhost"
A = MERCHANTS["a"]


def send(host: str, path: str, data: dict[str, Any]) -> Any:
    client = Client()
    email = "operator@market.localhost" if host == CONSOLE else "owner-a@market.localhost"
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.post(path, data, headers={"host": host, "accept-language": "en"})


def errors(response: Any) -> dict[str, str]:
    """What stands beside each field, by the field's name; what stands above the form under ""."""
    with translation.override("en"):
        return {("" if name == "__all__" else name): " ".join(texts) for name, texts in response.context["form"].errors.items()}


def untouched() -> tuple[int, ...]:
    """What any change would move."""
    with merchant_schema(A):
        own = (Product.objects.count(), Package.objects.count(), sum(StockLevel.objects.values_list("on_hand", flat=True)))
    return (*own, AuditEvent.objects.count(), OutboxEvent.objects.count(), Merchant.objects.count(), User.objects.count(), Statement.objects.count())


def refused(host: str, path: str, data: dict[str, Any]) -> tuple[dict[str, str], str]:
    """The errors of a form that must not be taken, and its page. Every error is shown, and nothing was changed."""
    before = untouched()
    response = send(host, path, data)
    assert response.status_code == 422
    assert untouched() == before
    page = response.content.decode()
    for name, text in errors(response).items():
        shown = re.sub(r"&#x27;|&quot;|[“”'\"]", "", page)
        assert re.sub(r"[“”'\"]", "", text) in shown, f"the error of {name} is not on the page: {text}"
    return errors(response), page


# ── A product ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def product_form() -> dict[str, Any]:
    """A form that would be taken."""
    return {"product_id": uuid4(), "title_en": "Tea bowl", "category": make.a_category().pk, "sku_0": "TB-1", "price_0": "12.50", "stock_0": "3"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title_en", "", ("title_zh", "Give the product a title in at least one language.")),
        ("title_en", "x" * 201, ("title_en", "at most 200 characters")),
        ("category", "", ("category", "Choose a category")),
        ("category", "999999", ("category", "Choose a category")),
        ("category", "cups", ("category", "whole number")),
        ("sku_0", "", ("sku_0", "required")),
        ("sku_0", "TAKEN", ("sku_0", "is used by another product")),
        ("price_0", "", ("price_0", "Write a price")),
        ("price_0", "cheap", ("price_0", "Write it in figures")),
        ("price_0", "12.505", ("price_0", "Write it in figures")),
        ("price_0", "0", ("price_0", "more than zero")),
        ("price_0", "-5", ("price_0", "more than zero")),
        ("market_0", "9", ("market_0", "not below the sale price")),
        ("stock_0", "-1", ("stock_0", "whole number from 0")),
        ("stock_0", "many", ("stock_0", "whole number")),
        ("stock_0", "1e9", ("stock_0", "whole number")),
        ("brand", "999999", ("brand", "valid choice")),
        ("description_en", "x" * 20_001, ("description_en", "20000 characters")),
    ],
)
def test_a_wrong_field_of_a_product_is_named_with_what_to_do(product_form, field, value, said):
    make.a_product("a", title="Other")
    with merchant_schema(A):
        Product.objects.get().variants.update(sku="TAKEN")
    found, page = refused(WORKBENCH, "/products/new/", {**product_form, field: value})
    name, text = said
    assert set(found) == {name}
    assert text in found[name]
    assert 'value="12.50"' in page or field == "price_0"  # what was typed stays


def test_the_same_form_filled_in_well_is_taken(product_form):
    """The control: each form above is wrong in one thing only."""
    response = send(WORKBENCH, "/products/new/", product_form)
    assert response.status_code == 302
    with merchant_schema(A):
        assert Product.objects.get().title.text == "Tea bowl"


def test_several_wrong_fields_are_named_at_once(product_form):
    found, _page = refused(WORKBENCH, "/products/new/", {**product_form, "title_en": "", "sku_0": "", "price_0": "x", "stock_0": ""})
    assert set(found) == {"title_zh", "sku_0", "price_0", "stock_0"}


def test_of_several_variants_the_wrong_one_is_named():
    row = make.a_product("a", variants=3)
    with merchant_schema(A):
        variants = list(row.variants.order_by("position"))
        level = StockLevel.objects.get(variant=variants[2])
        level.reserved = 4
        level.save()
    form = {"product_id": row.pk, "title_en": "Mug", "category": row.category_id}
    for n, variant in enumerate(variants):
        form |= {f"sku_{n}": variant.sku, f"price_{n}": "10", f"stock_{n}": "10", f"options_{n}": f"1:{n}"}
    path = f"/products/{row.pk}/"
    assert set(refused(WORKBENCH, path, {**form, "price_1": "0"})[0]) == {"price_1"}
    assert set(refused(WORKBENCH, path, {**form, "market_2": "5"})[0]) == {"market_2"}
    found, _page = refused(WORKBENCH, path, {**form, "stock_2": "3"})
    assert found["stock_2"].startswith("4 of ")


def picture(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/png")


def test_a_file_that_is_no_picture_is_named_and_the_product_is_not_saved(product_form):
    found, _page = refused(WORKBENCH, "/products/new/", {**product_form, "pictures": picture("mug.png", b"<script>alert(1)</script>")})
    assert set(found) == {"pictures"} and "no JPEG, PNG or WebP" in found["pictures"]


def test_a_product_without_a_picture_is_not_put_on_sale_and_says_what_is_missing(product_form):
    found, _page = refused(WORKBENCH, "/products/new/", {**product_form, "then": "submit"})
    assert found == {"": "This product cannot go on sale yet: a picture."}


def test_a_picture_makes_it_whole(product_form):
    """Also when the form was sent without one before."""
    assert send(WORKBENCH, "/products/new/", {**product_form, "then": "submit"}).status_code == 422
    data = BytesIO()
    Image.new("RGB", (40, 40), "teal").save(data, "PNG")
    response = send(WORKBENCH, "/products/new/", {**product_form, "then": "submit", "pictures": picture("mug.png", data.getvalue())})
    assert response.status_code == 302
    with merchant_schema(A):
        assert Product.objects.get().review == Product.Review.WAITING


# ── A parcel ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def parcel() -> tuple[str, dict[str, Any], str]:
    """The path and a form that would be taken, and the name of its quantity."""
    number = make.pay(make.a_placed_group(("a", make.a_product("a"), 2))).orders.get().number
    with merchant_schema(A):
        field = f"line_{OrderLine.objects.get(order__number=number).pk.hex}"
    return f"/orders/{number}/pack/", {"package_id": uuid4(), "carrier": "sf", "tracking_number": "SF1234567", field: 2, "then": "ship"}, field


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("carrier", "", "Choose a carrier"),
        ("carrier", "pigeon", "valid choice"),
        ("tracking_number", "", "6 to 40 letters"),
        ("tracking_number", "12", "6 to 40 letters"),
        ("tracking_number", "!!!!!!!!", "6 to 40 letters"),
        ("quantity", "3", "less than or equal to 2"),
        ("quantity", "-1", "greater than or equal to 0"),
        ("quantity", "two", "whole number"),
    ],
)
def test_a_wrong_field_of_a_parcel_is_named(parcel, field, value, text):
    path, form, quantity = parcel
    name = quantity if field == "quantity" else field
    found, _page = refused(WORKBENCH, path, {**form, name: value})
    assert set(found) == {name} and text in found[name]


def test_a_parcel_of_nothing_is_refused(parcel):
    path, form, quantity = parcel
    found, _page = refused(WORKBENCH, path, {**form, quantity: 0})
    assert "is left to ship with these quantities" in found[""]


def test_a_tracking_number_twice_is_named(parcel):
    path, form, quantity = parcel
    assert send(WORKBENCH, path, {**form, quantity: 1}).status_code == 302
    found, _page = refused(WORKBENCH, path, {**form, "package_id": uuid4(), quantity: 1})
    assert "has a parcel with this tracking number" in found["tracking_number"]


# ── The console ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name_en", "", ("name_zh", "at least one language")),
        ("slug", "", ("slug", "required")),
        ("slug", "kiln", ("slug", "taken or reserved")),
        ("slug", "ops", ("slug", "taken or reserved")),
        ("slug", "Tea House", ("slug", "small letters")),
        ("slug", "x" * 41, ("slug", "at most 40 characters")),
        ("owner_email", "", ("owner_email", "required")),
        ("owner_email", "mei", ("owner_email", "valid email")),
    ],
)
def test_a_wrong_field_of_a_new_merchant_is_named(field, value, said):
    form = {"merchant_id": uuid4(), "name_en": "Tea", "slug": "tea", "owner_email": "owner@tea.example"}
    found, _page = refused(CONSOLE, "/merchants/new/", {**form, field: value})
    name, text = said
    assert set(found) == {name} and text in found[name]


@pytest.mark.parametrize(
    ("chosen", "status", "text"),
    [
        ([], 422, "Choose at least one shop"),
        (["nonsense"], 422, "Choose at least one shop"),
        ([str(uuid4())], 409, "No completed order"),
        ([str(A)], 409, "No completed order"),
    ],
)
def test_a_settlement_of_nothing_says_what_to_do(chosen, status, text):
    before = untouched()
    response = send(CONSOLE, "/settlement/run/", {"run_id": uuid4(), "merchant": chosen})
    assert response.status_code == status
    assert text in response.content.decode()
    assert untouched() == before


@pytest.mark.parametrize("step", ["on-sale", "off-sale"])
def test_a_step_on_a_product_that_is_not_there_changes_nothing(step):
    before = untouched()
    assert send(WORKBENCH, f"/products/{uuid4()}/{step}/", {}).status_code == 404
    assert untouched() == before
