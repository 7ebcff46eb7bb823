"""Who sells which goods: large brands have shops of their own, the others share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from marketplace.config.market_data.categories import lies_in
from marketplace.config.market_data.reading import BIKES, PRODUCTS, RETAIL, Goods
from marketplace.config.market_data.tables import table
from marketplace.flows.open_shop import bear_shop, open_shop
from marketplace.kernel.actors import Actor
from marketplace.kernel.relay import deliver_events
from tenants.accounts.actions import ensure_person, give_role
from tenants.tenancy.events import ShopRequested
from tenants.tenancy.models import RESERVED_SLUGS, Merchant

NAMESPACE = UUID("a3f7b6b0-63b1-4f0a-9c55-6a1f5e0d2c41")


@dataclass(frozen=True)
class Shop:
    slug: str
    names: tuple[tuple[str, str], ...]
    owner: str


def _shop(row: Mapping[str, Any]) -> Shop:
    return Shop(row["slug"], tuple(row["names"].items()), row["owner"])


def shops_of(goods: list[Goods], categories: Mapping[str, str], own_shop: int) -> dict[Shop, list[Goods]]:
    """Goods by shop. A brand with at least `own_shop` goods has one. `categories`: by ref of goods."""
    brands = Counter(one.brand for one in goods if one.file == PRODUCTS)
    found: dict[Shop, list[Goods]] = defaultdict(list)
    for one in goods:
        if one.file == PRODUCTS and brands[one.brand] >= own_shop:
            shop = brand_shop(one.brand)
        elif one.file == PRODUCTS:
            shop = _shop(next(row for row in table("shops")["shared"] if any(lies_in(categories[one.ref], within) for within in row["categories"])))
        elif one.file == RETAIL:
            kind = one.kind.split("/")[0]
            shop = _shop(next(row for row in table("shops")["retail"] if row["categories"] == [""] or kind in row["categories"]))
        else:
            shop = _shop(table("shops")["bikes"] if one.file == BIKES else table("shops")["gifts"])
        found[shop].append(one)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))


def brand_shop(brand: str) -> Shop:
    known, patterns = table("shops")["brands"], table("shops")["names"]["brand"]
    slug = re.sub(r"[^a-z0-9]+", "-", brand.lower()).strip("-")[:34] or "brand"
    if slug in RESERVED_SLUGS:
        slug += "-shop"
    names = {language: pattern.format(brand=known.get(brand, brand) if language.startswith("zh") else brand) for language, pattern in patterns.items()}
    return Shop(slug, tuple(names.items()), names["en"])


def open_all(shops: list[Shop], *, by: Actor, password: str | None) -> dict[Shop, Merchant]:
    """The shops' merchants, each born with its schema and owner; one with the same address is taken as it is."""
    found: dict[Shop, Merchant] = {}
    owners: dict[Shop, UUID] = {}
    for shop in shops:
        email = f"owner@{shop.slug}.localhost"
        with transaction.atomic():
            owners[shop] = ensure_person(by=by, email=email, name=shop.owner, password=password, language="zh-hans").pk
            known = Merchant.objects.filter(slug=shop.slug).first()
            found[shop] = known or open_shop(by=by, merchant_id=uuid5(NAMESPACE, shop.slug), slug=shop.slug, names=dict(shop.names), owner_email=email)
    deliver_events()
    for shop, merchant in found.items():
        merchant.refresh_from_db()
        if merchant.status == Merchant.Status.OPENING:  # a worker took the event and has not done it yet
            bear_shop(ShopRequested(merchant_id=merchant.pk, owner_id=owners[shop]))
        give_role(by=by, user_id=owners[shop], role="owner", merchant_id=merchant.pk)
    return found
