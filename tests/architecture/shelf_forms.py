"""Forms about a shop's own categories, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.shelves.actions import make_shop_category, remove_shop_category
from marketplace.merchant.shelves.models import ShopCategory
from tests.architecture.stock_forms import inside


def a_category(kind: str = "picked", **fields: Any) -> ShopCategory:
    """In the schema that is open."""
    said = {"names": {"zh-hans": "好物", "en": f"Good things {uuid4().hex[:6]}"}, "rule": {"in_stock": True}, "is_shown": True, **fields}
    return make_shop_category(by=SYSTEM, category_id=uuid4(), kind=kind, fields=said)


def removed() -> ShopCategory:
    row = a_category()
    return remove_shop_category(by=SYSTEM, category_id=row.pk, seen=row.version)


NAMED = {"name_zh": "送礼", "name_en": "Gifts", "text_zh": "挑好了", "text_en": "Chosen for you", "is_shown": "on", "then": "save"}
RULE = {"category": "", "brands": "", "price_from": "5", "price_to": "", "reduced": "", "days": "", "rated": "", "reviews": "", "sort": "popular", "q": ""}


def _kept(t: Any) -> tuple[str, dict[str, Any]]:
    row = a_category()
    return f"/shop-categories/{row.pk}/", {**NAMED, "category_id": row.pk, "kind": "picked", "seen": row.version, "pick": t.on_sale.hex}


def _moved(t: Any) -> tuple[str, dict[str, Any]]:
    a_category()
    return f"/shop-categories/{a_category().pk}/move/", {"to": "up"}


def _removed(t: Any) -> tuple[str, dict[str, Any]]:
    row = a_category()
    return f"/shop-categories/{row.pk}/remove/", {"seen": row.version}


FORMS_OF_SHELVES: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "shop-category-new"): lambda t: ("/shop-categories/new/", {**NAMED, **RULE, "category_id": uuid4(), "kind": "rule"}),
    ("workbench", "shop-category"): inside(_kept),
    ("workbench", "shop-category-move"): inside(_moved),
    ("workbench", "shop-category-remove"): inside(_removed),
    ("workbench", "shop-category-restore"): inside(lambda t: (f"/shop-categories/{removed().pk}/restore/", {})),
    ("workbench", "products-shelve"): inside(lambda t: ("/products/shop-category/", {"chosen": t.on_sale, "shop_category": a_category().pk.hex})),
}
