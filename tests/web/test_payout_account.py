"""The payout account's pages: masked, shown once with a reason and the password, changed with the password, stopped by the link in a letter."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.account_changes import BankDetails, ask_for_bank_account
from marketplace.flows.letters_about_accounts import stop_address
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.models import AccountChange
from tenants.accounts.models import User
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
NUMBER, PASSWORD = "6222021234567890", "correct horse battery"
WORKBENCH, CONSOLE, MARKET = "kiln.seller.market.localhost", "ops.market.localhost", "market.localhost"


class Page:
    def __init__(self, email: str, host: str) -> None:
        self.client, self.headers = Client(), {"host": host, "accept-language": "en"}
        if email:
            person = User.objects.get(email=email)
            person.set_password(PASSWORD)
            person.save()
            self.client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])

    def get(self, path: str):
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, **data: object):
        return self.client.post(path, data, headers=self.headers)


@pytest.fixture(autouse=True)
def account():
    return set_bank_account(by=SYSTEM, merchant_id=A, holder="Kiln", bank="Bank", number=NUMBER)


@pytest.fixture
def owner():
    return Page("owner-a@market.localhost", WORKBENCH)


@pytest.fixture
def change():
    by = make.acting(User.objects.get(email="owner-a@market.localhost"))
    details = BankDetails(holder="Kiln", form="company", bank="Bank", number="310066661018")
    return ask_for_bank_account(by=by, merchant_id=A, change_id=uuid4(), details=details)


def text(response) -> str:
    return response.content.decode().replace(" ", "")


@pytest.mark.parametrize(
    ("email", "host", "page", "show"),
    [
        ("owner-a@market.localhost", WORKBENCH, "/payout-account/", "/payout-account/show/"),
        ("operator@market.localhost", CONSOLE, f"/merchants/{A}/payout-account/", f"/merchants/{A}/payout-account/show/"),
    ],
)
def test_the_whole_number_is_in_one_answer_only_and_who_looked_is_seen(email, host, page, show):
    reader = Page(email, host)
    assert NUMBER not in text(reader.get(page)) and "7890" in text(reader.get(page))
    for data in ({"why": "x"}, {"why": "x", "password": "wrong"}, {"password": PASSWORD}):
        refused = reader.post(show, **data)
        assert refused.status_code == 422 and NUMBER not in text(refused)
    assert not AuditEvent.objects.filter(action="payout_account.shown").exists()
    shown = reader.post(show, why="the bank asks", password=PASSWORD)
    assert shown.status_code == 200 and NUMBER in text(shown)
    assert shown.headers["Cache-Control"] == "no-store, private"
    after = reader.get(page)
    assert NUMBER not in text(after) and "thebankasks" in text(after)
    assert "thebankasks" in text(Page("owner-a@market.localhost", WORKBENCH).get("/payout-account/")), "the shop sees who looked"


def test_within_some_minutes_the_password_is_not_asked_again_and_later_it_is(owner):
    assert owner.post("/payout-account/show/", why="one", password=PASSWORD).status_code == 200
    assert owner.post("/payout-account/show/", why="two").status_code == 200
    with clock.shifted(timedelta(minutes=11)):
        assert owner.post("/payout-account/show/", why="three").status_code == 422


def test_wrong_passwords_are_counted(owner, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/key"}
    for _time in range(3):
        assert "not your password" in owner.post("/payout-account/show/", why="x", password="wrong").content.decode()
    refused = owner.post("/payout-account/show/", why="x", password=PASSWORD)
    assert refused.status_code == 422 and "Too many wrong passwords" in refused.content.decode() and NUMBER not in text(refused)


def test_a_change_is_asked_for_with_the_password_and_what_is_wrong_is_named(owner):
    form = {"change_id": uuid4(), "form": "card", "holder": "Kiln", "bank": "Bank", "number": "6222021234567891", "password": PASSWORD}
    refused = owner.post("/payout-account/", **form)
    assert refused.status_code == 422 and "last digit does not fit" in refused.content.decode()
    assert owner.post("/payout-account/", **form | {"form": "company", "number": "310066661018"}).status_code == 302
    page = owner.get("/payout-account/").content.decode()
    assert "Waits for the market" in page and "310066661018" not in page
    assert AccountChange.objects.get().tail == "1018"


def test_the_console_compares_and_passes(change):
    operator = Page("operator@market.localhost", CONSOLE)
    page = operator.get(f"/payout-accounts/{change.pk}/").content.decode()
    assert "There is no name to compare with" in page and "310066661018" not in page
    assert operator.post(f"/payout-accounts/{change.pk}/decide/", decision="pass", why="compared").status_code == 422
    assert operator.post(f"/payout-accounts/{change.pk}/decide/", decision="pass", why="compared", password=PASSWORD).status_code == 422
    said = {"decision": "pass", "why": "compared", "name_why": "the papers came by mail", "password": PASSWORD}
    assert operator.post(f"/payout-accounts/{change.pk}/decide/", **said).status_code == 302
    change.refresh_from_db()
    assert change.status == "cooling"


def test_other_shops_with_the_same_number_are_named(change):
    set_bank_account(by=SYSTEM, merchant_id=MERCHANTS["b"], holder="Trail", bank="Bank", number="310066661018")
    page = Page("operator@market.localhost", CONSOLE).get(f"/payout-accounts/{change.pk}/").content.decode()
    assert "Other shops use this account" in page and "Trail" in page


def test_the_link_in_the_letter_changes_nothing_when_it_is_only_opened(change):
    visitor = Page("", MARKET)
    path = stop_address(change, "owner-a@market.localhost").partition(":8000")[2]
    opened = visitor.get(path)
    assert opened.status_code == 200 and "1018" in opened.content.decode() and opened.headers["Cache-Control"] == "no-store, private"
    change.refresh_from_db()
    assert change.status == "looked_at"
    token = path.partition("token=")[2].replace("%3A", ":")
    assert visitor.post("/payout-account/stop/", token=token).status_code == 302
    change.refresh_from_db()
    assert (change.status, change.ended_label) == ("stopped", "owner-a@market.localhost")
    assert visitor.get("/payout-account/stop/?token=made-up").status_code == 404
