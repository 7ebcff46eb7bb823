"""How an index is written and ranked, the same for both backends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search.backends.packing import forward_of
from search.contract import Sort
from tests.search.catalogue import doc, key


class TestRanking:
    def test_a_listing_named_by_its_title_comes_before_one_that_mentions_the_word(self, index):
        index.put(doc("Desk lamp", text="Fits a mug beside it."), doc("Mug", text="White."), doc("Tea set with a mug, a pot and a tray", text="Gift."))
        assert index.ask("mug").ids[0] == key("Mug")
        assert index.ask("mug").ids[-1] == key("Desk lamp")

    def test_equal_matches_go_by_what_sells_more_then_by_key(self, index):
        index.put(*(doc("Mug", name=n, popularity=n // 2) for n in range(6)))
        assert index.ask("mug").ids == [*sorted([key(4), key(5)]), *sorted([key(2), key(3)]), *sorted([key(0), key(1)])]


class TestPages:
    @pytest.mark.parametrize("sort", list(Sort))
    @pytest.mark.parametrize("text", ["", "mug"])
    def test_pages_meet_without_overlap_or_gap(self, index, sort, text):
        index.put(*(doc(f"Mug {'tall ' * (n % 3)}", name=n, price=100 * (n % 4), popularity=n % 5, published=n % 7) for n in range(50)))
        seen = [one for page in range(1, 8) for one in index.ask(text, sort=sort, page=page, size=8).ids]
        assert len(seen) == 50
        assert set(seen) == {key(n) for n in range(50)}
        assert index.ask(text, sort=sort, page=8, size=8).ids == []
        assert index.ask(text, sort=sort, page=8, size=8).total == 50


class TestWriting:
    def test_an_older_version_never_overwrites_a_newer_one(self, index):
        index.put(doc("New mug", name=1, version=5))
        index.put(doc("Old pot", name=1, version=4))
        assert index.ask("mug").ids == [key(1)]
        assert index.ask("pot").total == 0
        index.put(doc("Same lamp", name=1, version=5))
        assert index.ask("lamp").ids == [key(1)]
        assert index.ask("mug").total == 0
        index.put(doc("Next desk", name=1, version=6))
        assert index.ask("desk").ids == [key(1)]
        assert index.ask().total == 1

    def test_what_is_removed_is_gone_and_may_come_back(self, index):
        index.put(doc("Mug", name=1, version=3), doc("Mug", name=2))
        index.remove(key(1), key(99))
        assert index.ask("mug").ids == [key(2)] == index.ask().ids
        index.put(doc("Mug", name=1, version=3))
        assert index.ask("mug").total == 2

    def test_nothing_put_or_removed_is_no_harm(self, index):
        index.put()
        index.remove()
        assert index.ask().total == 0 == index.ask("mug").total

    def test_a_rebuild_holds_exactly_what_it_was_given(self, index):
        index.put(doc("Mug", name=1, version=9), doc("Pot", name=2))
        assert index.rebuild([doc("Lamp", name=1), doc("Desk", name=3)]) == 2
        assert set(index.ask().ids) == {key(1), key(3)}
        assert index.ask("lamp").ids == [key(1)]
        assert index.ask("mug").total == 0
        index.put(doc("Chair", name=4))
        assert index.ask().total == 3

    def test_a_listing_given_twice_to_a_rebuild_is_there_once_as_given_last(self, index):
        many = [doc("Mug", name=n) for n in range(2100)]
        assert index.rebuild([*many, doc("Lamp", name=0)]) == 2100
        assert index.ask("lamp").ids == [key(0)]
        assert index.ask("mug").total == 2099

    def test_a_backend_that_works_says_so(self, index):
        index.put(doc("Mug"))
        assert index.backend.is_well()


def test_the_same_words_are_packed_into_the_same_bytes():
    one = frozenset(f"mark {n}" for n in range(500))
    other = frozenset(f"mark {n}" for n in reversed(range(500)))
    assert one == other and list(one) != list(other), "the test: sets that differ in their order alone"
    assert forward_of(replace(doc("Mug"), marks=one)) == forward_of(replace(doc("Mug"), marks=other))
