"""The demo's goods as inputs of the product's verbs, read from catalogue.toml and range.toml."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zlib import crc32

from marketplace.kernel.money import Money

NAMESPACE = UUID("5d3c9a52-6f3e-4f57-9a2f-0c1f6a2b7e11")
RANGE = int(os.environ.get("DEMO_RANGE", "20"))  # of range.toml, for each shop; a smaller range is there sooner


def key_of(*path: str) -> UUID:
    """The key of a demo row: always the same, so that seeding again meets it."""
    return uuid5(NAMESPACE, "/".join(path))


@cache
def catalogue() -> dict[str, Any]:
    """What catalogue.toml holds, with the first products of range.toml behind each shop's own."""
    known = read("catalogue.toml")
    more = read("range.toml")
    for shop in known["shops"]:
        shop["products"] += [ranged(shop["slug"], row) for row in more[shop["slug"]][:RANGE]]
    return known


def read(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text())


def ranged(slug: str, row: list[Any]) -> dict[str, Any]:
    """A row of range.toml as a product of catalogue.toml. Its stock comes from its SKU: mostly plenty, a few pieces left now and then, seldom none."""
    ref, category, zh, en, text_zh, text_en, picture, colours, other, price, attributes = row
    codes = colours.split() or [""]
    axis, _colon, values = other.partition(": ")
    prices = dict(zip(values.split() or [""], price if isinstance(price, list) else [price] * max(1, len(values.split())), strict=True))
    shows_colours = len(codes) > 1
    return {
        "ref": ref,
        "category": category,
        "title": [zh, en],
        "text": [f"<p>{text_zh}</p>", f"<p>{text_en}</p>"],
        "pictures": [f"{picture}-{code}" if code else picture for code in codes],
        "attributes": attributes,
        "axes": [*(["color"] if shows_colours else []), *([axis] if axis else [])],
        "variants": [
            [*([code] if shows_colours else []), *([value] if axis else []), amount, stock_of(f"{slug}/{ref}/{code}/{value}")]
            for code in codes
            for value, amount in prices.items()
        ],
    }


def stock_of(sku: str) -> int:
    number = crc32(sku.encode())
    return (0, 2, 3, 5)[number // 16 % 4] if number % 16 == 0 else 12 + number % 60


def both(pair: list[str]) -> dict[str, str]:
    """`["杯子", "Mug"]` as texts by language."""
    return {"zh-hans": pair[0], "en": pair[1]}


@dataclass(frozen=True)
class Sold:
    """A variant: its value code on each axis, its price, and how many lie in the warehouse."""

    sku: str
    values: tuple[str, ...]
    price: Money
    stock: int


def variants_of(product: Mapping[str, Any], slug: str, currency: str) -> list[Sold]:
    axes = len(product.get("axes", []))
    return [
        Sold("-".join([slug, product["ref"], *row[:axes]]).upper(), tuple(row[:axes]), Money.parse(str(row[axes]), currency), row[axes + 1])
        for row in product["variants"]
    ]


def attributes_of(products: list[Mapping[str, Any]]) -> list[str]:
    """Codes of the attributes that describe these products, axes first, each once."""
    return list(dict.fromkeys(code for product in products for code in [*product.get("axes", []), *product.get("attributes", {})]))
