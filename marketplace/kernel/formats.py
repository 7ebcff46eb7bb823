"""Money, numbers and times as people read them, by the active language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

import phonenumbers
from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.lists import format_list as babel_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from django.utils import timezone
from django.utils.translation import get_language

from marketplace.kernel import clock
from marketplace.kernel.money import Money

CHINA = 86  # the country code whose numbers are read without it
LOCALES = {"zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW", "en": "en"}


def locale(language: str | None = None) -> Locale:
    return _locale(LOCALES.get((language or get_language() or "en").lower(), "en"))


@lru_cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def format_money(amount: Money, language: str | None = None) -> str:
    """`¥1,634.00` in Chinese, `CN¥1,634.00` in English; a minus before the symbol."""
    text = _money(abs(amount.decimal), amount.currency, locale(language))
    return f"−{text}" if amount.minor < 0 else text


# A list page writes a hundred numbers, most of them again and again; babel takes 20 to 60 µs for each.
@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, locale: Locale) -> str:
    return str(format_currency(amount, currency, locale=locale))


@lru_cache(maxsize=4096)
def _count(number: int, locale: Locale) -> str:
    return str(format_decimal(number, locale=locale))


@lru_cache
def _symbol(currency: str, locale: Locale) -> str:
    return str(get_currency_symbol(currency, locale=locale))


def money_parts(amount: Money, language: str | None = None) -> tuple[str, str, str]:
    """Symbol, whole units and decimals (with their sign), for prices that are set in three sizes."""
    whole, _dot, cents = f"{abs(amount.decimal):f}".partition(".")
    at = locale(language)
    symbol, number = _symbol(amount.currency, at), _count(int(whole), at)
    return symbol, f"−{number}" if amount.minor < 0 else number, f".{cents}" if cents else ""


def format_share(share: Decimal, language: str | None = None) -> str:
    """0.055 as 5.5% or 5.5%, with at most two decimals."""
    return str(format_percent(share, format="#,##0.##%", locale=locale(language)))


def format_count(number: int, language: str | None = None) -> str:
    return _count(number, locale(language))


def format_number(number: Decimal, language: str | None = None) -> str:
    """1234.50 as 1,234.5: with the decimals it has."""
    return str(format_decimal(number, locale=locale(language)))


def format_list(items: Sequence[str], language: str | None = None) -> str:
    """a, b, and c, or a、b和c; "" of nothing."""
    return babel_list(items, locale=locale(language))


def format_day(moment: datetime, language: str | None = None) -> str:
    """`11月22日`, `22 Nov`; the year only if it is not this one. In the zone of the request."""
    return _written(moment, "{day}", "{day}", language)


def full_day(day: date, language: str | None = None) -> str:
    """`2026年11月22日`, `22 November 2026`: always with its year, for papers. A moment counts in the zone of the request."""
    found = timezone.localtime(day).date() if isinstance(day, datetime) else day
    pattern = "y年M月d日" if (language or get_language() or "en").lower().startswith("zh") else "d MMMM y"
    return str(babel_date(found, pattern, locale=locale(language)))


def format_time(moment: datetime, language: str | None = None) -> str:
    """`11月22日 周日 09:12`, `Sun 22 Nov 09:12`; the year only if it is not this one. In the zone of the request."""
    return _written(moment, "{day} EEE HH:mm", "EEE {day} HH:mm", language)


def _written(moment: datetime, chinese: str, english: str, language: str | None) -> str:
    """By a pattern of CLDR, in which `{day}` stands for the day of the month, with its year if it is not this one."""
    local = timezone.localtime(moment)
    this_year = local.year == timezone.localtime(clock.now()).year
    if (language or get_language() or "en").lower().startswith("zh"):
        pattern = chinese.format(day="M月d日" if this_year else "y年M月d日")
    else:
        pattern = english.format(day="d MMM" if this_year else "d MMM y")
    return str(babel_datetime(local, pattern, tzinfo=local.tzinfo, locale=locale(language)))


@lru_cache(maxsize=4096)
def format_phone(number: str) -> str:
    """A number in E.164 as people read it where it belongs: +8613800138000 → 138 0013 8000; a foreign one keeps its country code. Others as they are."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.PhoneNumberFormat.NATIONAL if parsed.country_code == CHINA else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, home)
