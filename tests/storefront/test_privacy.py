"""One's own data: taken along, and nobody else's with it; the account deleted, and nothing personal left where it must not be."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.test import Client

from marketplace.config import app_lists
from marketplace.flows import close_account, my_data
from marketplace.kernel import clock
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.models import Deadline
from marketplace.kernel.relay import deliver_events
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.members import keeping
from marketplace.platform.members.actions import save_profile
from marketplace.platform.members.exports import EXPIRES
from marketplace.platform.members.models import Address, DataExport
from marketplace.platform.members.notes import note_on_consumer
from marketplace.platform.notices.choosing import choose
from marketplace.platform.notices.models import SmsNumber
from marketplace.platform.reviews.actions import Marks, Opinion, review_order
from marketplace.platform.reviews.asking import ask_question
from marketplace.platform.reviews.models import BuyerReview
from marketplace.platform.reviews.pictures import store_pictures
from tenants.accounts.actions import give_role
from tenants.accounts.models import Letter, SignIn, User
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db

MARKET = {"host": "market.localhost", "Accept-Language": "en"}
PASSWORD = "correct horse battery"


def somebody(word: str) -> User:
    """A person with something everywhere, and a word of their own in every text they can write."""
    user = make.a_buyer(f"{word}@example.com")
    by = make.acting(user)
    phone = "+8613900139001" if word == "mei" else "+8613900139002"
    save_profile(by=by, name=f"{word} name", phone=phone, language="en")
    mug = make.a_product(title="Mug")
    group = make.a_completed_group(("a", mug, 1), buyer=user)
    type(group).objects.filter(pk=group.pk).update(address={**group.address, "recipient": f"{word} recipient", "street": f"{word} street", "phone": phone})
    Address.objects.filter(user=user).update(recipient=f"{word} recipient", street=f"{word} street", phone=phone)
    keeping.save_favourite(by=by, listing_id=mug.pk)
    keeping.follow_shop(by=by, merchant_id=MERCHANTS["a"])
    keeping.note_seen(by=by, listing_ids=[mug.pk])
    choose(by=by, wanted={("review_asked", "mail"): False})
    SmsNumber.objects.create(person=user, number=phone, confirmed_at=clock.now())
    SignIn.objects.create(user=user, outcome=SignIn.Outcome.IN, host="market.localhost", address="192.0.2.7", agent=f"{word} browser")
    note_on_consumer(by=by, user_id=user.pk, note_id=uuid4(), text=f"{word} note")
    make.a_cart(user, ("a", mug, 1))
    order = group.orders.get()
    pictures = store_pictures([make.a_picture("blue" if word == "mei" else "green")], "pictures")
    said = Opinion(UUID(order.lines[0]["id"]), 5, text="Good mug", pictures=pictures)
    review_order(by=by, key=uuid4(), order_id=order.pk, opinions=[said], marks=Marks(5, 5, 5), is_anonymous=False)
    ask_question(by=by, question_id=uuid4(), listing_id=mug.pk, text="Is it dishwasher proof?")
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD}, headers=MARKET)
    return client


@pytest.fixture
def papers(settings, tmp_path):
    settings.PAPERS_ROOT = tmp_path


def packed(user: User) -> tuple[DataExport, dict[str, str]]:
    row = my_data.ask_for_my_data(by=make.acting(user), export_id=uuid4())
    deliver_events()
    row.refresh_from_db()
    answer = signed_in(user).get(f"/account/privacy/data/{row.pk}/", headers=MARKET)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return row, {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}


def test_everything_kept_of_a_person_is_packed_and_nothing_of_another(papers, monkeypatch):
    mei, bo = somebody("mei"), somebody("bo")
    make.an_application(mei, company="mei company")
    make.an_application(bo, company="bo company")
    row, files = packed(mei)
    assert row.status == DataExport.Status.READY and row.size > 0 and row.done == row.total
    together = "\n".join(files.values())
    for word in ("mei@example.com", "mei name", "mei recipient", "mei street", "mei company", "+8613900139001"):
        assert word in together, word
    assert {f"{part}.json" for part in my_data.PARTS} <= set(files)
    assert all(json.loads(files[f"{part}.json"]) for part in my_data.PARTS if part not in ("refunds", "returns", "answers"))
    assert any(name.startswith("papers/") for name in files)
    assert len([name for name in files if name.startswith("pictures/")]) == 1
    assert "bo " not in together and "bo@example.com" not in together and "13900139002" not in together
    # The control: rows taken without asking whose they are would be noticed by the line above.
    monkeypatch.setitem(my_data.PARTS, "order_groups", lambda user: _groups_of_anybody())
    _row, careless = packed(mei)
    assert "bo street" in "\n".join(careless.values())


def _groups_of_anybody() -> list[dict[str, object]]:
    return list(OrderGroup.objects.values("number", "address"))


def test_the_file_is_for_its_owner_alone_and_goes_after_its_days(papers, django_capture_on_commit_callbacks):
    mei = somebody("mei")
    row, _files = packed(mei)
    assert signed_in(somebody("bo")).get(f"/account/privacy/data/{row.pk}/", headers=MARKET).status_code == 404
    assert Client().get(f"/account/privacy/data/{row.pk}/", headers=MARKET).status_code == 302
    key = row.key
    assert storages["papers"].exists(key)
    Deadline.objects.filter(kind=EXPIRES, subject_id=row.pk).update(due_at=clock.now() - timedelta(seconds=1))
    fire_due()
    with django_capture_on_commit_callbacks(execute=True):
        deliver_events()
    row.refresh_from_db()
    assert (row.status, row.key) == (DataExport.Status.EXPIRED, "")
    assert not storages["papers"].exists(key)
    assert signed_in(mei).get(f"/account/privacy/data/{row.pk}/", headers=MARKET).status_code == 404


def test_one_is_packed_at_a_time_and_the_same_form_twice_is_one(papers):
    client, key = signed_in(somebody("mei")), str(uuid4())
    for form in (key, key, str(uuid4())):
        client.post("/account/privacy/data/", {"export_id": form}, headers=MARKET)
    assert DataExport.objects.count() == 1
    waiting = client.get("/account/privacy/data/", headers={**MARKET, "HX-Request": "true"}).content.decode()
    assert "being packed" in waiting and "every 2s" in waiting
    deliver_events()
    ready = client.get("/account/privacy/data/", headers={**MARKET, "HX-Request": "true"}).content.decode()
    assert "Download" in ready and "every 2s" not in ready


def close(client: Client, password: str = PASSWORD, **form: str) -> object:
    return client.post("/account/privacy/delete/", {"password": password, "sure": "on", **form}, headers=MARKET)


# Where words of somebody who has left may stay, and why (docs/decisions/closing-accounts.md).
MAY_STAY = {
    "kernel_auditevent": "the log cannot be changed",
    "kernel_outboxevent": "facts as they were told; they name people by key, and letters by theirs",
}


def places_of(word: str) -> set[str]:
    """Public tables in which a word stands anywhere."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        config = apps.get_app_config(model._meta.app_label).name
        if config not in app_lists.SHARED_APPS:
            continue
        table = model._meta.db_table
        if not model._meta.managed:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM public."{table}" AS t WHERE to_jsonb(t)::text ILIKE %s)', [f"%{word}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_who_leaves_leaves_no_personal_word_where_none_must_stay(papers):
    mei, bo = somebody("mei"), somebody("bo")
    row, _files = packed(mei)
    client, elsewhere = signed_in(mei), signed_in(mei)
    before = places_of("mei")
    assert len(before) >= 5, "the search finds what is there"
    assert close(client).headers["Location"] == "/account/closed/"
    deliver_events()
    assert places_of("mei") - set(MAY_STAY) == set()
    assert places_of("13900139001") - set(MAY_STAY) == set()
    assert places_of("13900139002") >= {"platform_members_address", "platform_members_profile"}
    assert "accounts_user" in places_of("bo@example.com"), "others stay"
    mei.refresh_from_db()
    assert not mei.is_active and mei.email.endswith("closed.invalid")
    for browser in (client, elsewhere):
        assert browser.get("/account/", headers=MARKET).status_code == 302
    assert Client().post("/sign-in/", {"login": "mei@example.com", "password": PASSWORD}, headers=MARKET).status_code == 200
    copy = OrderCopy.objects.get(buyer=mei)
    assert copy.total_minor > 0 and copy.lines, "what the law asks for stays"
    assert copy.group.address["city"] and "street" not in copy.group.address
    assert not DataExport.objects.filter(pk=row.pk).exists()
    assert BuyerReview.objects.get(buyer=mei).is_anonymous and not BuyerReview.objects.get(buyer=bo).is_anonymous
    assert bo.email == "bo@example.com"


def test_a_step_of_forgetting_that_is_left_out_is_noticed(papers, monkeypatch):
    """The control of the search through all tables."""
    mei = somebody("mei")
    monkeypatch.setattr(close_account, "FORGETTING", [step for step in close_account.FORGETTING if step is not close_account._orders])
    close(signed_in(mei))
    deliver_events()
    assert places_of("mei") - set(MAY_STAY) == {"platform_checkout_ordergroup"}


def test_a_last_letter_goes_out_and_keeps_no_address(papers, mailoutbox):
    mei = somebody("mei")
    close(signed_in(mei))
    deliver_events()
    (last,) = [mail for mail in mailoutbox if "deleted" in mail.subject]
    assert last.to == ["mei@example.com"]
    assert not Letter.objects.filter(email="mei@example.com").exists()


def test_the_account_stays_while_something_is_open_and_the_page_says_what(papers):
    mei = make.a_buyer("mei@example.com")
    mug = make.a_product()
    unpaid = make.a_placed_group(("a", mug, 1), buyer=mei)
    paid = make.pay(make.a_placed_group(("a", mug, 1), buyer=mei))
    application = make.an_application(mei)
    client = signed_in(mei)
    html = client.get("/account/privacy/delete/", headers=MARKET).content.decode()
    for number in (unpaid.number, paid.number, application.number):
        assert number in html
    assert 'name="password"' not in html
    refused = close(client)
    assert refused.status_code == 422 and unpaid.number in refused.content.decode()
    mei.refresh_from_db()
    assert mei.is_active and mei.email == "mei@example.com"


def test_who_works_for_a_shop_cannot_leave_it_without_an_owner(papers):
    mei = make.a_buyer("mei@example.com")
    give_role(by=make.acting(mei), user_id=mei.pk, role="owner", merchant_id=MERCHANTS["a"])
    assert [thing.kind for thing in close_account.hindrances(mei.pk)] == ["work"]
    assert close(signed_in(mei)).status_code == 422


@pytest.mark.parametrize("form", [{"password": "wrong"}, {"password": ""}])
def test_without_the_password_nothing_happens(papers, form):
    mei = somebody("mei")
    assert close(signed_in(mei), **form).status_code == 422
    mei.refresh_from_db()
    assert mei.is_active


def test_without_the_tick_nothing_happens(papers):
    mei = somebody("mei")
    assert signed_in(mei).post("/account/privacy/delete/", {"password": PASSWORD}, headers=MARKET).status_code == 422
    mei.refresh_from_db()
    assert mei.is_active and settings.PAPERS_ROOT
