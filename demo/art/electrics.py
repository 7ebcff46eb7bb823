"""Cables, current, network and optics."""

# ruff: noqa: E501  paths stay on one line
from __future__ import annotations

import math

from demo.art.pen import INK, STEEL, Pen, block, tone


def cable(p: Pen, c: str, a: str) -> None:
    """A coil with a plug at each end: main is the jacket, accent the plugs' boots."""
    p.shadow(200, 314, 140, 15)
    for at in range(5):
        y = 214 - at * 13
        rx, ry = 118 - at * 2, 74 - at
        for w, col in ((19, tone(c, -0.2)), (14, tone(c, 0.0)), (4, tone(c, 0.17))):
            dy = {19: 2, 14: 0, 4: -4}[w]
            p.oval(200, y + dy + 14, rx, ry, "none", stroke=col, stroke_width=w)
    p.box(176, 246, 46, 62, 5, p.round_(tone(INK, 0.12)))
    p.line("M178 258 H220 M178 296 H220", tone(INK, 0.3), 2)
    for x, y, turn in ((300, 218, 66), (104, 128, -58)):
        p.open(transform=f"translate({x} {y}) rotate({turn})")
        p.box(-14, -6, 28, 42, 7, p.lin((0, tone(a, 0.02)), (0.3, tone(a, 0.12)), (1, tone(a, -0.14))))
        for ridge in range(4):
            p.line(f"M-12 {4 + ridge * 8} h24", tone(a, -0.2), 2)
        p.box(-19, -48, 38, 46, 5, p.lin((0, "#d3d9dc"), (0.3, "#f5f8f9"), (1, "#a7afb3")))
        for pin in range(7):
            p.line(f"M{-13.5 + pin * 4.5} -47 v17", "#c79a45", 2)
        p.box(-6, -26, 12, 26, 2, "#c3cacd")
        p.close()
    p.path("M92 176 C104 146 140 128 176 122", "none", stroke="#ffffff", stroke_width=5, stroke_linecap="round", opacity=0.45)


def router(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 318, 150, 12)
    for x, turn in ((106, -9), (170, -3), (234, 3), (298, 9)):
        p.open(transform=f"rotate({turn} {x} 230)")
        p.box(x - 7, 74, 14, 160, 7, p.round_(tone(c, -0.02)))
        p.box(x - 9, 206, 18, 30, 4, p.round_(tone(c, -0.08)))
        p.close()
    p.path("M84 226 H316 L352 270 H48Z", p.lin((0, tone(c, 0.15)), (1, tone(c, 0.02))))
    for at in range(9):
        p.line(f"M{128 - at * 1.4:.0f} {234 + at * 3.6:.1f} H{272 + at * 1.4:.0f}", tone(c, -0.16), 1.6, opacity=0.7)
    p.path("M48 270 H352 V300 C352 310 346 316 336 316 H64 C54 316 48 310 48 300Z", p.lin((0, tone(c, 0.04)), (0.3, tone(c, 0.02)), (1, tone(c, -0.14))))
    p.path("M48 270 H352 V276 H48Z", p.lin((0, tone(a, 0.1)), (1, tone(a, -0.06))))
    for at in range(5):
        p.oval(84 + at * 17, 295, 3.4, 3.4, "#7fe0b4" if at != 3 else "#f0b35a")
    for at in range(5):
        x = 184 + at * 31
        p.box(x, 283, 25, 23, 3, "#14191b")
        p.path(f"M{x + 5} 301 v-11 h4 v-3 h7 v3 h4 v11Z", a if at == 0 else "#3a4347")
    p.line("M60 300 H168", "#ffffff", 3, opacity=0.18)


def adapter(p: Pen, c: str, a: str) -> None:
    """A charger with its lead: main is the case, accent the ring and the plug's grip."""
    p.shadow(190, 324, 124)
    p.line("M262 214 C330 196 352 240 326 276 C306 304 344 318 362 306", tone(c, -0.2), 11)
    p.line("M262 212 C330 194 350 240 324 274 C304 302 342 316 360 304", tone(c, 0.08), 6)
    block(p, 84, 160, 150, 160, 44, c)
    for x in (132, 180):
        p.oval(x + 8, 150, 17, 6, tone(c, -0.1))
        p.path(f"M{x} 150 V96 q0 -6 8 -6 q8 0 8 6 V150 q-8 4 -16 0Z", p.metal("#c9bb9f"))
        p.box(x + 4.5, 102, 7, 10, 3, tone(INK, 0.1))
    p.box(100, 184, 118, 112, 15, "none", stroke=tone(c, -0.12), stroke_width=2)
    p.oval(159, 240, 34, 34, tone(a, 0.02))
    p.path("M164 216 l-22 28 h14 l-4 22 l24 -30 h-15Z", tone(c, 0.24))
    p.box(252, 200, 22, 28, 6, p.round_(tone(a, -0.02)))
    p.line("M92 172 V304", "#ffffff", 6, opacity=0.4)


def ups(p: Pen, c: str, a: str) -> None:
    p.shadow(208, 326, 112)
    block(p, 98, 104, 152, 218, 72, c)
    p.box(110, 118, 128, 96, 9, p.lin((0, tone(c, -0.16)), (1, tone(c, -0.06)), x2=0.4, y2=1))
    p.box(122, 130, 104, 50, 6, p.lin((0, "#17323a"), (1, "#0c1b20"), x2=0.4, y2=1))
    p.box(130, 150, 36, 18, 3, "none", stroke="#8fe3d0", stroke_width=2.5)
    p.box(166, 155, 4, 8, 1, "#8fe3d0")
    for at in range(4):
        p.box(133 + at * 8, 153, 6, 12, 1, "#8fe3d0")
    p.line("M182 146 h32 M182 157 h24 M182 168 h28", "#8fe3d0", 3, opacity=0.85)
    p.oval(174, 198, 10, 10, p.metal())
    p.oval(174, 198, 5, 5, a)
    for row in range(2):
        for column in range(2):
            x, y = 138 + column * 72, 248 + row * 46
            p.oval(x, y, 21, 21, tone(c, -0.22))
            p.oval(x, y, 17, 17, p.rad((0, tone(c, -0.12)), (1, tone(c, -0.04))))
            p.oval(x - 6, y, 3, 3, "#0a0d0e")
            p.oval(x + 6, y, 3, 3, "#0a0d0e")
    for at in range(9):
        p.path(f"M266 {160 + at * 13} l42 -21 v5 l-42 21Z", tone(c, -0.3), opacity=0.7)
    p.box(98, 222, 152, 5, 0, a)
    p.line("M103 108 V314", "#ffffff", 4, opacity=0.25)


def battery(p: Pen, c: str, a: str) -> None:
    p.shadow(206, 324, 134)
    for x, y, turn in ((124, 84, 0), (206, 100, 0)):
        p.open(transform=f"translate({x} {y}) rotate({turn})")
        p.box(-14, -13, 28, 22, 6, p.metal("#c9cdcc"))
        p.path("M-38 14 C-38 4 -30 0 0 0 C30 0 38 4 38 14 V224 C38 234 26 238 0 238 C-26 238 -38 234 -38 224Z", p.round_(c))
        p.path("M-38 14 C-38 4 -30 0 0 0 C30 0 38 4 38 14 V70 C20 78 -20 78 -38 70Z", p.round_(a))
        p.path("M-38 224 C-38 234 -26 238 0 238 C26 238 38 234 38 224 V214 C20 222 -20 222 -38 214Z", p.metal())
        p.line("M-38 71 C-20 79 20 79 38 71", "#ffffff", 2.2, opacity=0.6)
        p.path("M6 96 l-20 34 h13 l-5 28 l22 -38 h-14Z", tone(a, 0.14))
        p.line("M0 26 v24 M-12 38 h24", tone(a, 0.32), 5, stroke_linecap="butt")
        p.path("M-26 8 V222 h9 V6Z", "#ffffff", opacity=0.25)
        p.close()
    p.open(transform="translate(300 286) rotate(-14)")
    p.box(62, -13, 13, 26, 5, p.lin((0, "#eef0f0"), (1, "#8d9393"), x2=0, y2=1))
    p.box(-72, -36, 136, 72, 14, p.lin((0, tone(c, 0.02)), (0.28, tone(c, 0.12)), (0.6, tone(c, -0.04)), (1, tone(c, -0.18)), x2=0, y2=1))
    p.box(26, -36, 38, 72, 12, p.lin((0, tone(a, 0.02)), (0.28, tone(a, 0.14)), (0.6, tone(a, -0.04)), (1, tone(a, -0.18)), x2=0, y2=1))
    p.line("M-58 -20 H52", "#ffffff", 6, opacity=0.35)
    p.close()


def camera(p: Pen, c: str, a: str) -> None:
    p.shadow(202, 316, 146)
    p.path("M148 132 L164 98 C166 94 170 92 174 92 H232 C236 92 240 94 242 98 L258 132Z", p.down(c, 0.08, -0.08))
    p.box(84, 118, 44, 20, 6, p.round_("#a8adad"))
    p.box(284, 114, 34, 22, 7, p.round_("#a8adad"))
    p.box(50, 130, 304, 182, 23, p.lin((0, tone(c, 0.12)), (0.3, tone(c, 0.03)), (1, tone(c, -0.12)), x2=0.6, y2=1))
    p.path("M50 178 H354 V282 H50Z", p.lin((0, tone(a, -0.02)), (0.3, tone(a, 0.07)), (1, tone(a, -0.12))))
    dots = "".join(f"M{x} {y}h.01" for y in range(184, 280, 8) for x in range(56 + (y // 8 % 2) * 4, 352, 8))
    p.line(dots, tone(a, -0.13), 2.4, opacity=0.7)
    p.line("M50 178 H354 M50 282 H354", tone(c, 0.16), 1.6, opacity=0.7)
    p.box(284, 146, 48, 22, 5, p.rad((0, "#fffdf2"), (1, "#d9d5c6")))
    p.oval(82, 154, 8, 8, p.metal())
    p.oval(204, 228, 84, 84, p.metal(tone(STEEL, -0.06)))
    p.oval(204, 228, 77, 77, p.lin((0, "#3c4245"), (1, "#14181a"), x2=1, y2=1))
    for at in range(40):
        t = math.radians(at * 9)
        p.line(f"M{204 + 70 * math.cos(t):.1f} {228 + 70 * math.sin(t):.1f} L{204 + 76 * math.cos(t):.1f} {228 + 76 * math.sin(t):.1f}", "#565d60", 2)
    p.oval(204, 228, 62, 62, "#0b0e0f")
    p.oval(204, 228, 54, 54, p.rad((0, "#1c2c3b"), (0.55, "#2d3f63"), (0.8, "#3b2c55"), (1, "#0d1114"), cx=0.45, cy=0.45, r=0.6))
    p.oval(204, 228, 26, 26, p.rad((0, "#05070a"), (1, "#1a2434")))
    p.path("M166 208 A46 46 0 0 1 204 180 A60 60 0 0 0 176 226Z", "#cfe3ff", opacity=0.6)
    p.oval(228, 252, 8, 6, "#e9b7ff", opacity=0.4)
    p.line("M64 142 C74 136 100 136 140 136", "#ffffff", 4, opacity=0.5)


def lens(p: Pen, c: str, a: str) -> None:
    p.shadow(202, 324, 98)
    body = "M116 122 V292 C116 314 150 328 200 328 C250 328 284 314 284 292 V122Z"
    p.path(body, p.round_(c))
    p.open(clip_path=p.clip(body))
    p.path("M100 176 C140 204 260 204 300 176 V226 C260 254 140 254 100 226Z", p.round_(tone(c, -0.06)))
    for at in range(33):
        x = 118 + at * 5.1
        lift = 21 * (1 - ((x - 200) / 84) ** 2) if abs(x - 200) < 84 else 0
        p.line(f"M{x:.1f} {182 + lift:.1f} v42", tone(c, -0.2), 2.6)
        p.line(f"M{x - 1.5:.1f} {182 + lift:.1f} v42", tone(c, 0.1), 0.9, opacity=0.6)
    p.path("M100 262 C140 290 260 290 300 262 V270 C260 298 140 298 100 270Z", tone(a, 0.02))
    p.path("M140 130 V330 h16 V130Z", "#ffffff", opacity=0.16)
    p.close()
    p.line("M172 158 v12 M188 160 v14 M204 161 v14 M220 160 v14 M236 158 v12", "#e8e6df", 2.4)
    p.oval(200, 122, 84, 40, p.lin((0, tone(c, 0.1)), (1, tone(c, -0.1))))
    p.oval(200, 120, 75, 34, "#0d1012")
    p.oval(200, 122, 66, 29, p.rad((0, "#14202c"), (0.5, "#25476b"), (0.78, "#4a3468"), (1, "#0c0f12"), cx=0.45, cy=0.5, r=0.62))
    p.oval(204, 128, 30, 12, p.rad((0, "#060a0e"), (1, "#1c3550")))
    p.path("M142 120 C150 104 176 94 204 94 C180 102 164 114 162 130Z", "#d6e8ff", opacity=0.6)
    p.oval(238, 132, 11, 5, "#f0c0ff", opacity=0.45)


def projector(p: Pen, c: str, a: str) -> None:
    p.shadow(212, 316, 148, 12)
    p.path("M74 196 L112 158 H332 L356 196Z", p.lin((0, tone(c, 0.16)), (1, tone(c, 0.03))))
    p.path(
        "M60 216 C60 202 68 194 82 194 H338 C352 194 360 202 360 216 V280 C360 294 352 302 338 302 H82 C68 302 60 294 60 280Z",
        p.lin((0, tone(c, 0.08)), (0.4, tone(c, 0.01)), (1, tone(c, -0.13)), x2=0.5, y2=1),
    )
    p.box(92, 300, 26, 16, 5, tone(c, -0.24))
    p.box(302, 300, 26, 16, 5, tone(c, -0.24))
    for at in range(11):
        p.line(f"M{236 + at * 10} 218 v60", tone(c, -0.2), 4.6)
    p.oval(144, 246, 55, 55, tone(c, -0.2))
    p.oval(144, 246, 49, 49, p.metal())
    p.oval(144, 246, 42, 42, "#14181a")
    p.oval(144, 246, 35, 35, p.rad((0, "#fffbe6"), (0.4, "#ffe9a8"), (0.75, "#6a7fa8"), (1, "#1b2431"), cx=0.42, cy=0.42, r=0.62))
    p.path("M118 232 A30 30 0 0 1 142 216 A40 40 0 0 0 126 244Z", "#ffffff", opacity=0.8)
    for at in range(3):
        p.oval(236 + at * 22, 180, 7, 4, p.lin((0, tone(c, 0.02)), (1, tone(c, -0.18))))
    p.oval(312, 180, 13, 6.5, p.lin((0, tone(a, 0.1)), (1, tone(a, -0.08))))
    p.line("M78 206 H210", "#ffffff", 4, opacity=0.45)


def coffee_maker(p: Pen, c: str, a: str) -> None:
    p.shadow(204, 326, 108)
    p.path("M112 74 C112 64 118 58 128 58 H272 C282 58 288 64 288 74 V128 H112Z", p.round_(c))
    p.path("M236 120 H288 V300 H236Z", p.lin((0, tone(c, -0.14)), (0.4, tone(c, 0.02)), (1, tone(c, -0.18))))
    p.path("M100 300 C100 290 106 286 114 286 H282 C290 286 296 292 296 300 V318 C296 325 291 329 284 329 H112 C105 329 100 325 100 318Z", p.round_(c))
    p.box(112, 122, 176, 12, 3, tone(c, -0.2))
    p.path("M148 134 H216 L206 158 H158Z", tone(c, -0.26))
    p.oval(180, 288, 66, 7, tone(c, -0.3))
    jug = "M134 182 C134 172 140 168 150 168 H214 C224 168 228 174 228 182 C240 206 242 240 232 274 C229 282 224 286 216 286 H146 C138 286 132 282 130 274 C120 240 122 206 134 182Z"
    p.path(jug, p.lin((0, "#c9d4d6", 0.6), (0.3, "#f4f8f8", 0.35), (1, "#93a2a6", 0.7)))
    p.open(clip_path=p.clip(jug))
    p.path("M100 222 H260 V300 H100Z", p.lin((0, "#2b1710"), (0.3, "#5a3320"), (1, "#1d0f0a")))
    p.oval(181, 222, 58, 7, "#7a4a2e")
    p.close()
    p.line("M226 192 C262 190 262 262 226 258", tone(a, -0.1), 13)
    p.line("M226 190 C258 190 258 258 226 255", tone(a, 0.08), 7)
    p.box(138, 162, 88, 13, 5, p.round_(tone(a, -0.02)))
    p.path("M142 196 C136 220 138 250 144 274 h8 C146 250 146 220 152 194Z", "#ffffff", opacity=0.5)
    p.oval(148, 92, 16, 16, p.metal())
    p.oval(148, 92, 11, 11, p.rad((0, tone(c, 0.1)), (1, tone(c, -0.1))))
    p.oval(148, 92, 4, 4, a)
    p.box(184, 84, 76, 18, 4, "#10181a")
    p.line("M194 93 h20 M222 93 h8 M238 93 h12", "#8fe3d0", 3)
    p.line("M122 68 V116", "#ffffff", 6, opacity=0.35)
