"""The demo's own goods and categories, as the Chinese questions are made of them: no more than their names, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from demo.catalogue import catalogue


@dataclass(frozen=True)
class Good:
    """A product: `name` is unique, `titles` and `texts` Chinese and English, `category` its code; `values` and `shop` in both. `described` are pairs of codes
    of attribute and value, `options` the same of each variant."""

    name: str
    titles: tuple[str, str]
    category: str
    texts: tuple[str, str]
    values: tuple[str, ...]
    shop: str
    described: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[tuple[str, str], ...], ...] = ()
    price: int = 0


@cache
def goods() -> list[Good]:
    return [_good(shop, product) for shop in catalogue()["shops"] for product in shop["products"]]


@cache
def categories() -> dict[str, tuple[str, str, str]]:
    """Parent, Chinese and English name of each category, by its code."""
    return {code: (parent, zh, en) for code, parent, zh, en, _picture in catalogue()["categories"]}


def goods_of(category: str) -> list[str]:
    """Names of the products in a category and below it."""
    return [good.name for good in goods() if category in path_of(good.category)]


def path_of(category: str) -> list[str]:
    parent = categories()[category][0]
    return [*(path_of(parent) if parent else []), category]


def _good(shop: Mapping[str, Any], product: Mapping[str, Any]) -> Good:
    name, (zh, en), (text_zh, text_en) = f"{shop['slug']}/{product['ref']}", product["title"], product["text"]
    described = tuple(pair for pair in _said(product) if pair[1] in catalogue()["attributes"].get(pair[0], {}).get("values", {}))
    axes = product.get("axes", [])
    options = tuple(tuple(zip(axes, row, strict=False)) for row in product["variants"]) if axes else ()
    price = min(int(row[len(axes)]) for row in product["variants"]) * 100
    return Good(name, (zh, en), product["category"], (text_zh, text_en), tuple(_values(product)), " ".join(shop["names"]), described, options, price)


def _said(product: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for attribute, said in product.get("attributes", {}).items():
        yield from ((attribute, value) for value in (said if isinstance(said, list) else [said]))


def _values(product: Mapping[str, Any]) -> Iterator[str]:
    """Names of its attribute values, in both languages."""
    known = catalogue()["attributes"]
    axes = product.get("axes", [])
    chosen = {(axis, row[place]) for row in product["variants"] for place, axis in enumerate(axes)}
    chosen.update(_said(product))
    for attribute, value in sorted(chosen):
        yield " ".join(known.get(attribute, {}).get("values", {}).get(value, [value]))
