"""The demo's goods as documents.py makes them of listings, without a database."""

from __future__ import annotations

from search.contract import Doc
from search.documents import marks, plain_text, text_tokens
from tests.relevance.demo_goods import Good, categories, goods, path_of
from tests.search.catalogue import key


def documents() -> list[Doc]:
    """Their keys are key(name)."""
    return [_document(good) for good in goods()]


def _document(good: Good) -> Doc:
    path, places = path_of(good.category), {code: place for place, code in enumerate(categories(), 1)}
    own = list(categories()[good.category][1:])
    aside = [*(" ".join(categories()[code][1:]) for code in path[:-1]), *good.values, good.shop]
    tokens = text_tokens(titles=good.titles, names=own, texts=map(plain_text, good.texts))
    return Doc(
        id=key(good.name),
        tokens=tokens,
        length=sum(tokens.values()),
        category_path=[places[code] for code in path],
        brand=0,
        shop=1,
        values=[],
        price=100_00,
        popularity=0,
        published=0,
        in_stock=True,
        version=1,
        marks=marks(aside=aside, heads=own, short=[*good.titles, *own, *aside]),
    )
