"""Goods that fit alike and are rated, or new, otherwise: both backends put them in the order of the formula, by whatever weights."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.postgres import PostgresBackend
from search.contract import Query
from search.words import HALF_AS_NEW_S, now_s
from tests.search.catalogue import doc
from tests.search.conftest import UNHURRIED_S, index_name

CLOSE = 1e-3  # scores are told apart to four decimals, and Elasticsearch keeps seven figures


@pytest.fixture(scope="module")
def both(own_database, elasticsearch_url):
    """Goods that fit alike, rated otherwise, among others, on both backends; and their documents."""
    dice = random.Random(8)
    docs = [
        doc("Blue vase", name=n, rating=dice.random(), shop_score=dice.random(), in_stock=dice.random() < 0.7, popularity=float(dice.randint(0, 9)))
        for n in range(90)
    ]
    docs = [replace(each, published=now_s() - dice.randrange(4 * HALF_AS_NEW_S)) for each in docs]
    others = [doc("Red mug", name=f"mug {n}") for n in range(300)]  # a word that all hold is worth next to nothing
    postgres, elastic = PostgresBackend(), ElasticsearchBackend(elasticsearch_url, index_name(), timeout_s=UNHURRIED_S)
    postgres.rebuild([*docs, *others])
    elastic.rebuild([*docs, *others])
    yield docs, postgres, elastic
    elastic.drop()


def factors_of(docs, *, rating: float, shop: float):
    """As the formula has it, by hand."""
    return {doc.id: 1 + 0.2 * doc.in_stock + rating * doc.rating + shop * doc.shop_score for doc in docs}


def are_in_order(factors: list[float]) -> bool:
    return factors == pytest.approx(sorted(factors, reverse=True), abs=CLOSE)


@pytest.mark.parametrize(("rating", "shop"), [(0.1, 0.05), (2, 0), (0, 2)])
def test_both_backends_order_by_the_formula(both, settings, rating, shop):
    docs, postgres, elastic = both
    settings.SEARCH_FOR_RATING, settings.SEARCH_FOR_SHOP = rating, shop
    factors, otherwise = factors_of(docs, rating=rating, shop=shop), factors_of(docs, rating=rating + 1, shop=shop)
    for backend in (postgres, elastic):
        ids = backend.search(Query(text="vase", size=90)).ids
        assert set(ids) == set(factors) and len(ids) == len(docs), backend.name
        assert are_in_order([factors[key] for key in ids]), backend.name
        assert not are_in_order([otherwise[key] for key in ids]), "the control: another weight would be seen"


def test_both_backends_take_half_of_newness_after_thirty_days(both, settings):
    docs, postgres, elastic = both
    settings.SEARCH_FOR_RATING, settings.SEARCH_FOR_SHOP, settings.SEARCH_FOR_NEWNESS = 0, 0, 1

    def factors(half_s: float):
        return {doc.id: 1 + 0.2 * doc.in_stock + 0.5 ** ((now_s() - doc.published) / half_s) for doc in docs}

    right, otherwise = factors(HALF_AS_NEW_S), factors(HALF_AS_NEW_S / 2)
    for backend in (postgres, elastic):
        ids = backend.search(Query(text="vase", size=90)).ids
        assert are_in_order([right[key] for key in ids]), backend.name
        assert not are_in_order([otherwise[key] for key in ids]), "the control"


def test_without_weights_ratings_change_nothing(both, settings):
    docs, postgres, elastic = both
    settings.SEARCH_FOR_RATING = settings.SEARCH_FOR_SHOP = 0
    wanted = [doc.id for doc in sorted(docs, key=lambda doc: (not doc.in_stock, -doc.popularity, doc.id))]
    for backend in (postgres, elastic):
        assert backend.search(Query(text="vase", size=90)).ids == wanted, backend.name
