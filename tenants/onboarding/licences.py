"""The unified social credit code of businesses in mainland China (GB 32100-2015): 18 characters, the last one a check character."""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def clean_licence_number(text: str) -> str:
    """Capital letters and digits, without spaces."""
    return re.sub(r"[\s-]", "", text).upper()


def check_character(first_17: str) -> str:
    """Raises ValueError for characters the code does not know."""
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def is_credit_code(text: str) -> bool:
    """Whether form and check character fit."""
    return len(text) == 18 and all(sign in ALPHABET for sign in text) and check_character(text[:17]) == text[17]
