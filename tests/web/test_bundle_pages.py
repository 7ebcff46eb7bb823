"""Bundles on pages: chosen and priced in the workbench, read by buyers with what is in them, followed through an order."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.publish_product import take_product_off_sale
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.bundles import a_bundle

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


def at(host: str, user: User | None = None) -> Client:
    client = Client(headers={"host": host, "accept-language": "en"})
    if user:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def owner() -> Client:
    return at("kiln.seller.market.localhost", User.objects.get(email="owner-a@market.localhost"))


@pytest.fixture
def tea():
    pot, cup = make.a_product(title="Pot", price="100", stock=5), make.a_product(title="Cup", price="20", stock=18)
    return pot, cup, a_bundle((pot, 1), (cup, 4), price="150")


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


def test_a_bundle_is_searched_together_and_becomes_a_draft_that_says_what_is_in_it(owner):
    pot, cup = make.a_product(title="Pot", price="100"), make.a_product(title="Cup", price="20", stock=3)
    parts = [f"part_{make.variant_of(product).hex}" for product in (pot, cup)]
    head = {
        "row": [name.removeprefix("part_") for name in parts],
        "product_id": uuid4(),
        "title_zh": "茶具",
        "title_en": "Tea set",
        "sku": "TEA-1",
        "price": "150",
    }
    found = text(owner.post("/products/bundle/", {**head, parts[0]: "1", "q": "Cup", "then": "find"}))
    assert f'name="{parts[0]}" value="1"' in found and f'name="{parts[1]}" value=""' in found and 'value="Tea set"' in found
    assert "from 1 to 20" in text(owner.post("/products/bundle/", {**head, "then": "keep"}), 422)
    assert "is not an amount" in text(owner.post("/products/bundle/", {**head, "price": "cheap", parts[0]: "2", "then": "keep"}), 422)
    for wrong in ("x", "-1", "1.5", "²"):
        assert "1 to 99 pieces" in text(owner.post("/products/bundle/", {**head, parts[0]: wrong, "then": "keep"}), 422)
    answer = owner.post("/products/bundle/", {**head, parts[0]: "1", parts[1]: "4", "then": "keep"})
    assert answer.status_code == 302
    page = text(owner.get(answer.headers["Location"]))
    assert "Only 3 are left, and 4 are needed." in page and "the bundle saves CN¥30.00" in page and "/parts/" in page
    with merchant_schema(A):
        row = Product.objects.get(pk=head["product_id"])
    changed = owner.post(f"/products/{row.pk}/parts/", {"row": head["row"], parts[0]: "1", parts[1]: "3", "then": "keep"})
    assert changed.status_code == 302 and "Only 3" not in text(owner.get(f"/products/{row.pk}/"))


def test_what_is_no_bundle_has_no_parts_to_change(owner, tea):
    assert owner.get(f"/products/{tea[0].pk}/parts/").status_code == 404
    fixed = owner.post(f"/products/{tea[2].pk}/parts/", {"row": make.variant_of(tea[1]).hex, f"part_{make.variant_of(tea[1]).hex}": "2", "then": "keep"})
    assert "stays as it is" in text(fixed, 409 if fixed.status_code == 409 else 422)
    like = text(owner.get(f"/products/bundle/?like={tea[2].pk}"))
    assert f'name="part_{make.variant_of(tea[1]).hex}" value="4"' in like and owner.get("/products/bundle/?like=x").status_code == 200


def test_the_shop_reads_why_its_bundle_is_not_sold_and_how_many_there_are(owner, tea):
    pot, _cup, bundle = tea
    assert "4 can be had" in text(owner.get(f"/products/{bundle.pk}/"))
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=pot.pk)
    page = text(owner.get(f"/products/{bundle.pk}/"))
    assert "Nobody can buy it now" in page and "It is off sale." in page


def test_buyers_read_what_is_in_it_and_what_it_costs_singly_only_where_that_is_more(tea):
    pot, cup, bundle = tea
    page = text(at("market.localhost").get(f"/p/{bundle.pk}/"))
    assert "In this bundle: 5 pieces" in page and f"/p/{cup.pk}/?variant=" in page
    assert "Bought singly these cost CN¥180.00: the bundle saves you CN¥30.00." in page
    dear = a_bundle((pot, 1), (cup, 1), price="120", title="No bargain")
    assert "Bought singly" not in text(at("market.localhost").get(f"/p/{dear.pk}/"))
    assert "In this bundle" not in text(at("market.localhost").get(f"/p/{cup.pk}/"))


def test_a_bundle_goes_through_cart_checkout_and_order_as_one_thing_with_its_pieces(owner, tea):
    _pot, _cup, bundle = tea
    buyer = make.a_buyer()
    market = at("market.localhost", buyer)
    make.a_cart(buyer, ("a", bundle, 2))
    make.an_address(buyer)
    for path in ("/cart/", "/checkout/"):
        assert "Cup" in (page := text(market.get(path))) and "× 4" in page
    group = make.pay(make.place(buyer, make.a_cart(buyer)))
    deliver_events()
    shown = text(market.get(f"/orders/{group.number}/"))
    assert shown.count("Bundle · CN¥150.00 × 2") == 1 and "CN¥300.00" in shown
    assert "Tea set" in (listed := text(market.get("/orders/"))) and "more" not in listed[listed.index("Tea set") : listed.index("Tea set") + 60]
    copy = make.order_of(group)
    for path in (f"/orders/{copy.number}/", f"/orders/{copy.number}/slip/"):
        assert "in “Tea set”" in text(owner.get(path))
    make.ship(copy)
    make.receive(copy)
    assert "in “Tea set" in text(market.get(f"/orders/{copy.number}/return/"))
