"""Numbers, states, texts, plain values: small parts that everything stands on."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import IllegalMove, KeyReused
from marketplace.kernel.exports import plain_cell, safe_cell
from marketplace.kernel.idempotency import claim
from marketplace.kernel.ids import new_code, new_id
from marketplace.kernel.numbers import check_digit, is_plausible, new_number
from marketplace.kernel.pinyin import CHINESE, Style, lazy_pinyin, said_of_goods
from marketplace.kernel.plain import fingerprint
from marketplace.kernel.states import Moves
from marketplace.kernel.texts import localised
from marketplace.kernel.verbs import verb
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus, PaymentStatus, label_of


def test_codes_made_in_one_moment_differ_where_keys_cut_short_would_not():
    assert len({new_code() for _ in range(20_000)}) == 20_000
    assert len({new_id().hex[:20] for _ in range(20_000)}) < 20_000, "the control: a key's beginning is its time"


def test_a_number_carries_the_day_in_the_markets_zone_and_a_check_digit():
    late = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # the 23rd in Shanghai
    number = new_number(late, ZoneInfo("Asia/Shanghai"))
    assert number.startswith("261123-") and len(number) == 14
    assert is_plausible(number)


@given(digits=st.text("0123456789", min_size=12, max_size=12), place=st.integers(0, 11), other=st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(digits, place, other):
    wrong = digits[:place] + str((int(digits[place]) + other) % 10) + digits[place + 1 :]
    assert check_digit(digits) != check_digit(wrong)


@pytest.mark.parametrize("text", ["", "261123", "261123-080417x", "２６１１２３-0804173"])
def test_what_is_no_number_is_not_plausible(text):
    assert not is_plausible(text)


def test_a_move_that_is_not_in_the_table_is_refused():
    moves = Moves({"a": {"b"}, "b": set()})
    moves.check("a", "b")
    assert moves.is_final("b")
    with pytest.raises(IllegalMove):
        moves.check("b", "a")
    with pytest.raises(ValueError, match="without a line"):
        Moves({"a": {"nowhere"}})


def test_every_standing_of_an_order_has_a_label():
    for status in OrderStatus:
        for payment in PaymentStatus:
            for fulfilment in FulfilmentStatus:
                assert label_of(status, payment, fulfilment).label


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({"zh-hans": "杯", "en": "Cup"}, "en", ("Cup", "en")),
        ({"zh-hans": "杯"}, "en", ("杯", "zh-hans")),
        ({"zh-hant": "杯", "en": "Cup"}, "zh-hans", ("杯", "zh-hant")),
        ({"zh-hans": "", "en": "Cup"}, "zh-hans", ("Cup", "en")),
        ({}, "en", ("", "en")),
    ],
)
def test_a_text_comes_in_the_next_best_language_and_says_which(texts, language, expected):
    assert tuple(localised(texts, language)) == expected


def test_equal_inputs_have_equal_prints_whatever_their_order():
    key = uuid4()
    assert fingerprint({"a": key, "b": [1, 2]}) == fingerprint({"b": [1, 2], "a": str(key)})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


@pytest.mark.django_db
def test_a_key_is_claimed_once_and_refused_for_other_input():
    first = claim(scope="test", key="k", asked={"n": 1})
    first.keep({"made": 7})
    again = claim(scope="test", key="k", asked={"n": 1})
    assert (first.first, again.first, again.result) == (True, False, {"made": 7})
    with pytest.raises(KeyReused):
        claim(scope="test", key="k", asked={"n": 2})
    assert claim(scope="other", key="k", asked={"n": 2}).first


def test_a_verb_takes_keywords_and_says_who_acts():
    with pytest.raises(TypeError, match="keyword"):

        @verb
        def positional(x, *, by):
            return x

    with pytest.raises(TypeError, match="`by`"):

        @verb
        def nobody(*, x):
            return x


@given(text=st.text(st.sampled_from("'=+-@\t\r\n1a"), max_size=6))
def test_a_cell_made_safe_says_what_it_said_and_never_begins_as_a_formula(text):
    cell = safe_cell(text)
    assert plain_cell(cell) == text
    assert cell == text or cell.startswith("'")


@given(st.text(st.sampled_from("茶杯行重乐单长给〇㐀𠀀ab1Zß·女绿"), min_size=1, max_size=12))
def test_a_name_of_goods_sounds_as_the_library_says_it_sign_by_sign(text):
    whole = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)
    assert said_of_goods(text) == (("".join(whole), "".join(part[:1] for part in whole)) if CHINESE.search(text) else ("", ""))


def test_words_of_goods_sound_as_they_are_said():
    assert said_of_goods("银行的音乐盒") == ("yinhangdeyinyuehe", "yhdyyh")
