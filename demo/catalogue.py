"""The demo's goods as inputs of the product's verbs, read from catalogue.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from marketplace.kernel.money import Money

NAMESPACE = UUID("5d3c9a52-6f3e-4f57-9a2f-0c1f6a2b7e11")


def key_of(*path: str) -> UUID:
    """The key of a demo row: always the same, so that seeding again meets it."""
    return uuid5(NAMESPACE, "/".join(path))


@cache
def catalogue() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text())


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
