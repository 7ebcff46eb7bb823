"""Numbers with units: what merchants type becomes the attribute's unit, and buyers read a second one."""

from __future__ import annotations

import pytest
from django.utils import translation

from marketplace.kernel.errors import InvalidInput
from marketplace.platform.taxonomy.units import UNITS, parse_number, shown_number


@pytest.mark.parametrize(
    ("typed", "unit", "kept"),
    [
        ("250", "g", "250"),
        ("1.5 kg", "g", "1500"),
        ("1,250", "g", "1250"),
        ("2 公斤", "g", "2000"),
        ("10in", "cm", "25.4"),
        ('27"', "cm", "68.58"),
        ("90 min", "h", "1.5"),
        ("-4", "", "-4"),
        ("0.00001", "g", "0"),
        ("12 g", "g", "12"),
        ("5 KW", "W", "5000"),
        ("3 °dH", "°dH", "3"),
    ],
)
def test_another_unit_of_the_same_measure_is_converted(typed, unit, kept):
    assert parse_number(typed, unit) == kept


@pytest.mark.parametrize(
    ("typed", "unit"),
    [("much", "g"), ("5 cm", "g"), ("1e3", "g"), ("", "g"), ("9" * 20, "g"), ("nan", ""), ("1.2.3", "g"), ("5 furlongs", ""), ("1,5 kg", "g"), ("0,500", "g")],
)
def test_what_is_no_such_number_is_refused_with_an_example(typed, unit):
    with translation.override("en"), pytest.raises(InvalidInput) as refusal:
        parse_number(typed, unit, field="weight")
    assert refusal.value.field == "weight" and ("12.5" in str(refusal.value) or "too large" in str(refusal.value))


@pytest.mark.parametrize(
    ("kept", "unit", "shown"),
    [
        ("250", "g", "250 g"),
        ("1500", "g", "1,500 g (1.5 kg)"),
        ("27", "in", "27 in (68.58 cm)"),
        ("250", "cm", "250 cm (2.5 m)"),
        ("12", "", "12"),
        ("12", "°dH", "12 °dH"),
        ("big", "g", "big g"),
        ("-1234.50", "", "-1,234.5"),
    ],
)
def test_a_number_is_shown_with_its_unit_and_one_that_readers_know_better(kept, unit, shown):
    assert shown_number(kept, unit) == shown


def test_every_unit_leads_back_to_itself():
    for unit in UNITS:
        assert parse_number(f"7 {unit}", unit) == "7"
