"""Colour, and the pen that collects shapes and gradients."""

from __future__ import annotations

WOOD, STEEL, WHITE, INK = "#c59a6b", "#b9bdbc", "#f4f2ee", "#22282a"


def _to_lab(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short,
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _to_hex(light: float, a: float, b: float) -> str:
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.291485548 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
    )
    parts = [min(1.0, max(0.0, part)) for part in linear]
    return "#" + "".join(f"{round(255 * (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055)):02x}" for part in parts)


def tone(colour: str, d: float) -> str:
    """The colour made lighter (d > 0) or darker (d < 0) by d of OKLab lightness."""
    light, a, b = _to_lab(colour)
    new = min(0.99, max(0.08, light + d))
    k = 1 - max(0.0, new - 0.86) * 3  # near white the chroma fades, as light does
    return _to_hex(new, a * k, b * k)


def mix(one: str, two: str, t: float) -> str:
    """A colour on the way from one (t = 0) to two (t = 1)."""
    x, y = _to_lab(one), _to_lab(two)
    return _to_hex(*(p + (q - p) * t for p, q in zip(x, y, strict=True)))


class Pen:
    """Collects shapes and gradients; `tag` keeps ids unique when pictures share one page."""

    def __init__(self, tag: str = "p") -> None:
        self.tag = tag
        self.defs: list[str] = []
        self.body: list[str] = []

    def _id(self) -> str:
        return f"{self.tag}{len(self.defs)}"

    def lin(self, *stops: tuple[float, str] | tuple[float, str, float], x2: float = 1, y2: float = 0, x1: float = 0, y1: float = 0) -> str:
        name = self._id()
        self.defs.append(f'<linearGradient id="{name}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">{_stops(stops)}</linearGradient>')
        return f"url(#{name})"

    def rad(self, *stops: tuple[float, str] | tuple[float, str, float], cx: float = 0.5, cy: float = 0.5, r: float = 0.5) -> str:
        name = self._id()
        self.defs.append(f'<radialGradient id="{name}" cx="{cx}" cy="{cy}" r="{r}">{_stops(stops)}</radialGradient>')
        return f"url(#{name})"

    def clip(self, d: str) -> str:
        name = self._id()
        self.defs.append(f'<clipPath id="{name}"><path d="{d}"/></clipPath>')
        return f"url(#{name})"

    def path(self, d: str, fill: str = "none", **more: object) -> None:
        self.body.append(f'<path d="{d}" fill="{fill}"{_attributes(more)}/>')

    def line(self, d: str, colour: str, w: float, **more: object) -> None:
        more = {"stroke_linecap": "round", "stroke_linejoin": "round", **more}
        self.body.append(f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{w}"{_attributes(more)}/>')

    def oval(self, cx: float, cy: float, rx: float, ry: float, fill: str, **more: object) -> None:
        self.body.append(f'<ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry}" fill="{fill}"{_attributes(more)}/>')

    def box(self, x: float, y: float, w: float, h: float, r: float, fill: str, **more: object) -> None:
        self.body.append(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}"{_attributes(more)}/>')

    def open(self, **more: object) -> None:
        """Begin a group: `clip_path`, `transform`, `opacity`."""
        self.body.append(f"<g{_attributes(more)}>")

    def close(self) -> None:
        self.body.append("</g>")

    def shadow(self, cx: float, cy: float, rx: float, ry: float = 14, dark: float = 0.34) -> None:
        """Two layers: a wide soft one thrown to the right and a tight dark contact line."""
        wide = self.rad((0, "#1c211f", dark * 0.62), (0.55, "#1c211f", dark * 0.22), (1, "#1c211f", 0))
        tight = self.rad((0, "#111514", dark * 1.35), (0.6, "#111514", dark * 0.5), (1, "#111514", 0))
        self.oval(cx + rx * 0.16, cy + 3, rx * 1.34, ry * 1.75, wide)
        self.oval(cx, cy, rx, ry * 0.6, tight)

    # the materials most things are made of
    def round_(self, c: str, k: float = 1) -> str:
        """A standing cylinder: light from the left, reflected light on the right edge."""
        return self.lin(
            (0, tone(c, -0.09 * k)),
            (0.1, tone(c, -0.02 * k)),
            (0.27, tone(c, 0.085 * k)),
            (0.4, tone(c, 0.045 * k)),
            (0.66, tone(c, -0.04 * k)),
            (0.9, tone(c, -0.16 * k)),
            (1, tone(c, -0.11 * k)),
        )

    def ball(self, c: str) -> str:
        return self.rad((0, tone(c, 0.15)), (0.35, tone(c, 0.05)), (0.72, tone(c, -0.07)), (1, tone(c, -0.19)), cx=0.34, cy=0.27, r=0.82)

    def metal(self, c: str = STEEL) -> str:
        return self.lin((0, tone(c, -0.2)), (0.18, tone(c, 0.12)), (0.36, tone(c, -0.04)), (0.58, tone(c, 0.13)), (0.82, tone(c, -0.22)), (1, tone(c, -0.05)))

    def down(self, c: str, top: float = 0.07, bottom: float = -0.1) -> str:
        """A face that is lit from above."""
        return self.lin((0, tone(c, top)), (1, tone(c, bottom)), x2=0, y2=1)

    def slant(self, c: str, near: float = 0.08, far: float = -0.1) -> str:
        """A face that is lit from the upper left."""
        return self.lin((0, tone(c, near)), (1, tone(c, far)), x2=0.8, y2=1)


def _stops(stops: tuple[tuple[float, str] | tuple[float, str, float], ...]) -> str:
    return "".join(f'<stop offset="{s[0]}" stop-color="{s[1]}"' + (f' stop-opacity="{s[2]:.3g}"' if len(s) > 2 else "") + "/>" for s in stops)


def _attributes(more: dict[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())


def block(p: Pen, x: float, y: float, w: float, h: float, d: float, c: str, rise: float = 0.5) -> None:
    """A box seen from the front, a little from above and from the right: `x, y` is the front's upper left corner, `d` its depth."""
    up = d * rise
    p.path(f"M{x} {y} l{d} {-up} h{w} l{-d} {up}Z", p.lin((0, tone(c, 0.13)), (1, tone(c, 0.03))))
    p.path(f"M{x + w} {y} l{d} {-up} v{h} l{-d} {up}Z", p.down(c, -0.1, -0.22))
    p.box(x, y, w, h, 2, p.lin((0, tone(c, 0.06)), (0.4, tone(c, 0.01)), (1, tone(c, -0.09)), x2=0.5, y2=1))
