"""Losing Valkey slows pages down and fails none: it holds copies and counts, never the truth."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings

from marketplace.platform.checkout.models import OrderGroup
from tenants.accounts.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db

MARKET = "market.localhost"
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def away() -> Iterator[None]:
    with override_settings(CACHES={"default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}):
        yield


def test_a_cache_that_is_away_is_empty_and_takes_what_it_is_given(away):
    cache.set("a", 1)
    assert cache.get("a") is None and cache.get("a", "other") == "other"
    assert cache.get_many(["a"]) == {} and cache.set_many({"a": 1}) == [] and not cache.has_key("a")
    assert cache.get_or_set("a", 5) == 5
    assert cache.add("lock", 1) is True
    assert cache.incr("n") == 1
    assert cache.delete("a") is False and cache.touch("a") is False
    cache.delete_many(["a"])
    cache.clear()


@pytest.mark.parametrize("path", ["/", "/search/?q=mug", "/shops/", "/cart/", "/sign-in/", "/register/"])
def test_a_visitors_pages_answer(away, path):
    make.a_product()
    assert Client().get(path, headers={"host": MARKET}).status_code == 200


@pytest.mark.parametrize(
    ("host", "path", "email"),
    [
        ("kiln.market.localhost", "/", None),
        ("kiln.seller.market.localhost", "/orders/", "owner-a@market.localhost"),
        ("kiln.seller.market.localhost", "/cms/", "owner-a@market.localhost"),
        ("ops.market.localhost", "/", "operator@market.localhost"),
    ],
)
def test_shops_and_back_offices_answer(away, host, path, email):
    client = Client()
    if email:
        client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get(path, headers={"host": host}).status_code == 200


def test_a_visitor_fills_a_cart_signs_in_and_places_an_order(away):
    """From the shelf to a payment that has arrived, with the worker's hints lost on the way."""
    make.commission()
    product, buyer, client = make.a_product(), make.a_buyer("mei@example.com"), Client()
    address = make.an_address(buyer)
    sent = client.post("/cart/add/", {"variant": make.variant_of(product), "quantity": 2}, headers={"host": MARKET})
    assert (sent.status_code, sent.headers["Location"]) == (302, "/cart/")
    sent = client.post("/sign-in/", {"login": buyer.email, "password": "correct horse battery"}, headers={"host": MARKET})
    assert sent.status_code == 302
    form = {"key": uuid4(), "address": address, "total": 20000}
    sent = client.post("/checkout/place/", form, headers={"host": MARKET})
    assert sent.headers["Location"].startswith("/pay/")
    group = make.pay(OrderGroup.objects.get(buyer=buyer))
    assert group.status == OrderGroup.Status.PAID
    assert client.get(f"/orders/{group.number}/", headers={"host": MARKET}).status_code == 200
