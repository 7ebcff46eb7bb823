"""Tables of our documents, as tests read them."""

from __future__ import annotations

import re

from launch.paths import ROOT


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next of its level."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r}"
    return found[2]


def rows(text: str) -> list[list[str]]:
    """Cells of every table row, heads left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {n for n, line in enumerate(lines) if n + 1 < len(lines) and re.fullmatch(r"[|\-: ]+", lines[n + 1])}
    kept = [line for n, line in enumerate(lines) if n not in heads and not re.fullmatch(r"[|\-: ]+", line)]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in kept]


def code(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def named(text: str) -> dict[str, list[str]]:
    """Rows by the first thing in backticks of their first cell."""
    return {code(cells[0])[0]: cells[1:] for cells in rows(text) if code(cells[0])}
