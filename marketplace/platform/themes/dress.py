"""A shop's dress: from the few things it may choose to the tokens its pages use, light and dark, each pair readable.

The market's own tokens (storefront/styles/tokens.css) stay: text, prices, states, focus. What is compared with here are
copies of their values; a test holds them to the style sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.platform.themes.colours import Lch, contrast, distance, hexed, lch

LIGHT = {"surface": "#ffffff", "bg": "#f5f5f1", "sale": "#bf3018", "danger": "#b3212b"}
DARK = {"surface": "#161c1a", "bg": "#0e1312", "sale": "#ff8f74", "danger": "#ff8d8d"}
SHAPES = {"sharp": ("0px", "0px", "0px"), "soft": ("3px", "4px", "6px"), "round": ("8px", "14px", "22px")}
FACES = {"sans": "var(--face-text)", "serif": "var(--face-serif)"}
TEXT, EDGE, ANOTHER_COLOUR = 4.5, 3.0, 0.06
STEP = 0.004


class TooNearToAWarning(ValueError):
    """The brand would be taken for a price reduction or an error."""


@dataclass(frozen=True)
class Tokens:
    """One set of colours, by the names of the custom properties."""

    brand: str
    brand_hover: str
    brand_soft: str
    brand_ink: str
    on_brand: str
    shop_band: str
    shop_band_ink: str

    def broken(self, market: dict[str, str]) -> list[str]:
        """Which pairs cannot be read, or seen, on the market's ground."""
        pairs = [
            ("on-brand/brand", self.on_brand, self.brand, TEXT),
            ("on-brand/brand-hover", self.on_brand, self.brand_hover, TEXT),
            ("brand/surface", self.brand, market["surface"], EDGE),
            ("brand/bg", self.brand, market["bg"], EDGE),
            ("brand-ink/brand-soft", self.brand_ink, self.brand_soft, TEXT),
            ("band-ink/band", self.shop_band_ink, self.shop_band, TEXT),
        ]
        return [name for name, one, other, least in pairs if contrast(one, other) < least]

    def css(self) -> str:
        return "".join(f"--{name.replace('_', '-')}:{value};" for name, value in vars(self).items())


@dataclass(frozen=True)
class Dress:
    """`was_adjusted` when the brand had to move from the colour that was asked for."""

    light: Tokens
    dark: Tokens
    was_adjusted: bool


def dress_of(brand: str, band: str) -> Dress:
    """Both sets for a brand and a band, given as `#rrggbb`.

    Raises TooNearToAWarning for a brand within ΔE 0.06 of the market's sale or danger; ValueError for what is no colour.
    """
    light = _light(lch(brand), band)
    if any(distance(light.brand, LIGHT[name]) < ANOTHER_COLOUR for name in ("sale", "danger")):
        raise TooNearToAWarning
    return Dress(light, _dark(lch(brand), lch(band)), light.brand != brand)


def _moved(colour: Lch, step: float, is_fine: Callable[[str], bool]) -> Lch:
    """The colour, lighter or darker by as many steps as it needs."""
    while not is_fine(hexed(colour)) and 0 < colour.lightness < 1:
        colour = colour.with_lightness(colour.lightness + step)
    return colour


def _ink_for(ground: str) -> str:
    """Dark or light, whichever reads better on the ground, with a breath of its hue."""
    tint = lch(ground)
    inks = [hexed(Lch(lightness, min(tint.chroma * 0.25, 0.02), tint.hue)) for lightness in (0.2, 0.97)]
    return max(inks, key=lambda ink: contrast(ink, ground))


def _light(wanted: Lch, band: str) -> Tokens:
    brand = _moved(wanted, -STEP, lambda c: contrast("#ffffff", c) >= TEXT and contrast(c, LIGHT["bg"]) >= EDGE)
    soft = hexed(Lch(0.95, brand.chroma * 0.2, brand.hue))
    ink = _moved(Lch(min(brand.lightness - 0.04, 0.44), brand.chroma, brand.hue), -STEP, lambda c: contrast(c, soft) >= TEXT)
    ground = _moved(lch(band), 0.01 if lch(band).lightness > 0.6 else -0.01, lambda c: contrast(_ink_for(c), c) >= TEXT)
    shown = hexed(ground)
    return Tokens(hexed(brand), hexed(brand.with_lightness(brand.lightness - 0.06)), soft, hexed(ink), "#ffffff", shown, _ink_for(shown))


def _dark(wanted: Lch, band: Lch) -> Tokens:
    """Lightness 0.78 on a dark ground; a red loses chroma until it is no warning any more."""
    brand = _moved(Lch(0.78, wanted.chroma, wanted.hue), STEP, lambda c: contrast(c, DARK["surface"]) >= EDGE)
    while brand.chroma > 0.01 and any(distance(hexed(brand), DARK[name]) < ANOTHER_COLOUR for name in ("sale", "danger")):
        brand = brand.with_chroma(brand.chroma - 0.005)
    on = hexed(_moved(Lch(0.2, brand.chroma * 0.3, brand.hue), -STEP, lambda c: contrast(c, hexed(brand)) >= TEXT))
    soft = hexed(Lch(0.28, brand.chroma * 0.4, brand.hue))
    ink = hexed(_moved(Lch(0.86, brand.chroma * 0.8, brand.hue), STEP, lambda c: contrast(c, soft) >= TEXT))
    ground = hexed(Lch(min(band.lightness, 0.28), min(band.chroma, 0.04), band.hue))
    return Tokens(hexed(brand), hexed(brand.with_lightness(0.84)), soft, ink, on, ground, _ink_for(ground))


def css_of(slug: str, dress: Dress, *, face: str, shape: str) -> str:
    """The style sheet of one shop: custom properties below `[data-shop="slug"]` and nothing else."""
    here = f'[data-shop="{slug}"]'
    small, middle, large = SHAPES[shape]
    shared = f"--face-title:{FACES[face]};--r-s:{small};--r-m:{middle};--r-l:{large};"
    dark = dress.dark.css()
    return (
        f"{here}{{{dress.light.css()}{shared}}}"
        f':root[data-theme="dark"] {here}{{{dark}}}'
        f'@media(prefers-color-scheme:dark){{:root[data-theme="auto"] {here}{{{dark}}}}}'
    )
