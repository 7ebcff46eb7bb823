"""Things with a plug or a battery."""

from __future__ import annotations

from demo.art.pen import WHITE, Pen, mix, tone


def phone(p: Pen, c: str, a: str) -> None:
    p.shadow(196, 334, 96, 12)
    p.open(transform="translate(34 0) rotate(7 220 200)")
    p.box(150, 62, 132, 268, 27, tone(c, -0.24))
    p.box(152, 64, 128, 264, 25, p.lin((0, tone(c, 0.12)), (0.45, tone(c, 0.02)), (1, tone(c, -0.1)), x2=0.7, y2=1))
    p.path("M152 110 L280 64 V64 C280 64 280 150 280 170 L152 300Z", "#fff", opacity=0.07)
    p.box(162, 76, 66, 72, 19, p.lin((0, tone(c, 0.1)), (1, tone(c, -0.07)), x2=1, y2=1))
    for x, y in ((180, 95), (180, 129), (209, 112)):
        p.oval(x, y, 13.5, 13.5, tone(c, -0.28))
        p.oval(x, y, 11, 11, "#12171a")
        p.oval(x, y, 6.5, 6.5, p.rad((0, "#3a5570"), (1, "#0b0f14")))
        p.oval(x - 3, y - 3.5, 2.2, 2.2, "#c9dcf0")
    p.oval(209, 88, 4, 4, "#fff3d1")
    p.close()
    p.open(transform="translate(-40 6) rotate(-5 180 200)")
    p.box(112, 66, 134, 272, 28, p.lin((0, tone(c, 0.1)), (0.5, tone(c, -0.3)), (1, tone(c, -0.12)), x2=1, y2=0.4))
    p.box(116, 70, 126, 264, 24.5, "#0c1012")
    screen = "M143 75 H215 A22 22 0 0 1 237 97 V307 A22 22 0 0 1 215 329 H143 A22 22 0 0 1 121 307 V97 A22 22 0 0 1 143 75Z"
    p.path(screen, p.lin((0, tone(a, 0.2)), (0.5, mix(a, c, 0.4)), (1, tone(c, -0.16)), x2=0.4, y2=1))
    p.open(clip_path=p.clip(screen))
    p.oval(216, 150, 34, 34, tone(a, 0.3), opacity=0.9)
    p.path("M110 238 C150 196 190 204 250 178 V340 H110Z", mix(a, c, 0.55), opacity=0.85)
    p.path("M110 276 C150 242 200 262 250 226 V340 H110Z", tone(c, -0.06), opacity=0.9)
    p.path("M110 312 C160 276 200 308 250 280 V340 H110Z", tone(c, -0.2), opacity=0.9)
    p.path("M121 75 H200 L130 329 H121Z", "#fff", opacity=0.08)
    p.close()
    p.box(162, 82, 34, 9, 4.5, "#0c1012")
    p.close()


def headphones(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 326, 118, 11, 0.3)
    p.line("M104 222 C92 76 308 76 296 222", tone(c, -0.2), 24)
    p.line("M104 220 C92 76 308 76 296 220", p.lin((0, tone(c, 0.02)), (0.35, tone(c, 0.14)), (1, tone(c, -0.08))), 18)
    p.line("M122 206 C120 110 280 110 278 206", tone(a, -0.08), 11)
    p.line("M124 148 C140 108 176 98 202 98", "#fff", 4, opacity=0.45)
    for x in (104, 296):
        p.line(f"M{x} 196 V240", p.metal(), 9)
    for cx, s in ((100, -1), (300, 1)):
        p.open(transform=f"rotate({s * -6} {cx} 256)")
        p.box(cx + (10 if s == -1 else -52), 196, 42, 122, 21, p.lin((0, tone(a, 0.06)), (1, tone(a, -0.16))))
        p.box(cx - 36 if s == -1 else cx - 22, 192, 58, 130, 29, p.lin((0, tone(c, 0.11)), (0.4, tone(c, 0.02)), (1, tone(c, -0.17)), x2=0.8, y2=1))
        p.oval(cx - 7 if s == -1 else cx + 7, 257, 17, 44, p.lin((0, tone(c, -0.06)), (1, tone(c, 0.09)), x2=0.6, y2=1))
        p.oval(cx - 7 if s == -1 else cx + 7, 257, 4, 4, tone(c, 0.26))
        p.close()


def keyboard(p: Pen, c: str, a: str) -> None:
    p.oval(206, 300, 186, 34, p.rad((0, "#1c211f", 0.36), (0.6, "#1c211f", 0.14), (1, "#1c211f", 0)))
    p.open(transform="matrix(.93 -.17 .30 .80 -52 104)")
    p.box(34, 108, 330, 146, 15, tone(c, -0.3))
    p.box(34, 98, 330, 146, 15, p.lin((0, tone(c, 0.07)), (1, tone(c, -0.07)), x2=0.3, y2=1))
    p.box(43, 107, 312, 128, 8, tone(c, -0.22))
    light, dark = tone(WHITE, 0), mix(c, WHITE, 0.25)
    rows: list[list[float]] = [
        [*[1] * 13, 2],
        [1.5, *[1] * 12, 1.5],
        [1.75, *[1] * 11, 2.25],
        [2.25, *[1] * 10, 1.75, 1],
        [1.25, 1.25, 1.25, 6.25, 1.25, 1.25, 1.5, 1],
    ]
    kl, kd, ka = (p.lin((0, tone(k, 0.04)), (1, tone(k, -0.05)), x2=0, y2=1) for k in (light, dark, a))
    for r, row in enumerate(rows):
        x, unit = 46.0, 306 / sum(row)
        for i, w in enumerate(row):
            edge = i in (0, len(row) - 1) or (r == 4 and i != 3)
            fill, under = (ka, a) if (r, i) in ((0, 0), (2, len(row) - 1)) else ((kd, dark) if edge else (kl, light))
            y = 110 + r * 24.6
            p.box(round(x + 1, 1), round(y + 2.5, 1), round(w * unit - 2, 1), 21, 4, tone(under, -0.24))
            p.box(round(x + 1, 1), round(y, 1), round(w * unit - 2, 1), 20, 4, tone(under, -0.09))
            p.box(round(x + 3.5, 1), round(y + 0.5, 1), round(w * unit - 7, 1), 16, 3.5, fill)
            x += w * unit
    p.close()


def speaker(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 326, 118)
    p.box(80, 122, 240, 206, 36, p.lin((0, tone(c, 0.06)), (0.3, tone(c, 0.04)), (1, tone(c, -0.16)), x2=1, y2=0.7))
    p.box(92, 150, 216, 166, 24, p.lin((0, tone(c, -0.04)), (1, tone(c, -0.15)), x2=0.6, y2=1))
    dots = "".join(f"M{x} {y}h.01" for y in range(160, 312, 9) for x in range(104 + (y // 9 % 2) * 4, 300, 9))
    p.line(dots, tone(c, -0.24), 3.2, opacity=0.7)
    p.line(dots, tone(c, 0.12), 1, opacity=0.5, transform="translate(-.8 -.8)")
    p.path("M116 122 H284 C304 122 316 134 319 148 H81 C84 134 96 122 116 122Z", p.lin((0, tone(a, 0.12)), (1, tone(a, -0.04))))
    p.line("M154 122 C154 86 246 86 246 122", tone(a, -0.2), 9)
    p.line("M154 120 C154 86 246 86 246 120", tone(a, 0.06), 5)
    for x in (132, 160):
        p.oval(x, 135, 8, 5, p.metal())
    p.oval(264, 288, 4, 4, "#7fe0b4")
    p.box(180, 288, 40, 9, 3, tone(a, 0.08))
