"""The shop's own code of a product: entered in the form, one product's only, found, shown, taken along."""

from __future__ import annotations

import csv
import io
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.web.seller.products import products
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.web.test_product_texts import form_of

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
HOST = {"host": "kiln.seller.market.localhost", "accept-language": "en"}


@pytest.fixture
def client() -> Client:
    found = Client()
    found.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def code_of(product: Product) -> str | None:
    with merchant_schema(A):
        return Product.objects.values_list("source_ref", flat=True).get(pk=product.pk)


def save(client: Client, product: Product, code: str) -> object:
    return client.post(f"/products/{product.pk}/", {**form_of(product), "source_ref": code, "then": "save"}, headers=HOST)


def test_a_code_is_entered_shown_and_written_down(client):
    product = make.a_product(title="Mug")
    assert save(client, product, "  KL-Mug-7 ").status_code == 302  # type: ignore[attr-defined]
    assert code_of(product) == "KL-Mug-7"
    assert 'value="KL-Mug-7"' in (page := client.get(f"/products/{product.pk}/", headers=HOST).content.decode()) and 'class="num">KL-Mug-7<' in page
    assert ">KL-Mug-7<" in client.get("/products/", headers=HOST).content.decode()
    row = AuditEvent.objects.filter(action="product.changed", subject_id=product.pk).latest("at")
    assert "code" not in row.before and row.after["code"] == "KL-Mug-7"
    save(client, product, "")
    assert code_of(product) is None
    row = AuditEvent.objects.filter(action="product.changed", subject_id=product.pk).latest("at")
    assert row.before["code"] == "KL-Mug-7"


def test_a_code_asks_for_no_review_and_a_page_without_the_field_keeps_it(client):
    product = make.a_product(title="Mug")
    with merchant_schema(A):
        before = Product.objects.get(pk=product.pk).review
    save(client, product, "M1")
    client.post(f"/products/{product.pk}/", {**form_of(product), "then": "save"}, headers=HOST)
    assert code_of(product) == "M1"
    with merchant_schema(A):
        assert Product.objects.get(pk=product.pk).review == before


def test_a_code_belongs_to_one_product_and_the_field_says_to_which(client):
    first, second = make.a_product(title="Teapot"), make.a_product(title="Mug")
    save(client, first, "T1")
    for taken in ("T1", str(first.pk)):  # files know a product by its key, too
        answer = save(client, second, taken)
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert "“Teapot”" in answer.context["form"].errors["source_ref"][0]  # type: ignore[attr-defined]
        assert code_of(second) is None
    assert save(client, first, "T1").status_code == 302  # type: ignore[attr-defined]
    new = {**form_of(second), "product_id": uuid4(), "sku_0": "OTHER", "source_ref": "T1", "then": "save"}
    assert client.post("/products/new/", new, headers=HOST).context["form"].errors["source_ref"]
    with merchant_schema(A):
        assert Product.objects.count() == 2
    too_long = save(client, second, "x" * 121)
    assert too_long.status_code == 422  # type: ignore[attr-defined]


@pytest.mark.parametrize("typed", ["KL-Mug-7", "kl-mug-7"])
def test_a_product_is_found_by_its_code(client, typed):
    make.a_product(title="Teapot")
    product = make.a_product(title="Cup")
    save(client, product, "KL-MUG-7" if typed.islower() else "KL-Mug-7")
    assert [row.pk for row in client.get("/products/", {"q": typed}, headers=HOST).context["page"].rows] == [product.pk]


def test_the_code_stands_in_the_list_s_file(client):
    product, key = make.a_product(title="Mug"), uuid4()
    save(client, product, "KL-7")
    query = {"do": "export", "job_id": key, "format": "csv", "query": "", "head": range(len(products.export_head))}
    assert client.post("/products/", query, headers=HOST).url == f"/jobs/?new={key}"
    deliver_events()
    table = b"".join(client.get(f"/jobs/{key}/file/", headers=HOST).streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert (row["Title"], row["Product code"]) == ("Mug", "KL-7")
