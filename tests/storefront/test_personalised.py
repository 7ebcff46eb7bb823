"""Searches in an order of one's own: only of somebody who agreed to it, from what is remembered of them, and said on the page."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import Listing
from marketplace.platform.members import keeping
from marketplace.platform.members.models import Profile
from marketplace.platform.taxonomy.models import Brand, Category
from storefront.account.liking import MOST, Liked, liked_by
from tests import factories as make

pytestmark = pytest.mark.django_db

MARKET = {"host": "market.localhost", "Accept-Language": "en"}
SAID = "what you looked at and bought"


@pytest.fixture
def mei():
    return make.a_buyer("mei@example.com")


@pytest.fixture
def browser(mei) -> Client:
    client = Client(headers=MARKET)
    client.force_login(mei, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def mugs():
    """Equal goods of two categories; without anything liked, those of the first come first."""
    tea, coffee = make.a_category("tea"), make.a_category("coffee")
    found = {name: [make.a_product(title="Jade mug", category=of) for _n in range(2)] for name, of in (("tea", tea), ("coffee", coffee))}
    deliver_events()
    return found


def looks_at(who, *products) -> None:
    for product in products:
        keeping.note_seen(by=make.acting(who), listing_ids=[product.pk])


def kinds(client: Client, path: str = "/search/?q=mug") -> list[str]:
    """Codes of the categories of what is shown, in its order."""
    codes = dict(Category.objects.values_list("pk", "code"))
    return [codes[listing.category_id] for listing in client.get(path).context["listings"]]


class TestWhoAgreed:
    def test_what_they_looked_at_comes_first_and_the_page_says_so(self, browser, mei, mugs):
        looks_at(mei, *mugs["coffee"])
        assert kinds(browser) == ["tea", "tea", "coffee", "coffee"], "nobody is ranked for without consent"
        assert SAID not in browser.get("/search/?q=mug").content.decode()
        browser.post("/recent/personalised/", {"on": "1"})
        assert kinds(browser) == ["coffee", "coffee", "tea", "tea"]
        assert SAID in browser.get("/search/?q=mug").content.decode()
        assert 'class="chip ms-1">' in browser.get("/recent/").content.decode()

    def test_a_purchase_counts_as_much_as_two_looks(self, mei, mugs):
        keeping.set_personalised(by=make.acting(mei), is_on=True)
        make.a_placed_group(("a", mugs["coffee"][0], 1), buyer=mei)
        category = Listing.objects.get(pk=mugs["coffee"][0].pk).category_id
        assert liked_by(mei.pk) == Liked((category,))
        looks_at(mei, mugs["tea"][0])
        assert liked_by(mei.pk) == Liked((category,)), "one look is none"
        looks_at(mei, mugs["tea"][1])
        assert len(liked_by(mei.pk).categories) == 2

    def test_brands_count_too_and_never_more_than_the_most(self, mei):
        keeping.set_personalised(by=make.acting(mei), is_on=True)
        products = [make.a_product(title=f"Mug {n}") for n in range(2 * (MOST + 1))]
        for n, product in enumerate(products):
            brand, _made = Brand.objects.get_or_create(code=f"brand-{n // 2}", defaults={"names": {"en": f"Brand {n // 2}"}})
            Listing.objects.filter(pk=product.pk).update(brand=brand)
        looks_at(mei, *products)
        assert len(liked_by(mei.pk).brands) == MOST

    def test_forgetting_and_switching_off_end_it(self, browser, mei, mugs):
        looks_at(mei, *mugs["coffee"])
        browser.post("/recent/personalised/", {"on": "1"})
        since = Profile.objects.get(user=mei).personalised_since
        browser.post("/recent/personalised/", {"on": "1"})
        assert Profile.objects.get(user=mei).personalised_since == since, "agreed once"
        browser.post("/recent/clear/")
        assert kinds(browser)[0] == "tea" and "Nothing yet" in browser.get("/recent/").content.decode()
        looks_at(mei, *mugs["coffee"])
        assert kinds(browser)[0] == "coffee"
        browser.post("/recent/personalised/", {"on": "0"})
        assert kinds(browser)[0] == "tea"
        assert Profile.objects.get(user=mei).personalised_since is None

    def test_other_orders_and_categories_are_as_they_are_for_all(self, browser, mei, mugs):
        looks_at(mei, *mugs["coffee"])
        browser.post("/recent/personalised/", {"on": "1"})
        assert kinds(browser, "/search/?q=mug&sort=newest") == kinds(Client(headers=MARKET), "/search/?q=mug&sort=newest")
        assert SAID not in browser.get("/search/?q=mug&sort=newest").content.decode()


def test_a_visitor_is_ranked_like_everybody_and_cannot_switch_it_on(mugs):
    visitor = Client(headers=MARKET)
    visitor.post("/cookies/", {"choice": "preferences"})
    for product in mugs["coffee"]:
        visitor.post("/recent/", {"listing": str(product.pk)}, headers={"hx-request": "true"})
    assert kinds(visitor)[0] == "tea"
    assert "Personalised search" not in visitor.get("/recent/").content.decode()
    assert visitor.post("/recent/personalised/", {"on": "1"}).status_code in (302, 403)
    assert not Profile.objects.exists()


def test_one_persons_order_is_not_anothers(browser, mei, mugs):
    looks_at(mei, *mugs["coffee"])
    browser.post("/recent/personalised/", {"on": "1"})
    kinds(browser)
    other = Client(headers=MARKET)
    other.force_login(make.a_buyer("other@example.com"), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert kinds(other)[0] == "tea" == kinds(Client(headers=MARKET))[0]


def test_the_privacy_page_says_how_it_stands(browser, mei):
    assert "Personalised search" in browser.get("/account/privacy/").content.decode()
    browser.post("/recent/personalised/", {"on": "1"})
    assert "Switched on: what you looked at and bought counts a little." in browser.get("/account/privacy/").content.decode()
