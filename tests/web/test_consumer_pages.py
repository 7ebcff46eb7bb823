"""The operator's pages of consumers: found by what people say of themselves, masked until a reason is given, and a file only for who may take one."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.customers.models import Customer
from marketplace.platform.members.models import Address, Profile
from tenants.accounts.actions import give_role
from tenants.accounts.models import Membership, User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
CONSOLE = {"host": "ops.market.localhost", "accept-language": "en"}
KILN, TRAIL = ({"host": f"{slug}.seller.market.localhost", "accept-language": "en"} for slug in ("kiln", "trail"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def operator() -> Client:
    return signed_in(User.objects.get(email="operator@market.localhost"))


def owner(letter: str) -> Client:
    return signed_in(User.objects.get(email=f"owner-{letter}@market.localhost"))


def found(client: Client, query: str, path: str = "/consumers/", headers: dict[str, str] = CONSOLE) -> list[Any]:
    return [row.pk for row in client.get(f"{path}?{query}", headers=headers).context["page"].rows]


def test_a_consumer_is_found_by_name_mail_phone_order_and_filters():
    user = make.a_buyer("wang.ling@example.com")
    User.objects.filter(pk=user.pk).update(name="王铃")
    Profile.objects.create(user=user, phone="+8613911112222")
    group = make.a_completed_group(("a", make.a_product("a"), 1), buyer=user)
    other, client = make.a_buyer(), operator()
    order = make.order_of(group)
    for text in ("王", "wang.l", "139 1111 2222", "%2B8613911112222", group.number, order.number):
        assert found(client, f"q={text}") == [user.pk], text
    assert user.pk in found(client, "orders=yes") and other.pk not in found(client, "orders=yes")
    assert other.pk in found(client, "orders=no&works=no") and user.pk not in found(client, "orders=no")
    assert found(client, "show=deactivated") == []


def test_contacts_are_masked_until_somebody_gives_a_reason_and_the_log_keeps_it():
    user = make.a_buyer("wang.ling@example.com")
    make.an_address(user)
    Address.objects.filter(user=user).update(phone="+8613911112222", street="Long Street 7, third door")
    client, path = operator(), f"/consumers/{user.pk}/"
    secrets = ("wang.ling@example.com", "1111", "third door")
    page = client.get(path, headers=CONSOLE).content.decode()
    assert "w***g@example.com" in page and not any(secret in page for secret in secrets)
    forged = client.get(f"{path}?contact=shown", headers=CONSOLE).content.decode()
    assert not any(secret in forged for secret in secrets)
    assert client.post(f"{path}contact/", {"look-why": " "}, headers=CONSOLE).status_code == 422
    shown = client.post(f"{path}contact/", {"look-why": "a parcel came back"}, headers=CONSOLE, follow=True).content.decode()
    assert "wang.ling@example.com" in shown and "third door" in shown
    row = AuditEvent.objects.get(action="person.contact_shown", subject_id=str(user.pk))
    assert row.why == "a parcel came back" and row.actor_label == "operator@market.localhost"


def test_the_page_leads_to_all_orders_returns_and_rows_of_the_log_of_this_person_alone():
    user, client = make.a_buyer(), operator()
    product = make.a_product("a")
    make.returned(make.order_of(make.a_completed_group(("a", product, 1), buyer=user)))
    make.a_completed_group(("a", product, 1))
    page = client.get(f"/consumers/{user.pk}/", headers=CONSOLE).content.decode()
    for path in re.findall(r'href="(/(?:orders|returns|log)/\?[^"]+)"', page):
        rows = client.get(path, headers=CONSOLE).context["page"].rows
        assert rows and all(user.pk in (getattr(row, "buyer_id", None), getattr(row, "actor_id", None)) or str(user.pk) == row.subject_id for row in rows), path


def test_who_may_look_and_not_take_along_gets_no_file():
    clerk = make.a_buyer()
    give_role(by=SYSTEM, user_id=clerk.pk, role="customer_service", merchant_id=None)
    client = signed_in(clerk)
    page = client.get("/consumers/", headers=CONSOLE)
    assert page.status_code == 200 and 'value="export"' not in page.content.decode()
    form = {"do": "export", "job_id": uuid4(), "format": "csv", "head": 0}
    answer = client.post("/consumers/", form, headers=CONSOLE, follow=True)
    assert "Your roles here do not include" in answer.content.decode()
    assert operator().post("/consumers/", form, headers=CONSOLE).headers["Location"].startswith("/jobs/")  # the control


def test_deactivating_from_the_page_asks_for_a_reason_and_can_be_undone_there():
    user, client = make.a_buyer(), operator()
    path = f"/consumers/{user.pk}/"
    assert client.post(f"{path}deactivate/", {"close-why": ""}, headers=CONSOLE).status_code == 422
    page = client.post(f"{path}deactivate/", {"close-why": "stolen password"}, headers=CONSOLE, follow=True).content.decode()
    assert "stolen password" in page and "Reactivate" in page and not User.objects.get(pk=user.pk).is_active
    client.post(f"{path}reactivate/", {"open-why": "sorted out"}, headers=CONSOLE)
    assert User.objects.get(pk=user.pk).is_active


def test_a_merchants_page_shows_its_people_money_papers_and_log_to_who_may_see_them():
    kiln_goods = make.a_product("a")
    make.a_completed_group(("a", kiln_goods, 1))
    make.pay(make.a_placed_group(("a", kiln_goods, 1)))
    make.a_qualification("a", reason="seen in person")
    path = f"/merchants/{MERCHANTS['a']}/"
    page = operator().get(path, headers=CONSOLE).content.decode()
    assert re.findall(r"<dt[^>]*>([^<]+)</dt><dd[^>]*>(?:<a [^>]*>)?(\d+)", page.split('id="goods"')[1].split("</dl>")[0]) == [
        ("On sale", "1"),
        ("Waiting for review", "0"),
        ("Not for sale for want of a qualification", "0"),
        ("Taken off by the market", "0"),
        ("Orders to ship", "1"),
        ("of them late", "0"),
        ("On their way", "0"),
    ]
    for part in ('id="dossier"', 'id="people"', 'id="orders"', 'id="money"', 'id="papers"', 'id="log"', "owner-a@market.localhost", "Owner"):
        assert part in page, part
    clerk = make.a_buyer()
    give_role(by=SYSTEM, user_id=clerk.pk, role="field_agent", merchant_id=None)
    less = signed_in(clerk).get(path, headers=CONSOLE).content.decode()
    assert 'id="people"' in less and not any(part in less for part in ('id="money"', 'id="papers"', 'id="log"'))


# ── The shop's side ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_shop_sees_who_bought_there_and_nothing_of_other_shops():
    user = make.a_buyer()
    a, b = make.a_product("a", price="10.00"), make.a_product("b", price="513.00")
    mine = make.order_of(make.a_completed_group(("a", a, 1), buyer=user))
    theirs = make.order_of(make.a_completed_group(("b", b, 1), buyer=user), "b")
    make.a_placed_group(("a", a, 1), buyer=make.a_buyer())  # not paid: no customer
    deliver_events()
    (key,) = found(owner("a"), "", "/customers/", KILN)
    page = owner("a").get(f"/customers/{key}/", headers=KILN).content.decode()
    assert mine.number in page and theirs.number not in page and "513.00" not in page and user.email not in page
    assert owner("b").get(f"/customers/{key}/", headers=TRAIL).status_code == 404
    assert found(owner("a"), f"q={mine.number}", "/customers/", KILN) == [key] and found(owner("a"), f"q={theirs.number}", "/customers/", KILN) == []
    assert found(owner("a"), f"customer={key}", "/orders/", KILN) == [mine.pk]


def test_figures_of_a_customer_follow_orders_refunds_and_cancelling():
    user, product = make.a_buyer(), make.a_product("a", price="10.00")
    for _time in range(2):
        make.a_completed_group(("a", product, 1), buyer=user)
    deliver_events()
    assert facts_of(user) == (2, "20.00")
    make.returned(make.order_of(make.a_completed_group(("a", product, 1), buyer=user)))
    deliver_events()
    assert facts_of(user) == (3, "20.00")


def facts_of(user: User) -> tuple[int, str]:
    with merchant_schema(MERCHANTS["a"]):
        row = Customer.objects.get(buyer=user)
        return row.orders, f"{row.spent.decimal:f}"


def test_notes_and_tags_are_the_teams_and_tags_filter_the_list():
    user = make.a_buyer()
    make.a_completed_group(("a", make.a_product("a"), 1), buyer=user)
    deliver_events()
    client = owner("a")
    (key,) = found(client, "", "/customers/", KILN)
    client.post(f"/customers/{key}/tags/", {"tags": "gifts， tea, tea"}, headers=KILN)
    page = client.post(f"/customers/{key}/note/", {"note_id": uuid4(), "text": "calls first"}, headers=KILN, follow=True).content.decode()
    assert "calls first" in page
    assert found(client, "tag=tea", "/customers/", KILN) == [key] and found(client, "tag=coffee", "/customers/", KILN) == []
    assert client.post(f"/customers/{key}/tags/", {"tags": ",".join("abcdefghijkl")}, headers=KILN).status_code == 422
    clerk = make.a_buyer()
    give_role(by=SYSTEM, user_id=clerk.pk, role="after_sales", merchant_id=MERCHANTS["a"])
    assert signed_in(clerk).post(f"/customers/{key}/tags/", {"tags": "x"}, headers=KILN).status_code == 403
    assert Membership.objects.filter(user=clerk).exists()
