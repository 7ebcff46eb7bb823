"""Favourites and followed shops: the buttons of every page, for people and for visitors, with and without scripts."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.platform.listings.models import Listing
from marketplace.platform.members import keeping
from marketplace.platform.members.models import Favourite, Follow
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db

MARKET = {"host": "market.localhost"}
HX = {**MARKET, "HX-Request": "true"}


@pytest.fixture
def mei():
    return make.a_buyer("mei@example.com")


@pytest.fixture
def browser(mei) -> Client:
    client = Client()
    client.force_login(mei, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_the_heart_saves_with_the_price_of_now_and_takes_out_again(browser, mei):
    mug = make.a_product(price="100")
    answer = browser.post(f"/favourites/{mug.pk}/", {"on": "1", "next": "/shops/"}, headers=MARKET)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/shops/")
    assert Favourite.objects.get(user=mei).saved_price == make.yuan("100")
    Listing.objects.filter(pk=mug.pk).update(price_minor=9000)
    browser.post(f"/favourites/{mug.pk}/", {"on": "1"}, headers=MARKET)
    assert Favourite.objects.get(user=mei).saved_price == make.yuan("100"), "saving again keeps the first price"
    browser.post(f"/favourites/{mug.pk}/", {"on": "0"}, headers=MARKET)
    assert not Favourite.objects.exists()


def test_with_scripts_the_answer_is_the_button_as_it_stands_now(browser):
    mug = make.a_product()
    on = browser.post(f"/favourites/{mug.pk}/", {"on": "1"}, headers=HX).content.decode()
    assert 'aria-pressed="true"' in on and 'value="0"' in on
    off = browser.post(f"/favourites/{mug.pk}/", {"on": "0"}, headers=HX).content.decode()
    assert 'aria-pressed="false"' in off and 'value="1"' in off
    followed = browser.post(f"/shops/{MERCHANTS['a']}/follow/", {"on": "1"}, headers=HX).content.decode()
    assert 'aria-pressed="true"' in followed


def test_a_visitor_signs_in_and_comes_back_with_it_done(mei):
    mug, client = make.a_product(), Client()
    pressed = client.post(f"/favourites/{mug.pk}/", {"on": "1", "next": "/search/?q=mug"}, headers=MARKET)
    door = client.get(pressed.headers["Location"], headers=MARKET)
    assert door.headers["Location"].startswith("/sign-in/")
    assert not Favourite.objects.exists()
    page = client.get(door.headers["Location"], headers=MARKET).content.decode()
    onward = re.search(r'name="next" value="([^"]+)"', page)[1].replace("&amp;", "&")
    signed_in = client.post("/sign-in/", {"login": mei.email, "password": "correct horse battery", "next": onward}, headers=MARKET)
    back = client.get(signed_in.headers["Location"], headers=MARKET)
    assert back.headers["Location"] == "/search/?q=mug"
    assert Favourite.objects.get().user == mei
    client.get(signed_in.headers["Location"], headers=MARKET)
    assert Favourite.objects.count() == 1, "the wish is fulfilled once"


def test_a_visitor_with_scripts_is_sent_to_the_sign_in(mei):
    answer = Client().post(f"/shops/{MERCHANTS['b']}/follow/", {"on": "1", "next": "/shops/"}, headers=HX)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/favourites/wish/")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "x"])
def test_nobody_is_led_to_another_site(browser, elsewhere):
    answer = browser.post(f"/favourites/{make.a_product().pk}/", {"on": "1", "next": elsewhere}, headers=MARKET)
    assert answer.headers["Location"] == "/"
    assert browser.get("/favourites/wish/", {"next": elsewhere}, headers=MARKET).headers["Location"] == "/"


def test_what_is_not_there_is_refused(browser):
    assert browser.post(f"/favourites/{uuid4()}/", {"on": "1"}, headers=MARKET).status_code == 404
    assert browser.post(f"/shops/{uuid4()}/follow/", {"on": "1"}, headers=MARKET).status_code == 404
    assert not Favourite.objects.exists() and not Follow.objects.exists()


def test_following_twice_is_following_once(browser, mei):
    for _time in range(2):
        browser.post(f"/shops/{MERCHANTS['a']}/follow/", {"on": "1"}, headers=MARKET)
    assert Follow.objects.get().user == mei
    for _time in range(2):
        browser.post(f"/shops/{MERCHANTS['a']}/follow/", {"on": "0"}, headers=MARKET)
    assert not Follow.objects.exists()


def test_there_is_an_end_to_what_one_keeps(browser, mei, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_FAVOURITES", 1)
    one, other = make.a_product(), make.a_product()
    browser.post(f"/favourites/{one.pk}/", {"on": "1"}, headers=MARKET)
    refused = browser.post(f"/favourites/{other.pk}/", {"on": "1"}, headers=MARKET)
    assert refused.status_code == 409
    assert [row.listing_id for row in Favourite.objects.all()] == [one.pk]


def test_a_heart_of_what_is_not_there_is_not_found(browser):
    for on in ("0", "1"):
        assert browser.post(f"/favourites/{uuid4()}/", {"on": on}, headers=HX).status_code == 404


def test_hearts_of_a_page_cost_one_query(mei, rf):
    from django.template import engines

    for _n in range(5):
        keeping.save_favourite(by=make.acting(mei), listing_id=make.a_product().pk)
    request = rf.get("/")
    request.user = mei
    listings = list(Listing.objects.all())
    hearts = engines["django"].from_string("{% for listing in listings %}{% favourite listing %}{% endfor %}")
    with CaptureQueriesContext(connection) as asked:
        html = hearts.render({"listings": listings}, request)
    assert html.count('aria-pressed="true"') == 5
    assert len([query for query in asked if "favourite" in query["sql"]]) == 1
