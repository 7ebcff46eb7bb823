"""What somebody likes, if they agreed to it, parts what fits equally well, on both backends alike; it finds and counts nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search.contract import LARGEST_KEY, Query, Sort
from tests.search.catalogue import doc, generated, key

SORTS = [sort for sort in Sort if sort != Sort.RELEVANCE]


@pytest.fixture
def vases(index):
    index.rebuild([
        doc("Blue vase", name="plain", popularity=9, path=[1, 11], brand=5),
        doc("Blue vase", name="category", popularity=3, path=[1, 12], brand=5),
        doc("Blue vase", name="brand", popularity=2, path=[1, 11], brand=6),
        doc("Blue vase", name="both", popularity=1, path=[1, 12], brand=6),
        doc("Blue vase", name="out", popularity=99, path=[1, 12], brand=6, in_stock=False),
        doc("Glass stand", name="beside", text="for a vase of any kind and size, with four feet of oak", path=[1, 12], brand=6),
    ])  # fmt: skip
    return index


LIKED = {"liked_categories": frozenset({12}), "liked_brands": frozenset({6})}


def names(answer) -> list[str]:
    return [name for each in answer.ids for name in ("plain", "category", "brand", "both", "out", "beside") if key(name) == each]


def test_of_what_fits_equally_well_the_liked_comes_first(vases, settings):
    assert names(vases.ask("vase")) == ["plain", "category", "brand", "both", "out", "beside"]
    assert names(vases.ask("vase", liked_categories=LIKED["liked_categories"]))[:2] == ["category", "both"]
    assert names(vases.ask("vase", liked_brands=LIKED["liked_brands"]))[:2] == ["brand", "both"]
    assert names(vases.ask("vase", **LIKED))[0] == "both"
    settings.SEARCH_FOR_LIKED = 0  # the control: then it says nothing
    assert names(vases.ask("vase", **LIKED)) == names(vases.ask("vase"))


def test_a_category_that_is_liked_is_liked_with_what_is_below_it(vases):
    vases.put(doc("Blue vase", name="plain", popularity=9, path=[2, 21], version=2))
    assert names(vases.ask("vase", liked_categories=frozenset({1})))[3] == "plain"


def test_what_is_in_stock_and_what_fits_better_stays_above(vases):
    assert names(vases.ask("vase", **LIKED))[-2:] == ["out", "beside"]


def test_other_orders_and_lists_without_words_are_as_they_are(vases):
    for sort in SORTS:
        assert vases.ask("vase", sort=sort, **LIKED).ids == vases.ask("vase", sort=sort).ids
    assert vases.ask("", **LIKED).ids == vases.ask("").ids


def test_nothing_else_is_found_and_no_count_changes(index):
    index.rebuild(generated(300))
    for text in ("lamp", "red lamp", "mug", "steel bottle", "灯", "nothing like this"):
        asked, liked = index.ask(text, size=100), index.ask(text, size=100, liked_categories=frozenset({1, 2, 11}), liked_brands=frozenset({1, 3}))
        assert set(liked.ids) == set(asked.ids)
        assert replace(liked, ids=[], also=[]) == replace(asked, ids=[], also=[])


def test_where_words_are_read_otherwise_it_counts_as_well(vases):
    answer = vases.ask("vasse", **LIKED)
    assert (answer.read_as, names(answer)[0]) == ("vase", "both")


def test_keys_that_no_index_can_hold_name_nothing(vases):
    assert Query(liked_brands=frozenset({-1, 2**80})).bounded().liked_brands == frozenset({LARGEST_KEY})
    assert names(vases.ask("vase", liked_categories=frozenset({-1, 2**80}), liked_brands=frozenset({0}))) == names(vases.ask("vase"))
