"""The demo's goods as documents.py makes them of listings, without a database."""

from __future__ import annotations

from functools import cache

from demo.catalogue import catalogue
from search.contract import Doc
from search.documents import marks, plain_text, text_tokens
from search.options import values_of
from tests.relevance.demo_goods import Good, categories, goods, path_of
from tests.search.catalogue import key


def documents() -> list[Doc]:
    """Their keys are key(name)."""
    return [_document(good) for good in goods()]


def _document(good: Good) -> Doc:
    path, places = path_of(good.category), {code: place for place, code in enumerate(categories(), 1)}
    values, variants = values_of([_keys(pair) for pair in good.described], (frozenset(map(_keys, each)) for each in good.options))
    own = list(categories()[good.category][1:])
    aside = [*(" ".join(categories()[code][1:]) for code in path[:-1]), *good.values, good.shop]
    tokens = text_tokens(titles=good.titles, names=own, texts=map(plain_text, good.texts))
    return Doc(
        id=key(good.name),
        tokens=tokens,
        length=sum(tokens.values()),
        category_path=[places[code] for code in path],
        brand=0,
        shop=shops()[good.shop],
        values=values,
        price=good.price,
        popularity=0,
        published=0,
        in_stock=True,
        version=1,
        marks=marks(aside=aside, heads=own, short=[*good.titles, *own, *aside]),
        variants=variants,
    )


@cache
def shops() -> dict[str, int]:
    """Numbers of the shops, by their names."""
    return {name: number for number, name in enumerate(dict.fromkeys(good.shop for good in goods()), 1)}


def _keys(pair: tuple[str, str]) -> tuple[int, int]:
    return _numbers()[pair[0], ""], _numbers()[pair]


@cache
def _numbers() -> dict[tuple[str, str], int]:
    """Keys of attributes, by (code, ""), and of their values, by (code, code)."""
    known = catalogue()["attributes"]
    return {pair: number for number, pair in enumerate(((code, value) for code in known for value in ("", *known[code].get("values", {}))), 1)}
