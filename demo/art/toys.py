"""Toys."""

# ruff: noqa: E501  paths stay on one line
from __future__ import annotations

import math

from demo.art.pen import INK, WHITE, WOOD, Pen, mix, tone

PALE_WOOD = mix(WOOD, WHITE, 0.38)


def _wheel(p: Pen, x: float, y: float, r: float, c: str) -> None:
    p.oval(x + 3, y, r, r, tone(c, -0.2))
    p.oval(x, y, r, r, p.ball(c))
    p.oval(x, y, r * 0.72, r * 0.72, "none", stroke=tone(c, -0.12), stroke_width=1.6, opacity=0.7)
    p.oval(x, y, r * 0.24, r * 0.24, tone(c, -0.28))
    p.oval(x - 0.6, y - 0.8, r * 0.19, r * 0.19, p.ball(PALE_WOOD))


def train(p: Pen, c: str, a: str) -> None:
    """A wooden engine with a wagon of blocks: main is the engine, accent the wagon."""
    p.open(transform="translate(24 46) scale(.86)")
    p.shadow(268, 322, 112, 12)
    p.shadow(100, 322, 76, 11)
    p.box(150, 274, 46, 9, 4, p.down(INK, 0.3, 0.1))
    p.oval(158, 278, 7, 7, p.metal())
    # the wagon and what it carries
    for x, y, w, h, colour in ((44, 178, 38, 50, "#e3b94f"), (84, 196, 34, 34, tone(c, 0.02)), (120, 186, 34, 44, "#4f8f86")):
        p.path(f"M{x} {y} l9 -8 h{w} l-9 8Z", tone(colour, 0.14))
        p.path(f"M{x + w} {y} l9 -8 v{h} l-9 8Z", tone(colour, -0.14))
        p.box(x, y, w, h, 2, p.slant(colour, 0.08, -0.08))
    p.oval(103, 180, 17, 17, p.ball("#c9553f"))
    p.path("M30 224 L42 214 H172 L160 224Z", p.lin((0, tone(a, 0.14)), (1, tone(a, 0.03))))
    p.path("M160 224 l12 -10 v44 l-12 12Z", tone(a, -0.2))
    p.box(30, 222, 132, 48, 5, p.lin((0, tone(a, 0.09)), (0.4, tone(a, 0.01)), (1, tone(a, -0.1)), x2=0.4, y2=1))
    for x in (56, 96, 136):
        p.box(x - 12, 232, 24, 28, 4, tone(a, -0.14), opacity=0.55)
        p.box(x - 11, 234, 23, 27, 4, tone(a, 0.07))
    p.box(28, 266, 136, 17, 5, p.lin((0, tone(PALE_WOOD, 0.06)), (0.4, PALE_WOOD), (1, tone(PALE_WOOD, -0.16)), x2=0, y2=1))
    p.line("M36 273 q40 4 120 -1", tone(PALE_WOOD, -0.12), 1.2, opacity=0.7)
    # the engine
    p.path("M192 272 L204 262 H368 L358 272Z", tone(PALE_WOOD, 0.08))
    p.path("M284 122 l10 -9 v96 l-10 8Z", tone(c, -0.24))
    p.path("M196 122 l10 -9 h88 l-10 9Z", tone(c, 0.12))
    p.box(196, 120, 90, 152, 5, p.lin((0, tone(c, 0.1)), (0.45, tone(c, 0.01)), (1, tone(c, -0.1)), x2=0.5, y2=1))
    p.box(214, 142, 54, 56, 8, tone(c, -0.3))
    p.box(217, 146, 51, 52, 7, p.lin((0, "#dfe9ea"), (0.5, "#f6faf9"), (1, "#c3d0d2"), x2=1, y2=1))
    p.path("M222 190 L246 146 H258 L234 198 H222Z", "#ffffff", opacity=0.7)
    p.path(
        "M182 112 C182 104 186 100 194 100 H292 C300 100 304 104 304 112 V120 C304 123 302 125 298 125 H188 C184 125 182 123 182 120Z", p.down(a, 0.1, -0.12)
    )
    p.line("M190 106 H292", "#ffffff", 3, opacity=0.4)
    boiler = "M284 182 H346 C360 182 366 196 366 226 C366 256 360 272 346 272 H284Z"
    p.path(boiler, p.lin((0, tone(c, -0.02)), (0.2, tone(c, 0.13)), (0.45, tone(c, 0.03)), (0.85, tone(c, -0.16)), (1, tone(c, -0.08)), x2=0, y2=1))
    for x in (298, 330):
        p.path(f"M{x} 182 h10 v90 h-10Z", p.lin((0, tone(a, 0.02)), (0.2, tone(a, 0.16)), (0.5, tone(a, 0.02)), (0.9, tone(a, -0.18)), x2=0, y2=1))
    p.oval(355, 227, 11, 40, p.lin((0, tone(PALE_WOOD, 0.1)), (1, tone(PALE_WOOD, -0.14)), x2=0.6, y2=1))
    p.oval(357, 227, 4.5, 15, p.ball(a))
    p.path("M318 182 L322 150 H340 L344 182Z", p.round_(tone(INK, 0.14)))
    p.path("M312 134 H350 L342 152 H320Z", p.round_(a))
    p.oval(331, 134, 19, 5.5, tone(INK, 0.04))
    p.oval(300, 178, 11, 12, p.ball("#e3b94f"))
    p.path("M356 270 L380 284 H340Z", p.slant(a, 0.02, -0.16))
    p.box(190, 268, 174, 16, 5, p.lin((0, tone(PALE_WOOD, 0.06)), (0.4, PALE_WOOD), (1, tone(PALE_WOOD, -0.16)), x2=0, y2=1))
    p.line("M200 275 q60 5 154 -1", tone(PALE_WOOD, -0.12), 1.2, opacity=0.7)
    for x in (62, 132):
        _wheel(p, x, 298, 24, tone(a, -0.02))
    for x, r in ((228, 34), (298, 25), (346, 25)):
        _wheel(p, x, 322 - r, r, tone(c, -0.04))
    p.line("M228 296 L298 304 H346", p.metal(), 6)
    for x, y in ((228, 296), (298, 304), (346, 304)):
        p.oval(x, y, 4.6, 4.6, p.ball(PALE_WOOD))
    p.line("M203 132 V196", "#ffffff", 5, opacity=0.28)
    p.close()


def stacker(p: Pen, c: str, a: str) -> None:
    """Wooden rings on a pole: from main at the bottom to accent at the top."""
    p.shadow(200, 326, 128, 13)
    base = p.lin((0, tone(PALE_WOOD, -0.12)), (0.25, tone(PALE_WOOD, 0.09)), (0.6, tone(PALE_WOOD, -0.01)), (1, tone(PALE_WOOD, -0.17)))
    p.path("M88 306 C88 300 140 294 200 294 C260 294 312 300 312 306 V318 C312 326 262 330 200 330 C138 330 88 326 88 318Z", base)
    p.oval(200, 306, 112, 11, p.lin((0, tone(PALE_WOOD, 0.14)), (1, tone(PALE_WOOD, 0.0))))
    p.line("M108 305 q70 -10 150 -4 M118 309 q90 6 170 0", tone(PALE_WOOD, -0.1), 1.2, opacity=0.6)
    rings = 6
    for at in range(rings):
        colour = mix(c, a, at / (rings - 1))
        rx, y, h = 106 - at * 12.4, 300 - at * 31.4, 34
        top = y - h
        side = f"M{200 - rx + 14:.1f} {top + 3:.1f} C{200 - rx - 8:.1f} {top + 4:.1f} {200 - rx - 8:.1f} {y + 1:.1f} {200 - rx + 14:.1f} {y + 4:.1f} C{200 - rx * 0.5:.1f} {y + 10:.1f} {200 + rx * 0.5:.1f} {y + 10:.1f} {200 + rx - 14:.1f} {y + 4:.1f} C{200 + rx + 8:.1f} {y + 1:.1f} {200 + rx + 8:.1f} {top + 4:.1f} {200 + rx - 14:.1f} {top + 3:.1f}Z"
        p.path(side, p.round_(colour, 1.1))
        p.path(side, p.lin((0, "#ffffff", 0.2), (0.4, "#ffffff", 0), (0.7, "#000000", 0), (1, "#000000", 0.2), x2=0, y2=1))
        p.oval(200, top + 3, rx - 13, 8.5 - at * 0.6, p.lin((0, tone(colour, 0.15)), (0.6, tone(colour, 0.05)), (1, tone(colour, -0.05))))
        p.oval(200, top + 4, 22, 3.6, tone(colour, -0.26))
        p.path(f"M{200 - rx + 12:.1f} {top + 12:.1f} q-6 8 -2 16", "none", stroke="#ffffff", stroke_width=5, stroke_linecap="round", opacity=0.42)
    top = 300 - 5 * 31.4 - 31
    p.box(191, top - 12, 18, 16, 3, p.round_(PALE_WOOD))
    p.oval(200, top - 32, 27, 27, p.ball(mix(a, "#e3b94f", 0.75)))
    p.oval(190, top - 43, 7, 5, "#ffffff", opacity=0.5, transform=f"rotate(-34 190 {top - 43:.1f})")


def kite(p: Pen, c: str, a: str) -> None:
    """A diamond kite leaning on the wall, its tail and the reel before it: main and accent are its colours."""
    p.shadow(196, 326, 92, 9, 0.26)
    p.path("M190 44 L316 150 L196 326 L84 168Z", "#1c211f", opacity=0.1, transform="translate(16 8)")
    p.path("M190 44 L316 150 L196 326 L84 168Z", "#1c211f", opacity=0.08, transform="translate(9 4)")
    centre = (192, 158)
    for d, colour, near, far in (
        ("M190 44 L84 168 L192 158Z", c, 0.12, -0.02),
        ("M190 44 L316 150 L192 158Z", a, 0.1, -0.06),
        ("M84 168 L196 326 L192 158Z", a, 0.04, -0.1),
        ("M316 150 L196 326 L192 158Z", c, -0.02, -0.17),
    ):
        p.path(d, p.slant(colour, near, far))
    p.path("M136 106 L84 168 L192 158Z M254 152 L316 150 L256 240Z", "#ffffff", opacity=0.1)
    p.oval(*centre, 30, 30, mix(a, WHITE, 0.55))
    p.oval(*centre, 30, 30, p.rad((0, "#ffffff", 0.35), (1, "#000000", 0.12), cx=0.34, cy=0.28, r=0.85))
    for at in range(8):
        t = math.radians(at * 45 + 22)
        p.oval(round(192 + 43 * math.cos(t), 1), round(158 + 43 * math.sin(t), 1), 4.2, 4.2, mix(a, WHITE, 0.55))
    for w, colour in ((6, tone(WOOD, -0.16)), (2.5, tone(WOOD, 0.12))):
        p.line("M190 46 L196 324 M86 168 Q196 172 314 151", colour, w)
    p.line("M190 44 L316 150 L196 326 L84 168Z", tone(c, -0.16), 3)
    p.line("M190 48 L88 166", "#ffffff", 2.4, opacity=0.5)
    for x, y in ((190, 46), (315, 150), (85, 168)):
        p.oval(x, y, 6, 6, p.ball(WOOD))
    p.line("M196 322 C214 336 246 318 268 326 C292 334 316 320 342 330", tone(c, -0.2), 2.6)
    for x, y, turn, colour in ((236, 325, -6, a), (288, 330, 8, c), (338, 328, -4, a)):
        p.open(transform=f"translate({x} {y}) rotate({turn})")
        p.path("M0 0 C-8 -16 -24 -15 -25 -8 C-26 6 -12 8 0 0Z", p.slant(colour, 0.1, -0.08))
        p.path("M0 0 C8 -16 24 -15 25 -8 C26 6 12 8 0 0Z", p.slant(colour, 0.02, -0.16))
        p.oval(0, -2, 5, 5, p.ball(colour))
        p.close()
    p.shadow(92, 328, 54, 7, 0.32)
    p.line("M112 290 C140 260 160 220 190 162", "#f4f1e8", 1.8, opacity=0.9)
    for y in (272, 322):
        p.path(f"M46 {y} h92 c5 0 5 9 0 9 h-92 c-5 0 -5 -9 0 -9Z", p.lin((0, tone(WOOD, 0.14)), (0.5, WOOD), (1, tone(WOOD, -0.2)), x2=0, y2=1))
    for x in (58, 118):
        p.box(x, 270, 8, 60, 3, p.round_(tone(WOOD, -0.04)))
    p.path("M62 284 C62 278 122 278 122 284 V318 C122 324 62 324 62 318Z", p.lin((0, "#cfc8b6"), (0.3, "#f8f4ea"), (1, "#b3aa94")))
    for at in range(9):
        p.line(f"M62 {285 + at * 4} q30 4 60 0", "#a79e88", 1, opacity=0.7)
