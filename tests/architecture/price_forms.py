"""Forms about prices, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from marketplace.flows.price_lists import save_group, save_list
from marketplace.flows.prices import plan_reduction, schedule_prices, stop_reduction
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.pricing.models import Price
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

DAY = timedelta(days=1)


def moment(days: int) -> str:
    """As a browser's field writes it, with room for any zone."""
    return (clock.now() + days * DAY).strftime("%Y-%m-%dT%H:%M")


def a_reduction(*, days: int = 3, shop: str = "a") -> UUID:
    """One that is planned, of a product of its own."""
    product = make.a_product(shop, title=f"Reduced {uuid4().hex[:6]}")
    variant = make.variant_of(product, shop)
    with merchant_schema(MERCHANTS[shop]):
        starts_at = clock.now() + days * DAY
        row = plan_reduction(by=SYSTEM, reduction_id=uuid4(), name="Sale", starts_at=starts_at, ends_at=None, prices={variant: make.yuan("80")})
    return row.pk


def a_plan(shop: str = "a") -> tuple[UUID, UUID]:
    """A product, and the key of its price of a later day."""
    product = make.a_product(shop, title=f"Planned {uuid4().hex[:6]}")
    variant = make.variant_of(product, shop)
    with merchant_schema(MERCHANTS[shop]):
        schedule_prices(by=SYSTEM, prices={variant: (make.yuan("120"), None)}, starts_at=clock.now() + DAY)
        return product.pk, Price.objects.get(variant_id=variant, sale_minor=12000).pk


def _planned() -> tuple[str, dict[str, Any]]:
    variant = make.variant_of(make.a_product("a", title="To reduce"))
    written = {"q": "To reduce", f"price_{variant.hex}": "80"}
    return "/reductions/new/", {"reduction_id": uuid4(), "name": "Spring", "starts_at": moment(3), "ends_at": moment(9), **written, "then": "plan"}


def _changed() -> tuple[str, dict[str, Any]]:
    key = a_reduction()
    return f"/reductions/{key}/", {"reduction_id": key, "name": "Summer", "starts_at": moment(4), "ends_at": moment(9)}


def _resumed() -> tuple[str, dict[str, Any]]:
    key = a_reduction()
    with merchant_schema(MERCHANTS["a"]):
        stop_reduction(by=SYSTEM, reduction_id=key)
    return f"/reductions/{key}/resume/", {}


def _scheduled() -> tuple[str, dict[str, Any]]:
    product = make.a_product("a", title="To plan")
    return f"/products/{product.pk}/prices/", {"starts_at": moment(3), f"price_{make.variant_of(product).hex}": "120"}


def _called_off() -> tuple[str, dict[str, Any]]:
    product_id, price_id = a_plan()
    return f"/products/{product_id}/prices/{price_id}/call-off/", {}


def a_group() -> UUID:
    with merchant_schema(MERCHANTS["a"]):
        return save_group(by=SYSTEM, group_id=uuid4(), name=f"Group {uuid4().hex[:6]}", tags=["wholesale"]).pk


def a_list(shop: str = "a") -> UUID:
    """One for everybody."""
    with merchant_schema(MERCHANTS[shop]):
        about = {"name": f"List {uuid4().hex[:6]}", "group_id": None, "currency": "CNY", "starts_at": None, "ends_at": None}
        return save_list(by=SYSTEM, list_id=uuid4(), **about).pk


def _priced() -> tuple[str, dict[str, Any]]:
    variant = make.variant_of(make.a_product("a", title="Listed"))
    with merchant_schema(MERCHANTS["a"]):
        sku = Variant.objects.get(pk=variant).sku
    return f"/price-lists/{a_list()}/prices/", {"lines": f"{sku},10,90"}


def _moved() -> tuple[str, dict[str, Any]]:
    a_list()
    return f"/price-lists/{a_list()}/move/", {}


FORMS_OF_PRICES: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "reduction-new"): lambda t: _planned(),
    ("workbench", "reduction"): lambda t: _changed(),
    ("workbench", "reduction-stop"): lambda t: (f"/reductions/{a_reduction()}/stop/", {}),
    ("workbench", "reduction-resume"): lambda t: _resumed(),
    ("workbench", "product-prices"): lambda t: _scheduled(),
    ("workbench", "price-call-off"): lambda t: _called_off(),
    ("workbench", "customer-group"): lambda t: ("/price-lists/groups/", {"group_id": uuid4(), "name": f"Trade {uuid4().hex[:6]}", "tags": "wholesale"}),
    ("workbench", "price-list-new"): lambda t: ("/price-lists/new/", {"list_id": uuid4(), "name": f"Trade {uuid4().hex[:6]}", "group": a_group()}),
    ("workbench", "price-list"): lambda t: (f"/price-lists/{a_list()}/", {"list_id": uuid4(), "name": f"Trade {uuid4().hex[:6]}", "group": a_group()}),
    ("workbench", "price-list-prices"): lambda t: _priced(),
    ("workbench", "price-list-move"): lambda t: _moved(),
    ("workbench", "price-list-switch"): lambda t: (f"/price-lists/{a_list()}/switch/", {"on": "0"}),
}
