from __future__ import annotations

import secrets

import pytest

from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import Listing
from search.contract import Query, Sort
from search.find import find
from tenants.tenancy.errors import NotSelling
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


def test_two_orders_that_draw_the_same_number_get_two(monkeypatch):
    drawn = iter([7, 7, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda below: next(drawn))
    product = make.a_product("a")
    numbers = {make.a_placed_group(("a", product, 1)).number[7:13] for _group in range(2)}
    assert numbers == {"000007", "000008"}


def test_what_is_paid_for_counts_as_sold_once_and_comes_first():
    slow, quick = make.a_product("a", title="Slow mug"), make.a_product("a", title="Quick mug")
    group = make.a_placed_group(("a", quick, 3))
    deliver_events()
    assert Listing.objects.get(pk=quick.pk).sold == 0
    make.pay(group)
    deliver_events()
    deliver_events()
    assert Listing.objects.get(pk=quick.pk).sold == 3
    assert find(Query(text="mug", sort=Sort.POPULAR)).ids == [quick.pk, slow.pk]


def test_a_suspended_shop_sells_nothing():
    product, buyer = make.a_product("a"), make.a_buyer()
    cart = make.a_cart(buyer, ("a", product, 1))
    Merchant.objects.filter(pk=MERCHANTS["a"]).update(status=Merchant.Status.SUSPENDED)
    with pytest.raises(NotSelling):
        make.place(buyer, cart, total=make.yuan("100"))
