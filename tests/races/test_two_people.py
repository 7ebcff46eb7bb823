"""Two people at the same moment, and a buyer at the moment a shop is suspended: on a real database and a running server."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from marketplace.flows.approvals import approve, ask_for
from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.flows.review_product import submit_product
from marketplace.flows.shop_life import reopen_shop, suspend_shop
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.approvals.errors import RequestDecided
from marketplace.platform.cart.queries import chosen_lines
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.taxonomy.errors import BrandOutOfScope
from marketplace.platform.taxonomy.models import Brand
from tenants.accounts.models import User
from tenants.onboarding.models import Dossier
from tenants.tenancy.models import Merchant, ShopChange
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.buyers import all_at_once, at_the_checkout
from tests.databases import MERCHANTS
from tests.races.test_money import at_once
from tests.running import running, until

pytestmark = pytest.mark.usefixtures("own_database")
A, B = MERCHANTS["a"], MERCHANTS["b"]


def test_four_who_approve_at_once_have_it_done_once():
    maker = make.acting(User.objects.get(email="operator@market.localhost"))
    checkers = [make.acting(make.a_second_operator(f"checker{n}@market.localhost")) for n in range(4)]
    row = ask_for(by=maker, kind="shop.suspend", request_id=uuid4(), order={"merchant_id": str(B), "kind": "goods"}, why="forged")
    got = at_once(lambda: approve(by=checkers.pop(), request_id=row.pk))
    assert sum(isinstance(each, RequestDecided) for each in got) == 3
    assert ShopChange.objects.filter(merchant_id=B, after="suspended").count() == 1
    reopen_shop(by=SYSTEM, merchant_id=B, reason="x")


def test_orders_at_the_moment_of_a_suspension_are_placed_before_it_or_refused(own_database, static_files):
    product = make.a_product("a", stock=1000)
    with running(own_database, static_files, "web") as server:
        ready = [at_the_checkout(("a", product, 1)) for _buyer in range(40)]
        before = OrderCopy.objects.filter(merchant_id=A).count()

        def stop():
            until(lambda: OrderCopy.objects.filter(merchant_id=A).count() > before, within_s=30, what="the first order of the crowd")
            suspend_shop(by=SYSTEM, merchant_id=A, kind="goods", reason="x")
            connections.close_all()

        stopping = threading.Thread(target=stop)
        stopping.start()
        answers = all_at_once(server, ready)
        stopping.join()
        placed = OrderCopy.objects.filter(merchant_id=A).count() - before
        assert placed == sum(answer.placed for answer in answers) >= 1
        assert {answer.status for answer in answers if not answer.placed} <= {409, 302}
        late = all_at_once(server, [each for each, answer in zip(ready, answers, strict=True) if not answer.placed][:3])
        assert not any(answer.placed for answer in late), "never after"
        assert OrderCopy.objects.filter(merchant_id=A).count() - before == placed
    reopen_shop(by=SYSTEM, merchant_id=A, reason="x")


def test_a_suspension_waits_for_an_order_that_is_being_placed():
    """The lock itself: while an order holds the shop, the suspension waits; and the other way round the order leaves the shop out."""
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, ("a", make.a_product("a"), 1))
    with transaction.atomic():
        assert len(chosen_lines(cart.pk)) == 1
        suspending = threading.Thread(target=lambda: (suspend_shop(by=SYSTEM, merchant_id=A, kind="goods", reason="x"), connections.close_all()))
        suspending.start()
        suspending.join(timeout=0.7)
        assert suspending.is_alive(), "it waits"
        with connection.cursor() as cursor:
            cursor.execute("SELECT status FROM tenancy_merchant WHERE id = %s", [A])
            assert cursor.fetchone()[0] == "open"
    suspending.join(timeout=10)
    assert Merchant.objects.get(pk=A).status == "suspended"
    with transaction.atomic():
        assert chosen_lines(cart.pk) == []
    reopen_shop(by=SYSTEM, merchant_id=A, reason="x")


def test_of_two_brands_handed_in_at_once_by_a_shop_of_one_only_one_waits():
    make.a_dossier(Merchant.objects.get(pk=A))
    Dossier.objects.filter(merchant_id=A).update(kind="retailer", sells_many_brands=False)
    brands = [Brand.objects.create(code=f"race-{n}", names={"zh-hans": f"品牌{n}", "en": f"Brand {n}"}) for n in range(4)]
    drafts = []
    for row in brands:
        draft = make.a_product("a", on_sale=False)
        with merchant_schema(A):
            Product.objects.filter(pk=draft.pk).update(brand_id=row.pk)
        drafts.append(draft.pk)

    def hand_in():
        with merchant_schema(A):
            return submit_product(by=SYSTEM, product_id=drafts.pop())

    got = at_once(hand_in)
    assert sum(isinstance(each, BrandOutOfScope) for each in got) == 3, got
    assert ProductChange.objects.filter(merchant_id=A, status="waiting", proposed__brand_id__in=[row.pk for row in brands]).count() == 1


def test_of_two_brands_put_back_at_once_by_a_shop_of_one_only_one_is_on_sale():
    make.a_dossier(Merchant.objects.get(pk=B))
    goods = []
    for n in range(4):
        row = make.a_product("b")
        brand = Brand.objects.create(code=f"back-{n}", names={"zh-hans": f"品牌{n}", "en": f"Back {n}"})
        with merchant_schema(B):
            take_product_off_sale(by=SYSTEM, product_id=row.pk)
            Product.objects.filter(pk=row.pk).update(brand_id=brand.pk)
        goods.append(row.pk)
    Dossier.objects.filter(merchant_id=B).update(kind="retailer", sells_many_brands=False)
    keys = list(goods)

    def put_back():
        with merchant_schema(B):
            return put_on_sale(by=SYSTEM, product_id=goods.pop())

    got = at_once(put_back)
    assert sum(isinstance(each, BrandOutOfScope) for each in got) == 3, got
    with merchant_schema(B):
        assert Product.objects.filter(pk__in=keys, status="on_sale").count() == 1
