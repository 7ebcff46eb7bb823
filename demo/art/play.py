"""Music, festivals, and the rest of the open air."""

# ruff: noqa: E501  paths stay on one line
from __future__ import annotations

import math

from demo.art.pen import INK, STEEL, WHITE, WOOD, Pen, block, mix, tone


def guitar(p: Pen, c: str, a: str) -> None:
    """Main is the top, accent neck and bridge."""
    p.shadow(196, 330, 84)
    p.open(transform="translate(24 42) scale(.86) rotate(16 200 230)")
    p.box(190, 26, 20, 160, 3, p.round_(a))
    p.path("M184 2 H216 L213 34 H187Z", p.round_(tone(a, -0.06)))
    for y in (8, 18, 27):
        p.oval(180, y, 5.5, 4.5, p.ball(STEEL))
        p.oval(220, y, 5.5, 4.5, p.ball(STEEL))
    for at in range(11):
        p.line(f"M190 {40 + at * 12.5:.1f} H210", tone(STEEL, 0.06), 1.6)
    body = "M200 160 C232 150 266 160 266 190 C266 208 254 214 254 228 C254 244 284 252 284 288 C284 322 246 340 200 340 C154 340 116 322 116 288 C116 252 146 244 146 228 C146 214 134 208 134 190 C134 160 168 150 200 160Z"
    p.path(body, tone(c, -0.3), transform="translate(8 5)")
    p.path(body, p.rad((0, tone(c, 0.15)), (0.45, tone(c, 0.05)), (0.8, tone(c, -0.07)), (1, tone(c, -0.2)), cx=0.4, cy=0.5, r=0.68))
    p.line(body, tone(WHITE, -0.06), 2.6)
    p.open(clip_path=p.clip(body))
    for at in range(9):
        p.line(f"M{130 + at * 19} 150 q6 90 -2 190", tone(c, -0.06), 1.2, opacity=0.5)
    p.close()
    p.oval(200, 222, 30, 30, tone(a, -0.05))
    p.oval(200, 222, 26, 26, "none", stroke=tone(WHITE, -0.1), stroke_width=2)
    p.oval(200, 222, 22, 22, p.rad((0, "#0e0a08"), (1, "#2a1c14")))
    p.path("M226 226 C250 236 256 262 240 276 C226 268 222 246 226 226Z", tone(a, -0.12), opacity=0.9)
    p.box(166, 290, 68, 13, 5, p.down(a, 0.06, -0.1))
    for at in range(6):
        p.line(f"M{193.5 + at * 2.6:.1f} 10 L{191 + at * 3.6:.1f} 296", "#efe9da", 1, opacity=0.9)
    p.line("M150 182 C152 172 162 168 174 168 M130 276 C134 262 144 254 152 250", "#ffffff", 6, opacity=0.35)
    p.close()


def drum(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 326, 124)
    body = "M84 142 V282 C84 308 136 328 200 328 C264 328 316 308 316 282 V142Z"
    p.path(body, p.round_(c))
    p.open(clip_path=p.clip(body))
    for at in range(8):
        x = 84 + at * 33
        p.line(f"M{x} {172 + (8 - abs(at - 3.5) * 2):.0f} l16.500 120 l16.500 -120", tone(WHITE, -0.06), 4, opacity=0.9)
    p.path("M108 150 V320 h18 V150Z", "#ffffff", opacity=0.2)
    p.close()
    p.path("M80 276 C80 304 134 322 200 322 C266 322 320 304 320 276 V290 C320 318 266 336 200 336 C134 336 80 318 80 290Z", p.round_(a))
    p.path("M78 138 C78 166 134 186 200 186 C266 186 322 166 322 138 V158 C322 186 266 206 200 206 C134 206 78 186 78 158Z", p.round_(a))
    p.oval(200, 138, 122, 46, p.round_(tone(a, 0.06)))
    p.oval(200, 137, 112, 40, p.rad((0, "#ffffff"), (0.7, "#f4f0e6"), (1, "#d6cfbf"), cx=0.4, cy=0.35, r=0.75))
    for x, y, x2, y2 in ((246, 152, 332, 62), (176, 150, 292, 44)):
        p.line(f"M{x + 6} {y + 6} L{x2 - 40} {y2 + 52}", "#000000", 8, opacity=0.12)
        p.line(f"M{x} {y} L{x2} {y2}", tone(WOOD, -0.12), 11)
        p.line(f"M{x} {y - 2} L{x2} {y2 - 2}", tone(WOOD, 0.08), 6)
        p.oval(x, y, 12, 9, p.ball(WOOD))


def piano(p: Pen, c: str, a: str) -> None:
    """An electric piano: main is the case, accent the knobs."""
    p.oval(206, 300, 186, 30, p.rad((0, "#1c211f", 0.34), (0.6, "#1c211f", 0.13), (1, "#1c211f", 0)))
    p.path("M56 158 H344 L366 282 H34Z", p.lin((0, tone(c, 0.08)), (1, tone(c, -0.08)), x2=0.4, y2=1))
    p.path("M34 282 H366 V300 C366 306 362 308 356 308 H44 C38 308 34 306 34 300Z", p.down(c, -0.04, -0.22))
    p.path("M62 162 H338 L343 190 H57Z", p.down(tone(c, -0.1), 0.04, -0.04))
    p.path("M160 165 H240 L241 186 H159Z", "#10181a")
    p.line("M170 172 H206 M170 179 H224", "#8fe3d0", 2.6)
    for x in (84, 108, 132, 268, 292, 316):
        p.oval(x, 176, 8.5, 5.5, tone(c, -0.24))
        p.oval(x, 173, 8, 5, p.ball(a))
    for at in range(21):
        top, bottom = 54 + at * 13.9, 42 + at * 15.05
        p.path(f"M{top + 0.6:.1f} 198 h12.700 L{bottom + 14.5:.1f} 274 h-14Z", p.lin((0, "#dcd7cb"), (0.25, "#fbf9f3"), (1, "#f0ece2"), x2=0, y2=1))
        p.path(f"M{bottom + 0.6:.1f} 272 h14 v9 h-14Z", "#cfc9bb")
    for at in range(20):
        if at % 7 not in (2, 6):
            left = 54 + (at + 1) * 13.9 - 4
            p.path(f"M{left:.1f} 196 h8.400 l1 46 h-10Z", p.down(INK, 0.16, -0.04))
    p.line("M66 164 H150", "#ffffff", 2.5, opacity=0.4)


def microphone(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 326, 82, 12)
    p.path(
        "M118 312 C118 300 154 294 200 294 C246 294 282 300 282 312 V318 C282 326 246 330 200 330 C154 330 118 326 118 318Z",
        p.lin((0, tone(c, 0.02)), (0.3, tone(c, 0.16)), (1, tone(c, -0.14))),
    )
    p.oval(200, 306, 80, 11, p.lin((0, tone(c, 0.16)), (1, tone(c, 0))))
    p.box(192, 226, 16, 82, 4, p.metal())
    p.line("M132 130 C126 236 274 236 268 130", tone(STEEL, -0.22), 10)
    p.line("M132 128 C126 234 274 234 268 128", tone(STEEL, 0.1), 5)
    body = "M150 96 C150 66 172 44 200 44 C228 44 250 66 250 96 V166 C250 194 228 214 200 214 C172 214 150 194 150 166Z"
    p.path(body, p.round_(c))
    p.open(clip_path=p.clip(body))
    p.path("M140 30 H260 V140 H140Z", p.round_(mix(c, STEEL, 0.75)))
    for at in range(15):
        p.line(f"M146 {46 + at * 7} q54 9 108 0", tone(STEEL, -0.26), 2)
        p.line(f"M{146 + at * 8} 40 V140", tone(STEEL, -0.26), 1.6)
    p.path("M140 136 q60 12 120 0 v14 q-60 12 -120 0Z", p.round_(a))
    p.path("M162 60 V200 h12 V52Z", "#ffffff", opacity=0.3)
    p.close()
    p.oval(200, 180, 7, 7, p.metal(a))
    p.oval(132, 132, 9, 9, p.ball(STEEL))
    p.oval(268, 132, 9, 9, p.ball(STEEL))


def bauble(p: Pen, c: str, a: str) -> None:
    """Tree balls on a twig of fir: main and accent are their colours."""
    p.shadow(200, 322, 146)
    for x0, y0, turn in ((60, 298, -8), (340, 292, 188), (200, 318, -40), (200, 318, 222)):
        p.open(transform=f"translate({x0} {y0}) rotate({turn})")
        p.line("M0 0 H150", "#5a4632", 4)
        for at in range(26):
            p.line(f"M{4 + at * 5.7:.1f} 0 l14 -20 M{4 + at * 5.7:.1f} 0 l14 18", ("#3f6b45", "#4f8052", "#345a3c")[at % 3], 3.4)
        p.close()
    for x, y, r, colour in ((262, 214, 66, a), (142, 226, 92, c), (240, 280, 42, mix(c, WHITE, 0.5))):
        p.oval(x + 5, y + r * 0.9, r * 0.8, r * 0.2, "#000000", opacity=0.16)
        p.oval(
            x,
            y,
            r,
            r,
            p.rad(
                (0, tone(colour, 0.22)),
                (0.3, tone(colour, 0.06)),
                (0.7, tone(colour, -0.07)),
                (0.92, tone(colour, -0.22)),
                (1, tone(colour, -0.12)),
                cx=0.34,
                cy=0.27,
                r=0.82,
            ),
        )
        p.path(
            f"M{x - r * 0.98:.1f} {y + r * 0.1:.1f} q{r * 0.98:.1f} {r * 0.34:.1f} {r * 1.96:.1f} 0",
            "none",
            stroke=tone(colour, 0.22),
            stroke_width=r * 0.05,
            opacity=0.8,
        )
        p.path(
            f"M{x - r * 0.93:.1f} {y + r * 0.3:.1f} q{r * 0.93:.1f} {r * 0.34:.1f} {r * 1.86:.1f} 0",
            "none",
            stroke=tone(colour, 0.22),
            stroke_width=r * 0.02,
            opacity=0.8,
        )
        p.oval(x - r * 0.36, y - r * 0.42, r * 0.2, r * 0.13, "#ffffff", opacity=0.6, transform=f"rotate(-32 {x - r * 0.36:.1f} {y - r * 0.42:.1f})")
        p.box(x - r * 0.14, y - r * 1.14, r * 0.28, r * 0.2, 3, p.metal("#d9b45f"))
        p.oval(x, y - r * 1.24, r * 0.1, r * 0.12, "none", stroke="#b98f3a", stroke_width=3)


def pumpkin(p: Pen, c: str, a: str) -> None:
    p.shadow(202, 324, 136)
    for x, rx, k in ((104, 52, -0.1), (300, 52, -0.15), (140, 58, -0.03), (264, 58, -0.08), (202, 62, 0.03)):
        p.oval(
            x,
            232,
            rx,
            96,
            p.rad((0, tone(c, 0.15 + k)), (0.45, tone(c, 0.03 + k)), (0.8, tone(c, -0.07 + k)), (1, tone(c, -0.17 + k)), cx=0.36, cy=0.26, r=0.85),
        )
    p.path("M172 146 C184 136 220 136 234 146 C224 158 184 158 172 146Z", tone(c, -0.22))
    p.path("M188 148 C190 118 180 96 162 82 L186 68 C208 88 216 116 218 148 C208 154 196 154 188 148Z", p.round_(a))
    p.line("M196 146 C198 118 190 96 176 80", tone(a, 0.14), 2.4, opacity=0.8)
    p.path("M222 130 C244 100 290 98 312 116 C292 120 296 138 276 142 C254 146 236 142 222 130Z", p.slant("#6f8f45", 0.1, -0.08))
    p.line("M224 130 C250 122 280 118 304 116", tone("#6f8f45", 0.14), 1.8)
    p.path(
        "M170 150 C150 176 142 226 150 300 M234 150 C254 176 262 226 254 300 M118 160 C94 190 88 250 104 304 M286 160 C310 190 316 250 300 304",
        "none",
        stroke=tone(c, -0.2),
        stroke_width=3,
        opacity=0.55,
    )
    p.line("M186 174 C180 200 180 226 184 250", "#ffffff", 9, opacity=0.3)


def eggs(p: Pen, c: str, a: str) -> None:
    """Painted eggs in a nest: main and accent are their colours."""
    p.shadow(200, 324, 140)
    for x, y, turn, colour in ((140, 196, -14, a), (264, 198, 14, mix(c, "#e3c04f", 0.7)), (202, 176, 0, c)):
        p.open(transform=f"translate({x} {y}) rotate({turn})")
        egg = "M0 -98 C38 -98 64 -36 64 14 C64 56 36 80 0 80 C-36 80 -64 56 -64 14 C-64 -36 -38 -98 0 -98Z"
        p.path(egg, p.ball(colour))
        p.open(clip_path=p.clip(egg))
        p.path(
            "M-80 -22 l16 14 l16 -14 l16 14 l16 -14 l16 14 l16 -14 l16 14 l16 -14 l16 14 l16 -14 v14 l-16 14 l-16 -14 l-16 14 l-16 -14 l-16 14 l-16 -14 l-16 14 l-16 -14 l-16 14 l-16 -14Z",
            tone(colour, 0.26),
            opacity=0.9,
        )
        for at in range(7):
            p.oval(-60 + at * 20, 30 + abs(at - 3) * -1.5, 5.5, 5.5, tone(colour, 0.26), opacity=0.9)
        p.path("M-70 -50 q70 22 140 0 v7 q-70 22 -140 0Z", tone(colour, -0.14), opacity=0.8)
        p.close()
        p.oval(-24, -44, 11, 20, "#ffffff", opacity=0.4, transform="rotate(24 -24 -44)")
        p.close()
    p.path("M62 252 C90 240 310 240 340 252 C350 296 312 328 200 328 C88 328 50 296 62 252Z", p.round_("#a57c4a"))
    for at in range(60):
        x, y = 60 + (at * 47) % 270, 250 + (at * 29) % 70
        p.line(f"M{x} {y} q{18 + at % 9} {-10 + at % 17} {40 + at % 13} {-4 + at % 9}", ("#c79a5f", "#8a6338", "#dab67c", "#6f4e2a")[at % 4], 3.2, opacity=0.9)
    for at in range(18):
        x = 66 + at * 15
        p.line(f"M{x} {256 + (at % 3) * 5} q14 {-16 + (at % 4) * 4} 30 -4", ("#dab67c", "#b98a52")[at % 2], 4)


def tent(p: Pen, c: str, a: str) -> None:
    p.shadow(206, 318, 160, 13)
    p.path("M216 88 L352 316 H150Z", p.lin((0, tone(c, -0.04)), (1, tone(c, -0.2)), x2=1, y2=0.6))
    p.path("M216 88 L262 316 H352Z", tone(c, -0.16))
    p.path("M216 88 L40 316 H262Z", p.lin((0, tone(c, 0.13)), (0.6, tone(c, 0.02)), (1, tone(c, -0.05)), x2=1, y2=0.8))
    p.path("M206 116 L118 316 H216Z", tone(c, -0.36))
    p.path("M206 116 L156 316 H216Z", p.lin((0, "#20282a"), (1, "#33302a"), x2=0, y2=1))
    p.path("M206 116 L118 316 H142 C150 260 176 190 206 116Z", p.lin((0, tone(a, 0.12)), (1, tone(a, -0.08))))
    p.line("M206 116 L216 316", tone(a, -0.08), 4)
    p.line("M146 262 q6 6 14 2", tone(a, -0.24), 5)
    p.path("M40 316 L64 284 H120 L108 316Z M216 316 V284 H256 L262 316Z", tone(a, -0.02), opacity=0.85)
    p.line("M216 88 L40 316 M216 88 L262 316 M216 88 L352 316", tone(c, 0.18), 2.4, opacity=0.7)
    p.line("M216 88 L208 60", "#3b4144", 5)
    p.line("M128 202 L44 272 M302 232 L364 300", "#e8e3d6", 2.2)
    p.line("M44 272 l-3 14 M364 300 l2 12", tone(STEEL, -0.2), 4)
    p.line("M200 118 C166 166 126 224 92 270", "#ffffff", 7, opacity=0.24)
    p.path("M150 316 q10 -16 14 0 q8 -22 14 0Z M318 316 q8 -14 12 0 q6 -18 12 0Z", "#6f8f55")


def rod(p: Pen, c: str, a: str) -> None:
    """A fishing rod, its reel and a float: main is the reel, accent the cork."""
    p.shadow(196, 322, 128, 10, 0.26)
    p.open(transform="rotate(-38 200 200)")
    p.line("M-2 200 H396", tone(INK, 0.06), 7)
    p.line("M140 198.500 H396", tone(c, 0.1), 2.4)
    p.box(2, 190, 128, 20, 9, p.lin((0, tone(a, 0.12)), (0.4, tone(a, 0.02)), (1, tone(a, -0.16)), x2=0, y2=1))
    for at in range(14):
        p.oval(10 + at * 9, 195 + (at * 5) % 10, 1.8, 1.2, tone(a, -0.2), opacity=0.7)
    p.box(-8, 190, 13, 20, 5, p.metal())
    for x in (190, 262, 330, 386):
        p.oval(x, 212, 6, 8, "none", stroke=tone(STEEL, -0.06), stroke_width=3)
    p.path("M148 224 C220 222 300 216 388 214", "none", stroke="#f4f1e8", stroke_width=1.4)
    p.close()
    p.oval(152, 280, 44, 40, p.metal(tone(STEEL, -0.06)))
    p.oval(150, 278, 36, 33, p.lin((0, tone(c, 0.14)), (1, tone(c, -0.16)), x2=1, y2=1))
    for at in range(6):
        t = math.radians(at * 60 + 12)
        p.oval(150 + 21 * math.cos(t), 278 + 19 * math.sin(t), 6, 5.4, tone(c, -0.24))
    p.oval(150, 278, 8, 8, p.metal())
    p.line("M150 278 L196 306", tone(STEEL, -0.16), 8)
    p.line("M150 276 L196 304", tone(STEEL, 0.14), 4)
    p.oval(199, 307, 12, 10, p.ball(INK))
    p.line("M116 244 L130 258 M162 236 L158 248", tone(STEEL, -0.1), 9)
    p.shadow(296, 324, 36, 7, 0.26)
    p.line("M296 204 V176", tone(INK, 0.1), 4)
    p.oval(296, 284, 32, 40, p.ball("#f1ede2"))
    p.open(clip_path=p.clip("M264 284 C264 262 278 244 296 244 C314 244 328 262 328 284Z"))
    p.oval(296, 284, 32, 40, p.ball("#c8402f"))
    p.close()
    p.box(290, 204, 12, 44, 5, p.round_("#c8402f"))
    p.oval(284, 266, 6, 9, "#ffffff", opacity=0.5)


def wheel(p: Pen, c: str, a: str) -> None:
    """A bicycle wheel: main is the tyre, accent the rim's stripe."""
    p.shadow(202, 332, 96, 12)
    p.oval(206, 190, 138, 138, "none", stroke=tone(c, -0.16), stroke_width=22)
    p.oval(200, 190, 138, 138, "none", stroke=c, stroke_width=20)
    p.oval(200, 190, 144, 144, "none", stroke=tone(c, 0.12), stroke_width=3, opacity=0.7)
    for at in range(72):
        t = math.radians(at * 5)
        p.line(
            f"M{200 + 143 * math.cos(t):.1f} {190 + 143 * math.sin(t):.1f} L{200 + 149 * math.cos(t + 0.03):.1f} {190 + 149 * math.sin(t + 0.03):.1f}",
            tone(c, -0.14),
            4,
            stroke_linecap="butt",
        )
    p.oval(200, 190, 121, 121, "none", stroke=p.metal("#b8bcbc"), stroke_width=15)
    p.oval(200, 190, 121, 121, "none", stroke=tone(a, 0.02), stroke_width=4)
    for at in range(28):
        t, u = math.radians(at * 360 / 28), math.radians(at * 360 / 28 + (34 if at % 2 else -34))
        p.line(
            f"M{200 + 16 * math.cos(u):.1f} {190 + 16 * math.sin(u):.1f} L{200 + 114 * math.cos(t):.1f} {190 + 114 * math.sin(t):.1f}",
            "#a9afaf" if at % 2 else "#8b9191",
            1.7,
        )
    p.oval(200, 190, 23, 23, p.metal(tone(a, -0.02)))
    p.oval(200, 190, 14, 14, p.metal())
    p.oval(200, 190, 6, 6, INK)
    p.box(196, 296, 7, 15, 2, tone(INK, 0.1))
    p.path("M92 130 A122 122 0 0 1 150 80", "none", stroke="#ffffff", stroke_width=5, stroke_linecap="round", opacity=0.6)


def helmet(p: Pen, c: str, a: str) -> None:
    p.shadow(202, 320, 124)
    p.open(transform="translate(20 28) scale(.92)")
    p.line("M120 256 C128 296 160 314 190 316 M292 246 C276 290 232 314 190 316", tone(INK, 0.1), 8)
    p.box(178, 306, 30, 17, 5, tone(INK, 0.16))
    dome = "M44 246 C36 144 110 76 212 80 C304 84 362 148 358 224 C350 240 330 244 306 242 C250 246 226 262 176 268 C128 274 66 272 44 246Z"
    p.path(dome, p.rad((0, tone(c, 0.16)), (0.4, tone(c, 0.04)), (0.75, tone(c, -0.06)), (1, tone(c, -0.2)), cx=0.36, cy=0.22, r=0.9))
    p.open(clip_path=p.clip(dome))
    for d in (
        "M92 216 C96 164 130 126 176 110 C152 140 136 176 132 226 C116 228 102 224 92 216Z",
        "M156 222 C160 170 184 128 222 108 C240 110 252 114 262 120 C226 144 208 176 202 218 C186 226 170 226 156 222Z",
        "M232 212 C238 176 258 148 288 134 C308 146 322 164 330 184 C296 178 270 188 256 206 C248 212 240 214 232 212Z",
    ):
        p.path(d, tone(c, -0.4))
        p.path(d, "#000000", opacity=0.35, transform="translate(4 -3)")
    p.path("M30 240 C90 262 150 262 200 248 C250 234 300 226 370 230 V280 H30Z", tone(a, -0.02))
    p.line("M52 240 C110 258 160 252 208 240 C256 228 306 222 352 222", tone(a, 0.18), 2.5, opacity=0.8)
    p.close()
    p.line("M70 186 C80 146 112 112 150 98", "#ffffff", 10, opacity=0.4)
    p.path("M46 246 C30 244 22 236 20 226 L58 214Z", tone(INK, 0.06))
    p.close()


def suitcase(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 330, 92)
    p.line("M168 112 V44 H232 V112", tone(STEEL, -0.2), 10, stroke_linejoin="round")
    p.line("M166 112 V42 H230 V112", tone(STEEL, 0.12), 5, stroke_linejoin="round")
    p.box(160, 32, 80, 17, 8, p.down(INK, 0.14, -0.02))
    for x in (132, 256):
        p.box(x, 308, 22, 22, 8, p.round_(INK))
    p.box(106, 96, 188, 220, 24, p.round_(c))
    for at in range(7):
        x = 124 + at * 23
        p.line(f"M{x} 108 V304", tone(c, -0.16), 4)
        p.line(f"M{x - 3} 108 V304", tone(c, 0.12), 2, opacity=0.8)
    for x, y in ((106, 96), (268, 96), (106, 290), (268, 290)):
        p.box(x, y, 26, 26, 11, p.slant(a, 0.08, -0.12))
    p.box(176, 88, 48, 17, 7, p.down(a, 0.08, -0.14))
    p.box(280, 184, 18, 46, 7, p.round_(a))
    p.box(172, 190, 56, 34, 6, p.metal("#b5b9b9"))
    p.box(180, 198, 40, 18, 3, tone(INK, 0.02))
    p.line("M188 207 h6 M197 207 h6 M206 207 h6", "#e8e6df", 4, stroke_linecap="butt")
    p.line("M116 124 V288", "#ffffff", 6, opacity=0.35)


def stand(p: Pen, c: str, a: str) -> None:
    """A bracket for a wall or a rack, with its screws: main is the plate, accent the joint."""
    p.shadow(206, 326, 128, 12)
    block(p, 76, 76, 72, 246, 26, c)
    for y in (104, 292):
        p.oval(112, y, 9, 9, p.metal())
        p.line(f"M107 {y} h10 M112 {y - 5} v10", tone(INK, 0.1), 2)
    p.box(92, 150, 40, 92, 8, p.lin((0, tone(c, -0.2)), (1, tone(c, -0.06)), x2=1, y2=1))
    p.path("M132 180 L246 150 V182 L132 212Z", p.down(c, 0.1, -0.14))
    p.oval(136, 196, 22, 25, p.metal(tone(a, -0.02)))
    p.oval(136, 196, 9, 10, tone(a, -0.2))
    p.oval(248, 166, 20, 22, p.metal(tone(a, -0.02)))
    p.oval(248, 166, 8, 9, tone(a, -0.2))
    p.path("M258 92 L322 76 V252 L258 268Z", p.lin((0, tone(c, 0.1)), (1, tone(c, -0.12)), x2=0.8, y2=1))
    p.path("M322 76 l10 5 v176 l-10 -5Z", tone(c, -0.26))
    for x, y in ((272, 104), (308, 95), (272, 248), (308, 239)):
        p.oval(x, y, 5, 6, tone(c, -0.34))
    p.path("M274 152 L306 144 V192 L274 200Z", tone(c, -0.24))
    for x in (206, 246, 284):
        p.open(transform=f"translate({x} 308) rotate({-16 + x % 40})")
        p.box(-16, -4, 32, 9, 2, p.metal())
        p.box(-24, -9, 10, 19, 4, p.metal(tone(STEEL, 0.04)))
        for at in range(6):
            p.line(f"M{-10 + at * 4.6:.1f} -4 l2 9", tone(INK, 0.2), 1.2)
        p.close()
    p.line("M82 84 V312", "#ffffff", 4, opacity=0.35)
