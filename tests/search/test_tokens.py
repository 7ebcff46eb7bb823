"""One tokeniser for texts and questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.tokens import MOST_CHARACTERS, MOST_CLAUSES, han_grams, head_words, index_tokens, joined_neighbours, query_clauses, with_joined_neighbours
from tests.search.catalogue import CATEGORIES

NAMES = [
    "不锈钢真空保温杯 500ml", "陶瓷马克杯", "女士中长款羽绒服", "Brother TN-2110 Toner", "iPhone15Pro 256GB 手机壳", "5l空气炸锅",
    "五常大米 5公斤装", "20000 毫安时充电宝", "1.5升电水壶", "18克拉戒指", "Men's T-Shirts", "Café L'Oréal",
    "802.11ac Wi-Fi 路由器", "USB-C to HDMI cable", "蓝牙耳机（降噪）", "洗髮精", "1,000 pcs of A4 paper",
    *(name for names in CATEGORIES.values() for name in names),
]  # fmt: skip


def forms(question: str) -> list[set[tuple[str, ...]]]:
    return [{form.tokens for form in clause.forms} for clause in query_clauses(question)]


@pytest.mark.parametrize("name", NAMES)
def test_asking_for_a_name_asks_for_its_own_tokens(name):
    indexed = {*index_tokens(name), *han_grams(name)}
    assert query_clauses(name)
    for clause in query_clauses(name):
        held = [form for form in clause.forms if set(form.tokens) <= indexed]
        assert clause.forms[0] in held


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("TN-2110", ["tn", "2110", "tn2110"]),
        ("iPhone15Pro", ["iphon", "15", "pro", "iphone15pro"]),
        ("256GB", ["256", "gb", "256gb"]),
        ("15.6-inch", ["15.6", "inch", "15.6inch"]),
        ("Wi-Fi", ["wi", "fi", "wifi"]),
        ("1,000 pcs", ["1000", "pcs"]),
        ("the cables of Café L’Oréal", ["cabl", "cafe", "loreal"]),
        ("ＵＳＢ　①", ["usb", "1"]),
        ("軟體和滑鼠", ["软件", "鼠标"]),
        ("不锈钢保温杯", ["不锈", "不锈钢", "保温", "保温杯"]),
        ("5l空气炸锅", ["5", "l", "5l", "空气", "炸锅"]),
        ("ガラス 한국어 Ёлка", ["ガラス", "한국어", "елка"]),
        ("5公斤 大米", ["5", "kg", "5kg", "公斤", "大米"]),
        ("1.5 升 水壶", ["1.5", "l", "1.5l", "升", "水壶"]),
        ("2克拉", ["2", "克拉"]),
        ("的 the 和", []),
    ],
)
def test_texts_become_tokens(text, tokens):
    assert index_tokens(text) == tokens


def test_a_compound_is_asked_for_joined_or_by_all_its_parts_and_never_by_one():
    (alternatives,) = forms("ps4")
    assert {("ps4",), ("ps", "4")} <= alternatives
    assert ("ps",) not in alternatives
    assert ("4",) not in alternatives


def test_a_word_cut_otherwise_is_asked_for_by_its_characters():
    assert ("·空气",) in forms("空气炸锅")[0]
    assert ("·杯",) in forms("杯")[0]


def test_neighbours_are_joined_where_listings_know_the_word():
    clauses = query_clauses("head sets")
    assert joined_neighbours(clauses) == [(0, "headset")]
    assert all(("headset",) in {form.tokens for form in clause.forms} for clause in with_joined_neighbours(clauses, {"headset"}))
    assert with_joined_neighbours(clauses, set()) == clauses


def test_a_word_asked_twice_is_one_clause():
    assert len(query_clauses("mug mug MUGS 杯子 杯子")) == 2


@pytest.mark.parametrize(("name", "words"), [("Cups & Mugs", ["cup", "mug"]), ("Mouse Pads", ["pad"]), ("杯子和水壶", ["杯子", "水壶"]), ("和服", ["和服"])])
def test_a_categorys_name_is_about_its_last_word(name, words):
    assert head_words(name) == words


@pytest.mark.parametrize(
    "text",
    ["", " ", "😀", "\x00\x01", "\ud800", "' | & ! : * \\ ( )", "-._-", "x" * 10_000, "杯" * 10_000, "a-" * 5000, "9" * 10_000, "\ufdfa" * 500],
)
def test_no_text_is_too_much(text):
    tokens = [*index_tokens(text), *han_grams(text)]
    assert all(0 < len(token) <= MOST_CHARACTERS for token in tokens)
    assert len(query_clauses(text)) <= MOST_CLAUSES


@given(st.text(max_size=300))
def test_tokens_hold_nothing_that_would_need_quoting(text):
    tokens = [*index_tokens(text), *han_grams(text), *(token for clause in query_clauses(text) for form in clause.forms for token in form.tokens)]
    for token in tokens:
        assert token
        assert not set(token) & set(" \t\n'\"\\&|!:*()<>\x00")
        assert len(token) <= MOST_CHARACTERS + 1
        assert not any(character.isspace() for character in token)


@pytest.mark.parametrize("title", ["大米 5kg", "大米 5 kg", "大米 5公斤", "大米 5 千克", "大米５ＫＧ", "rice 5-kg"])
@pytest.mark.parametrize("asked", ["5kg", "5 kg", "5公斤", "5 公斤", "5千克", "5 KG"])
def test_a_measure_is_found_however_it_is_written(title, asked):
    indexed = {*index_tokens(title), *han_grams(title)}
    assert all(any(set(form.tokens) <= indexed for form in clause.forms) for clause in query_clauses(asked))


@pytest.mark.parametrize("title", ["iPhone 15 Pro 256GB", "iPhone15Pro 256 GB", "iphone-15-pro 256gb", "IPHONE15 PRO 256GB"])
@pytest.mark.parametrize("asked", ["iphone 15 pro", "iphone15pro", "iphone15 pro", "iphone-15pro", "iPhone 15Pro 256gb", "iphone15pro 256 gb"])
def test_a_model_is_found_however_it_is_parted(title, asked):
    indexed = set(index_tokens(title))
    assert all(any(set(form.tokens) <= indexed for form in clause.forms) for clause in query_clauses(asked))
