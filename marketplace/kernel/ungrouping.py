"""Commas in numbers that people type."""

from __future__ import annotations

import re

_GROUPED = re.compile(r"[^,，\d]*[1-9]\d{0,2}([,，]\d{3})+(?!\d)[^,，]*")


def ungrouped(text: str) -> str:
    """A number as a person typed it, without the commas that group its thousands. A comma anywhere else stays: in “1,5” it may mean one and a half."""
    return text.replace(",", "").replace("，", "") if _GROUPED.fullmatch(text) else text
