"""Numbers for people: `261122-0804173`, the day in the market's zone and seven digits that tell nothing of the volume."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, models

TRIES = 50


def new_number(moment: datetime, zone: ZoneInfo) -> str:
    """A number that may be taken already; the last digit is a check digit. For rows: `free_number`."""
    body = f"{moment.astimezone(zone):%y%m%d}{secrets.randbelow(10**6):06d}"
    return f"{body[:6]}-{body[6:]}{check_digit(body)}"


def free_number(rows: models.Manager[Any], moment: datetime, zone: ZoneInfo) -> str:
    """A number that none of these rows has (in their unique column `number`), and that no other transaction is about to give."""
    for _try in range(TRIES):
        number = new_number(moment, zone)
        with connection.cursor() as cursor:
            # Until the transaction ends: whoever draws the same number meanwhile draws again.
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [number])
            is_ours = cursor.fetchone()[0]
        if is_ours and not rows.filter(number=number).exists():
            return number
    raise RuntimeError(f"no free number among {TRIES}: a day has a million")


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
