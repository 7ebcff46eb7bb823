"""The market's own shop in the console and in its workbench: opened by a right of its own, and what does not apply is said instead of asked for."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from marketplace.platform.listings.models import ProductChange
from tenants.access.roles import MARKET_ROLES
from tenants.accounts.models import User
from tenants.tenancy.models import Market, Merchant
from tests import factories as make
from tests.databases import MERCHANTS
from tests.web.test_settings_pages import client, member

pytestmark = pytest.mark.django_db
CONSOLE, WORKBENCH = "ops.market.localhost", "mono.seller.market.localhost"
C = MERCHANTS["c"]
FORM = {"name_zh": "自营", "name_en": "Direct", "slug": "direct"}


@pytest.fixture
def own() -> Merchant:
    return make.the_markets_own("c")


def form() -> dict[str, str]:
    return {**FORM, "merchant_id": str(uuid4()), "owner": str(User.objects.get(email="operator@market.localhost").pk)}


def page(path: str, host: str = CONSOLE, email: str = "operator@market.localhost") -> str:
    answer = client(host, email).get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_the_form_opens_an_own_shop():
    answer = client(CONSOLE, "operator@market.localhost").post("/merchants/own/new/", form())
    assert answer.status_code == 302
    assert Merchant.objects.get(slug="direct").is_own


@pytest.mark.parametrize("role", sorted(MARKET_ROLES))
def test_only_operators_may_open_one(role):
    answer = member(CONSOLE, role).post("/merchants/own/new/", form())
    assert answer.status_code == (302 if role == "operator" else 403)
    assert Merchant.objects.filter(is_own=True).exists() == (role == "operator")


@pytest.mark.parametrize(("field", "value"), [("owner", "00000000-0000-4000-8000-00000000beef"), ("slug", "kiln"), ("slug", "ops"), ("name_en", "")])
def test_what_is_wrong_is_named_and_changes_nothing(field, value):
    wrong = form() | {field: value} | ({"name_zh": ""} if field == "name_en" else {})
    answer = client(CONSOLE, "operator@market.localhost").post("/merchants/own/new/", wrong)
    assert answer.status_code == 422
    assert not Merchant.objects.filter(is_own=True).exists()


def test_its_page_says_what_is_not_for_own_shops_and_the_list_finds_it_by_whose_it_is(own):
    said = page(f"/merchants/{C}/")
    assert said.count("not for own shops") == 5 and "no account yet" not in said
    assert "not for own shops" not in page(f"/merchants/{MERCHANTS['a']}/")
    mine, others = page("/merchants/?own=True"), page("/merchants/?own=False")
    assert ("Mono" in mine, "Kiln" in mine, "Mono" in others, "Kiln" in others) == (True, False, False, True)


@pytest.mark.parametrize("path", ["/deposits/{}/", "/subscribers/{}/", "/merchants/{}/payout-account/"])
def test_pages_about_what_others_agree_are_refused(own, path):
    operator = client(CONSOLE, "operator@market.localhost")
    assert operator.get(path.format(C)).status_code == 409
    assert operator.get(path.format(MERCHANTS["a"])).status_code == 200


def test_the_workbench_shows_no_page_of_what_does_not_apply(own):
    first, owner = page("/", WORKBENCH, "owner-c@market.localhost"), client(WORKBENCH, "owner-c@market.localhost")
    for path in ("/payout-account/", "/package/", "/deposit/", "/contract/"):
        assert f'href="{path}"' not in first
        assert owner.get(path).status_code == 409
        assert f'href="{path}"' in page("/", "kiln.seller.market.localhost", "owner-a@market.localhost")
    guide = page("/guide/", WORKBENCH, "owner-c@market.localhost")
    assert "/payout-account/" not in guide and "Own goods need no review." in guide


def test_the_trail_shows_the_two_ways(own):
    product = make.a_product("c", on_sale=False)
    answer = client(WORKBENCH, "owner-c@market.localhost").post(f"/products/{product.pk}/submit/")
    assert answer.status_code == 302
    change = ProductChange.objects.get()
    assert "Own goods, no review asked" in page(f"/reviews/{change.pk}/")
    assert str(change.pk) in page("/reviews/?by_rule=own")
    assert str(change.pk) not in page("/reviews/?by_rule=True")
    assert "own goods, no review asked" in page("/reviews/?by_rule=own")
    reviews = page(f"/products/{product.pk}/reviews/", WORKBENCH, "owner-c@market.localhost")
    assert "Own goods, no review asked" in reviews and "Approved by a rule" not in reviews


def test_a_settlement_says_what_stays_with_the_market(own):
    Market.objects.update(settle_days=0)
    make.a_completed_group(("c", make.a_product("c", price="50"), 2), ("a", make.a_product("a", price="30"), 1))
    assert re.search(r"stays with the market: [^<]*100.00", page("/settlement/"))
    (kept,) = make.settled("c")
    for host, email in ((CONSOLE, "operator@market.localhost"), (WORKBENCH, "owner-c@market.localhost")):
        said = page(f"/statements/{kept.number}/", host, email)
        assert "Stays with the market" in said and "Paid out" not in said and "Commission</dt>" not in said
    assert "Sales of own goods" in page("/settlement/")
