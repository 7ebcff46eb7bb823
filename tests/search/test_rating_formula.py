"""Goods that fit alike and are rated otherwise: both backends put them in the order of the formula, by whatever weights."""

from __future__ import annotations

import random

import pytest

from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.postgres import PostgresBackend
from search.contract import Query
from tests.search.catalogue import doc
from tests.search.conftest import UNHURRIED_S, index_name


@pytest.fixture(scope="module")
def both(own_database, elasticsearch_url):
    """Goods that fit alike, rated otherwise, on both backends; and their documents."""
    dice = random.Random(8)
    docs = [
        doc("Blue vase", name=n, rating=dice.random(), shop_score=dice.random(), in_stock=dice.random() < 0.7, popularity=float(dice.randint(0, 9)))
        for n in range(90)
    ]
    postgres, elastic = PostgresBackend(), ElasticsearchBackend(elasticsearch_url, index_name(), timeout_s=UNHURRIED_S)
    postgres.rebuild(docs)
    elastic.rebuild(docs)
    yield docs, postgres, elastic
    elastic.drop()


def in_order(docs, *, rating: float, shop: float):
    """As the formula has it, by hand."""
    factors = {doc.id: 1 + 0.2 * doc.in_stock + rating * doc.rating + shop * doc.shop_score for doc in docs}
    return [doc.id for doc in sorted(docs, key=lambda doc: (-factors[doc.id], -doc.popularity, doc.id))]


@pytest.mark.parametrize(("rating", "shop"), [(0.1, 0.05), (2, 0), (0, 2), (0, 0)])
def test_both_backends_order_by_the_formula(both, settings, rating, shop):
    docs, postgres, elastic = both
    settings.SEARCH_FOR_RATING, settings.SEARCH_FOR_SHOP = rating, shop
    wanted = in_order(docs, rating=rating, shop=shop)
    for backend in (postgres, elastic):
        assert backend.search(Query(text="vase", size=90)).ids == wanted, backend.name
    assert wanted != in_order(docs, rating=rating + 1, shop=shop), "the control: another weight would be seen"
