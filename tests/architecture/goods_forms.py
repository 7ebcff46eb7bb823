"""Forms about kinds of goods, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from tests import factories as make
from tests.flows.bundles import a_bundle


def a_draft(shop: str = "a") -> UUID:
    """A bundle that nobody has seen."""
    return a_bundle((make.a_product(shop, title="In a bundle", on_sale=False), 2), shop=shop, title="Bundle", on_sale=False).pk


def part(pieces: int, shop: str = "a") -> dict[str, Any]:
    key = make.variant_of(make.a_product(shop, title="A part"), shop).hex
    return {"row": key, f"part_{key}": str(pieces)}


def _made() -> tuple[str, dict[str, Any]]:
    head = {"product_id": uuid4(), "title_zh": "一套", "title_en": "A set", "sku": f"SET-{uuid4().hex[:6]}", "price": "120"}
    return "/products/bundle/", {**head, "q": "", **part(2), "then": "keep"}


FORMS_OF_GOODS: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "bundle-new"): lambda t: _made(),
    ("workbench", "bundle-parts"): lambda t: (f"/products/{a_draft()}/parts/", {"q": "", **part(3), "then": "keep"}),
}
