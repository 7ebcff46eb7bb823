"""Both backends on the same few thousand documents: equal counts, nearly equal order."""

from __future__ import annotations

import random

import pytest

from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.postgres import PostgresBackend
from search.contract import Query, Sort
from tests.search.catalogue import ATTRIBUTES, CATEGORIES, generated
from tests.search.conftest import UNHURRIED_S, index_name

DOCS = 3000
TEXTS = [
    "", "杯子", "保温杯 便携", "wireless headphones", "可爱 手机壳 vintage", "printers", "white cups", "红色 键盘", "AX-115", "ax115", "耳機", "ceramic",
    "gaming keyboards premium", "大容量茶壶", "stainless steel 保温杯", "deluxe", "travel cups zebra",
]  # fmt: skip


@pytest.fixture(scope="module")
def both(own_database, elasticsearch_url):
    docs = list(generated(DOCS))
    postgres, elastic = PostgresBackend(), ElasticsearchBackend(elasticsearch_url, index_name(), timeout_s=UNHURRIED_S)
    assert postgres.rebuild(docs) == elastic.rebuild(docs) == DOCS
    yield postgres, elastic
    elastic.drop()


def questions() -> list[Query]:
    """Every text alone, and with filters by seed."""
    dice = random.Random(3)
    asked = [Query(text=text) for text in TEXTS]
    for text in TEXTS * 3:
        attributes = dice.sample(sorted(ATTRIBUTES), dice.randint(0, 2))
        asked.append(
            Query(
                text=text,
                category=dice.choice([None, 1, 2, 11, 13, 21, dice.choice(list(CATEGORIES))[-1]]),
                brands=frozenset(dice.sample(range(1, 6), dice.randint(0, 2))),
                shops=frozenset(dice.sample(range(1, 5), dice.randint(0, 2))),
                values={attribute: frozenset(dice.sample(sorted(ATTRIBUTES[attribute]), dice.randint(1, 2))) for attribute in attributes},
                price_from=dice.choice([None, 100_00]),
                price_to=dice.choice([None, 600_00]),
                in_stock=dice.random() < 0.3,
                sort=dice.choice(list(Sort)),
            )
        )
    return asked


def test_totals_and_counts_are_equal(both):
    postgres, elastic = both
    for query in questions():
        ours, theirs = postgres.search(query), elastic.search(query)
        for part in ("total", "rung", "categories", "brands", "shops", "attributes", "price_from", "price_to", "prices", "dropped", "is_estimate"):
            assert getattr(ours, part) == getattr(theirs, part), (query, part)


def test_every_order_but_that_of_matches_is_equal(both):
    postgres, elastic = both
    for query in questions():
        if query.sort != Sort.RELEVANCE:
            assert postgres.search(query).ids == elastic.search(query).ids, query


def test_the_ten_best_are_nearly_the_same(both):
    shared = []
    for text in filter(None, TEXTS):
        ours, theirs = (backend.search(Query(text=text)) for backend in both)
        ours, theirs = (ours.ids + ours.also)[:10], (theirs.ids + theirs.also)[:10]
        assert len(ours) == len(theirs)
        shared.append(len(set(ours) & set(theirs)) / len(ours) if ours else 1.0)
    assert min(shared) >= 0.6, dict(zip(filter(None, TEXTS), shared, strict=True))
    assert sum(shared) / len(shared) >= 0.8


def test_very_many_matches_are_counted_from_a_sample_that_is_near_and_says_so(both):
    exact, _elastic = both
    sampling = PostgresBackend(exact=400)
    whole, estimated = exact.search(Query()), sampling.search(Query())
    assert estimated.is_estimate
    assert not whole.is_estimate
    assert estimated.total == pytest.approx(whole.total, rel=0.25)
    assert estimated.ids == whole.ids
    near = {count.id: count.count for count in estimated.categories}
    assert all(near[count.id] == pytest.approx(count.count, rel=0.3) for count in whole.categories if count.count > 500)


def test_of_very_many_matches_a_narrow_choice_is_counted_exactly(both):
    exact, _elastic = both
    sampling = PostgresBackend(exact=400)
    options = Query(values={1: frozenset({104}), 3: frozenset({301})}, brands=frozenset({4}))  # which one variant has to hold
    for query in (Query(brands=frozenset({9})), Query(shops=frozenset({5}), values={2: frozenset({204})}), Query(price_to=20_00), options):
        narrow, same = sampling.search(query), exact.search(query)
        assert 0 < same.total < 400
        assert (narrow.total, narrow.ids) == (same.total, same.ids)
        assert narrow.is_estimate or query is options  # of the groups that were chosen from
