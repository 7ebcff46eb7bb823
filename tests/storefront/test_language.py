"""In which language a page comes: what the address asks for, else what was chosen before, else what the browser wishes, else the market's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from marketplace.merchant.catalogue.models import Product
from tenants.accounts.models import User
from tenants.tenancy.models import Market
from tests import factories as make

pytestmark = pytest.mark.django_db

MARKET = "market.localhost"
HOSTS = [MARKET, "kiln.market.localhost"]


def ask(client: Client | None = None, path: str = "/", host: str = MARKET, **headers: str) -> Any:
    return (client or Client()).get(path, headers={"host": host, **headers})


def language(response: Any) -> str:
    """As the page says, and as its header says."""
    page = response.content.decode()
    said = page.split('<html lang="')[1].split('"')[0]
    assert response.headers["Content-Language"].lower() == said.lower()
    return said


def test_without_a_wish_it_is_the_markets_first():
    assert language(ask()) == "zh-Hans"
    Market.objects.update(languages=["en", "zh-hans"])
    assert language(ask()) == "en"


@pytest.mark.parametrize(
    ("wish", "given"),
    [
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("fr", "zh-Hans"),
        ("fr, en;q=0.5", "en"),
        ("*", "zh-Hans"),
        ("x" * 600, "zh-Hans"),
    ],
)
def test_a_browsers_wish_counts_where_we_speak_it(wish, given):
    assert language(ask(**{"accept-language": wish})) == given


@pytest.mark.parametrize("host", HOSTS)
def test_the_address_wins_and_is_remembered(host):
    client = Client()
    response = ask(client, "/?hl=en", host, **{"accept-language": "zh-CN"})
    assert language(response) == "en"
    cookie = response.cookies["language"]
    assert (cookie.value, cookie["domain"], cookie["samesite"], bool(cookie["httponly"])) == ("en", "", "Lax", True)
    assert int(cookie["max-age"]) == 365 * 24 * 3600
    assert language(ask(client, "/", host, **{"accept-language": "zh-CN"})) == "en"
    assert language(ask(client, "/?hl=zh-hans", host)) == "zh-Hans"
    assert language(ask(client, "/", host, **{"accept-language": "en"})) == "zh-Hans"


@pytest.mark.parametrize("asked", ["fr", "zh-hant", "EN", "", "../../etc", "en\r\nSet-Cookie: a=b", "x" * 300])
def test_a_language_we_do_not_speak_changes_nothing(asked):
    response = Client().get("/", {"hl": asked}, headers={"host": MARKET})
    assert language(response) == "zh-Hans"
    assert "language" not in response.cookies


def test_a_cookie_with_another_value_is_ignored():
    client = Client()
    client.cookies["language"] = "tlh"
    assert language(ask(client)) == "zh-Hans"


def test_a_language_the_market_no_longer_offers_is_not_given():
    client = Client()
    ask(client, "/?hl=en")
    Market.objects.update(languages=["zh-hans"])
    assert language(ask(client, **{"accept-language": "en"})) == "zh-Hans"
    assert "hl=en" not in ask(client).content.decode()


def test_the_switch_leads_to_the_same_page_in_the_other_language():
    page = ask(path="/search/?q=mug&sort=newest&hl=zh-hans").content.decode()
    assert "q=mug&amp;sort=newest&amp;hl=en" in page


def test_caches_in_between_keep_languages_apart():
    vary = {name.strip().lower() for name in ask().headers["Vary"].split(",")}
    assert {"accept-language", "cookie"} <= vary


def test_a_product_without_a_text_in_this_language_shows_another_and_says_which():
    product: Product = make.a_product(titles={"zh-hans": "山岚马克杯"})
    page = ask(path=f"/p/{product.pk}/?hl=en").content.decode()
    assert '<span lang="zh-Hans">山岚马克杯</span>' in page


def test_what_a_person_chose_at_registering_is_the_language_of_their_letters():
    client = Client()
    form = {"email": "new@example.com", "password1": "correct horse battery"}
    client.post("/register/?hl=en", form, headers={"host": MARKET})
    assert User.objects.get(email="new@example.com").language == "en"
