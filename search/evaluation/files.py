"""Files of judged questions, in the form of the shared English ones: `queries.tsv`, `qrels.tsv`, `products.jsonl` or `.jsonl.gz`.

Whatever is wrong with one is refused as Unreadable, which names file, line and remedy.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from search.contract import HIGHEST_PRICE, Doc
from search.documents import marks, text_tokens

SPACE = UUID("5f1f6d0a-2f0e-4c0b-9f43-4b8f7e0a6c11")
QUERIES, QRELS = ("qid", "query"), ("qid", "docid", "rating")
HIGHEST_GRADE = 10
LONGEST_VALUE = 30  # characters of an attribute's value: what is longer is prose
PRODUCTS = ("products.jsonl.gz", "products.jsonl")


class Unreadable(ValueError):
    """A file is missing or not in the form that is asked for."""

    def __init__(self, file: Path, line: int | None, what: str, remedy: str) -> None:
        super().__init__(f"{file}{f', line {line}' if line else ''}: {what}. {remedy}")


def read_queries(file: Path) -> dict[str, str]:
    """Text of each question, by its qid."""
    queries: dict[str, str] = {}
    for line, (qid, text) in _table(file, QUERIES):
        if qid in queries:
            raise Unreadable(file, line, f"the qid {qid} was there already", "Give each question a qid of its own.")
        if not text.strip():
            raise Unreadable(file, line, f"the question {qid} has no text", "Write the words that were asked, or take the line out.")
        queries[qid] = text
    return queries


def read_grades(file: Path, queries: Mapping[str, str]) -> dict[str, dict[UUID, int]]:
    """Grades of products, by qid. A question that nobody judged has none."""
    grades: dict[str, dict[UUID, int]] = {qid: {} for qid in queries}
    for line, (qid, docid, rating) in _table(file, QRELS):
        if qid not in grades:
            raise Unreadable(file, line, f"no question has the qid {qid}", "Take both files from one set, or add the question.")
        if not (rating.isascii() and rating.isdigit() and int(rating) <= HIGHEST_GRADE):
            raise Unreadable(file, line, f"“{rating[:20]}” is no rating", f"Write a whole number from 0 (bad) to {HIGHEST_GRADE}.")
        key = product_key(docid)
        if grades[qid].setdefault(key, int(rating)) != int(rating):
            raise Unreadable(file, line, f"product {docid} has two ratings for {qid}", "Keep the one that holds.")
    return grades


def products_beside(queries: Path) -> Path:
    """The products that belong to a file of questions: in its folder, or the one above."""
    for folder in (queries.parent, queries.resolve().parent.parent):
        for name in PRODUCTS:
            if (folder / name).is_file():
                return folder / name
    raise Unreadable(queries, None, f"neither {PRODUCTS[0]} nor {PRODUCTS[1]} lies beside it or one folder up", "Name the products with --products FILE.")


def read_products(file: Path) -> Iterator[Doc]:
    """The products as documents, read as they are asked for."""
    seen: set[UUID] = set()
    for line, text in _lines(file):
        if not text.strip():
            continue
        try:
            product = json.loads(text)
        except ValueError as why:
            raise Unreadable(file, line, f"no JSON ({why})", "Write one object a line.") from why
        doc = document_of(_checked(product, file, line))
        if doc.id in seen:
            raise Unreadable(file, line, f"the product {product['id']} was there already", "Give each product an id of its own.")
        seen.add(doc.id)
        yield doc
    if not seen:
        raise Unreadable(file, None, "holds no product", "Write one JSON object a line, with id and title.")


def product_key(docid: str) -> UUID:
    return uuid5(SPACE, docid)


def document_of(product: Mapping[str, Any]) -> Doc:
    """The same fields as documents.py takes from a listing: title, brand, category, description, attribute values."""
    category, brand = product.get("cat") or "", product.get("brand") or ""
    tokens = text_tokens(titles=[product["title"]], names=[brand, category], texts=[product.get("desc") or ""])
    values = [value for value in (product.get("attrs") or {}).values() if isinstance(value, str) and len(value) <= LONGEST_VALUE]
    price = product.get("price_usd_cents")
    return Doc(
        id=product_key(product["id"]),
        tokens=tokens,
        length=sum(tokens.values()),
        category_path=[1],
        brand=0,
        shop=1,
        values=[],
        price=price if isinstance(price, int) and 0 <= price < HIGHEST_PRICE else 0,
        popularity=0,
        published=0,
        in_stock=True,
        version=1,
        marks=marks(aside=values, heads=[category], short=[product["title"], *values]),
    )


def _checked(product: Any, file: Path, line: int) -> Mapping[str, Any]:
    if not isinstance(product, dict):
        raise Unreadable(file, line, "is no object", 'Write {"id": "…", "title": "…"}.')
    for name in ("id", "title"):
        if not isinstance(product.get(name), str) or not product[name].strip():
            raise Unreadable(file, line, f"has no {name}", f"Write its {name} as a text.")
    for name in ("brand", "cat", "desc"):
        if not isinstance(product.get(name) or "", str):
            raise Unreadable(file, line, f"{name} is no text", "Write a text, or leave it out.")
    if not isinstance(product.get("attrs") or {}, dict):
        raise Unreadable(file, line, "attrs is no object", "Write names with their values, or leave it out.")
    return product


def _table(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Number and cells of every line but the first, which names the columns."""
    written = "<tab>".join(columns)
    first, rows = True, 0
    for line, text in _lines(file):
        cells = tuple(text.split("\t"))
        if first:
            first = False
            if cells != columns:
                raise Unreadable(file, line, "does not name the columns", f"Let the first line be {written}.")
        elif text.strip():
            if len(cells) != len(columns):
                raise Unreadable(file, line, f"has {len(cells)} cells instead of {len(columns)}", f"Write {written}, with a tab between them.")
            rows += 1
            yield line, cells
    if not rows:
        raise Unreadable(file, None, "holds no line", f"Let the first line be {written}, and the others follow it.")


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """Lines by their number from 1, without their ends."""
    number = 0
    try:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                yield number, line.rstrip(b"\r\n").decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as why:
        raise Unreadable(file, number, "is no UTF-8", "Save the file as UTF-8.") from why
    except (EOFError, gzip.BadGzipFile, zlib.error) as why:
        raise Unreadable(file, number + 1, f"cannot be unpacked ({why})", "Pack it again with gzip, or give it unpacked, without .gz.") from why
    except OSError as why:
        raise Unreadable(file, None, f"cannot be read ({why.strerror})", "Check the path and who may read it.") from why
