"""How a document lies in its row of SearchDoc, and how questions name the parts of it.

`nodes`: what a listing is filtered by, one integer each. The kinds are kept apart by the last two bits: category 0, brand 1,
shop 2, attribute value 3; category 0, which does not exist, says "in stock".
`facets`: pairs of int32, little endian, for counting: (attribute, value), and (-1 - parent, category) for every step of the
category path, with parent 0 above a root.
`options`: nothing, or, of a listing whose variants lack some combinations of their options, rows of one width filled up with 0:
the attributes that tell variants apart, below zero; then the values of each variant.
`forward`: records of five bytes for ranking: crc32 of a token and its frequency; a mark has frequency 0. The same words give the
same bytes.
`tsv`: tokens and marks as lexemes, without positions. Sample lexemes are held by a random half, quarter and sixteenth of the
listings, independently of each other.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from uuid import UUID

import numpy as np

from search.contract import Doc, Query
from search.rules import Weight
from search.words import Asked, Word

IN_STOCK = 0
RECORD = np.dtype([("token", "<u4"), ("times", "u1")])
MOST_VALUES = 200  # of a listing: its packed facets must fit into a page of the table

# Sample lexeme → how many bits of the key's hash are zero in its holders.
SAMPLES = {"~2": (0, 1), "~4": (1, 2), "~16": (3, 4)}  # first bit, number of bits
LARGEST_FRACTION = 128


def category_node(category: int) -> int:
    return category << 2


def brand_node(brand: int) -> int:
    return brand << 2 | 1


def shop_node(shop: int) -> int:
    return shop << 2 | 2


def value_node(value: int) -> int:
    return value << 2 | 3


def node_of(weight: Weight) -> int | None:
    """The node of what is weighed; None for a listing, which has its key."""
    node = {"category": category_node, "brand": brand_node, "shop": shop_node}.get(weight.on)
    return node(weight.key) if node and isinstance(weight.key, int) else None


def nodes_of(doc: Doc) -> list[int]:
    nodes = {category_node(category) for category in doc.category_path}
    nodes.update(value_node(value) for _attribute, value in doc.values[:MOST_VALUES])
    nodes.add(shop_node(doc.shop))
    if doc.brand:
        nodes.add(brand_node(doc.brand))
    if doc.in_stock:
        nodes.add(IN_STOCK)
    return sorted(nodes)


def facets_of(doc: Doc) -> bytes:
    steps = [(-1 - parent, category) for parent, category in zip([0, *doc.category_path], doc.category_path, strict=False)]
    return np.array([*steps, *dict.fromkeys(doc.values[:MOST_VALUES])], "<i4").tobytes()


def options_of(doc: Doc) -> list[list[int]] | None:
    if not doc.variants:
        return None
    apart = sorted({attribute for variant in doc.variants for attribute, _value in variant})
    rows = [[-attribute for attribute in apart], *(sorted(value for _attribute, value in variant) for variant in doc.variants)]
    width = max(map(len, rows))
    return [row + [0] * (width - len(row)) for row in rows]


def forward_of(doc: Doc) -> bytes:
    records = [(fingerprint(token), min(times, 255)) for token, times in doc.tokens.items()]
    records += [(fingerprint(mark), 0) for mark in sorted(doc.marks)]
    return np.array(records, RECORD).tobytes()


def fingerprint(token: str) -> int:
    return zlib.crc32(token.encode())


def lexemes_of(doc: Doc) -> set[str]:
    """What the vocabulary counts of a document."""
    return {*doc.tokens, *doc.marks}


def tsvector_of(doc: Doc) -> str:
    """The literal of the document's tsvector."""
    return " ".join(map(_quoted, [*doc.tokens, *doc.marks, *sample_lexemes(doc.id)]))


def sample_lexemes(key: UUID) -> list[str]:
    bits = zlib.crc32(key.bytes)
    return [lexeme for lexeme, (first, count) in SAMPLES.items() if not bits >> first & (1 << count) - 1]


def sample_of(fraction: int) -> list[str]:
    """The lexemes that one listing in `fraction` holds; a power of 2 up to LARGEST_FRACTION."""
    return [lexeme for lexeme, (_first, count) in SAMPLES.items() if fraction.bit_length() - 1 & count]


def tsquery_all(words: Sequence[Word]) -> str:
    """The tsquery of listings that hold every word."""
    return " & ".join(map(_tsquery, words))


def tsquery_any(words: Sequence[Word]) -> str:
    """The tsquery of listings that hold one of the words or several."""
    return " | ".join(map(_tsquery, words))


def tsquery_marks(marks: Sequence[str]) -> str:
    """The tsquery of listings that have every mark."""
    return " & ".join(map(_quoted, marks))


def tsquery_heads(asked: Asked) -> str:
    """The tsquery of listings whose category one of the words names; nothing where none does."""
    return " | ".join(_quoted(word.head) for word in asked.words if asked.df.get(word.head))


def _tsquery(word: Word) -> str:
    return "(" + " | ".join("(" + " & ".join(map(_quoted, form.tokens)) + ")" for form in word.forms) + ")"


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def required_nodes(query: Query) -> list[int]:
    """Nodes that every answer to a question holds: its category, and that it is in stock."""
    nodes = [category_node(query.category)] if query.category is not None else []
    return [*nodes, IN_STOCK] if query.in_stock else nodes
