"""What is given up, and in which order, where nothing fits all that was asked for: each step on both backends, never silently."""

from __future__ import annotations

import pytest

from search.backends.postgres import PostgresBackend
from search.contract import LOOSE, Query, Rung
from tests.search.catalogue import doc, key
from tests.search.conftest import an_index

TEA, POT, BIG, CASE, PHONE, LAMP = (key(name) for name in ("tea", "pot", "big", "case", "phone", "lamp"))
RED, BLUE, COLOUR, SIZE, LARGE = 103, 104, 1, 3, 303
KITCHEN, POTS, TEAPOTS, DEVICES, PHONES = 1, 11, 111, 2, 21


@pytest.fixture(scope="module", params=["postgres", "elasticsearch"])
def shelf(request, own_database):
    index = an_index(request)
    index.rebuild([
        doc("绿茶 Green tea", name="tea", names=["茶叶", "Tea"], path=[KITCHEN, 12], shop=1, brand=5, price=20_00, popularity=40),
        doc("红色茶壶 Red teapot", name="pot", names=["茶壶", "Teapots"], path=[KITCHEN, POTS, TEAPOTS], shop=1, brand=5, values=[(COLOUR, RED)],
            price=90_00, popularity=30),
        doc("大铁锅 Big iron pot", name="big", names=["锅", "Pots"], path=[KITCHEN, POTS], shop=2, brand=6, values=[(COLOUR, BLUE), (SIZE, LARGE)],
            price=300_00, popularity=20, in_stock=False),
        doc("手机壳 Phone case", name="case", names=["手机壳", "Phone cases"], path=[DEVICES, 22], shop=2, brand=7, values=[(COLOUR, RED)], price=15_00,
            popularity=60),
        doc("手机 Phone TN-2110", name="phone", names=["手机", "Phones"], path=[DEVICES, PHONES], shop=2, brand=7, price=3000_00, popularity=90),
        doc("台灯 Red desk lamp", name="lamp", names=["灯", "Lamps"], path=[3, 31], shop=3, price=70_00, popularity=10),
    ])  # fmt: skip
    yield index
    index.forget()


def loosely(shelf, text="", above=(), **asked):
    return shelf.ask(text, may_loosen=LOOSE, above=above, **asked)


class TestWords:
    @pytest.mark.parametrize(
        ("text", "dropped", "found"),
        [
            ("zebra teapot", ("zebra",), {POT}),  # which no listing knows
            ("desk teapot", ("desk",), {POT}),  # what names a category stays
            ("red green iron tea", ("red", "iron"), {TEA}),
            ("red desk zebra lamp", ("zebra",), {LAMP}),  # no more than it takes
            ("green phone tn-2110", ("green",), {PHONE}),
            ("斑马 茶壶", ("斑马",), {POT}),
            ("台灯 手机", ("台灯",), {PHONE, CASE}),
        ],
    )
    def test_the_least_useful_are_left_out_and_said(self, shelf, text, dropped, found):
        answer = shelf.ask(text)
        assert (answer.rung, answer.dropped, set(answer.ids), answer.total) == (Rung.FEWER, dropped, found, len(found))
        assert loosely(shelf, text).ids == answer.ids

    def test_what_holds_a_word_that_was_left_out_comes_first_among_the_rest(self, shelf):
        answer = shelf.ask("red green iron tea")
        assert set(answer.also) == {POT, BIG, LAMP}

    def test_where_less_than_half_of_the_words_would_be_left_what_holds_some_of_them_is_found(self, shelf):
        answer = shelf.ask("red iron tea")
        assert (answer.rung, answer.dropped, set(answer.ids)) == (Rung.SOME, (), {TEA, POT, BIG, LAMP})

    def test_a_name_parted_into_its_signs_is_no_reading_that_is_said(self, shelf):
        answer = shelf.ask("大灯壶")
        assert (answer.rung, answer.read_as, set(answer.ids)) == (Rung.SOME, "", {POT, BIG, LAMP})
        assert shelf.ask("teapto zebra").read_as == "teapot zebra"

    def test_whoever_wants_exactly_the_words_gets_nothing_else(self, shelf):
        for text in ("zebra teapot", "desk teapot", "teapto"):
            answer = shelf.ask(text, exact=True)
            assert (answer.ids, answer.total, answer.rung, answer.read_as, answer.dropped) == ([], 0, Rung.ALL, "", ())
        assert shelf.ask("red teapot", exact=True).ids == [POT]

    def test_what_is_counted_is_found_with_the_same_words_left_out(self, shelf):
        free = shelf.ask("zebra red")
        assert free.dropped == ("zebra",)
        for shop in free.shops:
            chosen = shelf.ask("zebra red", shops=frozenset({shop.id}))
            assert (chosen.total, chosen.dropped, chosen.rung) == (shop.count, free.dropped, free.rung)


class TestWiderCategory:
    def test_the_nearest_wider_category_that_has_something(self, shelf):
        answer = loosely(shelf, "iron pot", category=TEAPOTS, above=(POTS, KITCHEN))
        assert (answer.rung, answer.category, answer.ids, answer.total) == (Rung.WIDER, POTS, [BIG], 1)
        answer = loosely(shelf, "green tea", category=TEAPOTS, above=(POTS, KITCHEN))
        assert (answer.rung, answer.category, answer.ids) == (Rung.WIDER, KITCHEN, [TEA])

    def test_in_the_end_all_categories(self, shelf):
        answer = loosely(shelf, "desk lamp", category=TEAPOTS, above=(POTS, KITCHEN))
        assert (answer.rung, answer.category, answer.ids) == (Rung.WIDER, None, [LAMP])

    def test_counts_are_of_where_it_looked(self, shelf):
        answer = loosely(shelf, "phone case", category=PHONES, above=(DEVICES,))
        assert (answer.rung, answer.category, answer.ids) == (Rung.WIDER, DEVICES, [CASE])
        assert [count.id for count in answer.categories] == [22]
        answer = loosely(shelf, "green tea", category=TEAPOTS, above=(POTS, KITCHEN))
        assert [count.id for count in answer.categories] == [12]

    def test_only_where_the_question_allows_it(self, shelf):
        assert shelf.ask("desk lamp", category=TEAPOTS, above=(POTS, KITCHEN)).total == 0
        assert shelf.ask("desk lamp", category=TEAPOTS, above=(POTS, KITCHEN), may_loosen=LOOSE - {"category"}).total == 0


class TestFilters:
    def test_the_first_filter_without_which_there_is_something_is_taken_off_and_said(self, shelf):
        answer = loosely(shelf, "teapot", values={COLOUR: frozenset({RED})}, price_to=50_00)
        assert (answer.rung, answer.freed, answer.ids, answer.total) == (Rung.FREER, ("price",), [POT], 1)
        answer = loosely(shelf, "teapot", values={COLOUR: frozenset({BLUE})})
        assert (answer.rung, answer.freed, answer.ids) == (Rung.FREER, (COLOUR,), [POT])
        answer = loosely(shelf, "pot", category=POTS, above=(KITCHEN,), in_stock=True)
        assert (answer.rung, answer.freed, answer.ids) == (Rung.FREER, ("stock",), [BIG])

    def test_all_where_one_is_not_enough(self, shelf):
        answer = loosely(shelf, "teapot", brands=frozenset({7}), shops=frozenset({3}))
        assert (answer.rung, answer.freed, answer.ids) == (Rung.FREER, ("brand", "shop"), [POT])

    def test_without_words_a_category_stays_and_filters_go(self, shelf):
        answer = loosely(shelf, category=POTS, above=(KITCHEN,), brands=frozenset({7}))
        assert (answer.rung, answer.freed, set(answer.ids)) == (Rung.FREER, ("brand",), {POT, BIG})

    def test_what_may_not_be_given_up_stays(self, shelf):
        answer = shelf.ask("teapot", shops=frozenset({2}), brands=frozenset({5}), may_loosen=LOOSE - {"shop"})
        assert (answer.rung, answer.total) == (Rung.NEIGHBOURS, 0)
        assert set(answer.also) == {BIG, CASE, PHONE}

    def test_what_is_counted_is_found_with_the_same_filter_taken_off(self, shelf):
        asked = {"values": {COLOUR: frozenset({RED})}, "price_from": 500_00}
        free = loosely(shelf, "", **asked)
        assert free.freed == (COLOUR,)
        for brand in free.brands:
            chosen = loosely(shelf, "", **asked, brands=frozenset({brand.id}))
            assert (chosen.total, chosen.freed) == (brand.count, free.freed)


def test_what_finds_nothing_in_the_widest_question_is_not_asked_for_in_narrower_ones(own_database):
    """However many filters there are, and words that nobody knows."""
    asked = []

    class Counting(PostgresBackend):
        def holding_all(self, query, words):
            asked.append((query, len(words.needed)))
            return super().holding_all(query, words)

    postgres = Counting()
    postgres.rebuild([doc("Red teapot", name="pot", path=[KITCHEN], brand=5, shop=1, price=90_00), doc("Keyboard", name="keys", path=[DEVICES], shop=2)])
    filters = {"brands": frozenset({9}), "shops": frozenset({9}), "price_from": 500_00, "in_stock": True, "values": {COLOUR: frozenset({BLUE})}}
    answer = postgres.search(Query(text="red teapto zebra xqzwv", category=DEVICES, above=(), may_loosen=LOOSE, **filters))
    assert (answer.rung, answer.total) == (Rung.FREER, 1)
    assert len(asked) <= 40


class TestNeighbours:
    @pytest.mark.parametrize("text", ["xqzwv", "鑫淼"])
    def test_where_nothing_comes_near_what_is_popular_is_shown_and_counted_nowhere(self, shelf, text):
        answer = loosely(shelf, text)
        assert (answer.rung, answer.ids, answer.total, answer.brands, answer.category) == (Rung.NEIGHBOURS, [], 0, [], None)
        assert answer.also == [PHONE, CASE, TEA, POT, BIG, LAMP]

    def test_of_the_category_first(self, shelf):
        answer = loosely(shelf, "xqzwv", category=TEAPOTS, above=(POTS, KITCHEN))
        assert (answer.rung, answer.category, answer.also) == (Rung.NEIGHBOURS, TEAPOTS, [POT])
        answer = loosely(shelf, category=119, above=(POTS, KITCHEN))
        assert (answer.rung, answer.category, answer.also) == (Rung.NEIGHBOURS, POTS, [POT, BIG])

    def test_for_exact_questions_too(self, shelf):
        answer = loosely(shelf, "desk teapot", exact=True)
        assert (answer.rung, answer.total, answer.also[0]) == (Rung.NEIGHBOURS, 0, PHONE)

    def test_nobody_who_did_not_ask_for_them_gets_any(self, shelf):
        answer = shelf.ask("xqzwv", category=TEAPOTS)
        assert (answer.rung, answer.also) == (Rung.ALL, [])
