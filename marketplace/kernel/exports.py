"""Cells of tables that people open in a spreadsheet: text that would run as a formula is made plain text."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?\Z")
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
MADE_SAFE = re.compile(r"''*[=+\-@\t\r\n]")


def safe_cell(text: str) -> str:
    """Text with a leading apostrophe where a spreadsheet would calculate it; numbers, negative ones too, stay numbers.

    Source: OWASP, CSV injection: cells that begin with = + - @ tab or carriage return.
    """
    return f"'{text}" if FORMULA.match(text) and not NUMBER.match(text) else text


def plain_cell(cell: str) -> str:
    """What safe_cell() was given: a text that itself begins with an apostrophe and such a sign got one more, so that this takes back just that."""
    return cell[1:] if MADE_SAFE.match(cell) else cell
