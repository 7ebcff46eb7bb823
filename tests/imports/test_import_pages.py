"""The pages of an import, as a merchant goes through them; without JavaScript, too."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Picture, Product
from marketplace.merchant.imports.models import ProductImport
from marketplace.platform.backoffice.models import ListJob
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.imports.files import A, a_row, as_csv, batch, cups, states

pytestmark = pytest.mark.django_db
HOST = {"host": "kiln.seller.market.localhost", "accept-language": "en"}


@pytest.fixture
def client() -> Client:
    found = Client()
    found.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    with translation.override("en"):
        cups()
    return found


def text(response: Any) -> str:
    return b"".join(response.streaming_content if response.streaming else [response.content]).decode("utf-8-sig")


def hand_in(client: Client, data: bytes, name: str = "goods.csv", archive: bytes | None = None) -> str:
    """The address of the import's page."""
    files = {"table": SimpleUploadedFile(name, data), **({"archive": SimpleUploadedFile("p.zip", archive)} if archive else {})}
    answer = client.post("/imports/new/", {"import_id": uuid4(), **files}, headers=HOST)
    assert answer.status_code == 302, text(answer)
    return str(answer.url)


def key_of(page: str) -> Any:
    return page.strip("/").rpartition("/")[2]


def go(client: Client, page: str, **columns: str) -> Any:
    """Take the columns as they are guessed, have all rows checked, import what is good; the page afterwards."""
    shown = text(client.get(page, headers=HOST))
    selects = re.findall(r'<select id="[^"]+" name="([^"]+)"(.*?)</select>', shown)
    guessed = {name: (re.search(r'value="([^"]+)" selected', part) or ["", ""])[1] for name, part in selects}
    answer = client.post(f"{page}columns/", {**guessed, "goes": "draft", **columns}, headers=HOST)
    assert answer.status_code == 302, text(answer)
    deliver_events()
    client.post(f"{page}start/", headers=HOST)
    deliver_events()
    return client.get(page, headers=HOST)


def test_a_merchant_hands_in_mends_from_the_report_and_finishes(client):
    bad = a_row(3, Price="ten")
    page = hand_in(client, as_csv([a_row(1), a_row(2, Colour="pink"), bad], encoding="gbk", delimiter=";"))
    shown = text(go(client, page))
    assert "What is to be mended" in shown and "Line 3" in shown and "“ten” is not an amount" in shown
    report = text(client.get(f"{page}to-mend/", headers=HOST))
    assert report.count("\n") == 3 and report.splitlines()[0].endswith(",Remarks") and "Price: “ten” is not an amount" in report
    mended = report.replace("pink", "white").replace(",ten,", ",10,")
    shown = text(go(client, hand_in(client, mended.encode())))
    assert "New products" in shown and "What is to be mended" not in shown
    with merchant_schema(A):
        assert Product.objects.filter(source_ref__in=["P1", "P2", "P3"]).count() == 3


def test_while_it_runs_the_page_asks_for_the_part_that_moves_and_loads_anew_at_the_end(client):
    page = hand_in(client, as_csv([a_row(1)]))
    with merchant_schema(A):
        ProductImport.objects.update(status="applying", is_read=True, read=10, settled=4, began_at=clock.now() - timedelta(seconds=60))
    part = client.get(page, headers={**HOST, "hx-request": "true"})
    assert "hx-trigger" in text(part) and "4 of 10 rows" in text(part) and "<html" not in text(part)
    assert "about 2 minutes left" in text(part), "six rows at a quarter of a minute each"
    with merchant_schema(A):
        ProductImport.objects.update(status="done")
    assert client.get(page, headers={**HOST, "hx-request": "true"}).headers["HX-Refresh"] == "true"


def test_columns_that_make_no_sense_are_refused_on_the_page(client):
    page = hand_in(client, as_csv([a_row(1)]))
    answer = client.post(f"{page}columns/", {"column_0": "title:en", "column_1": "title:en", "column_6": "sku", "goes": "draft"}, headers=HOST)
    assert answer.status_code == 422 and "Two columns mean the same" in text(answer)
    for wrong in ({"goes": "on_sale"}, {"category": "No such thing"}, {"column_2": "attr:999999"}, {"column_6": ""}):
        assert client.post(f"{page}columns/", {"column_6": "sku", "goes": "draft", **wrong}, headers=HOST).status_code == 422
    with merchant_schema(A):
        assert ProductImport.objects.get().status == "uploaded"


def test_what_is_no_table_is_refused_beside_its_field(client):
    answer = client.post("/imports/new/", {"import_id": uuid4(), "table": SimpleUploadedFile("x.csv", b"")}, headers=HOST)
    assert answer.status_code == 422 and "holds no headings" in text(answer)
    marked = SimpleUploadedFile("x.csv", b"\xef\xbb\xbfsku,\xb1\xad\n")
    answer = client.post("/imports/new/", {"import_id": uuid4(), "table": marked}, headers=HOST)
    assert answer.status_code == 422 and "neither UTF-8 nor GBK" in text(answer), "it says that it is UTF-8, and is not"
    files = {"table": SimpleUploadedFile("x.csv", b"sku\nA\n"), "archive": SimpleUploadedFile("x.zip", b"no zip")}
    answer = client.post("/imports/new/", {"import_id": uuid4(), **files}, headers=HOST)
    assert answer.status_code == 422 and "no ZIP archive" in text(answer)


def test_pictures_come_from_the_archive_and_addresses_within_our_network_are_not_asked(client):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("folder/White.PNG", make.a_picture().getvalue())
        archive.writestr("broken.png", b"no picture")
    rows = [
        a_row(1, Pictures="white.png"),
        a_row(2, Pictures="broken.png"),
        a_row(3, Pictures="http://127.0.0.1/x.png"),
        a_row(4, Pictures="http://169.254.169.254/latest/meta-data/"),
        a_row(5, Pictures="../../papers/secret.png"),
    ]
    page = hand_in(client, as_csv(rows), archive=data.getvalue())
    shown = text(go(client, page))
    with merchant_schema(A):
        assert Picture.objects.get(product__source_ref="P1").key.startswith("products/") and Product.objects.filter(source_ref__startswith="P").count() == 1
    assert "no JPEG, PNG or WebP" in shown and shown.count("network that is not public") == 2 and "holds no such file" in shown


def test_a_template_has_the_columns_of_its_category_and_can_be_handed_in_as_it_is(client):
    key = cups().pk
    found = text(client.get("/imports/new/?category_query=cup", headers=HOST))
    assert f"/imports/template/{key}/xlsx/" in found
    head = text(client.get(f"/imports/template/{key}/csv/", headers=HOST)).splitlines()[0]
    assert head.startswith("Product code,") and "Colour" in head and "Volume (ml)" in head and head.endswith("Stock")
    sheet = b"".join(client.get(f"/imports/template/{key}/xlsx/", headers=HOST).streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    assert len(book.sheetnames) == 2 and book.worksheets[0]["A1"].comment is not None
    assert {"white", "blue", "jade"} <= {cell.value for row in book.worksheets[1].iter_rows() for cell in row}
    page = hand_in(client, sheet, "t.xlsx")
    text(go(client, page))
    assert states(key_of(page)) == {"bad": 1}, "only its picture is missing"
    assert client.get(f"/imports/template/{key}/exe/", headers=HOST).status_code == 404


def test_the_list_of_products_is_taken_along_as_a_table_and_handed_in_again_changes_nothing(client):
    make.a_product("a", title="=Mug", market_price="120")
    form = {"do": "export", "format": "xlsx", "whole": "1", "job_id": uuid4(), "query": ""}
    assert client.post("/products/", form, headers=HOST).status_code == 302
    deliver_events()
    job = ListJob.objects.get()
    file = client.get(f"/jobs/{job.pk}/file/", headers=HOST)
    assert file.headers["Content-Type"].endswith("sheet") and "XLSX" in text(client.get("/jobs/", headers=HOST))
    shown = text(go(client, hand_in(client, b"".join(file.streaming_content), "products.xlsx")))
    assert "The shop has all of this already" in shown


def test_a_stopped_import_goes_on_and_somebody_who_may_not_edit_products_sees_nothing(client):
    page = hand_in(client, as_csv([a_row(1), a_row(2)]))
    guessed = {"column_0": "code", "column_1": "title:en", "column_2": "category", "column_6": "sku", "column_7": "price", "goes": "draft"}
    client.post(f"{page}columns/", guessed, headers=HOST)
    client.post(f"{page}stop/", headers=HOST)
    deliver_events()
    assert batch(key_of(page)).status == "stopped" and states(key_of(page)) == {}
    client.post(f"{page}columns/", guessed, headers=HOST)
    deliver_events()
    client.post(f"{page}start/", headers=HOST)
    client.post(f"{page}stop/", headers=HOST)
    deliver_events()
    assert batch(key_of(page)).entered == 0
    client.post(f"{page}start/", headers=HOST)
    deliver_events()
    assert (batch(key_of(page)).status, batch(key_of(page)).entered) == ("done", 2)
    clerk = Client()
    user = make.a_buyer()
    give_role(by=SYSTEM, user_id=user.pk, role="order_clerk", merchant_id=A)
    clerk.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert clerk.get(page, headers=HOST).status_code == 403
