"""Account numbers and holders' names: brought into one form, and refused where they cannot be right."""

from __future__ import annotations

import pytest
from django.utils import translation

from marketplace.kernel.errors import InvalidInput
from marketplace.platform.payments.numbers import clean_number, is_same_name

CARD = "6222021234567890128"


@pytest.mark.parametrize(
    ("form", "text", "number"),
    [
        ("company", "3100 6666 1018 8000 12345", "310066661018800012345"),
        ("company", "３１００-6666-1018", "310066661018"),
        ("card", "6222 0212 3456 7890 128", CARD),
        ("iban", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ],
)
def test_a_number_is_kept_without_what_people_put_between(form, text, number):
    assert clean_number(form, text) == number


@pytest.mark.parametrize(
    ("form", "text", "why"),
    [
        ("card", "6222021234567890129", "last digit does not fit"),
        ("card", "6222021243567890128", "last digit does not fit"),
        ("card", "622202123456", "16 to 19 digits"),
        ("company", "1234567", "8 to 32 digits"),
        ("company", "DE89370400440532013000", "digits only"),
        ("company", "", "digits only"),
        ("iban", "DE89370400440532013001", "no IBAN"),
        ("iban", "XX89370400440532013000", "no IBAN"),
        ("iban", "", "no IBAN"),
    ],
)
def test_a_number_that_cannot_be_is_refused(form, text, why):
    with translation.override("en"), pytest.raises(InvalidInput) as refused:
        clean_number(form, text)
    assert refused.value.field == "number" and why in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("上海山岚（陶作）有限公司", "上海山岚(陶作)有限公司", True),
        ("上海山岚 陶作有限公司", "上海山岚陶作有限公司", True),
        ("Kiln Fire Co., Ltd.", "KILN FIRE CO LTD", True),
        ("Ｋｉｌｎ　Fire", "Kiln Fire", True),
        ("阿依古丽·买买提", "阿依古丽•买买提", True),
        ("上海山岚陶作有限公司", "上海山岚陶作贸易有限公司", False),
        ("", "", False),
    ],
)
def test_names_are_compared_without_how_they_are_typed(one, other, same):
    assert is_same_name(one, other) is same
