"""The shell of both back offices: counts in the menu, and “go to”."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.kernel.actors import SYSTEM
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db

WORKBENCH, CONSOLE = "kiln.seller.market.localhost", "ops.market.localhost"
PEOPLE = {WORKBENCH: "owner-a@market.localhost", CONSOLE: "operator@market.localhost"}


def ask(host: str, path: str, who: User | None = None, **data: str) -> Any:
    client = Client()
    client.force_login(who or User.objects.get(email=PEOPLE[host]), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.get(path, data, headers={"host": host, "accept-language": "en"})


def somebody(role: str, merchant: str | None = "a") -> User:
    person = User.objects.create_user(f"{role}@example.com", "correct horse battery", name="Clerk")
    give_role(by=SYSTEM, user_id=person.pk, role=role, merchant_id=MERCHANTS[merchant] if merchant else None)
    return person


def in_menu(response: Any) -> dict[str, str]:
    return {entry.route: entry.waits for entry in response.context["menu"] if entry.waits}


def test_the_menu_says_how_much_waits_behind_its_entries():
    product = make.a_product(stock=10)
    assert in_menu(ask(WORKBENCH, "/log/")) == {}
    for _n in range(2):
        make.pay(make.a_placed_group(("a", product, 1)))
    assert in_menu(ask(WORKBENCH, "/log/")) == {"orders": "2"}
    make.an_application(make.a_buyer())
    assert in_menu(ask(CONSOLE, "/log/")) == {"applications": "1"}


def test_nobody_reads_counts_of_entries_that_are_not_theirs():
    make.pay(make.a_placed_group(("a", make.a_product(stock=10), 1)))
    assert in_menu(ask(WORKBENCH, "/products/", somebody("product_editor"))) == {}


def test_all_counts_of_a_menu_are_one_question():
    make.pay(make.a_placed_group(("a", make.a_product(stock=10), 1)))
    with CaptureQueriesContext(connection) as asked:
        ask(WORKBENCH, "/statements/")
    assert len([query for query in asked.captured_queries if " UNION ALL " in query["sql"]]) == 1


def test_a_number_or_a_name_leads_where_it_belongs():
    product = make.a_product(stock=10)
    copy = make.order_of(make.a_completed_group(("a", product, 2)))
    with merchant_schema(MERCHANTS["a"]):
        sku = product.variants.get().sku
    row = make.returned(copy)
    for asked, where in {
        copy.number: f"/orders/{copy.number}/",
        f" {copy.number} ": f"/orders/{copy.number}/",
        row.number: f"/returns/{row.number}/",
        sku.lower(): f"/products/{product.pk}/",
        "SF123": "/orders/?q=SF123",
        "Mug": "/products/?q=Mug",
        "": "/",
    }.items():
        assert ask(WORKBENCH, "/go/", q=asked).headers["Location"] == where
    for asked, where in {
        copy.number: f"/orders/{copy.number}/",
        row.number: f"/orders/{copy.number}/",
        "KILN": f"/merchants/{MERCHANTS['a']}/",
        "260101": "/orders/?q=260101",
        "Pots": "/merchants/?q=Pots",
    }.items():
        assert ask(CONSOLE, "/go/", q=asked).headers["Location"] == where


def test_it_leads_nobody_where_they_may_not_go_and_into_no_other_shop():
    copy = make.order_of(make.pay(make.a_placed_group(("b", make.a_product("b", stock=10), 1))), "b")
    assert ask(WORKBENCH, "/go/", q=copy.number).headers["Location"] == f"/orders/?q={copy.number}"
    own = make.order_of(make.pay(make.a_placed_group(("a", make.a_product(stock=10), 1))))
    assert ask(WORKBENCH, "/go/", somebody("product_editor"), q=own.number).headers["Location"] == f"/products/?q={own.number}"
    assert ask(CONSOLE, "/go/", somebody("reviewer", None), q=own.number).headers["Location"] == f"/merchants/?q={own.number}"


@pytest.mark.parametrize("host", [WORKBENCH, CONSOLE])
@pytest.mark.parametrize("asked", ["x" * 5000, "' OR 1=1 --", "%", "//evil.example"])
def test_odd_questions_stay_here(host, asked):
    where = ask(host, "/go/", q=asked).headers["Location"]
    assert re.match(r"/(orders/|products/|merchants/)?(\?q=.*)?$", where)
