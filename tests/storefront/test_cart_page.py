"""The cart as a page: price changes said, removing with a way back, whole shops chosen at once, unavailable lines apart; orders found and followed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.kernel.relay import deliver_events
from marketplace.platform.cart.models import CartLine
from marketplace.platform.listings.models import Listing, ListingVariant
from storefront.account.tracking import is_late, sentence_of, steps_of
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Any:
    person = make.a_buyer()
    client = Client(headers={"host": "market.localhost", "accept-language": "en"})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    client.user = person
    return client


def put(client: Any, product: Any, shop: str = "a", quantity: int = 1) -> CartLine:
    variant = make.variant_of(product, shop)
    assert client.post("/cart/add/", {"variant": variant, "quantity": quantity}).status_code == 302
    return CartLine.objects.get(variant_id=variant)


def text(client: Any, path: str = "/cart/", **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_price_that_changed_since_is_said_under_the_article(buyer):
    line = put(buyer, make.a_product("a", title="Mug", price="100"))
    assert "than when you put it in" not in text(buyer)
    ListingVariant.objects.filter(pk=line.variant_id).update(price_minor=9000)
    assert "CN¥10.00 less than when you put it in" in text(buyer)
    ListingVariant.objects.filter(pk=line.variant_id).update(price_minor=12000)
    page = text(buyer)
    assert "CN¥20.00 more than when you put it in" in page and "1 price has changed" in page


def test_a_line_from_before_prices_were_noted_says_nothing(buyer):
    line = put(buyer, make.a_product("a", title="Mug"))
    CartLine.objects.filter(pk=line.pk).update(price_minor=None)
    assert "than when you put it in" not in text(buyer)


@pytest.mark.parametrize("htmx", [True, False])
def test_what_was_taken_out_can_be_put_back(buyer, htmx):
    line = put(buyer, make.a_product("a", title="Mug"), quantity=3)
    headers = {"hx-request": "true"} if htmx else {}
    answer = buyer.post(f"/cart/lines/{line.pk}/", {"quantity": 0}, headers=headers)
    page = answer.content.decode() if htmx else text(buyer, answer.url)
    assert not CartLine.objects.exists()
    assert "“Mug” is out of your cart." in page and f'value="{line.variant_id}"' in page and 'name="quantity" value="3"' in page
    buyer.post("/cart/add/", {"variant": line.variant_id, "quantity": 3, "undo": 1}, headers=headers)
    assert CartLine.objects.get().quantity == 3


@pytest.mark.parametrize("query", ["undo=x&n=1", "undo=01900000-0000-7000-8000-000000000000&n=1", "undo=01900000-0000-7000-8000-000000000000", "n=4"])
def test_nothing_is_offered_back_that_was_not_there(buyer, query):
    put(buyer, make.a_product("a", title="Mug"))
    assert "is out of your cart" not in text(buyer, f"/cart/?{query}")


def test_a_whole_shop_and_the_whole_cart_are_chosen_at_once(buyer):
    mine = [put(buyer, make.a_product("a", title=f"Mug {n}")) for n in range(2)]
    other = put(buyer, make.a_product("b", title="Cup"), "b")
    buyer.post(f"/cart/shops/{MERCHANTS['a']}/choose/", {})
    assert set(CartLine.objects.filter(is_chosen=True)) == {other}
    buyer.post(f"/cart/lines/{mine[0].pk}/choose/", {"chosen": "1"})
    assert "data-some" in text(buyer)
    buyer.post("/cart/choose/", {"chosen": "1"})
    assert CartLine.objects.filter(is_chosen=True).count() == 3
    assert "data-some" not in text(buyer)


def test_nobody_chooses_in_somebody_elses_cart(buyer):
    line = put(buyer, make.a_product("a", title="Mug"))
    stranger = Client(headers={"host": "market.localhost"})
    for path in ("/cart/choose/", "/cart/clear/", f"/cart/shops/{MERCHANTS['a']}/choose/"):
        assert stranger.post(path, {}).status_code == 302
    line.refresh_from_db()
    assert line.is_chosen


def test_what_cannot_be_bought_stands_apart_and_is_cleared_at_once(buyer):
    gone, kept = make.a_product("a", title="Old mug"), make.a_product("a", title="New mug")
    line, other = put(buyer, gone), put(buyer, kept)
    ListingVariant.objects.filter(pk=line.variant_id).update(in_stock=False)
    Listing.objects.filter(pk=gone.pk).update(in_stock=False)
    page = text(buyer)
    assert page.index("New mug") < page.index("Cannot be bought now") < page.index("Old mug") and "See similar" in page
    buyer.post("/cart/clear/", {})
    assert set(CartLine.objects.all()) == {other}


def test_an_empty_cart_gives_ideas(buyer):
    make.a_product("a", title="Mug")
    assert "Mug" in text(buyer)


def test_a_cart_costs_as_many_queries_with_many_shops_as_with_one(buyer):
    put(buyer, make.a_product("a", title="Mug"))
    text(buyer)
    counts = []
    for shop in ("b", "c"):
        with CaptureQueriesContext(connection) as captured:
            text(buyer)
        counts.append(len(captured))
        put(buyer, make.a_product(shop, title="Cup"), shop)
    with CaptureQueriesContext(connection) as captured:
        text(buyer)
    assert [*counts, len(captured)] == [counts[0]] * 3 and counts[0] <= 16


class TestOrders:
    @pytest.fixture
    def order(self, buyer) -> Any:
        make.commission()
        group = make.a_placed_group(("a", make.a_product("a", title="Mug"), 1), buyer=buyer.user)
        make.pay(group)
        deliver_events()
        return make.order_of(group)

    def test_found_by_number_article_or_shop(self, buyer, order):
        for words in (order.number, order.group.number[-4:], "mug", order.merchant.names["en"]):
            assert order.group.number in text(buyer, f"/orders/?q={words}"), words
        page = text(buyer, "/orders/?q=zeppelin")
        assert "No order of yours" in page and order.group.number not in page

    def test_a_sentence_and_steps_with_real_times(self, buyer, order):
        assert sentence_of(order).startswith("Leaves by") or "前发货" in sentence_of(order)
        assert [step.state for step in steps_of(order)] == ["done", "done", "now", "", ""]
        assert steps_of(order)[1].at == order.group.paid_at and steps_of(order)[3].is_promise
        make.ship(order)
        deliver_events()
        order.refresh_from_db()
        assert [step.state for step in steps_of(order)] == ["done", "done", "done", "done", "now"]
        make.receive(order)
        deliver_events()
        order.refresh_from_db()
        assert {step.state for step in steps_of(order)} == {"done"}
        assert 'aria-current="step"' not in text(buyer, f"/orders/{order.group.number}/")

    def test_a_shop_that_is_late_is_said_to_be(self, buyer, order):
        assert not is_late(order)
        order.ship_by = order.placed_at - timedelta(days=1)
        order.save(update_fields=["ship_by"])
        assert is_late(order)
        page = text(buyer, f"/orders/{order.group.number}/")
        assert "The shop is late. You can wait, or cancel" in page
