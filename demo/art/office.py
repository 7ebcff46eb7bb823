"""Things on and under a desk: print, paper, tools."""

from __future__ import annotations

import math

from demo.art.pen import INK, WHITE, Pen, block, mix, tone

PAPER = "#f1efe8"


def printer(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 324, 146)
    p.path("M132 154 L146 58 H262 L272 154Z", p.lin((0, "#fdfcf9"), (1, "#d5d2c8"), x2=0, y2=1))
    p.path("M116 166 L126 112 C127 106 131 104 136 104 H268 C273 104 277 106 278 112 L286 166Z", p.down(c, -0.05, -0.2))
    p.path(
        "M62 186 C64 162 76 152 96 152 H304 C324 152 336 162 338 186 L342 298 C342 314 332 324 316 324 H84 C68 324 58 314 58 298Z",
        p.lin((0, tone(c, -0.03)), (0.22, tone(c, 0.07)), (0.6, tone(c, 0)), (1, tone(c, -0.14))),
    )
    p.path("M70 184 C72 164 82 156 98 156 H302 C318 156 328 164 330 184 L331 192 H69Z", p.lin((0, tone(c, 0.14)), (1, tone(c, 0.02))))
    p.line("M66 196 H334", tone(c, -0.22), 2.5, opacity=0.7)
    p.box(228, 166, 78, 20, 5, tone(INK, -0.02))
    p.box(232, 169, 42, 14, 3, p.lin((0, tone(a, 0.2)), (1, tone(a, 0.02)), x2=1, y2=1))
    for x in (284, 295):
        p.oval(x, 176, 3.4, 3.4, tone(c, 0.2))
    p.box(96, 226, 208, 62, 8, tone(c, -0.34))
    p.path("M104 240 H296 V282 H104Z", p.lin((0, "#0d1011"), (1, tone(c, -0.3)), x2=0, y2=1))
    p.path("M118 250 H282 L300 316 H100Z", p.lin((0, "#d8d5cc"), (0.3, "#f7f5ef"), (1, "#fffefb"), x2=0, y2=1))
    p.path("M132 262 h44 v28 h-48Z", p.slant(a, 0.1, -0.04), opacity=0.9)
    for at in range(4):
        p.line(f"M{188 + at * 1.5:.0f} {266 + at * 8} H{268 + at * 3 - (at % 2) * 22}", "#b9b5a9", 2.6)
    p.path("M94 300 H306 L310 318 C310 322 306 324 302 324 H98 C94 324 90 322 90 318Z", p.down(tone(c, -0.04), 0.05, -0.14))
    p.line("M76 206 V292", "#ffffff", 6, opacity=0.28)


def ink(p: Pen, c: str, a: str) -> None:
    """Four cartridges: the colours are those of every printer, main is the case, accent the copper of the chip."""
    p.shadow(204, 322, 140, 13)
    for place, colour in enumerate(("#2b2f33", "#e3c33b", "#c43d78", "#2f9cc4")):
        x, y = 262 - place * 58, 96 + place * 16
        p.path(f"M{x + 62} {y} l24 -13 v168 l-24 27Z", p.down(c, -0.1, -0.24))
        p.path(f"M{x} {y} l24 -13 h62 l-24 13Z", p.lin((0, tone(c, 0.17)), (1, tone(c, 0.05))))
        p.path(f"M{x} {y} h62 v182 h-16 v14 h-26 v-14 h-20Z", p.lin((0, tone(c, 0.05)), (0.3, tone(c, 0.09)), (1, tone(c, -0.1))))
        p.box(x + 7, y + 22, 48, 112, 5, p.lin((0, tone(colour, 0.1)), (0.4, tone(colour, 0.02)), (1, tone(colour, -0.1)), x2=1, y2=0.6))
        p.path(f"M{x + 31} {y + 52} c12 17 15 22 15 30 a15 15 0 0 1 -30 0 c0 -8 3 -13 15 -30Z", "#ffffff", opacity=0.82)
        p.path(f"M{x + 23} {y + 82} a8 9 0 0 0 6 9", "none", stroke=tone(colour, -0.02), stroke_width=3, stroke_linecap="round")
        p.box(x + 14, y + 146, 34, 20, 3, p.lin((0, tone(a, 0.1)), (1, tone(a, -0.12)), x2=1, y2=1))
        p.line(f"M{x + 22} {y + 147} v18 M{x + 31} {y + 147} v18 M{x + 40} {y + 147} v18", tone(a, -0.2), 1.4)
        p.line(f"M{x + 4} {y + 8} v160", "#ffffff", 2.5, opacity=0.4)


def toner(p: Pen, c: str, a: str) -> None:
    p.shadow(202, 316, 158, 13)
    p.path("M56 196 L74 168 H318 L338 196Z", p.lin((0, tone(c, 0.17)), (1, tone(c, 0.04))))
    p.path(
        "M46 206 C46 198 50 194 58 194 H336 C346 194 350 200 350 208 V262 C350 276 342 284 328 284 H68 C54 284 46 276 46 262Z",
        p.lin((0, tone(c, 0.1)), (0.35, tone(c, 0.03)), (1, tone(c, -0.1)), x2=0.2, y2=1),
    )
    p.box(78, 262, 244, 48, 22, p.lin((0, tone(a, -0.2)), (0.28, tone(a, 0.18)), (0.55, tone(a, 0.02)), (1, tone(a, -0.22)), x2=0, y2=1))
    p.line("M94 274 H306", "#ffffff", 4, opacity=0.4)
    for x in (54, 318):
        p.box(x, 250, 30, 66, 8, p.lin((0, tone(c, 0.06)), (1, tone(c, -0.12))))
    p.oval(340, 264, 25, 25, p.lin((0, tone(WHITE, 0)), (1, tone(WHITE, -0.24)), x2=1, y2=1))
    for at in range(16):
        t = math.radians(at * 22.5)
        p.line(
            f"M{340 + 22 * math.cos(t):.1f} {264 + 22 * math.sin(t):.1f} L{340 + 28 * math.cos(t):.1f} {264 + 28 * math.sin(t):.1f}",
            tone(WHITE, -0.14),
            5,
            stroke_linecap="butt",
        )
    p.oval(340, 264, 9, 9, tone(c, -0.02))
    p.path("M150 168 C150 138 250 138 250 168", "none", stroke=tone(c, -0.16), stroke_width=13)
    p.path("M150 166 C150 138 250 138 250 166", "none", stroke=tone(c, 0.07), stroke_width=7)
    p.box(92, 210, 118, 34, 5, p.lin((0, "#fbf9f3"), (1, "#d8d3c6")))
    p.line("M102 221 H170 M102 232 H148", tone(c, 0.1), 4, opacity=0.7)
    p.box(228, 210, 64, 34, 5, p.slant(a, 0.08, -0.06))
    p.line("M62 206 H330", "#ffffff", 3, opacity=0.25)


def paper(p: Pen, c: str, a: str) -> None:
    """Two reams, the upper one open: main is the wrapper, accent its mark."""
    p.shadow(206, 324, 136)
    block(p, 66, 232, 226, 88, 54, c)
    p.line("M70 240 H288 M70 312 H288", tone(c, 0.14), 1.6, opacity=0.6)
    p.box(66, 262, 226, 28, 0, p.lin((0, tone(a, 0.06)), (1, tone(a, -0.06))))
    p.path("M292 262 l54 -27 v28 l-54 27Z", tone(a, -0.16))
    p.line("M92 276 H176", tone(a, 0.26), 5)
    block(p, 78, 146, 216, 80, 52, PAPER)
    for at in range(15):
        p.line(f"M80 {150 + at * 5.2:.1f} H293 l51 -25.500", "#cbc6b8", 0.9, opacity=0.8)
    p.path("M78 196 H294 l52 -26 v30 l-52 26 H78Z", p.lin((0, tone(c, 0.07)), (0.78, tone(c, -0.03)), (0.8, tone(c, -0.14)), (1, tone(c, -0.2))))
    p.path("M78 196 l14 -7 l16 8 l20 -9 l18 7 l22 -8 l20 9 l24 -9 l20 8 l22 -8 l20 8 l20 1 l22 -18 l14 0 l16 -8 v8 l-52 26 H78Z", tone(c, 0.02))
    p.path("M130 120 L182 119 L346 120 L330 128 L300 132 L294 146 H78Z", p.lin((0, "#ffffff"), (1, "#ebe7dc")))
    p.line("M96 144 H286", "#ffffff", 2, opacity=0.8)
    p.oval(120, 212, 9, 9, tone(a, 0.04))


def labels(p: Pen, c: str, a: str) -> None:
    """A roll of labels: main is the core, accent the labels."""
    p.shadow(190, 324, 100)
    p.shadow(318, 326, 50, 8, 0.24)
    p.path("M176 322 C250 326 320 318 372 326 L350 302 C306 296 250 306 214 290Z", p.lin((0, "#cfc9bb"), (0.35, "#f6f3ea"), (1, "#fffefa")))
    for x in (246, 304):
        p.path(f"M{x} 307 q22 -2 42 -3 l10 14 q-24 2 -44 2Z", p.slant(a, 0.1, -0.02))
    p.oval(204, 208, 116, 116, p.lin((0, "#f8f5ee"), (0.5, "#e2ddd0"), (1, "#b5ae9e"), x2=1, y2=1))
    p.oval(184, 206, 116, 117, p.rad((0, "#fffdf8"), (0.75, "#f3efe5"), (1, "#dcd6c8"), cx=0.36, cy=0.3, r=0.8))
    for at in range(10):
        p.oval(184, 206, 58 + at * 6, 58 + at * 6.05, "none", stroke=tone(a, 0.14) if at % 3 == 1 else "#cfc8b9", stroke_width=2.2 if at % 3 == 1 else 1)
    p.oval(184, 206, 52, 52, p.lin((0, tone(c, -0.12)), (1, tone(c, 0.1)), x2=1, y2=1))
    p.oval(187, 208, 41, 41, p.rad((0, tone(c, -0.3)), (1, tone(c, -0.18))))
    p.path("M150 230 A41 41 0 0 1 166 174", "none", stroke=tone(c, 0.16), stroke_width=4, stroke_linecap="round", opacity=0.7)
    p.line("M88 172 C100 134 126 110 158 100", "#ffffff", 8, opacity=0.65)


def calculator(p: Pen, c: str, a: str) -> None:
    p.shadow(202, 328, 100)
    p.box(106, 62, 190, 268, 22, tone(c, -0.22))
    p.box(106, 58, 188, 266, 22, p.lin((0, tone(c, 0.09)), (0.5, tone(c, 0.01)), (1, tone(c, -0.1)), x2=0.8, y2=1))
    p.box(124, 78, 152, 58, 9, tone(c, -0.26))
    p.box(128, 82, 144, 50, 7, p.lin((0, "#b9c6ad"), (1, "#d8e2cc"), x2=0.4, y2=1))
    p.line("M196 100 v20 M212 100 h14 v10 h-14 v10 h14 M240 100 h14 v20 h-14 M254 110 h-14", "#35402f", 3.4, stroke_linejoin="miter", stroke_linecap="butt")
    for row in range(5):
        for column in range(4):
            x, y = 126 + column * 38.5, 152 + row * 33
            k = a if column == 3 or (row == 0 and column == 0) else tone(WHITE, -0.02) if row else mix(c, WHITE, 0.35)
            tall = 57 if (row, column) == (3, 3) else 24
            if (row, column) == (4, 3):
                continue
            p.box(x, y + 3, 32, tall, 7, tone(k, -0.22))
            p.box(x, y, 32, tall, 7, p.down(k, 0.05, -0.05))
            p.oval(x + 16, y + tall / 2, 2.6, 2.6, tone(k, -0.34 if k != a else 0.3))
    p.line("M120 74 C128 68 150 66 180 66", "#ffffff", 4, opacity=0.4)


def tools(p: Pen, c: str, a: str) -> None:
    """A hammer and a spanner leaning on each other: main is the grip, accent the wood."""
    p.shadow(196, 326, 128, 12)
    p.open(transform="rotate(24 250 200)")
    shaft = "M236 104 L264 104 L262 304 H238Z"
    p.path(shaft, p.metal("#a9aeae"))
    p.path(
        "M216 56 C222 46 232 42 238 46 L238 78 L250 88 L262 78 V46 C270 42 280 48 284 58 C290 80 280 104 262 114 H238 C220 104 210 80 216 56Z",
        p.metal("#b4b9b8"),
    )
    p.oval(250, 310, 27, 27, p.metal("#b0b5b4"))
    p.oval(250, 310, 13, 13, tone(c, -0.3))
    p.line("M244 130 V280", "#ffffff", 4, opacity=0.5)
    p.close()
    p.open(transform="rotate(-20 160 210)")
    p.path("M146 118 H174 C176 160 178 190 178 206 H142 C142 190 144 160 146 118Z", p.round_(a))
    p.path("M142 200 H178 C182 230 184 280 180 322 C176 332 144 332 140 322 C136 280 138 230 142 200Z", p.round_(c))
    for at in range(6):
        p.line(f"M144 {222 + at * 15} q16 7 32 0", tone(c, -0.18), 3)
    p.path("M122 74 H176 V118 H122 C116 118 114 112 114 106 V86 C114 80 116 74 122 74Z", p.down("#8f9595", 0.14, -0.14))
    p.box(104, 70, 18, 52, 6, p.down("#a4aaaa", 0.14, -0.16))
    p.path("M176 76 C206 74 226 86 240 108 C220 98 206 98 196 104 C190 110 184 116 176 118Z", p.down("#8f9595", 0.16, -0.12))
    p.line("M108 76 V112", "#ffffff", 4, opacity=0.6)
    p.close()


def parcel(p: Pen, c: str, a: str) -> None:
    p.shadow(206, 324, 132)
    block(p, 74, 170, 202, 150, 58, c)
    p.path("M154 170 l58 -29 h40 l-58 29Z", tone(a, 0.14))
    p.box(154, 170, 40, 58, 0, p.down(a, 0.1, 0))
    p.path("M154 228 l5 5 l5 -5 l5 5 l5 -5 l5 5 l5 -5 l5 5 l5 -5 v-6 h-40Z", tone(a, 0))
    p.line("M132 141 L174 141", tone(c, 0.2), 2, opacity=0.5)
    p.line("M103 155.5 H305", tone(c, -0.12), 2, opacity=0.6)
    p.box(196, 252, 64, 48, 3, p.lin((0, "#fdfbf5"), (1, "#e2ddd0"), x2=1, y2=1))
    p.line("M204 264 H240 M204 273 H252", "#aaa491", 3)
    for at, w in enumerate((3, 1.4, 4, 1.6, 2.6, 4, 1.4, 3)):
        p.line(f"M{206 + at * 6} 281 v12", INK, w, stroke_linecap="butt", opacity=0.75)
    p.path("M92 282 v-14 h-6 l10 -12 l10 12 h-6 v14Z M116 282 v-14 h-6 l10 -12 l10 12 h-6 v14Z", tone(c, -0.26), opacity=0.75)
    p.line("M78 174 H148", "#ffffff", 3, opacity=0.35)


def gift(p: Pen, c: str, a: str) -> None:
    p.shadow(204, 324, 120)
    block(p, 88, 192, 190, 128, 46, c)
    block(p, 78, 166, 210, 34, 50, tone(c, 0.03))
    p.box(164, 166, 38, 154, 0, p.lin((0, tone(a, 0.08)), (1, tone(a, -0.08))))
    p.path("M164 166 l50 -25 h38 l-50 25Z", tone(a, 0.12))
    p.path("M103 153.5 h210 l14 -7 h-210Z", p.lin((0, tone(a, 0.1)), (1, tone(a, -0.02))), opacity=0.95)
    p.line("M164 200 H202", tone(a, -0.18), 2, opacity=0.5)
    for flip in ("", "translate(420 0) scale(-1 1)"):
        p.open(transform=flip)
        p.path("M210 144 C196 98 150 70 124 84 C104 98 130 142 210 148Z", p.slant(a, 0.12, -0.08))
        p.path("M204 140 C184 116 156 102 144 106 C138 114 160 134 204 142Z", tone(a, -0.2))
        p.path("M206 146 C184 152 164 166 154 190 L176 184 L184 204 C190 180 200 162 212 150Z", p.slant(a, 0.04, -0.12))
        p.close()
    p.oval(210, 145, 17, 14, p.ball(a))
    p.line("M92 196 V310", "#ffffff", 5, opacity=0.25)
