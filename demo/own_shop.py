"""The market's own shop, its goods, and one order of it that was settled. Every change goes through a verb or flow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from demo.catalogue import both, catalogue, key_of, read, variants_of
from demo.goods import Labels, entered, prices_of, source_of
from demo.history import forget_deadlines, person
from demo.plan import Step, Wanted
from demo.steps import Scene, accept, operator, owner_of, pack, pay, place, receive, ship
from marketplace.flows.open_shop import bear_shop
from marketplace.flows.own_shops import open_own_shop
from marketplace.flows.review_product import save_product
from marketplace.flows.settle import settle
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.checkout.models import OrderGroup
from tenants.accounts.actions import ensure_person, give_role
from tenants.tenancy.events import ShopRequested
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema

KEY = "demo-own-order"


@cache
def own_shop() -> dict[str, Any]:
    return read("own_shop.toml")


def open_market_shop(password: str, by: Actor, currency: str) -> Merchant:
    """The shop with its goods; one of the market's product managers runs it. What is there already stays as it is."""
    shop = own_shop()
    slug = shop["slug"]
    with transaction.atomic():
        owner = ensure_person(by=by, email=f"owner@{slug}.localhost", name=shop["owner"], password=password, language="zh-hans")
        give_role(by=by, user_id=owner.pk, role="product_manager", merchant_id=None)
        merchant: Merchant = open_own_shop(by=by, merchant_id=key_of(slug), slug=slug, names=both(shop["names"]), owner_id=owner.pk)
    deliver_events()
    merchant.refresh_from_db()
    if merchant.status == Merchant.Status.OPENING:  # a worker took the event and has not done it yet
        bear_shop(ShopRequested(merchant_id=merchant.pk, owner_id=owner.pk))
        merchant.refresh_from_db()
    with merchant_schema(merchant.pk):
        there = set(Product.objects.values_list("source_ref", flat=True))
        for product in shop["products"]:
            if source_of(shop, product) not in there:
                _sell(shop, product, currency)
    return merchant


def _sell(shop: Mapping[str, Any], product: Mapping[str, Any], currency: str) -> None:
    """As somebody of the shop does it: kept and put on sale, nobody looks at it."""
    slug, sold = shop["slug"], variants_of(product, shop["slug"], currency)
    save_product(
        by=owner_of(slug),
        product_id=key_of(slug, product["ref"]),
        product=entered(shop, product, sold, Labels("")),
        prices=prices_of(shop, product, sold),
        stock={key_of(slug, one.sku): one.stock for one in sold},
        is_new=True,
        submits=True,
    )


def sell_once(merchant: Merchant) -> None:
    """Somebody bought a mug and a kettle two months ago; it was settled, and the money stayed with the market."""
    if OrderGroup.objects.filter(key=KEY).exists():
        return
    slug, buyer = own_shop()["slug"], catalogue()["buyers"][-1]["email"]
    basket = [Wanted(slug, f"{slug}-plain-mug-jade".upper(), 2), Wanted(slug, f"{slug}-house-kettle".upper(), 1)]
    scene = Scene(step=Step(0, -1, "place", slug), buyer=person(buyer), key=KEY, basket=basket)
    for days, do in ((70.0, place), (69.99, pay), (69.5, accept), (69.4, pack), (69.2, ship), (66.0, receive)):
        with clock.shifted(-timedelta(days=days)), transaction.atomic():
            do(scene)
            forget_deadlines(scene, datetime.now(UTC))
    with clock.shifted(-timedelta(days=50)):
        settle(by=operator(), run_id=uuid5(key_of("run"), "own"), merchant_ids=[UUID(str(merchant.pk))])
