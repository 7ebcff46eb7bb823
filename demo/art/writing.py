"""Things to write and draw with."""

from __future__ import annotations

from demo.art.pen import INK, WHITE, WOOD, Pen, mix, tone

CRAYONS = ("#c23b34", "#e08a2f", "#e8c33c", "#6a9a45", "#2f8a80", "#3f7fb8", "#3f4f8f", "#8a4f8f", "#c9698a")


def notebook(p: Pen, c: str, a: str) -> None:
    """A bound notebook, leaning back a little, and a pencil before it: main is the cover, accent the band and the pencil."""
    p.shadow(206, 326, 108, 12)
    p.open(transform="translate(6 0) rotate(-5 200 330)")
    p.path("M112 72 H294 C302 72 306 76 306 84 V318 C306 326 302 330 294 330 H112Z", tone(c, -0.24), transform="translate(7 3)")
    p.box(118, 76, 186, 252, 9, p.lin((0, "#d6cdb9"), (1, "#efe8d8")))
    for at in range(5):
        p.line(f"M{297 + at * 1.7:.1f} 82 V{324 - at}", "#b9ae97", 0.8)
    cover = "M108 68 H284 C293 68 297 72 297 81 V313 C297 322 293 326 284 326 H108 C101 326 98 322 98 314 V80 C98 72 101 68 108 68Z"
    p.path(cover, p.lin((0, tone(c, 0.06)), (0.4, tone(c, 0.02)), (1, tone(c, -0.09)), x2=0.9, y2=1))
    p.open(clip_path=p.clip(cover))
    for at in range(90):  # grain of the cloth
        x, y = 124 + (at * 61) % 172, 74 + (at * 47) % 248
        p.line(f"M{x} {y} h{3 + at % 4}", tone(c, 0.14 if at % 2 else -0.12), 1, opacity=0.35)
    p.path("M94 60 H122 V336 H94Z", p.lin((0, tone(c, -0.16)), (0.45, tone(c, 0.05)), (0.8, tone(c, -0.05)), (1, tone(c, -0.18))))
    p.line("M124 68 V326", tone(c, 0.14), 1.4, opacity=0.5)
    p.box(148, 104, 92, 58, 3, p.lin((0, tone("#f3ecdd", 0.02)), (1, "#ddd3bf"), x2=1, y2=1))
    p.box(153, 109, 82, 48, 1, "none", stroke=tone(c, -0.04), stroke_width=1.6)
    p.line("M166 125 H222 M166 137 H222 M166 149 H202", tone(c, 0.02), 2, opacity=0.7)
    p.path("M98 72 H200 L140 330 H98Z", "#ffffff", opacity=0.07)
    p.box(266, 60, 13, 276, 0, "#000000", opacity=0.18)
    p.box(263, 60, 13, 276, 0, p.lin((0, tone(a, -0.06)), (0.35, tone(a, 0.1)), (1, tone(a, -0.12))))
    p.line("M267 60 V336 M272 60 V336", tone(a, -0.14), 1, opacity=0.5)
    p.close()
    p.close()
    p.shadow(222, 336, 92, 5, 0.3)
    p.open(transform="translate(118 340) rotate(-6)")
    _pencil(p, 206, a)
    p.close()


def _pencil(p: Pen, length: float, c: str, tip: str = INK) -> None:
    """A hexagonal pencil lying from the origin to the right, point first."""
    p.path("M0 0 L30 -9 V9Z", p.lin((0, tone(WOOD, 0.16)), (1, tone(WOOD, -0.1)), x2=0, y2=1))
    p.path("M0 0 L11 -3.3 V3.3Z", tip)
    for y, h, k in ((-9, 6, 0.12), (-3, 7, 0.0), (4, 5, -0.16)):
        p.path(f"M30 {y} q4 {h / 2} 0 {h} H{length} V{y}Z", tone(c, k))
    p.line(f"M34 -6 H{length - 8}", "#ffffff", 1.6, opacity=0.45)
    p.path(f"M{length - 26} -9 h26 c6 3 6 15 0 18 h-26Z", p.lin((0, tone(INK, 0.34)), (1, tone(INK, 0.04)), x2=0, y2=1))
    p.line(f"M{length - 26} -9 v18", tone(WHITE, -0.06), 3, stroke_linecap="butt")


def fountain_pen(p: Pen, c: str, a: str) -> None:
    """A fountain pen leaning on a bottle of ink: main is the barrel and the ink, accent the metal."""
    p.shadow(238, 326, 96, 12)
    glass = "M176 196 H306 C318 196 324 204 324 216 V304 C324 320 314 328 298 328 H184 C168 328 158 320 158 304 V216 C158 204 164 196 176 196Z"
    p.path(glass, p.lin((0, "#cfd9d8"), (0.2, "#f4f8f7"), (0.55, "#dbe4e3"), (0.9, "#aebbbb"), (1, "#c9d4d4")))
    p.open(clip_path=p.clip(glass))
    p.path("M170 226 C200 234 282 234 312 226 V308 C312 314 306 318 298 318 H184 C176 318 170 314 170 308Z", p.round_(c, 1.1))
    p.oval(241, 227, 71, 7, p.lin((0, tone(c, 0.16)), (1, tone(c, -0.04))))
    p.path("M176 234 V304 h13 V237Z", "#ffffff", opacity=0.42)
    p.line("M312 222 V306", "#ffffff", 4, opacity=0.35)
    p.path("M158 310 C190 324 292 324 324 310 V334 H158Z", "#ffffff", opacity=0.22)
    p.close()
    p.box(194, 252, 94, 44, 3, p.lin((0, "#ece5d6"), (0.3, "#fbf8f1"), (1, "#d9d1c1")))
    p.box(199, 257, 84, 34, 1, "none", stroke=a, stroke_width=1.5)
    p.path("M241 263 c8 10 10 13 10 17 a10 10 0 0 1 -20 0 c0 -4 2 -7 10 -17Z", tone(c, 0.02))
    p.path("M188 196 C188 186 196 184 204 184 H278 C286 184 294 186 294 196Z", p.lin((0, "#c3cecd"), (0.3, "#f4f8f7"), (1, "#aebbbb")))
    p.path("M190 142 H292 V182 C266 191 216 191 190 182Z", p.round_(INK, 0.9))
    for at in range(13):
        p.line(f"M{195 + at * 7.7:.1f} {149 + (1 - ((at - 6) / 6.5) ** 2) * 4:.1f} v34", tone(INK, 0.16), 1.6, opacity=0.55)
    p.oval(241, 142, 51, 9.5, p.lin((0, tone(INK, 0.3)), (1, tone(INK, 0.1))))
    p.line("M190 178 C216 187 266 187 292 178", a, 2.4)
    for shape in (glass, "M190 142 H292 V182 C266 191 216 191 190 182Z"):  # the pen's shadow falls on the bottle and nowhere else
        p.open(clip_path=p.clip(shape))
        p.path("M92 332 L196 244 L310 126 L326 142 L222 262 L112 342Z", "#000000", opacity=0.2)
        p.close()
    p.open(transform="translate(60 324) rotate(-42)")
    body = p.lin((0, tone(c, 0.16)), (0.22, tone(c, 0.08)), (0.55, tone(c, -0.03)), (0.85, tone(c, -0.18)), (1, tone(c, -0.1)), x2=0, y2=1)
    brass = p.lin((0, tone(a, 0.06)), (0.25, tone(a, 0.22)), (0.5, tone(a, -0.02)), (0.8, tone(a, -0.2)), (1, tone(a, -0.04)), x2=0, y2=1)
    p.path("M0 0 C18 -4 32 -11 46 -10 L64 -9 V9 L46 10 C32 11 18 4 0 0Z", brass)
    p.line("M2 0 H40", tone(a, -0.3), 1.3)
    p.oval(43, 0, 2.6, 2.6, tone(a, -0.32))
    p.line("M20 -3.500 C30 -6.500 40 -7 52 -6.500", "#ffffff", 1.6, opacity=0.8)
    p.path(
        "M60 -9 C72 -13 84 -14 104 -14.500 V14.500 C84 14 72 13 60 9Z", p.lin((0, tone(INK, 0.34)), (0.3, tone(INK, 0.2)), (1, tone(INK, -0.02)), x2=0, y2=1)
    )
    p.box(102, -16, 9, 32, 2, brass)
    p.path("M110 -16.500 C150 -19 240 -18 300 -13 C316 -11 322 -6 322 0 C322 6 316 11 300 13 C240 18 150 19 110 16.500Z", body)
    p.box(150, -17.800, 6, 35.600, 1, brass)
    p.path("M292 -13.500 L306 -12 V12 L292 13.500Z", brass)
    p.line("M116 -9 C160 -11.500 230 -11 286 -8", "#ffffff", 3, opacity=0.42)
    p.close()


def pencils(p: Pen, c: str, a: str) -> None:
    """Coloured pencils in a pot: main is the pot, accent its band. The pencils have every colour."""
    p.shadow(200, 326, 92)
    p.oval(200, 196, 75, 15, tone(c, -0.28))
    for rim, top, colour in (
        (160, 118, 6),
        (186, 84, 2),
        (212, 76, 4),
        (238, 108, 0),
        (146, 150, 3),
        (172, 128, 8),
        (199, 104, 5),
        (226, 132, 1),
        (254, 146, 7),
    ):
        turn = (rim - 200) * 0.27
        _upright(p, rim - (rim - 200) * 0.585, top, turn, CRAYONS[colour])
    pot = "M125 196 C125 206 158 212 200 212 C242 212 275 206 275 196 L266 312 C264 324 240 330 200 330 C160 330 136 324 134 312Z"
    p.path(pot, p.round_(c))
    p.open(clip_path=p.clip(pot))
    p.path("M120 240 C150 252 250 252 280 240 V274 C250 286 150 286 120 274Z", p.round_(a, 0.8))
    p.line("M120 240 C150 252 250 252 280 240 M120 274 C150 286 250 286 280 274", tone(a, -0.16), 1.6, opacity=0.6)
    p.path("M148 190 C150 240 154 290 158 330 h13 C167 290 164 240 163 190Z", "#ffffff", opacity=0.24)
    p.close()
    p.path("M125 196 C125 206 158 212 200 212 C242 212 275 206 275 196", "none", stroke=tone(c, 0.16), stroke_width=3.5, stroke_linecap="round", opacity=0.8)
    p.shadow(304, 330, 54, 5, 0.3)
    p.open(transform="translate(254 336) rotate(-5)")
    _pencil(p, 112, CRAYONS[0], CRAYONS[0])
    p.close()


def _upright(p: Pen, x: float, top: float, turn: float, colour: str) -> None:
    """A pencil standing in the pot, point up."""
    p.open(transform=f"rotate({turn} {x} 320)")
    p.path(f"M{x} {top - 42} L{x + 10} {top} H{x - 10}Z", p.lin((0, tone(WOOD, 0.18)), (0.6, tone(WOOD, 0.08)), (1, tone(WOOD, -0.1))))
    p.path(f"M{x} {top - 42} L{x + 4} {top - 25} Q{x} {top - 22} {x - 4} {top - 25}Z", colour)
    for dx, w, k in ((-10, 6, 0.1), (-4, 8, 0.0), (4, 6, -0.14)):
        p.path(f"M{x + dx} {top + 2} q{w / 2} -7 {w} 0 V300 h{-w}Z", mix(tone(colour, k), colour, 0.2))
    p.line(f"M{x - 7} {top + 8} V200", "#ffffff", 1.6, opacity=0.4)
    p.close()
