"""Numbered pages: for search and lists that a buyer leafs through."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pages:
    """`numbers` holds the pages to link, 0 standing for a gap."""

    now: int
    count: int

    @property
    def before(self) -> int | None:
        return self.now - 1 if self.now > 1 else None

    @property
    def after(self) -> int | None:
        return self.now + 1 if self.now < self.count else None

    @property
    def numbers(self) -> list[int]:
        shown = sorted({1, self.count, *range(max(1, self.now - 1), min(self.count, self.now + 1) + 1)})
        with_gaps: list[int] = []
        for number in shown:
            if with_gaps and number > with_gaps[-1] + 1:
                with_gaps.append(0)
            with_gaps.append(number)
        return with_gaps


def page_number(text: str | None, most: int = 10_000) -> int:
    """A page number from an address; anything else is page 1."""
    return min(max(int(text), 1), most) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1
