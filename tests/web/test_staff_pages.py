"""The pages about staff, in workbench and console: the list, a person, roles, and what a form that is refused says."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.audit import audit
from tenants.access.own_roles import make_role
from tenants.access.rights import Right
from tenants.access.staff import office_schema, roles_here
from tenants.access.staffing import end_work
from tenants.accounts.actions import give_role
from tenants.accounts.models import Invitation, Membership, SignIn, User
from tests import factories as make
from tests.architecture.test_back_office_writes import HOSTS
from tests.databases import MERCHANTS
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db
PLACES: dict[str, UUID | None] = {"workbench": MERCHANTS["a"], "console": None}
HEADS = {"workbench": "owner-a@market.localhost", "console": "operator@market.localhost"}
SMALL, OTHER = {"workbench": "dispatcher", "console": "auditor"}, {"workbench": "bookkeeper", "console": "reviewer"}
BOTH = pytest.mark.parametrize("kind", PLACES)


class Reader:
    def __init__(self, kind: str, user: User | None = None) -> None:
        self.client, self.host = Client(), HOSTS[kind]
        self.client.force_login(user or User.objects.get(email=HEADS[kind]), backend=settings.AUTHENTICATION_BACKENDS[0])

    def get(self, path: str) -> Any:
        return self.client.get(path, headers={"host": self.host, "accept-language": "en"})

    def post(self, path: str, **data: Any) -> Any:
        return self.client.post(path, data, headers={"host": self.host, "accept-language": "en"})


def member(kind: str, *roles: str, name: str = "") -> Membership:
    user = make.a_buyer()
    User.objects.filter(pk=user.pk).update(name=name)
    for role in roles:
        give_role(by=SYSTEM, user_id=user.pk, role=role, merchant_id=PLACES[kind])
    return Membership.objects.select_related("user").get(user=user)


def names(page: Any) -> list[str]:
    return [row.user.name for row in page.context["page"].rows]


@BOTH
def test_people_are_found_by_name_pinyin_address_and_role(kind):
    row = member(kind, SMALL[kind], name="陈望舒")
    member(kind, OTHER[kind], name="Mei")
    reader = Reader(kind)
    for words in ("陈望", "cws", "chenwang", row.user.email):
        assert names(reader.get(f"/staff/?q={words}")) == ["陈望舒"]
    assert names(reader.get(f"/staff/?role={OTHER[kind]}")) == ["Mei"]
    assert names(reader.get("/staff/?q=nobody-like-that")) == []


@BOTH
def test_people_of_other_places_are_not_in_the_list_and_who_has_left_is_kept_apart(kind):
    give_role(by=SYSTEM, user_id=make.a_buyer("else@example.com").pk, role="dispatcher", merchant_id=MERCHANTS["b"])
    row = member(kind, SMALL[kind], name="Gone")
    end_work(by=SYSTEM, membership_id=row.pk, merchant_id=PLACES[kind], why="the season is over")
    reader = Reader(kind)
    text = reader.get("/staff/").content.decode()
    assert "else@example.com" not in text and "Gone" not in text
    assert names(reader.get("/staff/?works=left")) == ["Gone"]
    page = reader.get(f"/staff/{row.pk}/")
    assert b"Works here no longer" in page.content and b"the season is over" in page.content and b"/roles/" not in page.content.split(b"<main")[1]
    for form in ("roles", "end"):
        assert reader.post(f"/staff/{row.pk}/{form}/", roles=SMALL[kind], why="x").status_code == 404


@BOTH
def test_what_somebody_did_is_a_click_away_also_after_they_left(kind):
    row = member(kind, SMALL[kind], name="Gone")
    end_work(by=SYSTEM, membership_id=row.pk, merchant_id=PLACES[kind], why="the season is over")
    with transaction.atomic():
        audit(by=make.acting(row.user), action="order.noted", subject="order", subject_id="X1", merchant_id=PLACES[kind])
    reader = Reader(kind)
    link = re.search(rb'href="(/log/\?person=[^"]+)"', reader.get(f"/staff/{row.pk}/").content)
    assert link and [one.subject_id for one in reader.get(link.group(1).decode()).context["page"].rows] == ["X1"]


@BOTH
def test_the_last_sign_in_is_noted_at_the_back_office_it_was_at(kind):
    client = Client()
    if kind == "console":
        client.post("/sign-in/", {"login": HEADS[kind], "password": PASSWORD}, headers={"host": HOSTS[kind]})
    else:
        Reader(kind)  # signed in from outside, which is nowhere
        assert not Membership.objects.filter(signed_in_at__isnull=False).exists()
        client.post("/sign-in/", {"login": HEADS[kind], "password": PASSWORD}, headers={"host": "market.localhost"})
        path = "/"
        at_the_shop = Client()  # each host has cookies of its own
        for one, host in ((at_the_shop, HOSTS[kind]), (client, "market.localhost")):  # the hand-over: asked for, issued
            path = "/" + one.get(path, headers={"host": host}).headers["Location"].split("/", 3)[3]
        at_the_shop.get(path, headers={"host": HOSTS[kind]})
    assert Membership.objects.get(signed_in_at__isnull=False).user.email == HEADS[kind]


@BOTH
def test_whoever_leads_sees_when_and_from_where_somebody_signed_in_here_and_nowhere_else(kind):
    row = member(kind, SMALL[kind])
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    for host, address, agent in ((HOSTS[kind], "203.0.113.7", firefox), ("trail.seller.market.localhost", "198.51.100.9", "")):
        SignIn.objects.create(user=row.user, outcome=SignIn.Outcome.CARRIED, host=host, address=address, agent=agent)
    SignIn.objects.create(user=make.a_buyer(), outcome=SignIn.Outcome.CARRIED, host=HOSTS[kind], address="192.0.2.1")
    text = Reader(kind).get(f"/staff/{row.pk}/").content.decode()
    assert "Sign-ins here" in text and "203.0.113.7" in text and "Firefox · Linux" in text
    assert "198.51.100.9" not in text and "192.0.2.1" not in text


@BOTH
def test_a_form_that_is_refused_says_where_and_changes_nothing(kind):
    row, reader = member(kind, SMALL[kind]), Reader(kind)
    for data, field in (({"why": "x"}, "roles"), ({"roles": OTHER[kind]}, "why"), ({"roles": "nobody", "why": "x"}, "roles")):
        answer = reader.post(f"/staff/{row.pk}/roles/", **data)
        assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    answer = reader.post("/staff/invite/", invitation_id=uuid4(), email="none", language="tlh")
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"email", "language", "roles"}
    answer = reader.post("/staff/roles/new/", role_id=uuid4(), name_en="", rights=SMALL[kind])
    assert answer.status_code == 422
    with office_schema(PLACES[kind]):
        assert not any(role.is_own for role in roles_here().values())
    assert not Invitation.objects.exists()


@BOTH
def test_ones_own_page_offers_nothing_to_change_and_a_form_sent_anyway_is_refused(kind):
    mine, reader = Membership.objects.get(user__email=HEADS[kind]), Reader(kind)
    text = reader.get(f"/staff/{mine.pk}/").content.decode()
    assert "/end/" not in text and f"/staff/{mine.pk}/roles/" not in text
    for path, data in ((f"/staff/{mine.pk}/roles/", {"roles": SMALL[kind], "why": "x"}), (f"/staff/{mine.pk}/end/", {"why": "x"})):
        answer = reader.post(path, **data)
        assert answer.status_code == 422 and "other than you" in answer.content.decode()


@BOTH
def test_the_matrix_is_for_everybody_who_works_here_and_changes_nothing_for_who_may_not(kind):
    reader = Reader(kind, member(kind, SMALL[kind]).user)
    page = reader.get("/staff/roles/")
    text = page.content.decode()
    assert page.status_code == 200 and "/staff/roles/new/" not in text and [role.code for role in page.context["own"]] == [SMALL[kind]]
    assert reader.get("/staff/roles/new/").status_code == reader.get("/staff/").status_code == 403
    assert "/staff/roles/new/" in Reader(kind).get("/staff/roles/").content.decode()


@BOTH
def test_an_own_role_is_copied_changed_and_deleted_and_one_that_comes_with_the_market_is_not(kind):
    reader = Reader(kind)
    with office_schema(PLACES[kind]):
        small = roles_here()[SMALL[kind]]
    ticked = reader.get(f"/staff/roles/new/?from={small.group_id}").content.decode().count(" checked")
    assert ticked == len(small.rights)
    assert reader.get(f"/staff/roles/{small.group_id}/").status_code == 409
    assert reader.post(f"/staff/roles/{small.group_id}/delete/").status_code == 409
    assert reader.get("/staff/roles/999999/").status_code == 404
    right = next(iter(small.rights))
    made = make_role(by=SYSTEM, merchant_id=PLACES[kind], role_id=uuid4(), names={"en": "Helper"}, rights=[right])
    assert reader.post(f"/staff/roles/{made.group_id}/", name_en="Helper", rights=right.codename, why="").status_code == 422
    assert reader.post(f"/staff/roles/{made.group_id}/delete/").status_code == 302
    with office_schema(PLACES[kind]):
        assert made.code not in roles_here()


def test_a_money_pair_is_refused_beside_the_roles():
    give_role(by=SYSTEM, user_id=make.a_buyer().pk, role="operator", merchant_id=None)
    row = member("console", "accountant")
    answer = Reader("console").post(f"/staff/{row.pk}/roles/", roles=["accountant", "cashier"], why="x")
    assert answer.status_code == 422 and "One person may not hold both" in answer.context["form"].errors["roles"][0]


def test_two_duties_in_one_hand_are_warned_of():
    row = member("workbench", "customer_care", "after_sales")
    assert "in one hand" in Reader("workbench").get(f"/staff/{row.pk}/").content.decode()
    assert Right.CANCEL_ORDERS.label in Reader("workbench").get(f"/staff/{row.pk}/").content.decode()


class TestWorkplaces:
    def ask(self, user: User) -> str:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return str(client.get("/account/workplaces/", headers={"host": "market.localhost", "accept-language": "en"}).content.decode())

    def test_somebody_who_works_in_three_places_chooses_among_them_with_the_role_in_each(self):
        user = make.a_buyer()
        for place, role in ((MERCHANTS["a"], "dispatcher"), (MERCHANTS["b"], "bookkeeper"), (None, "auditor")):
            give_role(by=SYSTEM, user_id=user.pk, role=role, merchant_id=place)
        text = self.ask(user)
        assert all(host in text for host in ("kiln.seller.", "trail.seller.", "//ops.")) and "mono.seller." not in text
        assert all(role in text for role in ("Dispatcher", "Bookkeeper", "Auditor"))

    def test_who_works_nowhere_is_told_how_one_comes_to_work(self):
        assert "invitation" in self.ask(make.a_buyer())

    def test_both_back_offices_lead_there(self):
        for kind in PLACES:
            assert "/account/workplaces/" in Reader(kind).get("/").content.decode()
