"""How forms about reviews of products, and about search, are filled, for the tests over all forms of the back offices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from marketplace.flows.review_product import submit_product
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.listings.models import ForbiddenWord, ProductChange
from marketplace.platform.listings.taking_off import take_goods_off
from marketplace.platform.listings.words import put_words
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.architecture.search_forms import FORMS_OF_SEARCH, a_change
from tests.databases import MERCHANTS


def _change() -> ProductChange:
    product = make.a_product("a", on_sale=False)
    with merchant_schema(MERCHANTS["a"]):
        submit_product(by=SYSTEM, product_id=product.pk)
    return ProductChange.objects.get(product_id=product.pk)


def _many(things: Any) -> tuple[str, dict[str, Any]]:
    row = _change()
    return "/reviews/many/decide/", {
        "chosen": str(row.pk),
        f"decision_{row.pk.hex}": "send_back",
        f"seen_{row.pk.hex}": row.version,
        f"reason_{row.pk.hex}": "Show all of it.",
    }


def a_word() -> ForbiddenWord:
    text = f"word{uuid4().hex[:8]}"
    put_words(by=SYSTEM, texts=[text], weight="refused", category_id=None, note="a trial")
    return ForbiddenWord.objects.get(text=text)


def of_words() -> dict[str, Any]:
    """What addresses about forbidden words and about rules of search name."""
    change = a_change()
    return {"word_id": a_word().pk, "rule_id": change.rule_key, "change_of_search": change.pk}


def _released(things: Any) -> tuple[str, dict[str, Any]]:
    product = make.a_product("a")
    take_goods_off(by=SYSTEM, listing_ids=[product.pk], why="a trial")
    return "/goods/release/", {"chosen": str(product.pk), "why": "It was shown to be safe."}


FORMS_OF_REVIEWS: dict[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("console", "reviews-many-decide"): _many,
    ("console", "goods-off"): lambda t: ("/goods/off/", {"chosen": str(make.a_product("a").pk), "why": "It may not be sold."}),
    ("console", "goods-release"): _released,
    ("console", "words-new"): lambda t: ("/words/new/", {"texts": f"word{uuid4().hex[:8]}", "weight": "watched"}),
    ("console", "word-dropped"): lambda t: (f"/words/{a_word().pk}/drop/", {}),
    ("console", "review-rules"): lambda t: (
        "/reviews/rules/",
        {"passes": ["titles", "attributes"], "most_changed": "15", "shop_days": "10", "clean_days": "60", "why": "typing errors pass"},
    ),
    **FORMS_OF_SEARCH,
}
