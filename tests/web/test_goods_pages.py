"""The market's goods in the console: found by what they are called, whose they are and how they stand; taken off, and read by their shop."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.publish_product import take_product_off_sale
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.listings.models import ForbiddenWord, Listing, ListingVariant
from marketplace.platform.listings.taking_off import take_goods_off
from marketplace.platform.listings.words import put_words
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
WHY = "Buyers report that it is not safe."


def client(email: str, host: str) -> Client:
    found = Client(headers={"host": host, "accept-language": "en"})
    found.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


@pytest.fixture
def console() -> Client:
    return client("operator@market.localhost", "ops.market.localhost")


@pytest.fixture
def workbench() -> Client:
    return client("owner-a@market.localhost", "kiln.seller.market.localhost")


@pytest.fixture
def goods() -> dict[str, Product]:
    """One in each state."""
    rows = {title: make.a_product("a", title=title) for title in ("Onsale", "Unlisted", "Papers", "Removed")}
    rows["Foreign"] = make.a_product("b", title="Foreign")
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=rows["Unlisted"].pk)
    Listing.objects.filter(pk=rows["Papers"].pk).update(is_held=True, is_on_sale=False)
    Listing.objects.filter(pk=rows["Removed"].pk).update(descriptions={"en": '<p>Heals 100% of "all" ills</p>'})
    take_goods_off(by=SYSTEM, listing_ids=[rows["Removed"].pk], why=WHY)
    return rows


def found(console: Client, goods: dict[str, Product], query: str) -> set[str]:
    titles = {row.pk: title for title, row in goods.items()}
    return {titles[row.pk] for row in console.get(f"/goods/?{query}").context["page"].rows if row.pk in titles}


def test_each_stands_in_the_tab_of_its_state(console, goods):
    states = {state: found(console, goods, f"show={state}") for state in ("on_sale", "off_sale", "held", "taken_off")}
    assert states == {"on_sale": {"Onsale", "Foreign"}, "off_sale": {"Unlisted"}, "held": {"Papers"}, "taken_off": {"Removed"}}
    assert found(console, goods, "") == set(goods)


def test_they_are_found_by_title_sku_key_shop_category_and_what_they_say(console, goods):
    sku = ListingVariant.objects.get(listing_id=goods["Papers"].pk).sku
    assert found(console, goods, "q=remov") == {"Removed"}
    assert found(console, goods, f"q={sku.lower()}") == {"Papers"}
    assert found(console, goods, f"q={goods['Onsale'].pk}") == {"Onsale"}
    assert found(console, goods, "q=trail") == found(console, goods, f"merchant={MERCHANTS['b']}") == {"Foreign"}
    assert found(console, goods, f"category={goods['Onsale'].category_id}") == set(goods)
    assert found(console, goods, "says=100%25+of") == {"Removed"}
    assert found(console, goods, "says=nobody+says+this") == set()


def test_a_forbidden_word_leads_to_the_goods_that_say_it_already(console, goods):
    put_words(by=SYSTEM, texts=["Onsale"], weight=ForbiddenWord.Weight.REFUSED, category_id=None, note="")
    link = re.search(r'href="/goods/[?]([^"]+)"', console.get("/words/").content.decode())
    assert link and found(console, goods, unescape(link.group(1))) == {"Onsale"}


def test_one_is_taken_off_and_released_with_a_reason_each(console, goods):
    key = goods["Onsale"].pk
    page = console.get(f"/goods/{key}/").content.decode()
    assert f"/goods/off/?chosen={key}" in page and "See it in the market" in page
    nothing = console.post("/goods/off/", {"chosen": str(key), "why": " "})
    assert nothing.status_code == 422 and "Give a reason" in nothing.content.decode() and Listing.objects.get(pk=key).is_on_sale
    assert console.post("/goods/off/", {"chosen": str(key), "why": WHY}).url == f"/goods/{key}/"
    page = console.get(f"/goods/{key}/").content.decode()
    assert WHY in page and f"/goods/release/?chosen={key}" in page and "See it in the market" not in page
    console.post("/goods/release/", {"chosen": str(key), "why": "A test report was shown."})
    page = console.get(f"/goods/{key}/").content.decode()
    assert "A test report was shown." in page and Listing.objects.get(pk=key).is_on_sale


def test_many_are_ticked_and_taken_off_at_once(console, goods):
    keys = [str(goods[title].pk) for title in ("Onsale", "Foreign")]
    asked = console.get("/goods/off/", {"chosen": keys})
    assert all(f'name="chosen" value="{key}"' in asked.content.decode() for key in keys)
    assert console.post("/goods/off/", {"chosen": keys, "why": WHY}).url == "/goods/"
    assert found(console, goods, "show=taken_off") == {"Onsale", "Foreign", "Removed"}


def test_the_shop_reads_why_in_its_list_and_on_the_product_and_its_button_says_what_it_cannot_do(workbench, goods):
    key = goods["Removed"].pk
    listed = workbench.get("/products/?sale=by_market")
    assert [row.pk for row in listed.context["page"].rows] == [key] and WHY in listed.content.decode()
    page = workbench.get(f"/products/{key}/").content.decode()
    assert WHY in page and "The market has taken it off sale" in page and "See it in the market" not in page
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=key)
    after = workbench.post(f"/products/{key}/on-sale/", follow=True).content.decode()
    assert "only the market puts it back" in after and "the market finds it within seconds" not in after
    assert not Listing.objects.get(pk=key).is_on_sale
    others = workbench.get(f"/products/{goods['Onsale'].pk}/").content.decode()
    assert "The market has taken it off sale" not in others


def test_the_merchants_dossier_leads_to_its_goods(console, goods):
    page = console.get(f"/merchants/{A}/").content.decode().replace("&amp;", "&")
    assert all(f"/goods/?merchant={A}&show={state}" in page for state in ("on_sale", "held", "taken_off"))


def test_who_may_not_review_products_neither_sees_nor_moves_them(goods):
    clerk = client("operator@market.localhost", "ops.market.localhost")
    person = make.a_buyer()
    clerk.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    key = goods["Onsale"].pk
    assert clerk.get("/goods/").status_code != 200 and clerk.get(f"/goods/{key}/").status_code != 200
    clerk.post("/goods/off/", {"chosen": str(key), "why": WHY})
    assert Listing.objects.get(pk=key).is_on_sale
