"""Which category of the taxonomy goods stand in, and which picture stands for a category."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache

from marketplace.config.market_data.reading import BIKES, GIFTS, PRODUCTS, RETAIL, Goods
from marketplace.config.market_data.tables import table

PREFIX = "tx-"  # before the taxonomy's own ids, so that an operator's categories stay apart
OTHER = str(table("categories")["other"]["code"])
GIFT = "ae-3-1"


def category_of(goods: Goods) -> str:
    """The taxonomy's id of a category, or OTHER."""
    mapped = table("categories")
    if goods.file == PRODUCTS:
        return _of_product(goods)
    if goods.file == RETAIL:
        return str(mapped["retail"].get(goods.kind) or mapped["retail"].get(goods.kind.split("/")[0]) or OTHER)
    if goods.file == BIKES:
        return str(mapped["bikes"].get(goods.kind) or OTHER)
    return GIFT if goods.file == GIFTS else OTHER


def _of_product(goods: Goods) -> str:
    mapped = table("categories")
    if known := mapped["brands"].get(goods.brand):
        return str(known)
    title = goods.titles["en"].lower()
    for category, expression in _title_rules():
        if expression.search(title):
            return category
    for category, names in mapped["attributes"]:
        if any(name in goods.properties for name in names):
            return str(category)
    return str(mapped["guesses"].get(goods.kind) or OTHER)


@cache
def _title_rules() -> list[tuple[str, re.Pattern[str]]]:
    return [(category, re.compile(expression)) for category, expression in table("categories")["titles"]]


def lies_in(category: str, within: str) -> bool:
    """Whether a category is another one, or below it; everything lies in the empty one."""
    return not within or category == within or category.startswith(f"{within}-")


def standing(category: str, codes: Container[str]) -> str:
    """The category, or the nearest above it that the market has (by its codes), or OTHER."""
    while category and code_of(category) not in codes:
        category = category.rpartition("-")[0]
    return category or OTHER


def picture_of(category: str) -> str:
    """The name of the drawn picture: the category's own, or that of the nearest above it."""
    pictures = table("pictures")["pictures"]
    while category:
        if category in pictures:
            return str(pictures[category])
        category = category.rpartition("-")[0]
    return "parcel"


def code_of(category: str) -> str:
    """The market's code of a category of the taxonomy."""
    return PREFIX + category
