"""Colours as eyes see them: sRGB, OKLab, contrast by WCAG, and the distance of two colours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import atan2, cos, hypot, sin

HEX = re.compile(r"#[0-9a-f]{6}\Z")


@dataclass(frozen=True)
class Lch:
    """OKLCH: lightness 0 to 1, chroma from 0, hue in radians."""

    lightness: float
    chroma: float
    hue: float

    def with_lightness(self, lightness: float) -> Lch:
        return Lch(min(max(lightness, 0.0), 1.0), self.chroma, self.hue)

    def with_chroma(self, chroma: float) -> Lch:
        return Lch(self.lightness, max(chroma, 0.0), self.hue)


def _to_linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)


def _from_linear(channel: float) -> float:
    return float(channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055)


def linear(colour: str) -> tuple[float, float, float]:
    """`#rrggbb` as linear light. Raises ValueError."""
    if not HEX.match(colour):
        raise ValueError(colour)
    red, green, blue = (_to_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return red, green, blue


def oklab(colour: str) -> tuple[float, float, float]:
    red, green, blue = linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def lch(colour: str) -> Lch:
    lightness, a, b = oklab(colour)
    return Lch(lightness, hypot(a, b), atan2(b, a))


def _light(colour: Lch) -> tuple[float, float, float]:
    """Linear light of a colour, which may lie outside what a screen shows."""
    a, b = colour.chroma * cos(colour.hue), colour.chroma * sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def hexed(colour: Lch) -> str:
    """As `#rrggbb`; a colour that no screen shows loses chroma until one does."""
    light = _light(colour)
    while colour.chroma > 0.001 and not all(-0.0005 <= channel <= 1.0005 for channel in light):
        colour = colour.with_chroma(colour.chroma - 0.002)
        light = _light(colour)
    return "#" + "".join(f"{round(min(max(_from_linear(max(channel, 0.0)), 0.0), 1.0) * 255):02x}" for channel in light)


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1 to 21, as WCAG 2 reckons it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def distance(one: str, other: str) -> float:
    """ΔE in OKLab: 0.02 is just seen, 0.06 is another colour."""
    return sum((a - b) ** 2 for a, b in zip(oklab(one), oklab(other), strict=True)) ** 0.5
