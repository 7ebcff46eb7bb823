"""What search finds, counts and sorts, the same for both backends: on one small shelf that no test changes."""

from __future__ import annotations

import pytest

from search.contract import REACH, Count, Rung, Sort
from search.tokens import MOST_CLAUSES
from tests.search.catalogue import doc, key
from tests.search.conftest import an_index

MUG, FLASK, POT, TONER, PHONE = (key(name) for name in ("mug", "flask", "pot", "toner", "phone"))
WHITE, BLACK, CERAMIC, STEEL = 101, 102, 201, 202
COLOUR, MATERIAL = 1, 2


@pytest.fixture(scope="module", params=["postgres", "elasticsearch"])
def shelf(request, own_database):
    """Five listings: two shops, three brands, a tree of categories, two attributes."""
    index = an_index(request)
    index.rebuild([
        doc("陶瓷马克杯 Ceramic mug", name="mug", names=["杯子", "Cups"], path=[1, 11], brand=5, shop=1, values=[(COLOUR, WHITE), (MATERIAL, CERAMIC)],
            aside=["白色 White", "陶瓷 Ceramic"], price=39_00, popularity=50, published=100),
        doc("不锈钢真空保温杯 500ml Vacuum flask", name="flask", names=["保温杯", "Flasks"], path=[1, 12], brand=6, shop=1,
            values=[(COLOUR, BLACK), (MATERIAL, STEEL)], aside=["黑色 Black", "不锈钢 Stainless steel"], price=129_00, popularity=80, published=200),
        doc("紫砂茶壶 Clay teapot", name="pot", names=["茶壶", "Teapots"], path=[1, 13, 131], brand=5, shop=2, values=[(COLOUR, BLACK)],
            aside=["黑色 Black"], price=399_00, popularity=10, published=300, in_stock=False),
        doc("Brother TN-2110 toner", name="toner", names=["硒鼓", "Toners"], path=[2, 21], brand=7, shop=2, values=[(COLOUR, BLACK)], aside=["黑色 Black"],
            text="A black cartridge for laser printers. 軟體和滑鼠 not included.", price=259_00, popularity=5, published=400),
        doc("iPhone15Pro 256GB phone", name="phone", names=["手机", "Phones"], path=[2, 22], shop=2, values=[(COLOUR, WHITE)], aside=["白色 White"],
            price=7999_00, popularity=99, published=500),
    ])  # fmt: skip
    yield index
    index.forget()


class TestWords:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("马克杯", {MUG}),
            ("陶瓷 马克杯", {MUG}),
            ("杯", {MUG, FLASK}),
            ("保温杯", {FLASK}),
            ("保溫杯", {FLASK}),
            ("真空杯", {FLASK}),
            ("mugs", {MUG}),
            ("CERAMIC Mug", {MUG}),
            ("陶瓷 mug", {MUG}),
            ("tn-2110", {TONER}),
            ("TN2110", {TONER}),
            ("tn 2110", {TONER}),
            ("brother toner", {TONER}),
            ("iphone 15 pro", {PHONE}),
            ("iphone15pro", {PHONE}),
            ("256gb", {PHONE}),
            ("500 ml", {FLASK}),
            ("软件 鼠标", {TONER}),
            ("軟體 滑鼠", {TONER}),
            ("白色", {MUG, PHONE}),
            ("red", set()),
            ("white mug", {MUG}),
            ("the mug", {MUG}),
        ],
    )
    def test_all_words_are_held_in_one_form_or_another(self, shelf, text, found):
        answer = shelf.ask(text)
        assert (set(answer.ids) if answer.rung == 0 else set()) == found
        assert answer.total == len(answer.ids)
        assert answer.backend == shelf.backend.name

    def test_where_no_listing_holds_all_words_the_least_useful_is_left_out(self, shelf):
        answer = shelf.ask("ceramic toner")
        assert (answer.rung, answer.dropped, answer.ids, answer.total, answer.also) == (Rung.FEWER, ("ceramic",), [TONER], 1, [MUG])
        assert {count.id: count.count for count in answer.brands} == {7: 1}

    def test_below_few_matches_stand_those_that_hold_some_of_the_words(self, shelf):
        answer = shelf.ask("黑色 保温杯")
        assert (answer.rung, answer.ids, answer.total) == (0, [FLASK], 1)
        assert set(answer.also) == {POT, TONER}
        assert shelf.ask("黑色 保温杯", sort=Sort.PRICE_UP).also == [] == shelf.ask("黑色").also
        assert set(shelf.ask("黑色 保温杯", shops=frozenset({2})).ids) == {POT, TONER}

    def test_some_words_of_a_shop_are_better_than_nothing(self, shelf):
        answer = shelf.ask("ceramic mug 黑色", shops=frozenset({2}))
        assert (answer.rung, set(answer.ids), answer.total) == (Rung.SOME, {POT, TONER}, 2)
        assert {count.id: count.count for count in answer.brands} == {5: 1, 7: 1}

    @pytest.mark.parametrize("text", ["", "   ", "😀", "the", "' | & ! : * \\ ( )", "\x00", "\ud800"])
    def test_text_without_a_word_is_no_text(self, shelf, text):
        answer = shelf.ask(text)
        assert answer.ids == [PHONE, FLASK, MUG, POT, TONER]
        assert (answer.total, answer.rung) == (5, 0)

    @pytest.mark.parametrize(
        "text", ["mug' | 'x", "'; DROP TABLE search_searchdoc; --", "mug:* & !pot", "\\'mug\\", '{"match_all": {}}', "mug " * 3000, "杯" * 10_000, "a" * 10_000,
                 " ".join(f"word{n}" for n in range(10 * MOST_CLAUSES)), "\x00mug", "*", "~2", "~docs", "=white", "^mug"],
    )  # fmt: skip
    def test_signs_and_long_texts_are_words_or_nothing(self, shelf, text):
        shelf.ask(text)
        assert shelf.ask("mug").ids == [MUG]


class TestFilters:
    def test_a_category_holds_everything_below_it(self, shelf):
        assert set(shelf.ask(category=1).ids) == {MUG, FLASK, POT}
        assert shelf.ask(category=131).ids == [POT] == shelf.ask(category=13).ids
        assert shelf.ask(category=99).ids == []

    def test_counts_are_of_the_children_of_the_asked_category(self, shelf):
        assert shelf.ask().categories == [Count(1, 3), Count(2, 2)]
        assert shelf.ask(category=1).categories == [Count(11, 1), Count(12, 1), Count(13, 1)]
        assert shelf.ask("黑色", category=1).categories == [Count(12, 1), Count(13, 1)]
        assert shelf.ask(category=131).categories == []

    def test_brands_shops_and_values(self, shelf):
        assert set(shelf.ask(brands=frozenset({5})).ids) == {MUG, POT}
        assert set(shelf.ask(brands=frozenset({5, 7})).ids) == {MUG, POT, TONER}
        assert set(shelf.ask(shops=frozenset({2})).ids) == {POT, TONER, PHONE}
        assert set(shelf.ask(values={COLOUR: frozenset({BLACK})}).ids) == {FLASK, POT, TONER}
        assert set(shelf.ask(values={COLOUR: frozenset({BLACK, WHITE}), MATERIAL: frozenset({CERAMIC, STEEL})}).ids) == {MUG, FLASK}
        assert set(shelf.ask(brands=frozenset({5}), shops=frozenset({2}), values={COLOUR: frozenset({BLACK})}).ids) == {POT}

    def test_both_ends_of_a_price_are_included(self, shelf):
        assert set(shelf.ask(price_from=129_00, price_to=399_00).ids) == {FLASK, POT, TONER}
        assert set(shelf.ask(price_from=129_01).ids) == {POT, TONER, PHONE}
        assert set(shelf.ask(price_to=39_00).ids) == {MUG}
        assert shelf.ask(price_from=10, price_to=5).ids == []

    def test_among_keys_and_every_count_is_of_them(self, shelf):
        answer = shelf.ask(among=frozenset({MUG, FLASK}))
        assert set(answer.ids) == {MUG, FLASK} and answer.total == 2 and sum(brand.count for brand in answer.brands) <= 2
        assert shelf.ask(among=frozenset()).total == 0

    def test_in_stock(self, shelf):
        assert set(shelf.ask(in_stock=True, category=1).ids) == {MUG, FLASK}

    def test_everything_is_counted_without_a_choice(self, shelf):
        answer = shelf.ask()
        assert answer.brands == [Count(5, 2), Count(6, 1), Count(7, 1)]
        assert answer.shops == [Count(2, 3), Count(1, 2)]
        assert answer.attributes == {COLOUR: [Count(BLACK, 3), Count(WHITE, 2)], MATERIAL: [Count(CERAMIC, 1), Count(STEEL, 1)]}
        assert list(answer.attributes) == [COLOUR, MATERIAL]
        assert (answer.price_from, answer.price_to) == (39_00, 7999_00)
        assert answer.prices == [Count(20_00, 1), Count(100_00, 1), Count(200_00, 2), Count(5000_00, 1)]
        assert not answer.is_estimate

    def test_a_choice_leaves_the_counts_of_its_own_group_and_narrows_the_others(self, shelf):
        free, chosen = shelf.ask(), shelf.ask(values={COLOUR: frozenset({BLACK})})
        assert chosen.attributes[COLOUR] == free.attributes[COLOUR]
        assert chosen.attributes[MATERIAL] == [Count(STEEL, 1)]
        assert chosen.brands == [Count(5, 1), Count(6, 1), Count(7, 1)]
        assert chosen.total == 3

    def test_each_chosen_group_counts_as_if_only_the_others_were_chosen(self, shelf):
        answer = shelf.ask(brands=frozenset({5}), values={COLOUR: frozenset({BLACK})}, price_to=300_00)
        assert (answer.ids, answer.total) == ([], 0)
        assert answer.brands == [Count(6, 1), Count(7, 1)]
        assert answer.attributes == {COLOUR: [Count(WHITE, 1)]}
        assert (answer.price_from, answer.price_to) == (399_00, 399_00)
        assert answer.shops == []

    def test_the_counts_say_what_one_will_see(self, shelf):
        answer = shelf.ask(shops=frozenset({2}))
        for count in answer.attributes[COLOUR]:
            assert shelf.ask(shops=frozenset({2}), values={COLOUR: frozenset({count.id})}).total == count.count
        for count in answer.categories:
            assert shelf.ask(shops=frozenset({2}), category=count.id).total == count.count

    def test_numbers_beyond_all_bounds_find_nothing(self, shelf):
        huge = 10**30
        assert shelf.ask(category=huge).total == 0
        assert shelf.ask(category=-huge, brands=frozenset({huge}), shops=frozenset({-huge}), values={huge: frozenset({huge})}).total == 0
        for none in (0, -1):  # of what has no brand either
            answer = shelf.ask(brands=frozenset({none}), shops=frozenset({none}))
            assert (answer.total, answer.ids) == (0, [])
            assert (shelf.ask(brands=frozenset({none})).total, shelf.ask(values={COLOUR: frozenset({none})}).total) == (0, 0)
        assert shelf.ask(price_from=huge).total == 0
        assert shelf.ask(price_from=-huge, price_to=huge).total == 5
        assert shelf.ask(page=huge).ids == []
        assert shelf.ask(page=-huge, size=huge).total == 5
        assert shelf.ask(values={COLOUR: frozenset()}).total == 5


class TestOrder:
    @pytest.mark.parametrize(
        ("sort", "order"),
        [
            (Sort.RELEVANCE, [PHONE, FLASK, MUG, POT, TONER]),
            (Sort.POPULAR, [PHONE, FLASK, MUG, POT, TONER]),
            (Sort.NEWEST, [PHONE, TONER, POT, FLASK, MUG]),
            (Sort.PRICE_UP, [MUG, FLASK, TONER, POT, PHONE]),
            (Sort.PRICE_DOWN, [PHONE, POT, TONER, FLASK, MUG]),
        ],
    )
    def test_orders(self, shelf, sort, order):
        assert shelf.ask(sort=sort).ids == order
        if sort != Sort.RELEVANCE:
            assert shelf.ask("黑色", sort=sort).ids == [one for one in order if one in (FLASK, POT, TONER)]

    def test_paging_ends_where_the_contract_says(self, shelf):
        assert shelf.ask(page=REACH).ids == []
