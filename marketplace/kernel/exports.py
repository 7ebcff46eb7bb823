"""Cells of tables that people open in a spreadsheet: text that would run as a formula is made plain text."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?\Z")


def safe_cell(text: str) -> str:
    """Text with a leading apostrophe where a spreadsheet would calculate it; numbers, negative ones too, stay numbers.

    Source: OWASP, CSV injection: cells that begin with = + - @ tab or carriage return.
    """
    if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") and not NUMBER.match(text):
        return f"'{text}"
    return text
