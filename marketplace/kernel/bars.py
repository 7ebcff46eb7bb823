"""The bars of EAN-8, UPC-A, EAN-13 (ISO/IEC 15420) and ITF-14 (ISO/IEC 16390), as where black begins and how wide it is. Pure.

Widths are in modules; a drawing keeps the quiet zones, which are part of the code: without them no scanner reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

LEFT = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
RIGHT = tuple("".join("10"[int(bit)] for bit in code) for code in LEFT)
EVEN = tuple(code[::-1] for code in RIGHT)  # the left half again, so that a scanner knows the first digit of thirteen
PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")
ITF = ("00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010")  # 1: wide, of five bars or spaces
WIDE = 3
EDGE, CENTRE = "101", "01010"


@dataclass(frozen=True)
class Bar:
    """`is_guard`: it reaches down between the digits."""

    x: int
    width: int
    is_guard: bool


@dataclass(frozen=True)
class Digits:
    """Digits below the bars, in the middle of `x` to `x + width`."""

    text: str
    x: int
    width: int

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Bars:
    width: int  # with both quiet zones
    bars: list[Bar]
    digits: list[Digits]
    is_framed: bool = False  # a bar above and below, so that a slanted beam does not read half of it


def bars_of(code: str) -> Bars:
    """Of a whole code, check digit included. Raises ValueError for another length."""
    match len(code):
        case 8:
            modules = EDGE + "".join(LEFT[int(d)] for d in code[:4]) + CENTRE + "".join(RIGHT[int(d)] for d in code[4:]) + EDGE
            return _drawn(modules, 7, 7, [Digits(code[:4], 10, 28), Digits(code[4:], 43, 28)])
        case 12:
            return _drawn(_thirteen("0" + code), 9, 9, [Digits(code[:6], 12, 42), Digits(code[6:], 59, 42)])
        case 13:
            return _drawn(_thirteen(code), 11, 7, [Digits(code[0], 2, 8), Digits(code[1:7], 14, 42), Digits(code[7:], 61, 42)])
        case 14:
            return _drawn(_interleaved(code), 10, 10, [Digits(f"{code[0]} {code[1:3]} {code[3:8]} {code[8:13]} {code[13]}", 10, 131)], is_framed=True)
    raise ValueError(f"no barcode has {len(code)} digits")


def _thirteen(code: str) -> str:
    left = "".join((LEFT if parity == "L" else EVEN)[int(digit)] for digit, parity in zip(code[1:7], PARITY[int(code[0])], strict=True))
    return EDGE + left + CENTRE + "".join(RIGHT[int(digit)] for digit in code[7:]) + EDGE


def _interleaved(code: str) -> str:
    """Of each pair of digits the first is in the bars and the second in the spaces between."""
    modules = "1010"
    for bars, spaces in zip(code[::2], code[1::2], strict=True):
        for bar, space in zip(ITF[int(bars)], ITF[int(spaces)], strict=True):
            modules += "1" * (WIDE if bar == "1" else 1) + "0" * (WIDE if space == "1" else 1)
    return modules + "1" * WIDE + "01"


def _drawn(modules: str, before: int, after: int, digits: list[Digits], *, is_framed: bool = False) -> Bars:
    half = len(modules) // 2
    guards = {0, 2, half - 1, half + 1, len(modules) - 3, len(modules) - 1}
    bars, x = [], 0
    for bit, run in groupby(modules):
        width = len(list(run))
        if bit == "1":
            bars.append(Bar(x + before, width, not is_framed and x in guards))
        x += width
    return Bars(before + len(modules) + after, bars, digits, is_framed)
