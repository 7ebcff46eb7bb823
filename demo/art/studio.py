"""From an object to a picture: studio ground, details, scenes on a table, WebP files."""

from __future__ import annotations

import io
from collections.abc import Sequence

import resvg_py
from PIL import Image

from demo.art.kinds import KINDS
from demo.art.pen import Pen, mix, tone

SQUARE = "24 27 352 352"  # what a picture shows of the 400 x 400 box
type_placed = tuple[str, str, str, float, float, float]  # kind, main, accent, x of centre, scale, ground y


def _ground(p: Pen, tint: str) -> None:
    """A seamless backdrop: a pool of light behind the object, a floor a little darker than the wall."""
    p.box(0, 0, 400, 400, 0, p.rad((0, tone(tint, 0.05)), (0.6, tint), (1, tone(tint, -0.045)), cx=0.42, cy=0.36, r=0.85))
    p.box(0, 264, 400, 136, 0, p.lin((0, tone(tint, -0.06), 0), (1, tone(tint, -0.06), 0.75), x2=0, y2=1))


def _svg(p: Pen, view: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}"><defs>{"".join(p.defs)}</defs>{"".join(p.body)}</svg>'


def _backdrop(main: str) -> str:
    """A pale tint related to the object, never pure white: white goods must still show an edge."""
    return mix(mix("#eceeea", "#f2ede4", 0.5), tone(main, 0.2), 0.06)


def picture(kind: str, main: str, accent: str, view: str = SQUARE) -> str:
    """SVG of one object. `view` is the part of the box that is shown: a smaller one is a detail shot. Raises KeyError."""
    p = Pen()
    _ground(p, _backdrop(main))
    KINDS[kind](p, main, accent)
    return _svg(p, view)


def scene(placed: Sequence[type_placed], w: int, h: int, wall: str, table: str, edge: float = 0.72) -> str:
    """SVG of several objects on a table, light falling through a window. `edge`: where the table begins, as a share of the height."""
    p = Pen("s")
    top = h * edge
    p.box(0, 0, w, h, 0, p.lin((0, tone(wall, 0.05)), (1, tone(wall, -0.05)), x2=1, y2=0.6))
    for pane in range(3):
        x = w * 0.30 + pane * h * 0.36
        beam = f"M{x:.0f} 0 h{h * 0.26:.0f} l{-h * 0.42:.0f} {top:.0f} h{-h * 0.26:.0f}Z"
        p.path(beam, p.lin((0, "#ffffff", 0.34), (1, "#ffffff", 0.05), x2=0, y2=1))
    p.box(0, round(top), w, round(h - top), 0, p.lin((0, tone(table, 0.05)), (1, tone(table, -0.07)), x2=0, y2=1))
    p.box(0, round(top), w, 3, 0, tone(table, 0.1))
    for kind, main, accent, x, scale, ground in placed:
        p.open(transform=f"translate({x - 200 * scale:.1f} {ground - 330 * scale:.1f}) scale({scale})")
        KINDS[kind](p, main, accent)
        p.close()
    return _svg(p, f"0 0 {w} {h}")


def webp(svg: str, width: int, quality: int) -> bytes:
    """The picture as a WebP file `width` pixels wide. The same drawing gives the same bytes with the same encoder."""
    drawn = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width, skip_system_fonts=True))))
    out = io.BytesIO()
    drawn.convert("RGB").save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()
