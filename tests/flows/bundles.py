"""Bundles for tests, made by the real verbs."""

from __future__ import annotations

from uuid import uuid4

from marketplace.flows.bundles import make_bundle
from marketplace.flows.publish_product import publish_product
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.merchant.catalogue.models import Product
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS


def a_bundle(*parts: tuple[Product, int], price: str = "150", shop: str = "a", title: str = "Tea set", on_sale: bool = True) -> Product:
    """A bundle of (product, pieces) of one shop, by default on sale."""
    keys = [(make.variant_of(product, shop), n) for product, n in parts]
    with merchant_schema(MERCHANTS[shop]):
        row = make_bundle(
            by=SYSTEM,
            product_id=new_id(),
            titles={"en": title, "zh-hans": f"{title}（中文）"},
            sku=f"SET-{uuid4().hex[:8]}",
            price=make.yuan(price),
            parts=keys,
        )
        return publish_product(by=SYSTEM, product_id=row.pk) if on_sale else row
