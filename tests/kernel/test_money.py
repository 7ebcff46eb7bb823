"""Money is exact: whole minor units, shares that add up, and no silent mixing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.formats import format_money, money_parts
from marketplace.kernel.money import CurrencyMismatch, Money, NotAnAmount


def test_ten_yuan_over_three_lines_loses_no_cent():
    assert [share.minor for share in Money(1000, "CNY").split([1, 1, 1])] == [334, 333, 333]


@given(amount=st.integers(-(10**12), 10**12), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_shares_always_add_up_to_the_whole_and_keep_its_sign(amount, weights):
    shares = Money(amount, "CNY").split(weights)
    assert sum(share.minor for share in shares) == amount
    assert all(share.minor * amount >= 0 for share in shares)


@given(amount=st.integers(0, 10**9), weights=st.lists(st.integers(1, 1000), min_size=2, max_size=12))
def test_a_share_is_never_more_than_one_unit_from_its_exact_part(amount, weights):
    for share, weight in zip(Money(amount, "CNY").split(weights), weights, strict=True):
        assert abs(Decimal(share.minor) - Decimal(amount) * weight / sum(weights)) < 1


@pytest.mark.parametrize(("minor", "factor", "expected"), [(34900, "0.06", 2094), (1, "0.5", 1), (3, "0.5", 2), (-1, "0.5", -1), (333, "0.015", 5)])
def test_a_product_rounds_half_up_once(minor, factor, expected):
    assert Money(minor, "CNY").times(Decimal(factor)).minor == expected


@pytest.mark.parametrize(
    ("minor", "factor", "per", "expected"),
    [(317, "0.0144", "1.0144", 5), (13, "0.04", "1.04", 1), (3, "0.2", "1.2", 1), (100, "1", "3", 33), (200, "1", "3", 67), (7, "7", "7", 7)],
)
def test_a_share_rounds_half_up_once_although_its_quotient_has_no_end(minor, factor, per, expected):
    assert Money(minor, "CNY").times(Decimal(factor), Decimal(per)).minor == expected


def test_a_float_is_refused_everywhere():
    with pytest.raises(TypeError):
        Money(1.5, "CNY")
    with pytest.raises(TypeError):
        Money(100, "CNY").times(0.06)


def test_two_currencies_never_meet():
    for mix in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b):
        with pytest.raises(CurrencyMismatch):
            mix(Money(1, "USD"), Money(1, "CNY"))


def test_a_currency_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, "XYQ")


@pytest.mark.parametrize(("text", "minor"), [("1,299.5", 129950), ("￥88", 8800), (" 0.01 ", 1), ("1299", 129900), ("-3", -300), ("-12，299,000", -1229900000)])
def test_amounts_are_read_as_people_type_them(text, minor):
    assert Money.parse(text, "CNY").minor == minor


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1.234", "NaN", "sNaN", "Infinity", "1e30", "1e999999", "1e-9999999", "--1", "1.2.3", "12,50", "1,2345", "1,299,5", "1.299,50", ",5", "0,500"],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(NotAnAmount):
        Money.parse(text, "CNY")


def test_yen_have_no_decimals():
    assert Money.parse("1200", "JPY") == Money(1200, "JPY")
    with pytest.raises(NotAnAmount):
        Money.parse("1200.5", "JPY")


def test_money_reads_by_language_and_keeps_its_currency():
    assert format_money(Money(163400, "CNY"), "zh-hans") == "¥1,634.00"
    assert format_money(Money(163400, "CNY"), "en") == "CN¥1,634.00"
    assert format_money(Money(-1108, "CNY"), "zh-hans") == "−¥11.08"
    assert money_parts(Money(129950, "CNY"), "zh-hans") == ("¥", "1,299", ".50")
