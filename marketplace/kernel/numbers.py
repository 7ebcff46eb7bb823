"""Numbers for people: `261122-0804173`, the day in the market's zone and seven digits that tell nothing of the volume."""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo


def new_number(moment: datetime, zone: ZoneInfo) -> str:
    """A number for a new order group, statement or payment. Unique with a unique column behind it; the last digit is a check digit."""
    body = f"{moment.astimezone(zone):%y%m%d}{secrets.randbelow(10**6):06d}"
    return f"{body[:6]}-{body[6:]}{check_digit(body)}"


def is_plausible(number: str) -> bool:
    """Whether a typed number can be one of ours: form and check digit fit."""
    digits = number.replace("-", "").strip()
    return len(digits) == 13 and digits.isascii() and digits.isdigit() and check_digit(digits[:-1]) == digits[-1]


def check_digit(digits: str) -> str:
    """Luhn's check digit: finds every single wrong digit and nearly every swap of neighbours."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
