"""Prices of a time in which nobody could have a product, for whatever reason, are no earlier prices of a reduction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from marketplace.flows import prices as flow
from marketplace.flows.publish_product import publish_product
from marketplace.flows.shop_life import move
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.pricing.models import OffSale
from marketplace.platform.listings.gaps import gaps_of
from marketplace.platform.listings.models import Listing, OffMarket
from marketplace.platform.listings.taking_off import release_goods, take_goods_off
from marketplace.platform.prices.models import OfferedPrice
from tenants.onboarding.requirements import put_requirement
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.test_prices import page_of, reduce

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
HOUR = timedelta(hours=1)


def count(mug: Any, pieces: int) -> None:
    """It hides when sold out."""
    with merchant_schema(A):
        Product.objects.filter(pk=mug.pk).update(hides_sold_out=True)
        count_stock(by=SYSTEM, counted={mug.variant_id: pieces})
    deliver_events()


def ask_for_papers(mug: Any) -> None:
    fields = {"names": {"en": "Glass"}, "categories": [Listing.objects.get(pk=mug.pk).category_id]}
    put_requirement(by=SYSTEM, code="glassware", fields=fields, why="the law")
    put_requirement(by=SYSTEM, code="glassware", fields={"enforced_from": clock.now()}, why="the law")
    deliver_events()


def ask_no_more(mug: Any) -> None:
    put_requirement(by=SYSTEM, code="glassware", fields={"is_active": False}, why="the law")
    deliver_events()


WAYS_OUT_AND_IN: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "hidden as sold out": (lambda mug: count(mug, 0), lambda mug: count(mug, 5)),
    "held for papers": (ask_for_papers, ask_no_more),
    "taken off by the market": (
        lambda mug: take_goods_off(by=SYSTEM, listing_ids=[mug.pk], why="a recall"),
        lambda mug: release_goods(by=SYSTEM, listing_ids=[mug.pk], why="it was another"),
    ),
    "its shop suspended": (
        lambda mug: move(by=SYSTEM, merchant_id=A, to="suspended", kind="goods", reason="x"),
        lambda mug: move(by=SYSTEM, merchant_id=A, to="open"),
    ),
}


@pytest.mark.parametrize("way", WAYS_OUT_AND_IN)
def test_prices_of_a_time_in_which_nobody_could_have_it_count_for_nothing(mug, way):
    """Asked for 60 until it went, for 100 while nobody saw it, for 70 when it comes back."""
    out, back = WAYS_OUT_AND_IN[way]
    with clock.shifted(-timedelta(days=35)):
        with merchant_schema(A):
            flow.set_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan("60"), None)})
        out(mug)
    with clock.shifted(-timedelta(days=34)), merchant_schema(A):
        flow.set_prices(by=SYSTEM, prices={mug.variant_id: (make.yuan("100"), None)})
    with clock.shifted(-timedelta(hours=1)):
        back(mug)
    assert [ends_at is not None for _from, ends_at in gaps_of(A, [mug.pk])[mug.pk]] == [True]
    reduce(mug, "70")
    with clock.shifted(2 * HOUR):
        assert OfferedPrice.objects.get(is_reduction=True).lowest_minor is None
        page = page_of(mug)
        assert "70.00" in page and "before the reduction" not in page


def test_what_was_first_shown_with_its_reduction_has_no_earlier_price():
    with clock.shifted(-timedelta(days=3)):
        product = make.a_product("a", title="New", price="100", on_sale=False)
        product.variant_id = make.variant_of(product)
        count(product, 0)
        with merchant_schema(A):
            publish_product(by=SYSTEM, product_id=product.pk)
    with clock.shifted(-HOUR):
        count(product, 5)
    reduce(product, "70")
    with clock.shifted(2 * HOUR):
        page = page_of(product)
        assert "70.00" in page and "before the reduction" not in page


def test_the_times_that_the_shop_kept_are_taken_over_once(mug):
    """What the migrations do, which a schema from a backup may meet long after the market has."""
    moved = import_module("marketplace.merchant.pricing.migrations.0005_off_market")
    day = timedelta(days=1)
    now = clock.now()
    off = make.a_product("a", title="Cup")
    gone_again = make.a_product("a", title="Pot")
    OffMarket.objects.create(listing_id=off.pk, starts_at=now - day)
    OffMarket.objects.create(listing_id=gone_again.pk, starts_at=now - 15 * day, ends_at=now - 10 * day)
    OffMarket.objects.create(listing_id=gone_again.pk, starts_at=now - day)
    with merchant_schema(A):
        OffSale.objects.create(product_id=mug.pk, starts_at=now - 9 * day, ends_at=now - 8 * day)
        OffSale.objects.create(product_id=off.pk, starts_at=now - 5 * day)
        OffSale.objects.create(product_id=gone_again.pk, starts_at=now - 20 * day)
        for _time in range(2):
            for statement in (moved.MOVE, moved.OPEN):
                with connection.cursor() as cursor:
                    cursor.execute(statement)
    assert gaps_of(A, [mug.pk])[mug.pk] == [(now - 9 * day, now - 8 * day)]
    assert gaps_of(A, [off.pk])[off.pk] == [(now - 5 * day, None)]
    assert sorted(gaps_of(A, [gone_again.pk])[gone_again.pk]) == [(now - 15 * day, now - 10 * day), (now - day, None)], "it was on sale between"
