"""More things a room is made of."""

# ruff: noqa: E501  paths stay on one line
from __future__ import annotations

import math

from demo.art.pen import INK, WHITE, WOOD, Pen, block, mix, tone


def sofa(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 318, 168, 12)
    for x in (74, 112, 278, 316):
        p.path(f"M{x} 286 h14 l-3 34 h-8Z", p.lin((0, tone(a, 0.05)), (1, tone(a, -0.18))))
    p.path("M72 158 C72 132 84 120 106 120 H294 C316 120 328 132 328 158 V250 H72Z", p.lin((0, tone(c, 0.08)), (1, tone(c, -0.1)), x2=0.4, y2=1))
    for x in (86, 203):
        p.path(
            f"M{x} 158 C{x} 142 {x + 8} 136 {x + 22} 136 H{x + 90} C{x + 104} 136 {x + 111} 142 {x + 111} 158 V226 H{x}Z",
            p.lin((0, tone(c, 0.13)), (0.4, tone(c, 0.04)), (1, tone(c, -0.1)), x2=0.4, y2=1),
        )
        p.oval(x + 56, 180, 4, 4, tone(c, -0.16))
        p.line(f"M{x + 56} 180 q-20 10 -40 12 M{x + 56} 180 q20 10 40 12", tone(c, -0.1), 1.6, opacity=0.6)
    for x in (80, 202):
        p.path(
            f"M{x} 232 C{x} 218 {x + 8} 214 {x + 20} 214 H{x + 98} C{x + 112} 214 {x + 118} 218 {x + 118} 232 V262 H{x}Z",
            p.lin((0, tone(c, 0.16)), (0.35, tone(c, 0.06)), (1, tone(c, -0.1)), x2=0, y2=1),
        )
        p.line(f"M{x + 5} 240 H{x + 112}", tone(c, -0.12), 1.5, stroke_dasharray="5 4", opacity=0.8)
    p.path("M66 256 H334 V284 C334 292 330 296 322 296 H78 C70 296 66 292 66 284Z", p.down(c, 0.02, -0.16))
    for x, flip in ((34, 0), (322, 1)):
        p.path(
            f"M{x} 214 C{x} 194 {x + 8} 184 {x + 22} 184 C{x + 36} 184 {x + 44} 194 {x + 44} 214 V286 C{x + 44} 294 {x + 40} 298 {x + 32} 298 H{x + 12} C{x + 4} 298 {x} 294 {x} 286Z",
            p.lin((0, tone(c, 0.02 - flip * 0.05)), (0.35, tone(c, 0.12 - flip * 0.06)), (1, tone(c, -0.12))),
        )
        p.line(f"M{x + 6} 222 C{x + 6} 204 {x + 12} 194 {x + 22} 192", "#ffffff", 4, opacity=0.35)
    p.open(transform="translate(126 190) rotate(-12)")
    p.path("M-36 -30 C-12 -36 12 -36 36 -30 C40 -10 40 12 36 32 C12 38 -12 38 -36 32 C-40 12 -40 -10 -36 -30Z", p.ball(a))
    p.line("M-24 -20 L24 22 M24 -20 L-24 22", tone(a, -0.12), 1.6, opacity=0.6)
    p.close()


def table(p: Pen, c: str, a: str) -> None:
    """A round table with a vase: main is the wood, accent the vase."""
    p.shadow(200, 326, 126, 12)
    for d, k in (
        ("M142 176 L156 176 L150 300 L144 300Z", -0.14),
        ("M250 176 L262 176 L262 300 L256 300Z", -0.16),
        ("M92 176 L114 178 L100 330 L90 330Z", 0.0),
        ("M290 178 L310 176 L314 330 L304 330Z", -0.05),
    ):
        p.path(d, p.lin((0, tone(c, 0.08 + k)), (1, tone(c, -0.14 + k))))
    p.path("M62 158 V172 C62 190 124 204 200 204 C276 204 338 190 338 172 V158Z", p.lin((0, tone(c, -0.06)), (0.3, tone(c, 0.04)), (1, tone(c, -0.2))))
    p.oval(200, 158, 138, 34, p.lin((0, tone(c, 0.14)), (0.5, tone(c, 0.05)), (1, tone(c, -0.04)), x2=1, y2=0.4))
    for at in range(6):
        p.path(f"M{84 + at * 8} {150 + at * 4} q110 {-14 + at * 5} {232 - at * 14} {-2 + at}", "none", stroke=tone(c, -0.07), stroke_width=1.3, opacity=0.6)
    p.shadow(206, 158, 34, 6, 0.3)
    p.path("M188 92 H222 C220 108 236 118 236 136 C236 152 222 160 205 160 C188 160 174 152 174 136 C174 118 190 108 188 92Z", p.round_(a))
    p.oval(205, 92, 17, 4.5, tone(a, -0.24))
    p.line("M204 94 C202 70 196 56 186 44 M206 94 C210 72 220 60 232 52", "#5f7f4f", 3)
    for x, y, turn in ((186, 44, -28), (232, 52, 36), (198, 66, -46), (216, 70, 44)):
        p.path("M0 0 C-10 -10 -10 -24 0 -34 C10 -24 10 -10 0 0Z", p.slant("#6f9458", 0.08, -0.08), transform=f"translate({x} {y + 8}) rotate({turn}) scale(.8)")
    p.line("M92 146 C120 134 156 128 190 127", "#ffffff", 4, opacity=0.5)


def dresser(p: Pen, c: str, a: str) -> None:
    p.shadow(206, 326, 128, 12)
    p.open(transform="translate(18 30) scale(.91)")
    for x in (84, 274):
        p.path(f"M{x} 296 h18 l-4 34 h-9Z", p.lin((0, tone(a, 0.04)), (1, tone(a, -0.18))))
    block(p, 66, 118, 236, 186, 36, c)
    p.box(74, 126, 220, 170, 3, tone(c, -0.2))
    for row in range(3):
        y = 130 + row * 55.5
        for x, w in ((78, 104), (186, 104)):
            p.box(x, y, w, 51, 3, p.lin((0, tone(c, 0.08)), (0.5, tone(c, 0.02)), (1, tone(c, -0.06)), x2=1, y2=0.6))
            p.line(f"M{x + 8} {y + 13:.1f} q40 {5 - row * 3} {w - 18} 2 M{x + 6} {y + 36:.1f} q50 -5 {w - 14} 3", tone(c, -0.07), 1.2, opacity=0.6)
            p.oval(x + w / 2, y + 27, 6.5, 6.5, tone(c, -0.24))
            p.oval(x + w / 2, y + 25, 6, 6, p.ball(a))
    p.shadow(140, 108, 30, 5, 0.26)
    p.path("M120 66 H160 L154 108 C152 112 128 112 126 108Z", p.round_(mix(a, WHITE, 0.5)))
    for turn in (-40, -14, 14, 40):
        p.path("M0 0 C-9 -14 -9 -32 0 -44 C9 -32 9 -14 0 0Z", p.slant("#5f8f5a", 0.08, -0.08), transform=f"translate(140 68) rotate({turn})")
    p.box(214, 92, 70, 13, 2, p.down("#7a9aa6", 0.1, -0.06))
    p.box(220, 80, 58, 12, 2, p.down("#c9704f", 0.1, -0.06))
    p.line("M72 122 H290", "#ffffff", 2.5, opacity=0.4)
    p.close()


def cushion(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 322, 128)
    body = "M70 92 C112 104 288 104 330 92 C338 88 344 94 340 102 C328 150 328 260 342 306 C344 316 338 320 330 318 C282 306 118 306 70 318 C62 320 56 316 58 306 C72 260 72 150 60 102 C56 94 62 88 70 92Z"
    p.path(body, p.rad((0, tone(c, 0.14)), (0.4, tone(c, 0.05)), (0.75, tone(c, -0.05)), (1, tone(c, -0.18)), cx=0.38, cy=0.34, r=0.8))
    p.open(clip_path=p.clip(body))
    for at in range(-6, 12):
        p.line(f"M{at * 40} 80 q60 120 {140} 250", tone(a, 0.02), 5, opacity=0.55)
    for at in range(-2, 14):
        p.line(f"M{at * 40 + 20} 80 q-50 120 {-130} 250", tone(a, 0.02), 2, opacity=0.5)
    p.path(
        "M60 92 C90 140 100 160 104 180 M340 92 C312 136 304 156 298 178 M60 318 C86 280 96 262 102 244 M340 318 C314 284 306 264 300 246",
        "none",
        stroke=tone(c, -0.18),
        stroke_width=7,
        opacity=0.28,
        stroke_linecap="round",
    )
    p.close()
    p.line(body, tone(a, 0.04), 4)
    p.line("M96 118 C130 126 160 128 190 128", "#ffffff", 8, opacity=0.3)
    for x, y in ((64, 96), (336, 96), (62, 313), (338, 313)):
        p.oval(x, y, 8, 8, p.ball(a))


def flowers(p: Pen, c: str, a: str) -> None:
    """A bunch in a vase: main is the blossoms, accent the vase."""
    p.shadow(200, 326, 74)
    for x, y in ((130, 130), (164, 96), (210, 84), (250, 112), (278, 150), (196, 140), (150, 168), (240, 168)):
        p.line(f"M202 250 Q{(x + 206) / 2:.0f} {(y + 250) / 2 + 10:.0f} {x} {y}", "#5f8150", 4)
    for x, y, turn in ((118, 186, -62), (290, 192, 58), (160, 206, -30), (246, 208, 28), (104, 150, -46), (300, 128, 44)):
        p.path("M0 0 C-16 -20 -16 -50 0 -70 C16 -50 16 -20 0 0Z", p.slant("#6b9158", 0.08, -0.1), transform=f"translate({x} {y + 30}) rotate({turn})")
    for at, (x, y, r) in enumerate(
        ((130, 128, 32), (276, 150, 30), (250, 106, 33), (164, 92, 34), (210, 80, 30), (150, 172, 29), (244, 172, 31), (198, 136, 40))
    ):
        colour = tone(c, (0.0, 0.06, -0.04, 0.03)[at % 4])
        for ring_, petals in ((1.0, 9), (0.68, 7)):
            for petal in range(petals):
                lean = petal * 360 / petals + at * 17 + ring_ * 20
                p.path(
                    f"M0 0 C{-r * 0.42 * ring_:.1f} {-r * 0.4 * ring_:.1f} {-r * 0.36 * ring_:.1f} {-r * ring_:.1f} 0 {-r * 1.06 * ring_:.1f} C{r * 0.36 * ring_:.1f} {-r * ring_:.1f} {r * 0.42 * ring_:.1f} {-r * 0.4 * ring_:.1f} 0 0Z",
                    p.lin((0, tone(colour, 0.1 if ring_ == 1 else 0.15)), (1, tone(colour, -0.1 if ring_ == 1 else -0.02)), x2=0, y2=1),
                    transform=f"translate({x} {y}) rotate({lean:.0f})",
                )
        p.oval(x, y, r * 0.24, r * 0.22, p.ball("#e3b548"))
    vase = "M168 214 H236 C234 240 262 256 262 288 C262 316 236 330 202 330 C168 330 142 316 142 288 C142 256 170 240 168 214Z"
    p.path(vase, p.round_(a))
    p.oval(202, 214, 34, 8, tone(a, -0.2))
    p.path("M170 270 C160 282 160 300 170 312", "none", stroke="#ffffff", stroke_width=9, stroke_linecap="round", opacity=0.35)
    p.line("M150 268 C176 278 228 278 254 268", tone(a, -0.14), 2, opacity=0.6)


def clock(p: Pen, c: str, a: str) -> None:
    """A table clock with two bells: main is the case, accent the metal."""
    p.shadow(202, 328, 92)
    p.line("M140 286 L116 326 M262 286 L286 326", tone(a, -0.12), 15)
    p.line("M139 284 L115 323 M261 284 L285 323", tone(a, 0.1), 7)
    p.line("M164 66 C170 34 232 34 238 66", tone(a, -0.1), 8)
    for x, turn in ((134, -32), (268, 32)):
        p.open(transform=f"rotate({turn} {x} 96)")
        p.path(f"M{x - 44} 102 C{x - 44} 62 {x + 44} 62 {x + 44} 102Z", p.round_(a))
        p.oval(x, 102, 44, 6, tone(a, -0.22))
        p.oval(x, 70, 6, 6, p.ball(a))
        p.close()
    p.box(194, 72, 14, 34, 5, p.metal(a))
    p.oval(201, 208, 118, 118, p.lin((0, tone(c, 0.14)), (0.4, tone(c, 0)), (1, tone(c, -0.2)), x2=1, y2=1))
    p.oval(201, 208, 101, 101, p.lin((0, tone(c, -0.2)), (1, tone(c, 0.1)), x2=1, y2=1))
    p.oval(201, 208, 97, 97, p.rad((0, "#fffdf6"), (0.75, "#f4f0e6"), (1, "#d9d3c4"), cx=0.42, cy=0.36, r=0.75))
    for at in range(60):
        t = math.radians(at * 6)
        inner, w = (74, 6) if at % 15 == 0 else (78, 4) if at % 5 == 0 else (86, 1.3)
        p.line(
            f"M{201 + inner * math.sin(t):.1f} {208 - inner * math.cos(t):.1f} L{201 + 90 * math.sin(t):.1f} {208 - 90 * math.cos(t):.1f}",
            INK,
            w,
            stroke_linecap="butt",
        )
    p.line("M201 208 L166 170", INK, 8)
    p.line("M201 208 L256 164", INK, 5.5)
    p.line("M190 226 L226 140", "#c2331a", 2.2)
    p.oval(201, 208, 7, 7, a)
    p.path("M128 168 A86 86 0 0 1 212 122 L150 268 A86 86 0 0 1 128 168Z", "#ffffff", opacity=0.3)


def pot(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 324, 128)
    for x in (58, 342):
        s = 1 if x < 200 else -1
        p.path(f"M{x + 34 * s} 196 C{x - 8 * s} 190 {x - 8 * s} 232 {x + 34 * s} 226", "none", stroke=tone(c, -0.2), stroke_width=17, stroke_linecap="round")
        p.path(f"M{x + 34 * s} 194 C{x - 6 * s} 188 {x - 6 * s} 228 {x + 34 * s} 223", "none", stroke=tone(c, 0.06), stroke_width=10, stroke_linecap="round")
    body = "M84 170 H316 V288 C316 312 292 328 260 328 H140 C108 328 84 312 84 288Z"
    p.path(body, p.round_(c))
    p.open(clip_path=p.clip(body))
    p.path("M104 176 V300 C106 314 116 320 124 322 V176Z", "#ffffff", opacity=0.22)
    p.path("M80 300 C140 320 260 320 320 300 V340 H80Z", tone(c, -0.16), opacity=0.5)
    p.close()
    p.path("M78 158 C78 154 82 152 88 152 H312 C318 152 322 154 322 158 V168 C322 176 316 178 310 178 H90 C84 178 78 176 78 168Z", p.round_(tone(c, 0.03)))
    p.path(
        "M86 154 C94 118 146 100 200 100 C254 100 306 118 314 154 C270 164 130 164 86 154Z",
        p.lin((0, tone(c, 0.02)), (0.3, tone(c, 0.15)), (0.7, tone(c, -0.02)), (1, tone(c, -0.16))),
    )
    p.path("M120 138 C138 120 166 112 190 110", "none", stroke="#ffffff", stroke_width=8, stroke_linecap="round", opacity=0.4)
    p.path("M186 102 V88 H214 V102Z", p.metal(a))
    p.oval(200, 80, 27, 15, p.ball(a))


def bowl(p: Pen, c: str, a: str) -> None:
    """A stack of bowls: main is the glaze, accent the rim and foot."""
    p.shadow(200, 324, 104)
    for lift, k in ((0, -0.04), (44, 0.0), (88, 0.03)):
        y = 210 - lift
        p.path(f"M158 {y + 100} H242 V{y + 112} C242 {y + 118} 158 {y + 118} 158 {y + 112}Z", p.round_(tone(a, -0.04)))
        body = f"M66 {y} C70 {y + 62} 116 {y + 106} 200 {y + 106} C284 {y + 106} 330 {y + 62} 334 {y}Z"
        p.path(body, p.round_(tone(c, k)))
        p.open(clip_path=p.clip(body))
        p.path(f"M40 {y + 72} C90 {y + 84} 130 {y + 70} 180 {y + 80} C230 {y + 90} 290 {y + 70} 360 {y + 76} V{y + 120} H40Z", p.round_(a, 0.7))
        for at in range(20):
            p.oval(90 + (at * 57) % 224, y + 16 + (at * 23) % 52, 1.3, 1, tone(c, -0.24), opacity=0.4)
        p.path(f"M92 {y + 10} C98 {y + 44} 116 {y + 70} 144 {y + 88} C128 {y + 66} 118 {y + 40} 116 {y + 10}Z", "#ffffff", opacity=0.28)
        p.close()
        p.oval(200, y, 134, 27, p.lin((0, tone(a, 0.02)), (1, tone(a, -0.12))))
        p.oval(200, y + 1, 128, 23.5, p.lin((0, tone(c, -0.22 + k)), (1, tone(c, 0 + k))))
        if lift < 88:
            p.oval(200, y + 4, 118, 18, tone(c, -0.3), opacity=0.5)
    p.path("M120 128 C140 138 260 138 286 126", "none", stroke="#ffffff", stroke_width=3, opacity=0.4, stroke_linecap="round")


def bear(p: Pen, c: str, a: str) -> None:
    """A sitting toy bear: main is the plush, accent the scarf."""
    p.shadow(200, 324, 116)
    for x in (134, 266):
        p.oval(x, 84, 32, 32, p.ball(c))
        p.oval(x, 88, 17, 17, mix(c, WHITE, 0.35))
    for x, turn in ((102, 34), (298, -34)):
        p.oval(x, 226, 29, 54, p.ball(tone(c, -0.03)), transform=f"rotate({turn} {x} 226)")
    p.oval(200, 244, 84, 84, p.ball(c))
    p.oval(200, 258, 52, 56, p.rad((0, mix(c, WHITE, 0.5)), (1, mix(c, WHITE, 0.3)), cx=0.4, cy=0.35, r=0.7))
    for x, turn in ((122, -14), (278, 14)):
        p.oval(x, 292, 45, 36, p.ball(c), transform=f"rotate({turn} {x} 292)")
        p.oval(x - (2 if x < 200 else -2), 294, 25, 21, mix(c, WHITE, 0.42))
    p.oval(200, 136, 84, 74, p.ball(c))
    p.oval(200, 160, 40, 31, p.rad((0, mix(c, WHITE, 0.6)), (1, mix(c, WHITE, 0.36)), cx=0.4, cy=0.3, r=0.75))
    p.oval(200, 147, 14, 10, "#33261f")
    p.oval(196, 144, 4, 2.5, "#ffffff", opacity=0.6)
    p.line("M200 157 V168 M200 168 C194 178 184 178 180 172 M200 168 C206 178 216 178 220 172", "#4a382e", 3)
    for x in (168, 232):
        p.oval(x, 124, 8, 9, "#2b211c")
        p.oval(x - 2.500, 120.5, 2.8, 2.8, "#ffffff")
    p.path("M130 196 C150 216 250 216 270 196 L276 212 C250 236 150 236 124 212Z", p.lin((0, tone(a, -0.04)), (0.3, tone(a, 0.1)), (1, tone(a, -0.12))))
    p.path("M232 216 L262 206 L276 272 L246 280Z", p.slant(a, 0.08, -0.12))
    p.line("M248 270 l3 16 M258 267 l3 16 M268 264 l3 16", tone(a, -0.1), 3)
    for at in range(46):
        x, y = 122 + (at * 61) % 156, 80 + (at * 37) % 230
        p.line(f"M{x} {y} q2 4 1 8", tone(c, 0.12 if at % 2 else -0.12), 1.5, opacity=0.35)


def puzzle(p: Pen, c: str, a: str) -> None:
    """Wooden building blocks and pieces of a puzzle: main and accent are their colours."""
    p.shadow(206, 324, 142)
    block(p, 70, 236, 84, 84, 34, c)
    block(p, 186, 236, 84, 84, 34, a)
    block(p, 128, 150, 84, 84, 34, mix("#e3b94f", WOOD, 0.2))
    p.oval(112, 279, 25, 25, tone(c, 0.24))
    p.path("M228 256 l24 42 h-48Z", tone(a, 0.28))
    p.path("M170 170 l7 14 l16 2 l-12 11 l3 16 l-14 -8 l-14 8 l3 -16 l-12 -11 l16 -2Z", "#fff6dc")
    p.path("M132 126 l52 -56 l52 56 l-18 8Z M132 126 h86 v7 h-86Z", p.lin((0, tone("#c9553f", 0.1)), (1, tone("#c9553f", -0.1))))
    p.path("M132 133 L175 74 L218 133Z", p.slant("#c9553f", 0.1, -0.04))
    p.path("M218 133 L175 74 L209 57 L252 116Z", tone("#c9553f", -0.14))
    piece = "M0 0 h26 c-6 -12 2 -20 12 -20 c10 0 18 8 12 20 h26 v26 c12 -6 20 2 20 12 c0 10 -8 18 -20 12 v26 h-76Z"
    p.open(transform="translate(286 258) rotate(12) scale(.78)")
    p.path(piece, tone(WOOD, -0.2), transform="translate(3 5)")
    p.path(piece, p.slant(mix(WOOD, WHITE, 0.35), 0.08, -0.06))
    p.line("M8 12 q30 6 60 0 M8 34 q40 -6 76 2 M8 56 q30 6 60 2", tone(WOOD, 0.06), 1.6, opacity=0.7)
    p.close()
    for x, y in ((74, 240), (190, 240), (132, 154)):
        p.line(f"M{x} {y} h72", "#ffffff", 2.5, opacity=0.4)


def cosmetics(p: Pen, c: str, a: str) -> None:
    """A pump bottle, a jar and a lipstick: main is the glaze, accent the caps."""
    p.shadow(150, 326, 66)
    p.shadow(270, 326, 72, 12)
    p.path("M100 176 C100 158 116 152 128 150 H178 C190 152 206 158 206 176 V310 C206 322 196 328 184 328 H122 C110 328 100 322 100 310Z", p.round_(c))
    p.path("M116 168 C112 210 112 270 116 312 h12 C124 270 124 210 130 164Z", "#ffffff", opacity=0.3)
    p.box(124, 222, 58, 66, 4, tone(c, 0.2), opacity=0.85)
    p.path("M153 238 C166 246 168 262 153 274 C138 262 140 246 153 238Z", tone(a, 0.02))
    p.box(128, 128, 50, 26, 5, p.round_(a))
    p.box(144, 98, 18, 32, 4, p.round_(a))
    p.path("M112 76 C112 72 116 70 120 70 H182 C192 70 196 78 196 88 V102 H144 L118 92 C114 90 112 86 112 82Z", p.round_(a))
    p.path("M222 262 H312 V306 C312 322 296 328 267 328 C238 328 222 322 222 306Z", p.round_(mix(c, WHITE, 0.35)))
    p.path("M216 232 C216 226 220 224 226 224 H308 C314 224 318 226 318 232 V262 C300 272 234 272 216 262Z", p.round_(a))
    p.oval(267, 229, 49, 9, p.lin((0, tone(a, 0.18)), (1, tone(a, 0))))
    p.path("M234 280 V316 h8 V282Z", "#ffffff", opacity=0.45)
    p.box(322, 256, 34, 72, 4, p.round_(INK))
    p.box(326, 226, 26, 34, 3, p.metal(a))
    p.path("M329 228 V186 C329 176 349 166 349 182 V228Z", p.round_("#b8394a"))


def shaver(p: Pen, c: str, a: str) -> None:
    p.shadow(204, 328, 66)
    p.path("M152 190 C146 240 150 300 164 322 C172 332 236 332 244 322 C258 300 262 240 256 190Z", p.round_(c))
    p.path("M172 200 C166 250 170 300 180 318 H228 C238 300 242 250 236 200Z", p.round_(tone(c, -0.1)))
    for at in range(7):
        p.line(f"M184 {262 + at * 8} q20 5 40 0", tone(c, 0.12), 2.4, opacity=0.6)
    p.oval(204, 226, 15, 15, p.metal(a))
    p.oval(204, 226, 9, 9, tone(a, 0.04))
    p.path("M150 192 C146 172 158 160 172 154 H236 C250 160 262 172 258 192 C228 202 180 202 150 192Z", p.metal("#b5b9b9"))
    p.path("M176 158 C176 146 232 146 232 158 V166 H176Z", tone(INK, 0.02))
    p.path(
        "M118 118 C108 84 134 58 168 62 C190 48 218 48 240 62 C274 58 300 84 290 118 C282 150 240 160 204 160 C168 160 126 150 118 118Z", p.ball(tone(c, 0.02))
    )
    for x, y in ((164, 96), (244, 96), (204, 130)):
        p.oval(x, y, 31, 26, tone(INK, -0.02))
        p.oval(x, y - 1, 27, 22, p.metal("#c2c6c6"))
        p.oval(x, y - 1, 17, 13.5, p.metal("#9aa0a0"))
        for at in range(20):
            t = math.radians(at * 18)
            p.line(
                f"M{x + 18 * math.cos(t):.1f} {y - 1 + 14.5 * math.sin(t):.1f} L{x + 25 * math.cos(t):.1f} {y - 1 + 20 * math.sin(t):.1f}", tone(INK, 0.14), 1.4
            )
        p.oval(x, y - 1, 6, 5, tone(a, 0))
    p.line("M164 206 C160 240 162 280 168 304", "#ffffff", 6, opacity=0.35)
