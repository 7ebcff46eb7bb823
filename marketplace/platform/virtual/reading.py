"""Texts of codes and vouchers: what a shop pastes, what somebody types at a counter, and what is made."""

from __future__ import annotations

import re
import secrets
import unicodedata

from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput

MOST_CODES, LONGEST_CODE = 5_000, 200
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without signs that are taken for one another: 0 and O, 1, I and L
VOUCHER_SIGNS = 16  # 79 bits of chance


def read_codes(text: str) -> list[str]:
    """One code a line; number and password may stand on one line. Doubles within the text count once.

    Raises InvalidInput, naming the line.
    """
    found: dict[str, None] = {}
    for n, line in enumerate(text.splitlines(), start=1):
        code = " ".join(line.replace("\ufeff", "").split())
        if not code:
            continue
        if len(code) > LONGEST_CODE:
            raise InvalidInput(field="codes", why=_("Line {n} is longer than {most} characters.").format(n=n, most=LONGEST_CODE))
        if any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cn", "Cs") for sign in code):
            raise InvalidInput(field="codes", why=_("Line {n} holds signs that cannot be read.").format(n=n))
        found[code] = None
    if not found:
        raise InvalidInput(field="codes", why=_("Paste at least one code, or choose a file: one code a line."))
    if len(found) > MOST_CODES:
        raise InvalidInput(field="codes", why=_("At most {most} codes at once. Load them in several parts.").format(most=MOST_CODES))
    return list(found)


def decoded(data: bytes) -> str:
    """The text of a file of codes. Raises InvalidInput for what is no text."""
    for coding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InvalidInput(field="file", why=_("The file is not a text file. Save it as text or CSV, one code a line."))


def make_voucher() -> str:
    return "".join(secrets.choice(ALPHABET) for _sign in range(VOUCHER_SIGNS))


def clean_voucher(text: str) -> str:
    """A voucher's code as somebody typed or scanned it: without spaces and hyphens, in capitals. Of the address that its drawing holds, the code."""
    text = unicodedata.normalize("NFKC", text)[:300].strip()
    if "code=" in text:
        text = text.rpartition("code=")[2].partition("&")[0]
    return re.sub(r"[^A-Z0-9]", "", text.upper())[: VOUCHER_SIGNS * 2]


def grouped(text: str) -> str:
    """With a hyphen after every four signs, as people read it aloud."""
    return "-".join(text[n : n + 4] for n in range(0, len(text), 4))
