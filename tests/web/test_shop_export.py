"""Everything of a shop in one file: whole, sound, its own, and for its owners only; what a closed shop's workbench still shows."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from marketplace.flows.closing import ask_to_close, close_shop
from marketplace.flows.return_goods import request_return
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.customers.actions import note_on_customer, recount_customer
from marketplace.platform.virtual.models import Code, Voucher
from marketplace.web.paper import missing
from marketplace.web.shop_export import people
from marketplace.web.shop_export.pack import pack_shop
from marketplace.web.shop_export.parts import PARTS
from tenants.access.models import UserGroup
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.onboarding.dossiers import hand_in_dossier
from tenants.tenancy.events import ShopExportAsked
from tenants.tenancy.exports import FILE_DAYS, KEPT_DAYS, MOST_ATTEMPTS, SILENT_S, ask_for_export, begin_export, tidy_exports
from tenants.tenancy.models import ShopExport
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.virtual import a_card, a_service, paid
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db
A, HOST = MERCHANTS["a"], "kiln.seller.market.localhost"


def owner() -> User:
    return User.objects.get(email="owner-a@market.localhost")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def get(client: Client, path: str, **more: Any) -> Any:
    return client.get(path, headers={"host": HOST, "accept-language": "en", **more})


def packed(language: str = "en") -> ShopExport:
    row = ask_for_export(by=make.acting(owner()), merchant_id=A, export_id=uuid4(), language=language)
    pack_shop(ShopExportAsked(export_id=row.pk, merchant_id=A))
    row.refresh_from_db()
    return row


def fetched(row: ShopExport) -> zipfile.ZipFile:
    answer = get(signed_in(owner()), f"/export/{row.pk}/")
    assert answer.status_code == 200
    data = b"".join(answer.streaming_content)
    assert (len(data), hashlib.sha256(data).hexdigest()) == (row.size, row.sha256)
    return zipfile.ZipFile(io.BytesIO(data))


def lines_of(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


@pytest.fixture
def traded() -> Any:
    """A shop with something of everything, beside another that has traded, too."""
    make.commission()
    mug = make.a_product("a", title='=HYPERLINK("http://evil")', stock=9)
    bag = make.a_product("b", title="Not of this shop")
    buyer = make.a_buyer("private@example.com")
    copy = make.a_completed_group(("a", mug, 2), ("b", bag, 1), buyer=buyer).orders.get(merchant_id=A)
    make.returned(copy)
    deliver_events()
    with clock.shifted(timedelta(days=8)):
        make.settled("a", "b")
    request_return(by=make.acting(buyer), copy=copy, return_id=uuid4(), pieces={UUID(copy.lines[0]["id"]): 1}, reason="unwanted")
    hand_in_dossier(by=SYSTEM, merchant_id=A, fields={"about": "Mugs"})
    with merchant_schema(A):
        customer = recount_customer(by=SYSTEM, buyer_id=buyer.pk)
        note_on_customer(by=SYSTEM, customer_id=customer.pk, note_id=uuid4(), text="likes blue")
        default_storage.save("products/mug.webp", ContentFile(b"a picture"))
    make.a_qualification("a")
    return mug


def test_it_is_whole_and_every_file_is_what_the_manifest_says(traded):
    archive = fetched(packed())
    manifest = json.loads(archive.read("manifest.json"))
    assert {entry["name"] for entry in manifest["files"]} | {"manifest.json"} == set(archive.namelist())
    for entry in manifest["files"]:
        data = archive.read(entry["name"])
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["bytes"], entry["sha256"]), entry["name"]
    for part in PARTS:
        rows, lines = json.loads(archive.read(f"{part.name}.json")), lines_of(archive, f"{part.name}.csv")
        assert len(rows) == len(lines) == manifest["counts"][part.name], part.name
        assert all(tuple(row) == part.columns for row in rows), part.name
    told = manifest["counts"]
    for name in (
        "products",
        "variants",
        "orders",
        "order_lines",
        "parcels",
        "customers",
        "returns",
        "ledger",
        "statements",
        "staff",
        "log",
        "qualifications",
        "company_data",
    ):
        assert told[name], name
    assert "likes blue" in lines_of(archive, "customers.csv")[0]["notes"]
    assert archive.read("media/products/mug.webp") == b"a picture"
    assert missing() or archive.read(f"statements/{lines_of(archive, 'statements.csv')[0]['number']}.pdf").startswith(b"%PDF")
    assert "Everything of the shop" in archive.read("README.en.txt").decode()
    assert "products.csv" in archive.read("README.zh-hans.txt").decode()


def test_a_spreadsheet_runs_nothing_and_options_have_names(traded):
    archive = fetched(packed())
    for name in archive.namelist():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))):
                assert not any(cell[:1] in "=+@\t" and cell[:1] for cell in row), (name, row)
    assert "HYPERLINK" in archive.read("products.json").decode()


def test_it_holds_nothing_of_other_shops_and_of_buyers_only_what_the_orders_say(traded):
    archive = fetched(packed())
    everything = b"".join(archive.read(name) for name in archive.namelist() if name.endswith((".json", ".csv"))).decode()
    other = str(MERCHANTS["b"])
    assert "Not of this shop" not in everything and other not in everything and "Trail" not in everything
    assert "private@example.com" not in everything
    buyer = User.objects.get(email="private@example.com")
    assert str(buyer.pk) not in everything
    assert lines_of(archive, "customers.csv")[0]["recipient"]


def test_a_buyer_in_the_log_would_be_found(traded, monkeypatch):
    """Control: with the log as it is kept."""
    monkeypatch.setattr(people, "_is_named", lambda row, mine: True)
    archive = fetched(packed())
    assert "private@example.com" in archive.read("log.json").decode()


def test_only_an_owner_asks_and_fetches_and_both_stand_in_the_log(traded):
    row = packed()
    clerk = make.a_buyer("clerk@example.com")
    give_role(by=SYSTEM, user_id=clerk.pk, role="bookkeeper", merchant_id=A)
    other = User.objects.get(email="owner-b@market.localhost")
    for user in (clerk, other):
        assert get(signed_in(user), f"/export/{row.pk}/").status_code == 403
        assert signed_in(user).post("/export/", {"export_id": uuid4()}, headers={"host": HOST}).status_code == 403
    fetched(row)
    actions = list(AuditEvent.objects.filter(merchant_id=A, action__startswith="shop_export.").order_by("id").values_list("action", flat=True))
    assert actions == ["shop_export.asked", "shop_export.ready", "shop_export.fetched"]
    elsewhere = signed_in(other).get(f"/export/{row.pk}/", headers={"host": "trail.seller.market.localhost"})
    assert elsewhere.status_code == 404


def test_one_at_a_time_the_same_form_twice_and_an_owner_who_left():
    by, key = make.acting(owner()), uuid4()
    first = ask_for_export(by=by, merchant_id=A, export_id=key, language="en")
    assert (
        ask_for_export(by=by, merchant_id=A, export_id=key, language="en").pk
        == ask_for_export(by=by, merchant_id=A, export_id=uuid4(), language="en").pk
        == key
    )
    User.objects.filter(pk=by.person).update(is_active=False)
    with merchant_schema(A):
        UserGroup.objects.filter(user_id=by.person).delete()
    pack_shop(ShopExportAsked(export_id=first.pk, merchant_id=A))
    first.refresh_from_db()
    assert first.status == "failed"


def test_a_worker_that_dies_is_followed_by_another_but_not_for_ever():
    row = ask_for_export(by=make.acting(owner()), merchant_id=A, export_id=uuid4(), language="en")
    assert begin_export(by=SYSTEM, export_id=row.pk) is not None
    assert begin_export(by=SYSTEM, export_id=row.pk) is None, "another one has it"
    for n in range(1, MOST_ATTEMPTS + 1):
        with clock.shifted(timedelta(seconds=n * 2 * SILENT_S)):
            assert tidy_exports(by=SYSTEM) == 1
            taken = begin_export(by=SYSTEM, export_id=row.pk)
            assert (taken is None) == (n == MOST_ATTEMPTS)
    row.refresh_from_db()
    assert row.status == "failed"


def test_the_file_goes_after_its_days(traded):
    row = packed()
    with clock.shifted(timedelta(days=FILE_DAYS, minutes=1)):
        fire_due()
        deliver_events()
        row.refresh_from_db()
        assert (row.status, row.key) == ("expired", "")
        assert get(signed_in(owner()), f"/export/{row.pk}/").status_code == 404


def closed() -> None:
    by = make.acting(owner())
    ask_to_close(by=by, merchant_id=A, password=PASSWORD, name="Kiln")
    close_shop(by=by, merchant_id=A, password=PASSWORD)


def test_a_closed_workbench_shows_the_export_and_nothing_else():
    closed()
    client = signed_in(owner())
    assert get(client, "/").headers["Location"] == "/export/"
    page = get(client, "/export/")
    assert page.status_code == 200 and "Pack everything" in page.content.decode()
    menu = page.content.decode()
    assert 'href="/orders/"' not in menu and 'href="/closing/"' not in menu
    assert 'role="search"' not in menu and reverse("inbox", urlconf="marketplace.config.urls.workbench") not in menu
    for path in ("/orders/", "/products/", "/statements/", "/closing/", "/staff/", "/log/", "/payout-account/", "/cms/"):
        assert get(client, path).status_code == 410, path
    asked = client.post("/export/", {"export_id": uuid4()}, headers={"host": HOST})
    assert asked.status_code == 302
    row = ShopExport.objects.get()
    pack_shop(ShopExportAsked(export_id=row.pk, merchant_id=A))
    row.refresh_from_db()
    assert fetched(row).read("README.en.txt")


def test_and_that_ends_some_time_after_closing():
    closed()
    client = signed_in(owner())
    with clock.shifted(timedelta(days=KEPT_DAYS + 1)):
        answer = client.post("/export/", {"export_id": uuid4()}, headers={"host": HOST, "accept-language": "en"})
        assert answer.status_code == 410
        assert not ShopExport.objects.exists()
        assert "Pack everything" not in get(client, "/export/").content.decode()


def test_the_page_shows_how_far_it_is():
    row = ask_for_export(by=make.acting(owner()), merchant_id=A, export_id=uuid4(), language="en")
    ShopExport.objects.filter(pk=row.pk).update(done=3, total=33, part="orders")
    part = get(signed_in(owner()), "/export/", **{"HX-Request": "true"}).content.decode()
    assert "3 of 33" in part and "every 2s" in part


def test_codes_and_vouchers_go_along_as_they_stand_and_none_of_them_whole():
    """A code is the property of who bought it; what is unused would be stolen with the file."""
    make.commission()
    card, other = a_card(3), a_card(1, shop="b", title="Other")
    group, served = paid(("a", card, 1)), paid(("a", a_service(), 2))
    paid(("b", other, 1))
    archive = fetched(packed())
    codes, vouchers = lines_of(archive, "codes.csv"), lines_of(archive, "vouchers.csv")
    number = make.order_of(group).number
    assert [(row["status"], row["order_number"]) for row in codes] == [("handed_out", number), ("free", ""), ("free", "")]
    assert [(row["status"], row["order_number"]) for row in vouchers] == [("open", make.order_of(served).number)] * 2
    secrets = [row.text.plain() for row in (*Code.objects.all(), *Voucher.objects.all())]
    assert len(secrets) == 6 and all(len(row["tail"]) == 4 for row in (*codes, *vouchers))
    for name in archive.namelist():
        data = archive.read(name).decode("utf-8", "replace")
        assert not [secret for secret in secrets if secret in data], name
