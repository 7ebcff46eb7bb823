"""Things to eat."""

# ruff: noqa: E501  paths stay on one line
from __future__ import annotations

from demo.art.pen import WOOD, Pen, tone


def _board(p: Pen, y: float = 302) -> None:
    """A wooden board under the food."""
    p.shadow(204, y + 20, 158, 12)
    p.path(
        f"M54 {y} C54 {y - 12} 64 {y - 16} 78 {y - 16} H322 C336 {y - 16} 346 {y - 12} 346 {y} V{y + 8} C346 {y + 18} 338 {y + 22} 326 {y + 22} H74 C62 {y + 22} 54 {y + 18} 54 {y + 8}Z",
        p.down(WOOD, -0.04, -0.2),
    )
    p.path(
        f"M54 {y} C54 {y - 12} 64 {y - 16} 78 {y - 16} H322 C336 {y - 16} 346 {y - 12} 346 {y} C346 {y + 8} 336 {y + 10} 326 {y + 10} H74 C62 {y + 10} 54 {y + 8} 54 {y}Z",
        p.lin((0, tone(WOOD, 0.1)), (0.5, tone(WOOD, 0.02)), (1, tone(WOOD, -0.06))),
    )
    p.line(f"M84 {y - 6} q90 6 190 0 M110 {y + 3} q80 4 180 -1", tone(WOOD, -0.1), 1.4, opacity=0.6)


def fruit(p: Pen, c: str, a: str) -> None:
    """An apple before two oranges: main is the apple, accent the oranges."""
    p.shadow(204, 322, 146)
    for x, y, r in ((214, 212, 80), (286, 238, 82)):
        p.oval(x, y, r, r * 0.97, p.ball(a))
        for at in range(24):
            p.oval(x - r * 0.6 + (at * 37) % 100 * r / 82, y - r * 0.5 + (at * 53) % 90 * r / 82, 1.3, 1.1, tone(a, -0.1), opacity=0.4)
        p.path(f"M{x - 6} {y - r * 0.86} l5 4 l5 -5 l1 7 l7 1 l-7 3 l2 6 l-6 -4 l-5 5 l-1 -6 l-7 -2 l7 -2Z", tone("#5d7a3a", 0))
    p.shadow(160, 324, 80, 12, 0.3)
    body = "M160 182 C186 160 244 170 246 232 C248 284 212 326 184 326 C174 326 168 322 158 322 C148 322 142 326 132 326 C102 326 68 284 70 232 C72 170 132 160 160 182Z"
    p.path(body, p.rad((0, tone(c, 0.17)), (0.35, tone(c, 0.05)), (0.72, tone(c, -0.06)), (1, tone(c, -0.2)), cx=0.32, cy=0.28, r=0.85))
    p.open(clip_path=p.clip(body))
    p.path("M160 186 C196 172 230 190 240 240 C228 206 196 196 160 200 C124 196 100 208 90 230 C92 186 130 176 160 186Z", tone("#e3c257", 0.02), opacity=0.28)
    for at in range(30):
        p.oval(88 + (at * 47) % 142, 204 + (at * 31) % 104, 1.2, 1.6, tone(c, 0.22), opacity=0.5)
    p.line("M96 232 C98 210 108 198 122 192", "#ffffff", 10, opacity=0.45)
    p.close()
    p.path("M140 186 C150 196 172 196 182 186 C172 204 150 204 140 186Z", tone(c, -0.24), opacity=0.8)
    p.line("M160 196 C160 176 164 160 174 148", "#5b3f28", 7)
    p.path("M170 170 C184 140 216 136 236 146 C226 172 198 184 170 170Z", p.slant("#6c9443", 0.1, -0.08))
    p.line("M174 169 C194 164 214 154 230 148", tone("#6c9443", 0.14), 1.8, opacity=0.8)


def vegetables(p: Pen, c: str, a: str) -> None:
    """A broccoli, two carrots, a tomato: main is green, accent the carrots."""
    p.shadow(204, 322, 146)
    p.path("M150 216 C150 262 140 300 132 318 H196 C190 300 186 262 190 216Z", p.round_(tone(c, 0.16)))
    p.path("M164 230 C160 212 140 202 126 196 M176 228 C190 214 206 208 222 204", "none", stroke=tone(c, 0.1), stroke_width=16, stroke_linecap="round")
    for x, y, r in ((112, 168, 46), (226, 176, 44), (134, 124, 48), (204, 128, 46), (168, 102, 44), (170, 164, 58)):
        p.oval(x, y, r, r * 0.92, p.ball(c))
        for at in range(20):
            p.oval(x - r * 0.7 + (at * 29) % 60 * r / 42, y - r * 0.66 + (at * 41) % 56 * r / 42, 4.6, 4, tone(c, 0.1 if at % 2 else -0.12), opacity=0.55)
    for x, y, turn in ((262, 236, 34), (300, 262, 22)):
        p.open(transform=f"translate({x} {y}) rotate({turn})")
        for leaf in (-24, 0, 24):
            p.path("M0 -84 C-12 -104 -10 -128 0 -144 C10 -128 12 -104 0 -84Z", tone("#5f8f45", -0.02 if leaf else 0.05), transform=f"rotate({leaf} 0 -84)")
        p.path("M-24 -78 C-24 -92 24 -92 24 -78 C24 -40 10 40 2 84 C1 90 -1 90 -2 84 C-10 40 -24 -40 -24 -78Z", p.round_(a))
        for at in range(6):
            p.line(f"M{-20 + at * 3} {-60 + at * 20} q8 4 {14 - at}  1", tone(a, -0.16), 2.2, opacity=0.8)
        p.close()
    p.shadow(232, 325, 46, 9, 0.26)
    p.oval(228, 284, 46, 41, p.ball("#cf4a36"))
    p.path("M228 250 l-6 -12 l2 13 l-18 -4 l13 9 l-12 9 l16 -3 l6 12 l5 -12 l16 4 l-12 -10 l14 -8 l-17 2Z", "#5f8f45")
    p.line("M200 276 C204 264 210 258 216 256", "#ffffff", 6, opacity=0.55)


def bread(p: Pen, c: str, a: str) -> None:
    _board(p)
    loaf = "M70 232 C70 176 128 150 216 150 C300 150 340 178 340 226 C340 270 330 292 312 294 H96 C78 292 70 272 70 232Z"
    p.path(loaf, p.lin((0, tone(c, 0.1)), (0.35, tone(c, 0.02)), (1, tone(c, -0.18)), x2=0.2, y2=1))
    p.open(clip_path=p.clip(loaf))
    for at in range(4):
        x = 166 + at * 46
        p.path(f"M{x} 152 q-30 34 -26 92 q18 -50 50 -84Z", p.lin((0, tone(a, 0.1)), (1, tone(a, -0.06))))
        p.path(f"M{x} 152 q-30 34 -26 92 q10 -50 30 -88Z", tone(c, -0.14), opacity=0.35)
    for at in range(40):
        p.oval(90 + (at * 61) % 240, 170 + (at * 37) % 80, 1.8, 1.2, "#fff7e6", opacity=0.6)
    p.line("M106 196 C130 172 166 164 196 162", "#ffffff", 9, opacity=0.3)
    p.close()
    slice_ = "M62 246 C52 214 76 194 116 194 C156 194 178 214 168 246 C166 252 164 256 164 262 V290 C164 298 160 302 152 302 H80 C72 302 68 298 68 290 V262 C68 256 64 252 62 246Z"
    p.path(slice_, tone(c, -0.06), transform="translate(5 -1)")
    p.path(slice_, p.lin((0, tone(a, 0.16)), (1, tone(a, 0.05)), x2=0.5, y2=1))
    p.line(slice_, tone(c, 0), 6)
    for at in range(18):
        p.oval(80 + (at * 43) % 74, 212 + (at * 29) % 78, 2.6 + at % 3, 2 + at % 2, tone(a, -0.06), opacity=0.8)


def milk(p: Pen, c: str, a: str) -> None:
    """A bottle of milk and a wedge of cheese: main is the bottle's cap, accent the cheese."""
    p.shadow(160, 326, 74)
    p.shadow(276, 326, 88, 12)
    body = "M132 94 H184 C186 134 220 150 220 196 V304 C220 322 206 330 158 330 C110 330 96 322 96 304 V196 C96 150 130 134 132 94Z"
    p.path(body, p.lin((0, "#dfe6e6", 0.7), (0.3, "#ffffff", 0.6), (1, "#b9c4c6", 0.8)))
    p.open(clip_path=p.clip(body))
    p.path("M90 172 C130 182 190 182 226 172 V340 H90Z", p.round_("#f6f3ea", 0.7))
    p.oval(158, 174, 58, 8, "#ffffff")
    p.path("M112 196 C108 230 110 280 116 312 h12 C122 270 124 226 130 186Z", "#ffffff", opacity=0.7)
    p.close()
    p.line(body, "#c6d0d1", 2, opacity=0.7)
    p.path("M126 66 H190 V98 C178 104 138 104 126 98Z", p.round_(c))
    p.oval(158, 66, 32, 8, tone(c, 0.12))
    for at in range(8):
        p.line(f"M{131 + at * 7.6:.1f} 74 v24", tone(c, -0.14), 1.8, opacity=0.7)
    p.box(118, 232, 80, 50, 6, p.lin((0, tone(c, 0.06)), (1, tone(c, -0.06)), x2=1, y2=1))
    p.path("M158 240 c10 14 13 18 13 25 a13 13 0 0 1 -26 0 c0 -7 3 -11 13 -25Z", "#ffffff", opacity=0.9)
    p.path("M206 262 L338 214 C352 224 358 238 358 252 L206 274Z", p.lin((0, tone(a, 0.15)), (1, tone(a, 0.05))))
    wedge = "M206 266 L358 248 V314 C358 322 354 326 346 326 H216 C208 326 206 322 206 316Z"
    p.path(wedge, p.lin((0, tone(a, 0.07)), (0.5, tone(a, 0)), (1, tone(a, -0.12)), x2=0.4, y2=1))
    p.open(clip_path=p.clip(wedge))
    for x, y, r in ((238, 298, 15), (286, 276, 11), (322, 304, 17), (276, 318, 9), (346, 268, 10)):
        p.oval(x, y, r, r * 0.9, p.lin((0, tone(a, -0.24)), (1, tone(a, -0.06)), x2=0.5, y2=1))
    p.close()
    p.line("M214 272 L350 254", "#ffffff", 3, opacity=0.55)


def fish(p: Pen, c: str, a: str) -> None:
    """A fish and a slice of lemon on a board: main is the back, accent the belly."""
    _board(p)
    body = "M62 246 C92 196 168 176 232 198 C262 208 282 222 300 238 C316 226 334 206 352 204 C346 226 344 256 352 286 C334 282 316 266 300 254 C276 278 236 296 186 296 C128 296 84 276 62 246Z"
    p.path("M150 192 C168 164 212 160 238 176 C234 188 232 194 236 202 C208 186 176 184 150 192Z", tone(c, -0.06))
    p.path(body, p.lin((0, tone(c, 0)), (0.42, tone(c, 0.1)), (0.58, tone(a, 0.04)), (1, tone(a, -0.1)), x2=0, y2=1))
    p.open(clip_path=p.clip(body))
    for row in range(5):
        for at in range(12):
            x, y = 144 + at * 14 + (row % 2) * 7, 208 + row * 16
            p.path(f"M{x} {y} q8 8 0 16", "none", stroke=tone(c, -0.1), stroke_width=1.6, opacity=0.5)
    p.path("M118 206 C132 226 132 264 116 284", "none", stroke=tone(c, -0.18), stroke_width=4)
    p.line("M140 246 C190 236 250 238 300 246", tone(c, -0.14), 2, opacity=0.5)
    p.line("M96 220 C130 198 190 190 236 208", "#ffffff", 8, opacity=0.4)
    for at in range(4):
        p.line(f"M310 {246 + (at - 1.5) * 3:.0f} L346 {216 + at * 20}", tone(c, -0.12), 2, opacity=0.6)
    p.close()
    p.path("M176 246 C196 246 208 258 212 272 C194 274 180 264 172 252Z", tone(c, -0.02), opacity=0.9)
    p.oval(94, 236, 9, 9, "#f4efdf")
    p.oval(94, 236, 5.6, 5.6, "#15191b")
    p.oval(92, 234, 1.8, 1.8, "#ffffff")
    p.line("M64 250 C72 254 78 254 86 252", tone(c, -0.2), 2.5)
    p.oval(290, 300, 42, 15, "#e3b93a")
    p.oval(290, 297, 42, 15, p.lin((0, "#f6d95c"), (1, "#e5bf3e")))
    p.oval(290, 297, 35, 11.5, "#fdf3c4")
    p.line("M290 286 V308 M258 297 H322 M268 290 L312 304 M312 290 L268 304", "#f0d061", 2)
