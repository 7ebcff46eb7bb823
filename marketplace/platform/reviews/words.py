"""Words that people write for everybody to read: measured, cleaned of odd signs, and marked with their language."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput

HAN = re.compile(r"[\u3400-\u9fff]")
BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")


def clean_text(text: str, field: str, *, most: int, least: int = 0) -> str:
    """Text without control signs and heaps of blank lines. Raises InvalidInput when it is too short or too long."""
    kept = "".join(sign for sign in text.replace("\r\n", "\n") if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn"))
    kept = BLANK_LINES.sub("\n\n", kept).strip()
    if len(kept) < least:
        raise InvalidInput(field=field, why=_("Write at least {least} signs.").format(least=least))
    if len(kept) > most:
        raise InvalidInput(field=field, why=_("Write at most {most} signs; these are {n}.").format(most=most, n=len(kept)))
    return kept


def language_of(text: str) -> str:
    """Chinese where there is a Chinese sign, else English: for the `lang` attribute."""
    return "zh-hans" if HAN.search(text) else "en"


def shown_name(name: str, *, is_anonymous: bool) -> str:
    """A person's name as everybody may read it: whole, or its first sign."""
    name = name.strip()
    return f"{name[:1].upper()}***" if is_anonymous and name else name or "***"
