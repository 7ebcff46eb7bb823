"""The files, row by row, as goods. A row that is not as it should be is noted with its file and line, and left out."""

from __future__ import annotations

import csv
import gzip
import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

CATEGORIES, ATTRIBUTES, VALUES = (f"taxonomy/{name}.jsonl.gz" for name in ("categories", "attributes", "values"))
PRODUCTS = "search-en/products.jsonl.gz"
RETAIL = "catalogue/retail-demo-store.jsonl.gz"
BIKES = "catalogue/adventureworks.jsonl.gz"
GIFTS = "orders/items.tsv.gz"
NEEDED = (CATEGORIES, ATTRIBUTES, VALUES, PRODUCTS, RETAIL, BIKES)
LONGEST_TITLE = 200  # characters, as the catalogue has it
# The cycle maker's Chinese texts are labelled as traditional and are simplified.
LANGUAGES = {"en": "en", "zh-cht": "zh-hans"}


class NotAsExpected(ValueError):
    """A row lacks something, or has something of another kind; the text says what."""


@dataclass(frozen=True)
class Problem:
    """A row that was left out, and why."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.why}"


@dataclass
class Part:
    """What is stocked and sold of goods."""

    sku: str
    price: Decimal
    colour: str = ""
    size: str = ""


@dataclass
class Goods:
    """A product of a file. `price` and parts are in `currency`; `kind` is what its file says of its category."""

    ref: str
    file: str
    line: int
    currency: str
    titles: dict[str, str]
    texts: dict[str, str]  # language → clean HTML
    parts: list[Part]
    brand: str = ""
    kind: str = ""
    properties: dict[str, Any] = field(default_factory=dict)


def rows(folder: Path, name: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of each line of a .jsonl.gz file. Only a line feed ends a line: titles hold other separators."""
    with gzip.open(folder / name) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line, parse_float=Decimal)
                if not isinstance(row, dict):
                    raise NotAsExpected("not an object")
            except (ValueError, NotAsExpected) as wrong:
                problems.append(Problem(name, number, f"not a row of JSON: {wrong}"))
            else:
                yield number, row


def goods_of(folder: Path, problems: list[Problem], *, gifts: bool = False) -> list[Goods]:
    """All goods of the files."""
    found: list[Goods] = []
    readers: list[tuple[str, Callable[[int, dict[str, Any]], Goods]]] = [(PRODUCTS, _product), (RETAIL, _retail), (BIKES, _bike)]
    for name, read in readers:
        for number, row in rows(folder, name, problems):
            try:
                found.append(read(number, row))
            except NotAsExpected as wrong:
                problems.append(Problem(name, number, str(wrong)))
    if gifts:
        found += _gifts(folder, problems)
    return found


def text(row: dict[str, Any], name: str) -> str:
    """A text that has to be there. Raises NotAsExpected."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise NotAsExpected(f"no {name}")
    return value.strip()


def _price(value: Any, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 < value < 10**9:
        raise NotAsExpected(f"{name} is no amount above zero: {value!r}")
    return Decimal(value)


def _title(words: str) -> str:
    """The title on one line, shortened at a word if it is longer than a title may be."""
    words = " ".join(words.split())
    if len(words) <= LONGEST_TITLE:
        return words
    return words[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def paragraph(words: Any) -> str:
    """Plain text as a paragraph; nothing for nothing."""
    words = " ".join(words.replace("\\n", " ").split()) if isinstance(words, str) else ""
    return f"<p>{html.escape(words, quote=False)}</p>" if words else ""


def _texts(texts: dict[str, str]) -> dict[str, str]:
    return {language: words for language, words in texts.items() if words}


def _product(number: int, row: dict[str, Any]) -> Goods:
    key, title = text(row, "id"), _title(text(row, "title"))
    cents = row.get("price_usd_cents")
    if not isinstance(cents, int):
        raise NotAsExpected(f"price_usd_cents is no whole number: {cents!r}")
    properties = row.get("attrs")
    if not isinstance(properties, dict):
        raise NotAsExpected("attrs is no object")
    description = row.get("desc")
    return Goods(
        ref=f"icecat/{key}",
        file=PRODUCTS,
        line=number,
        currency="USD",
        titles={"en": title},
        brand=text(row, "brand"),
        kind=str(row.get("cat") or ""),
        texts=_texts({"en": paragraph(description) if description != title else ""}),
        parts=[Part(f"IC-{key}", _price(cents, "price_usd_cents").scaleb(-2))],
        properties=properties,
    )


def _retail(number: int, row: dict[str, Any]) -> Goods:
    key = text(row, "id")
    return Goods(
        ref=f"retail/{key}",
        file=RETAIL,
        line=number,
        currency="USD",
        titles={"en": _title(text(row, "name"))},
        texts=_texts({"en": paragraph(row.get("description"))}),
        kind=f"{text(row, 'category')}/{text(row, 'style')}",
        parts=[Part(f"RD-{key}", _price(row.get("price"), "price"))],
        properties={"gender": row["gender_affinity"]} if row.get("gender_affinity") in ("F", "M") else {},
    )


def _bike(number: int, row: dict[str, Any]) -> Goods:
    model, variants = text(row, "model"), row.get("variants")
    if not isinstance(variants, list) or not variants:
        raise NotAsExpected("no variants")
    descriptions = row.get("desc") if isinstance(row.get("desc"), dict) else {}
    return Goods(
        ref=f"bikes/{model}",
        file=BIKES,
        line=number,
        currency="USD",
        titles={"en": _title(model)},
        kind=text(row, "subcategory"),
        texts=_texts({LANGUAGES[code]: paragraph(words) for code, words in (descriptions or {}).items() if code in LANGUAGES}),
        parts=[_bike_part(variant) for variant in variants],
    )


def _bike_part(variant: Any) -> Part:
    if not isinstance(variant, dict):
        raise NotAsExpected("a variant is no object")
    return Part(text(variant, "sku"), _price(variant.get("price"), "price"), colour=str(variant.get("color") or ""), size=str(variant.get("size") or ""))


def _gifts(folder: Path, problems: list[Problem]) -> list[Goods]:
    """The gift wholesaler's articles: a code, a name in capitals, a price in pounds."""
    found = []
    with gzip.open(folder / GIFTS, "rt", encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 2):
            try:
                key, name = text(row, "StockCode"), text(row, "name")
                price = _price(Decimal(text(row, "price_gbp")), "price_gbp")
            except (NotAsExpected, InvalidOperation) as wrong:
                problems.append(Problem(GIFTS, number, str(wrong) if isinstance(wrong, NotAsExpected) else "price_gbp is no number"))
                continue
            found.append(
                Goods(
                    ref=f"gifts/{key}",
                    file=GIFTS,
                    line=number,
                    currency="GBP",
                    titles={"en": _title(name.capitalize())},
                    texts={},
                    kind="gift",
                    parts=[Part(f"GI-{key}", price)],
                )
            )
    return found
