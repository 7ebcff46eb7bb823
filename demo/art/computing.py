"""Computers and what one puts into, onto and between them."""

from __future__ import annotations

import math

from demo.art.pen import INK, STEEL, WHITE, Pen, block, mix, tone

GOLD = "#d3a84c"


def _landscape(p: Pen, x: float, y: float, w: float, h: float, c: str, a: str) -> None:
    """A wallpaper: evening hills under a sun, with the gloss of glass."""
    d = f"M{x} {y} h{w} v{h} h{-w}Z"
    p.path(d, p.lin((0, tone(a, 0.22)), (0.55, mix(a, c, 0.35)), (1, tone(c, -0.1)), x2=0.4, y2=1))
    p.open(clip_path=p.clip(d))
    p.oval(x + w * 0.7, y + h * 0.38, h * 0.15, h * 0.15, tone(a, 0.3), opacity=0.9)
    p.path(f"M{x} {y + h * 0.72} q{w * 0.22} {-h * 0.3} {w * 0.48} {-h * 0.04} t{w * 0.6} {-h * 0.14} v{h} h{-w * 1.2}Z", mix(a, c, 0.55))
    p.path(f"M{x} {y + h * 0.9} q{w * 0.26} {-h * 0.26} {w * 0.52} {-h * 0.06} t{w * 0.5} {-h * 0.12} v{h} h{-w * 1.2}Z", tone(c, -0.1))
    p.path(f"M{x} {y} h{w * 0.46} l{-w * 0.3} {h} h{-w * 0.2}Z", "#ffffff", opacity=0.09)
    p.close()


def laptop(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 318, 164, 12)
    p.box(82, 84, 236, 172, 13, p.lin((0, tone(c, 0.12)), (1, tone(c, -0.1)), x2=1, y2=1))
    p.box(86, 88, 228, 166, 10, "#0d1113")
    _landscape(p, 94, 97, 212, 140, tone(INK, 0.16), a)
    p.oval(200, 92.5, 1.8, 1.8, "#3c4649")
    p.path("M74 254 H326 L358 306 H42Z", p.lin((0, tone(c, -0.04)), (0.4, tone(c, 0.1)), (1, tone(c, -0.04))))
    p.path("M92 259 H308 L326 284 H74Z", tone(c, -0.2))
    for row in range(4):
        y0, y1 = 260.5 + row * 5.9, 265 + row * 5.9
        for column in range(14):
            x0, x1 = (200 + (column - 7) * (15.1 + row * 0.66) + gap for gap in (1, 14 + row * 0.6))
            p.path(f"M{x0:.1f} {y0:.1f} H{x1:.1f} L{x1 + (x1 - 200) * 0.02:.1f} {y1:.1f} H{x0 + (x0 - 200) * 0.02:.1f}Z", tone(INK, 0.05))
    p.path("M162 287 H238 L244 302 H156Z", p.down(c, 0.02, 0.08), stroke=tone(c, -0.14), stroke_width=1)
    p.path("M42 306 H358 C358 314 352 318 344 318 H56 C48 318 42 314 42 306Z", p.down(c, 0.04, -0.2))
    p.path("M166 306 h68 c-2 5 -6 6 -10 6 h-48 c-4 0 -8 -1 -10 -6Z", tone(c, -0.2))
    p.line("M46 307 H354", "#ffffff", 1.6, opacity=0.6)


def desktop(p: Pen, c: str, a: str) -> None:
    p.shadow(208, 326, 100)
    block(p, 106, 96, 128, 226, 74, c)
    p.box(114, 106, 112, 208, 6, p.lin((0, tone(c, 0.03)), (1, tone(c, -0.08)), x2=0.6, y2=1))
    for row in range(12):
        for column in range(9):
            p.oval(124 + column * 11.5 + (row % 2) * 4, 196 + row * 9.4, 2.7, 2.7, tone(c, -0.2), opacity=0.75)
    p.box(122, 116, 96, 18, 4, p.down(c, -0.12, -0.04))
    p.box(126, 124, 88, 2.5, 1, tone(c, -0.28))
    p.oval(136, 158, 11, 11, p.metal())
    p.oval(136, 158, 7, 7, tone(c, -0.05))
    p.oval(136, 158, 3, 3, a)
    p.box(158, 152, 20, 11, 2, INK)
    p.box(184, 152, 20, 11, 2, INK)
    p.box(160, 155, 16, 3.6, 1, "#4b77b8")
    p.box(186, 155, 16, 3.6, 1, "#4b77b8")
    p.box(114, 180, 112, 6, 3, p.lin((0, tone(a, -0.04)), (0.5, tone(a, 0.16)), (1, tone(a, -0.04))))
    for at in range(7):
        p.path(f"M254 {150 + at * 16} l42 -21 v6 l-42 21Z", tone(c, -0.3), opacity=0.7)
    p.line("M110 100 V316", "#ffffff", 3, opacity=0.3)


def monitor(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 322, 96, 12)
    p.path("M178 236 H222 L230 308 H170Z", p.lin((0, tone(c, -0.1)), (0.35, tone(c, 0.1)), (1, tone(c, -0.16))))
    p.path(
        "M112 308 C112 300 150 296 200 296 C250 296 288 300 288 308 V314 C288 320 250 324 200 324 C150 324 112 320 112 314Z",
        p.lin((0, tone(c, -0.04)), (0.3, tone(c, 0.14)), (1, tone(c, -0.14))),
    )
    p.oval(200, 306, 86, 8.5, p.lin((0, tone(c, 0.14)), (1, tone(c, -0.02))), opacity=0.8)
    p.box(44, 66, 312, 186, 11, p.lin((0, tone(c, 0.1)), (1, tone(c, -0.18)), x2=1, y2=1))
    p.box(48, 70, 304, 178, 8, "#0e1214")
    _landscape(p, 55, 77, 290, 158, tone(INK, 0.16), a)
    p.box(190, 240, 20, 3, 1.5, tone(INK, 0.2))
    p.oval(338, 241.5, 2, 2, "#7fe0b4")


def server(p: Pen, c: str, a: str) -> None:
    p.shadow(206, 326, 142)
    block(p, 58, 118, 250, 202, 44, c, 0.55)
    for unit in range(3):
        y = 118 + unit * 69
        p.box(58, y, 250, 64, 2, p.lin((0, tone(c, 0.06)), (0.4, tone(c, 0.01)), (1, tone(c, -0.09)), x2=0.5, y2=1))
        if unit:
            p.path(f"M58 {y - 5} h250 l44 -24 v5 l-44 24 h-250Z", tone(c, -0.3))
        p.box(58, y, 18, 64, 2, p.metal(tone(STEEL, -0.12)))
        p.box(290, y, 18, 64, 2, p.metal(tone(STEEL, -0.12)))
        for x in (63, 295):
            p.box(x, y + 14, 8, 36, 4, p.lin((0, tone(STEEL, 0.1)), (1, tone(STEEL, -0.26))))
        for bay in range(6):
            x = 82 + bay * 27
            p.box(x, y + 7, 24, 50, 2.5, p.down(tone(c, -0.04), 0.03, -0.1))
            p.box(x + 3, y + 11, 18, 27, 1.5, tone(c, -0.2))
            for hole in range(6):
                p.line(f"M{x + 5} {y + 14.5 + hole * 4.2:.1f} h14", tone(c, 0.03), 1.6)
            p.box(x + 3, y + 42, 18, 4.5, 2, tone(a, 0.02))
            p.oval(x + 6, y + 52, 1.7, 1.7, "#7fe0b4" if (bay + unit) % 4 else "#f0b35a")
        p.box(250, y + 10, 32, 18, 2, "#101618")
        p.line(f"M255 {y + 16} h16 M255 {y + 22} h22", tone(a, 0.2), 2.2)
        for port in range(2):
            p.box(251 + port * 17, y + 38, 13, 13, 2, "#14191b")
    p.line("M80 122 H286", "#ffffff", 2, opacity=0.3)


def chip(p: Pen, c: str, a: str) -> None:
    p.oval(210, 300, 152, 34, p.rad((0, "#1c211f", 0.36), (0.6, "#1c211f", 0.14), (1, "#1c211f", 0)))
    p.path("M200 110 L352 204 L200 306 L48 204Z M48 204 v9 L200 317 L352 213 v-9 L200 306Z", tone(c, -0.2))
    p.path("M200 110 L352 204 L200 306 L48 204Z", p.lin((0, tone(c, 0.1)), (1, tone(c, -0.08))))
    for at in range(15):
        for ex, ey, dx, dy in ((62, 204, 9.6, 6.4), (206, 297, 9.6, -6.3)):
            x, y = ex + at * dx, ey + at * dy
            p.path(f"M{x:.1f} {y:.1f} l6 4 l5 -3.4 l-6 -4Z", GOLD, opacity=0.85)
    p.path("M200 138 L306 204 L200 275 L94 204Z M94 204 v0", tone(STEEL, -0.2))
    p.path("M94 196 V206 L200 277 L306 206 V196 L200 267Z", p.lin((0, tone(STEEL, -0.1)), (0.5, tone(STEEL, -0.3)), (1, tone(STEEL, -0.16))))
    p.path("M200 128 L306 196 L200 267 L94 196Z", p.lin((0, "#e9ecec"), (0.4, "#b9bebe"), (0.55, "#d7dbdb"), (1, "#8d9393"), x2=1, y2=0.8))
    p.path("M200 146 L278 196 L200 249 L122 196Z", "none", stroke="#8d9393", stroke_width=1.6)
    p.line("M160 196 L196 173 M170 203 L216 174 M184 210 L226 184", tone(STEEL, -0.26), 3.4)
    p.oval(214, 214, 15, 9.6, tone(a, 0.02), opacity=0.9)
    p.path("M104 196 L200 134 L232 154 L140 219Z", "#ffffff", opacity=0.2)
    p.path("M70 204 l12 8 l11 -7Z", GOLD)


def memory(p: Pen, c: str, a: str) -> None:
    """Two memory modules, one behind the other: main is the board, accent the heat spreader's stripe."""
    p.shadow(200, 316, 150, 12)
    p.open(transform="translate(30 62) scale(.84)")
    for dx, dy, k in ((26, -58, -0.05), (0, 0, 0.0)):
        p.open(transform=f"translate({dx} {dy}) skewY(-6)")
        p.path(
            "M34 214 H352 V262 h-4 v14 h4 V330 H204 v-9 h-10 v9 H34 V276 h4 v-14 h-4Z",
            p.lin((0, tone(c, 0.07 + k)), (0.5, tone(c, k)), (1, tone(c, -0.08 + k)), x2=1, y2=0.5),
        )
        for at in range(34):
            x = 42 + at * 9.2
            if not 186 < x < 206:
                p.box(round(x, 1), 308, 5.6, 20, 1, p.down(GOLD, 0.1, -0.08))
        for at in range(8):
            x = 48 + at * 37 + (8 if at > 3 else 0)
            p.box(x, 228, 28, 66, 2.5, p.lin((0, "#3b4144"), (0.3, "#2a2f32"), (1, "#171b1d"), x2=1, y2=1))
            p.line(f"M{x + 5} 242 h14 M{x + 5} 249 h9", "#6f787c", 1.8)
            p.oval(x + 6, 286, 1.8, 1.8, "#6f787c")
        p.box(34, 214, 318, 7, 0, tone(a, k), opacity=0.95)
        p.close()
    p.close()


def hard_disk(p: Pen, c: str, a: str) -> None:
    p.shadow(204, 326, 120)
    p.box(100, 58, 206, 270, 13, tone(c, -0.26))
    p.box(96, 54, 206, 268, 13, p.lin((0, tone(c, 0.14)), (0.4, tone(c, 0)), (0.6, tone(c, 0.08)), (1, tone(c, -0.12)), x2=1, y2=1))
    p.box(106, 64, 186, 248, 9, p.lin((0, tone(c, -0.24)), (1, tone(c, -0.1)), x2=1, y2=1))
    p.oval(196, 154, 84, 84, p.lin((0, "#f1f3f3"), (0.22, "#aeb4b5"), (0.4, "#e6e9e9"), (0.62, "#9aa1a2"), (0.8, "#d8dcdc"), (1, "#858c8d"), x2=1, y2=1))
    p.oval(196, 154, 84, 84, "none", stroke="#ffffff", stroke_width=1.5, opacity=0.7)
    p.oval(196, 154, 62, 62, "none", stroke="#8c9394", stroke_width=0.8, opacity=0.6)
    p.oval(196, 154, 28, 28, p.metal())
    p.oval(196, 154, 20, 20, p.rad((0, tone(STEEL, 0.14)), (1, tone(STEEL, -0.12))))
    for at in range(6):
        t = math.radians(at * 60)
        p.oval(196 + 14 * math.cos(t), 154 + 14 * math.sin(t), 2.4, 2.4, INK)
    p.path("M262 268 L206 186 L214 180 L282 252Z", p.lin((0, tone(STEEL, 0.14)), (1, tone(STEEL, -0.2))))
    p.path("M210 184 L196 168 L202 166 L216 180Z", tone(a, -0.05))
    p.oval(262, 264, 25, 25, p.metal())
    p.oval(262, 264, 11, 11, p.rad((0, tone(a, 0.1)), (1, tone(a, -0.14))))
    p.box(118, 248, 92, 50, 5, p.lin((0, tone(a, 0.06)), (1, tone(a, -0.08)), x2=1, y2=1))
    p.line("M128 262 H190 M128 274 H176 M128 286 H160", tone(a, 0.26), 3.2)
    for x, y in ((110, 68), (288, 68), (110, 308), (288, 308)):
        p.oval(x, y, 5, 5, p.metal())
        p.line(f"M{x - 3} {y} h6", tone(STEEL, -0.3), 1.4)


def memory_card(p: Pen, c: str, a: str) -> None:
    """A card and a stick: main is the card, accent the stick."""
    p.shadow(200, 322, 122)
    p.open(transform="rotate(-8 150 200)")
    card = "M70 96 C70 88 76 82 84 82 H178 L206 112 V306 C206 314 200 320 192 320 H84 C76 320 70 314 70 306Z"
    p.path(card, tone(c, -0.2), transform="translate(6 3)")
    p.path(card, p.lin((0, tone(c, 0.1)), (0.5, tone(c, 0.01)), (1, tone(c, -0.1)), x2=0.8, y2=1))
    for at in range(7):
        p.box(84 + at * 14, 92, 9, 34, 2, p.down(GOLD, 0.12, -0.1))
    p.box(82, 150, 110, 132, 7, p.lin((0, "#fbf9f4"), (1, "#dcd8cc"), x2=1, y2=1))
    p.box(82, 150, 110, 44, 7, p.slant(a, 0.08, -0.04))
    p.line("M96 214 H160 M96 230 H176 M96 246 H140", "#aaa698", 5)
    p.oval(170, 264, 9, 9, tone(c, 0.04))
    p.box(64, 170, 7, 24, 2, tone(WHITE, -0.02))
    p.close()
    p.open(transform="rotate(16 280 220)")
    p.box(250, 84, 56, 66, 4, p.metal("#b4babb"))
    p.box(262, 100, 10, 16, 1, INK)
    p.box(284, 100, 10, 16, 1, INK)
    p.box(238, 144, 80, 178, 15, tone(a, -0.2), transform="translate(5 2)")
    p.box(238, 144, 80, 178, 15, p.lin((0, tone(a, 0.04)), (0.3, tone(a, 0.13)), (1, tone(a, -0.1))))
    p.oval(278, 296, 11, 11, tone(a, -0.28))
    p.oval(278, 296, 6.5, 6.5, tone(WHITE, -0.08))
    p.box(254, 164, 48, 5, 2.5, tone(a, 0.26))
    p.line("M248 162 V290", "#ffffff", 6, opacity=0.35)
    p.close()


def mouse(p: Pen, c: str, a: str) -> None:
    p.shadow(206, 306, 92, 22)
    p.line("M200 112 C200 66 260 84 270 52 C276 34 300 36 330 40", tone(INK, 0.04), 6)
    body = "M200 96 C256 96 284 146 284 210 C284 282 250 316 200 316 C150 316 116 282 116 210 C116 146 144 96 200 96Z"
    p.path(body, tone(c, -0.24), transform="translate(0 7)")
    p.path(body, p.rad((0, tone(c, 0.16)), (0.4, tone(c, 0.05)), (0.75, tone(c, -0.05)), (1, tone(c, -0.18)), cx=0.36, cy=0.26, r=0.85))
    p.open(clip_path=p.clip(body))
    p.path("M100 206 C140 190 260 190 300 206", "none", stroke=tone(c, -0.2), stroke_width=3)
    p.path("M100 208 C140 192 260 192 300 208", "none", stroke=tone(c, 0.14), stroke_width=1.4)
    p.line("M200 96 V194", tone(c, -0.24), 3)
    p.path("M116 210 C112 260 130 300 160 320 L110 330Z", tone(a, 0), opacity=0.9)
    p.path("M284 210 C288 260 270 300 240 320 L290 330Z", tone(a, -0.1), opacity=0.9)
    p.close()
    p.box(187, 124, 26, 58, 13, tone(c, -0.32))
    p.box(191, 130, 18, 46, 9, p.lin((0, tone(INK, 0.1)), (0.4, tone(INK, 0.3)), (1, tone(INK, 0.02))))
    for at in range(6):
        p.line(f"M192 {137 + at * 6.4:.1f} h16", tone(INK, -0.05), 1.8)
    p.oval(200, 238, 5, 5, a)
    p.line("M136 178 C142 146 158 124 178 114", "#ffffff", 9, opacity=0.4)


def tablet(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 328, 126, 12)
    p.open(transform="rotate(-4 200 200)")
    p.box(86, 66, 206, 262, 17, tone(c, -0.26), transform="translate(5 2)")
    p.box(86, 64, 206, 262, 17, p.lin((0, tone(c, 0.14)), (0.5, tone(c, -0.12)), (1, tone(c, 0.04)), x2=1, y2=0.6))
    p.box(90, 68, 198, 254, 14, "#0d1113")
    _landscape(p, 101, 80, 176, 230, tone(INK, 0.16), a)
    p.oval(189, 74, 2, 2, "#3c4649")
    for at in range(4):
        p.box(125 + at * 35, 276, 24, 24, 7, p.slant(mix(a, WHITE, 0.2 + at * 0.16), 0.06, -0.06))
    p.close()
    p.open(transform="rotate(14 320 200)")
    p.box(312, 92, 13, 208, 6, p.lin((0, "#d7d4cc"), (0.3, "#ffffff"), (1, "#b9b5aa")))
    p.path("M312 296 h13 l-4 22 q-2.500 5 -5 0Z", "#cfcbc0")
    p.box(312, 104, 13, 5, 0, tone(a, -0.05))
    p.close()
