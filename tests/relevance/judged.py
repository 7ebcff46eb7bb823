"""Judged questions: which documents people found good for a query, and how near a ranking comes to it."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from launch.paths import ROOT
from search.contract import Doc
from search.documents import marks, text_tokens
from tests.relevance.sample import PRODUCTS, QUESTIONS
from tests.search.catalogue import key

SHARED = ROOT.parent / "shared" / "data" / "search-en"
LONGEST_VALUE = 30  # of an attribute: what is longer is prose


@dataclass(frozen=True)
class Judged:
    """Documents, and grades (0 to 3) by question. `source` says whose."""

    source: str
    docs: list[Doc]
    grades: Mapping[str, Mapping[UUID, int]]


def whole() -> Judged:
    """All shared products and the development questions; our own small sample where the shared data are not."""
    if not SHARED.exists():
        return own_sample()
    grades = _shared_grades()
    return Judged(f"{SHARED.name}, all products", [_document(product) for product in _shared_products()], grades)


def quick() -> Judged:
    """Every judged product and each tenth of the others; our own small sample where the shared data are not."""
    if not SHARED.exists():
        return own_sample()
    grades = _shared_grades()
    judged = {one for each in grades.values() for one in each}
    products = [product for n, product in enumerate(_shared_products()) if n % 10 == 0 or key(product["id"]) in judged]
    return Judged(f"{SHARED.name}, judged products and a tenth of the others", [_document(product) for product in products], grades)


def own_sample() -> Judged:
    grades = {text: {key(name): grade for name, grade in each.items()} for text, each in QUESTIONS.items()}
    return Judged("our own sample", [_document(product) for product in PRODUCTS], grades)


def ndcg(found: Sequence[UUID], grades: Mapping[UUID, int], at: int = 10) -> float:
    """Normalised discounted gain of the first ten, against the best order of all that was judged. Unjudged counts as 0."""
    best = _gain(sorted(grades.values(), reverse=True)[:at])
    return _gain([grades.get(one, 0) for one in found[:at]]) / best


def only_judged(found: Iterable[UUID], grades: Mapping[UUID, int]) -> list[UUID]:
    return [one for one in found if one in grades]


def _gain(grades: Iterable[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _shared_products() -> Iterable[dict[str, Any]]:
    with gzip.open(SHARED / "products.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)


def _shared_grades() -> dict[str, dict[UUID, int]]:
    """Questions with at least one good answer."""
    texts = dict(_table(SHARED / "dev" / "queries.tsv"))
    grades: dict[str, dict[UUID, int]] = {}
    for question, product, grade in _table(SHARED / "dev" / "qrels.tsv"):
        grades.setdefault(texts[question], {})[key(product)] = int(grade)
    return {text: each for text, each in grades.items() if max(each.values()) > 0}


def _table(file: Path) -> list[tuple[str, ...]]:
    return [tuple(line.split("\t")) for line in file.read_text().splitlines()[1:]]


def _document(product: Mapping[str, Any]) -> Doc:
    """The same fields as documents.py takes from a listing: title, brand, category, description, attribute values."""
    category, brand = product.get("cat") or "", product.get("brand") or ""
    tokens = text_tokens(titles=[product["title"]], names=[brand, category], texts=[product.get("desc") or ""])
    values = [value for value in (product.get("attrs") or {}).values() if isinstance(value, str) and len(value) <= LONGEST_VALUE]
    return Doc(
        id=key(product["id"]),
        tokens=tokens,
        length=sum(tokens.values()),
        category_path=[1],
        brand=0,
        shop=1,
        values=[],
        price=product.get("price") or 0,
        popularity=0,
        published=0,
        in_stock=True,
        version=1,
        marks=marks(aside=values, heads=[category], short=[product["title"], *values]),
    )
