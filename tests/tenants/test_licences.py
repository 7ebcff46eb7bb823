"""The unified social credit code: known by its check character."""

from __future__ import annotations

import pytest

from tenants.onboarding.licences import check_character, clean_licence_number, is_credit_code


# Published examples: the standard's own and those of well-known companies.
@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91110000600037341L", "91330100799655058B", "91440300708461136T", "91110108551385082Q", "9144030071526726XG"]
)
def test_a_credit_code_is_known_by_its_check_character_and_every_wrong_sign_is_found(code):
    assert is_credit_code(code) and check_character(code[:17]) == code[17]
    assert is_credit_code(clean_licence_number(f" {code[:4].lower()}-{code[4:]} "))
    for place in range(18):
        for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            assert is_credit_code(code[:place] + other + code[place + 1 :]) is (other == code[place])


@pytest.mark.parametrize(
    "text", ["", "91350100M000100Y4", "91350100M000100Y433", "91350100m000100y43", "91350100M000100I43", "91350100M000100O43", "９1350100M000100Y43", "x" * 18]
)
def test_what_is_no_credit_code_is_none(text):
    assert not is_credit_code(text)
