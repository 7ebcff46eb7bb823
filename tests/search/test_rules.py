"""What the operator sets for words, the same for both backends: on one small shelf that no test changes."""

from __future__ import annotations

from typing import Any

import pytest

from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.postgres import PostgresBackend
from search.contract import Query, Sort
from search.models import SearchRule
from search.rules import trying
from search.words import ask
from tests.search.catalogue import doc, generated, key
from tests.search.conftest import UNHURRIED_S, an_index, index_name

TRAINER, SHOE, BOOT, CLOGS, MUG, GIFT = (key(name) for name in ("trainer", "shoe", "boot", "clogs", "mug", "gift"))


@pytest.fixture(scope="module", params=["postgres", "elasticsearch"])
def shelf(request, own_database):
    index = an_index(request)
    index.rebuild([
        doc("Red trainers", name="trainer", names=["运动鞋", "Trainers"], path=[1, 11], brand=5, shop=1, price=100_00, popularity=3),
        doc("Running shoe for men", name="shoe", names=["跑鞋", "Running shoes"], path=[1, 12], brand=6, shop=1, price=200_00, popularity=2),
        doc("Leather boot", name="boot", names=["靴子", "Boots"], path=[1, 13], brand=5, shop=2, price=300_00, popularity=50),
        doc("Garden clogs, red", name="clogs", names=["木屐", "Clogs"], path=[1, 14], brand=7, shop=2, price=50_00, popularity=9, in_stock=False),
        doc("手提电脑 laptop", name="mug", names=["笔记本电脑", "Laptops"], path=[2, 21], brand=8, shop=3, price=5000_00, popularity=1),
        doc("Wrapping paper", name="gift", names=["包装纸", "Wrapping"], path=[2, 22], shop=3, price=5_00, popularity=0),
    ])  # fmt: skip
    yield index
    index.forget()


def rule(kind: str, *words: str, language: str = "", **body: Any) -> SearchRule:
    return SearchRule(kind=kind, language=language, body={"words": list(words), **body})


def pins(*words: str, of: tuple[Any, ...], **body: Any) -> SearchRule:
    return rule("pins", *words, listings=[str(each) for each in of], **body)


def weight(*words: str, on: str, of: Any, factor: float, **body: Any) -> SearchRule:
    return rule("weight", *words, on=on, key=str(of) if on == "listing" else of, factor=factor, **body)


class TestSynonyms:
    def test_each_word_of_a_group_finds_the_others(self, shelf):
        assert shelf.ask("sneakers").total == 0
        with trying([rule("synonyms", "sneaker", "trainers", "running shoes")]):
            assert set(shelf.ask("sneakers").ids) == {TRAINER, SHOE}
            assert shelf.ask("TRAINER").ids == [TRAINER, SHOE]  # what says the word itself stands first, although it sells no better
            assert shelf.ask("running shoe").ids == [SHOE, TRAINER]
            assert set(shelf.ask("red sneaker").ids) == {TRAINER}

    def test_of_one_way_only_what_is_typed_finds_the_other(self, shelf):
        with trying([rule("leads", "footwear", into=["boot", "clogs"])]):
            assert set(shelf.ask("footwear").ids) == {BOOT, CLOGS}
            assert shelf.ask("boot").ids == [BOOT]
            assert set(shelf.ask("clogs").ids) == {CLOGS}

    def test_chinese_words_are_synonyms_however_they_are_cut(self, shelf):
        with trying([rule("synonyms", "上网本", "手提电脑")]):
            assert shelf.ask("上网本").ids == [MUG]
            assert shelf.ask("上網本").ids == [MUG]

    def test_a_rule_for_pages_in_a_language_holds_there_alone(self, shelf):
        with trying([rule("synonyms", "sneaker", "trainers", language="en")]):
            assert shelf.ask("sneaker", language="en").ids == [TRAINER]
            assert shelf.ask("sneaker", language="zh-hans").total == 0 == shelf.ask("sneaker").total

    def test_a_synonym_that_is_rare_does_not_outdo_the_word_as_typed(self, shelf):
        with trying([rule("synonyms", "red", "wrapping")]):
            asked = ask("red")
            (form,) = [form for form in asked.words[0].forms if form.synonym and not form.is_marks]
            assert asked.idf("wrap") > asked.idf("red")
            assert form.weight * asked.idf("wrap") == pytest.approx(0.9 * asked.idf("red"))
            assert set(shelf.ask("red").ids) == {TRAINER, CLOGS, GIFT}

    def test_an_unknown_word_with_a_synonym_is_not_read_otherwise(self, shelf):
        with trying([rule("leads", "bootz", into=["clogs"])]):
            answer = shelf.ask("bootz")
            assert (answer.ids, answer.read_as) == ([CLOGS], "")
        assert shelf.ask("bootz").read_as == "boot"


class TestStops:
    def test_a_word_that_tells_nothing_is_left_out_where_others_remain(self, shelf):
        with trying([rule("stops", "cheap", "free shipping")]):
            for text in ("cheap boot", "boot free shipping", "cheap boot with free shipping"):
                answer = shelf.ask(text)
                assert (answer.ids, answer.rung, answer.total) == ([BOOT], 0, 1), text
            assert shelf.ask("cheap").total == 0
            assert [word.typed for word in ask("free boot").words] == ["free", "boot"]  # one of the two words alone tells something
        assert shelf.ask("cheap boot").rung == 1


class TestPins:
    def test_goods_stand_first_in_their_order_whether_they_hold_the_words_or_not(self, shelf):
        with trying([pins("red", of=(GIFT, CLOGS))]):
            answer = shelf.ask("RED")
            assert (answer.ids, answer.total) == ([GIFT, CLOGS, TRAINER], 3)
            assert sum(count.count for count in answer.categories) == 3
            assert [shelf.ask("red", size=1, page=page).ids for page in (1, 2, 3)] == [[GIFT], [CLOGS], [TRAINER]]

    def test_only_where_they_hold_under_the_filters_and_can_be_found(self, shelf):
        with trying([pins("red", of=(GIFT, key("nowhere"), CLOGS))]):
            assert shelf.ask("red", shops=frozenset({2})).ids == [CLOGS]
            assert shelf.ask("red", category=1, in_stock=True).ids == [TRAINER]
            assert shelf.ask("red", price_to=10_00).ids == [GIFT]

    def test_other_orders_than_the_best_match_are_as_they_are(self, shelf):
        with trying([pins("red", of=(CLOGS,))]):
            assert shelf.ask("red", sort=Sort.PRICE_DOWN).ids == [TRAINER, CLOGS]

    def test_a_search_that_finds_nothing_finds_them(self, shelf):
        with trying([pins("valentine's day", of=(GIFT,))]):
            assert shelf.ask("valentine").ids == []
            assert [shelf.ask(text).ids for text in ("Valentine's Day", "day, valentine", "valentines days")] == [[GIFT]] * 3

    def test_for_exactly_the_words_or_with_others_beside_them(self, shelf):
        with trying([pins("leather", of=(MUG,))]):
            assert shelf.ask("leather").ids == [MUG, BOOT]
            assert shelf.ask("leather boot").ids == [BOOT]
        with trying([pins("leather", of=(MUG,), how="holds")]):
            assert shelf.ask("leather boot").ids == [MUG, BOOT]
            assert shelf.ask("boot").ids == [BOOT]

    def test_below_few_matches_they_do_not_come_twice(self, shelf):
        with trying([pins("red clogs", of=(BOOT, TRAINER))]):
            answer = shelf.ask("red clogs")
            assert (answer.ids, answer.also) == ([BOOT, TRAINER, CLOGS], [])


class TestHigherAndLower:
    @pytest.mark.parametrize(("on", "of"), [("category", 14), ("brand", 7), ("shop", 2), ("listing", CLOGS)])
    def test_what_is_set_higher_or_lower_moves_and_nothing_else_is_found(self, shelf, on, of):
        assert shelf.ask("red").ids == [TRAINER, CLOGS]
        with trying([weight("red", on=on, of=of, factor=5)]):
            answer = shelf.ask("red")
            assert (answer.ids, answer.total) == ([CLOGS, TRAINER], 2)
            assert shelf.ask("red", sort=Sort.PRICE_DOWN).ids == [TRAINER, CLOGS]
        with trying([weight("red", on=on, of=of, factor=5), weight("red", on=on, of=of, factor=0.2)]):
            assert shelf.ask("red").ids == [TRAINER, CLOGS]

    def test_a_wider_category_takes_what_lies_below_it(self, shelf):
        with trying([rule("leads", "things", into=["red", "laptop"]), weight("things", on="category", of=2, factor=5)]):
            assert shelf.ask("things").ids[0] == MUG
        with trying([rule("leads", "things", into=["red", "laptop"]), weight("things", on="category", of=2, factor=0.2)]):
            assert shelf.ask("things").ids[-1] == MUG


class TestShares:
    def test_what_is_out_of_stock_stands_below_what_is_alike(self, own_database, request):
        index = an_index_of(request, "postgres")
        index.rebuild([doc("Blue vase", name=n, in_stock=n > 2, popularity=10 - n) for n in range(5)])
        assert index.ask("vase").ids == [key(n) for n in (3, 4, 0, 1, 2)]

    def test_shares_of_sales_and_newness_are_settings(self, shelf, settings):
        both = [rule("synonyms", "shoe", "boot")]
        with trying(both):
            assert shelf.ask("shoe").ids == [SHOE, BOOT]
            settings.SEARCH_FOR_SALES = 2.0
            assert shelf.ask("shoe").ids == [BOOT, SHOE]


def an_index_of(request, name):
    request.param = name
    return an_index(request)


@pytest.fixture(scope="module")
def both(own_database, elasticsearch_url):
    docs = list(generated(800))
    postgres, elastic = PostgresBackend(), ElasticsearchBackend(elasticsearch_url, index_name(), timeout_s=UNHURRIED_S)
    assert postgres.rebuild(docs) == elastic.rebuild(docs) == 800
    yield postgres, elastic
    elastic.drop()


def test_under_rules_both_backends_count_alike_and_rank_nearly_alike(both):
    postgres, elastic = both
    rows = [
        rule("synonyms", "headphones", "耳机", "silent keyboards"),
        rule("stops", "premium"),
        pins("cups", of=(key(3), key(700), key(5)), how="holds"),
        weight("cups", on="brand", of=1, factor=5, how="holds"),
        weight("ceramic", on="category", of=1, factor=0.2, how="holds"),
        weight("ceramic", on="shop", of=2, factor=2),
    ]
    shared = []
    with trying(rows):
        for text in ("headphones", "premium cups", "ceramic", "ceramic cups", "耳机 wireless", "silent keyboards", "travel cups zebra"):
            for query in (Query(text=text), Query(text=text, brands=frozenset({1, 2})), Query(text=text, sort=Sort.NEWEST)):
                ours, theirs = postgres.search(query), elastic.search(query)
                for part in ("total", "rung", "categories", "brands", "shops", "attributes", "price_from", "price_to"):
                    assert getattr(ours, part) == getattr(theirs, part), (query, part)
                shared.append(len({*(ours.ids + ours.also)[:10]} & {*(theirs.ids + theirs.also)[:10]}) / max(len((ours.ids + ours.also)[:10]), 1))
                if query.sort == Sort.RELEVANCE and "cups" in text and not query.brands:
                    assert ours.ids[:3] == theirs.ids[:3] == [key(3), key(700), key(5)]
    assert sum(shared) / len(shared) >= 0.8


HIGHER = [pins("red", of=(TRAINER,)), weight("red", on="category", of=11, factor=2), weight("red", on="listing", of=TRAINER, factor=2)]


@pytest.mark.parametrize("set_higher", HIGHER)
def test_of_more_than_is_ranked_what_was_set_higher_is_ranked_although_others_are_more_popular(shelf, set_higher, monkeypatch):
    monkeypatch.setattr("search.backends.postgres.RANKED", 1)
    monkeypatch.setattr("search.backends.postgres.REACH", 1)
    with trying([set_higher]):
        answer = shelf.ask("red")
    assert (answer.total, answer.ids) == (2, [TRAINER, CLOGS])
