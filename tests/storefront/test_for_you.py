"""Goods picked for a reader: of the kinds they looked at and bought, never what they know already, never one shop alone."""

from __future__ import annotations

import pytest
from django.test import Client

from marketplace.platform.listings.models import Listing
from marketplace.platform.members import keeping
from marketplace.platform.taxonomy.models import Category
from storefront.account.for_you import PER_SHOP, for_you
from tests import factories as make
from tests.storefront.test_first_page import page

pytestmark = pytest.mark.django_db


def listing_of(product) -> Listing:
    return Listing.objects.get(pk=product.pk)


@pytest.fixture
def lamps():
    """Goods of two shops in a category of their own, beside one of another category."""
    category = Category.objects.create(names={"en": "Lamps", "zh-hans": "灯"}, position=9)
    category.path = [category.pk]
    category.save()
    products = [make.a_product(shop, title=f"Lamp {shop} {n}") for shop in ("a", "b") for n in range(4)]
    Listing.objects.filter(pk__in=[product.pk for product in products]).update(category=category)
    make.a_product("c", title="Kettle")
    return products


def titles(found: list[Listing]) -> set[str]:
    return {listing.titles["en"] for listing in found}


def test_nobody_is_shown_anything_of_whom_nothing_is_known(lamps):
    assert for_you([], make.a_buyer().pk, 10) == []


def test_what_is_picked_is_of_the_kind_looked_at_unknown_and_of_more_than_one_shop(lamps):
    found = for_you([listing_of(lamps[0])], None, 10)
    assert "Lamp a 0" not in titles(found)
    assert "Kettle" not in titles(found)
    assert len([one for one in found if one.merchant_id == listing_of(lamps[7]).merchant_id]) == PER_SHOP
    assert len(found) == 2 * PER_SHOP


def test_what_was_bought_counts_and_is_not_offered_again(lamps):
    buyer = make.a_buyer()
    make.a_placed_group(("a", lamps[1], 1), buyer=buyer)
    found = for_you([], buyer.pk, 10)
    assert found
    assert "Lamp a 1" not in titles(found)


def test_what_cannot_be_bought_is_not_picked(lamps):
    Listing.objects.filter(titles__en="Lamp b 2").update(in_stock=False)
    assert "Lamp b 2" not in titles(for_you([listing_of(lamps[0])], None, 10))


def test_the_first_page_of_somebody_signed_in_shows_it_and_a_visitors_does_not(lamps):
    buyer = make.a_buyer()
    assert "Picked for you" not in page("/", user=buyer).content.decode()
    keeping.note_seen(by=make.acting(buyer), listing_ids=[lamps[0].pk])
    assert "Picked for you" in page("/", user=buyer).content.decode()
    assert "Picked for you" in page("/recent/", user=buyer).content.decode()
    assert "Picked for you" not in page("/").content.decode()
    keeping.forget_seen(by=make.acting(buyer))
    assert "Picked for you" not in page("/", user=buyer).content.decode()


def test_a_visitor_who_agreed_finds_it_where_recent_goods_are(lamps):
    client = Client(headers={"host": "market.localhost", "accept-language": "en"})
    client.post("/cookies/", {"choice": "preferences"})
    client.post("/recent/", {"listing": str(lamps[0].pk)}, headers={"hx-request": "true"})
    assert "Picked for you" in client.get("/recent/").content.decode()
