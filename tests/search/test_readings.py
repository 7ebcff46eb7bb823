"""Questions that say something else than was typed: both backends answer what was meant, and say so."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.contract import Rung
from search.lexicon import Lexicon, ended_like
from search.tokens import stem
from tests.search.catalogue import doc, key
from tests.search.conftest import an_index

FLASK, MUG, PHONES, KEYS, ROLL, BATTERY, CRAYONS = (key(name) for name in ("flask", "mug", "phones", "keys", "roll", "battery", "crayons"))


@pytest.fixture(scope="module", params=["postgres", "elasticsearch"])
def shelf(request, own_database):
    index = an_index(request)
    index.rebuild([
        doc("不锈钢保温杯 Vacuum flask", name="flask", names=["保温杯", "Flasks"], path=[1, 12], popularity=5),
        doc("大肚早餐杯 Breakfast mug", name="mug", names=["杯子", "Mugs"], path=[1, 11]),
        doc("蓝牙降噪耳机 Wireless headphones", name="phones", names=["耳机", "Headphones"], path=[2, 21], aside=["银色 Silver"]),
        doc("机械键盘 Mechanical keyboard TN-2110", name="keys", names=["键盘", "Keyboards"], path=[2, 23], brand=3),
        doc("春卷皮 Spring roll wrappers", name="roll", names=["面皮", "Wrappers"], path=[3, 31]),
        doc("蜂蜡蜡笔 Crayons", name="crayons", names=["画笔", "Crayons"], path=[5, 51]),
        doc("Rechargeable battery", name="battery", names=["Batteries"], path=[4, 41]),
    ])  # fmt: skip
    yield index
    index.forget()


@pytest.mark.parametrize(
    ("text", "read_as", "found"),
    [
        ("keybord", "keyboard", {KEYS}),
        ("wireles headpohnes", "wireless headphones", {PHONES}),
        ("mechanical keybaord", "mechanical keyboard", {KEYS}),
        ("battry", "battery", {BATTERY}),
        ("silvr headphones", "silver headphones", {PHONES}),
        ("wirelessheadphones", "wireless headphones", {PHONES}),
        ("baowenbei", "保温杯", {FLASK}),
        ("bao wen bei", "保温杯", {FLASK}),
        ("vacuum baowenbei", "vacuum 保温杯", {FLASK}),
        ("baowenbei buxiugang", "保温杯 不锈钢", {FLASK}),
        ("lanya erji", "蓝牙 耳机", {PHONES}),
        ("ddzcb", "大肚早餐杯", {MUG}),
        ("jxjp", "机械键盘", {KEYS}),
        ("fenglalabi", "蜂蜡蜡笔", {CRAYONS}),
        ("fllb", "蜂蜡蜡笔", {CRAYONS}),
        ("保文杯", "保温杯", {FLASK}),
        ("肌械键盘", "机械键盘", {KEYS}),
        ("蓝牙尔机", "蓝牙耳机", {PHONES}),
        ("大肚早杯", "大肚早餐杯", {MUG}),
        ("大早餐肚杯", "大早餐 肚 杯", {MUG}),
        ("mug", "", {MUG}),
    ],
)
def test_what_was_meant_is_found_and_said(shelf, text, read_as, found):
    answer = shelf.ask(text)
    assert (set(answer.ids), answer.rung) == (found, 0)
    assert answer.read_as == read_as
    if read_as:
        assert answer.ids == shelf.ask(read_as).ids
        assert answer.total == shelf.ask(read_as).total


def test_who_wants_the_words_as_typed_gets_them(shelf):
    assert shelf.ask("keybord", as_typed=True).total == 0
    answer = shelf.ask("mechanical keybord", as_typed=True)
    assert (answer.ids, answer.rung, answer.read_as) == ([KEYS], 1, "")


@pytest.mark.parametrize("text", ["xqzwv", "tn-2119", "20215", "鑫淼", "ceramic zebra", "llll", "lalala", "flllb"])
def test_where_nothing_comes_near_nothing_is_made_up(shelf, text):
    answer = shelf.ask(text)
    assert (answer.total, answer.read_as) == (0, "")


def test_a_word_that_listings_know_is_never_read_otherwise(shelf):
    answer = shelf.ask("roll keyboard")
    assert (answer.ids, answer.also, answer.dropped, answer.rung, answer.read_as) == ([KEYS], [ROLL], ("roll",), Rung.FEWER, "")


def test_where_no_listing_holds_all_words_of_the_reading_one_is_left_out_and_both_is_said(shelf):
    answer = shelf.ask("mechanical hedphones")
    assert (answer.ids, answer.also, answer.rung, answer.read_as) == ([PHONES], [KEYS], Rung.FEWER, "mechanical headphones")
    assert answer.dropped == ("mechanical",)


def test_filters_narrow_what_was_meant_and_never_change_it(shelf):
    free = shelf.ask("keybord")
    for count in free.brands:
        chosen = shelf.ask("keybord", brands=frozenset({count.id}))
        assert (chosen.total, chosen.read_as) == (count.count, free.read_as)
    assert shelf.ask("keybord", brands=frozenset({99})).total == 0


class TestLexicon:
    TERMS = [("·保温", 9), ("·温杯", 4), ("·茶杯", 7), ("·早餐", 2), ("·餐杯", 2), ("headphon", 40), ("keyboard", 20), ("=silver", 3), ("key", 5), ("board", 6)]

    @pytest.fixture
    def lexicon(self):
        return Lexicon.of(self.TERMS)

    def test_nearest_comes_first_then_what_more_listings_have(self):
        near = Lexicon.of([("lamp", 1), ("lump", 9), ("camp", 50), ("limpet", 3)])
        assert near.nearest("lomp") == ["lump", "lamp"]
        assert near.nearest("lam") == []

    def test_short_words_have_one_wrong_letter_and_long_ones_two(self, lexicon):
        assert lexicon.nearest("kexbaord") == ["keyboard"]
        assert lexicon.nearest("silvr") == ["silver"]
        assert lexicon.nearest("sivlxr") == ["silver"]
        assert lexicon.nearest("slvr") == lexicon.nearest("kxxbaord") == []

    def test_a_word_is_ended_as_it_was_typed(self):
        assert ended_like("headphon", "headpohnes") == "headphones"
        assert ended_like("batteri", "battry") == "battery"
        assert ended_like("batteri", "baterries") == "batteries"
        assert ended_like("televis", "televison") == "television"
        assert stem(ended_like("accessori", "accesory")) == "accessori"

    def test_pinyin_is_read_only_where_its_characters_stand_together_in_listings(self, lexicon):
        assert lexicon.spelt(["baowenbei"]) == lexicon.spelt(["bao", "wen", "bei"]) == ["保温杯"]
        assert lexicon.spelt(["baobei"]) == lexicon.spelt(["bei"]) == []
        assert lexicon.begun("bwb") == ["保温杯"]
        assert lexicon.begun("bw") == lexicon.begun("bwx") == []

    def test_a_wrong_sign_of_the_same_sound_is_mended_and_one_left_out_is_put_in(self, lexicon):
        assert lexicon.mended("保文杯")[0] == "保温杯"
        assert "早餐杯" in lexicon.mended("早杯")
        assert lexicon.mended("杯茶") == ["茶杯"]
        assert lexicon.mended("鑫淼") == []

    @given(st.text(alphabet="abeghinuox", max_size=40))
    def test_no_word_takes_long(self, word):
        lexicon = Lexicon.of(self.TERMS)
        began = time.perf_counter()
        lexicon.spelt([word])
        lexicon.begun(word)
        lexicon.nearest(word)
        lexicon.parted(word)
        assert time.perf_counter() - began < 0.5

    def test_a_long_row_of_syllables_takes_no_time(self, lexicon):
        began = time.perf_counter()
        assert lexicon.spelt(["baobeiwen" * 4 + "x"]) == []
        assert time.perf_counter() - began < 0.5
