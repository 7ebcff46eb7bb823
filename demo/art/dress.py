"""Clothes, shoes and what goes with them."""

# ruff: noqa: E501  paths stay on one line
from __future__ import annotations

from demo.art.pen import Pen, mix, tone

BRASS = "#cfa95e"


def shirt(p: Pen, c: str, a: str) -> None:
    """A buttoned shirt: main is the cloth, accent the buttons."""
    p.shadow(200, 336, 96, 10, 0.26)
    for flip in ("", "translate(400 0) scale(-1 1)"):
        p.open(transform=flip)
        sleeve = "M136 88 C104 96 86 116 76 150 L50 236 L104 262 L134 190Z"
        p.path(sleeve, p.lin((0, tone(c, -0.08)), (0.5, tone(c, 0.06)), (1, tone(c, -0.12))))
        p.line("M58 222 L112 247", tone(c, -0.14), 2, stroke_dasharray="5 4")
        p.line("M92 150 C100 172 108 190 118 206", tone(c, -0.1), 3, opacity=0.6)
        p.close()
    torso = "M136 88 C156 78 176 74 200 74 C224 74 244 78 264 88 C274 130 272 180 276 318 C276 328 240 334 200 334 C160 334 124 328 124 318 C128 180 126 130 136 88Z"
    p.path(torso, p.lin((0, tone(c, -0.07)), (0.25, tone(c, 0.07)), (0.6, tone(c, 0)), (1, tone(c, -0.13))))
    p.open(clip_path=p.clip(torso))
    p.path(
        "M150 120 C158 200 146 270 138 340 L160 340 C162 270 168 200 150 120Z M246 130 C240 210 252 280 262 340 L240 340 C238 270 236 200 246 130Z",
        tone(c, -0.12),
        opacity=0.35,
    )
    p.path("M186 92 H214 V340 H186Z", p.lin((0, tone(c, 0.03)), (0.5, tone(c, 0.08)), (1, tone(c, -0.04))))
    p.line("M186 104 V340 M214 104 V340", tone(c, -0.15), 1.6)
    p.line("M190 104 V340 M210 104 V340", tone(c, -0.1), 1.1, stroke_dasharray="4 3")
    p.path("M222 146 H258 V182 L240 192 L222 182Z", tone(c, 0.03), stroke=tone(c, -0.14), stroke_width=1.8)
    p.close()
    for at in range(6):
        p.oval(200, 126 + at * 36, 5.4, 5.4, tone(a, -0.1))
        p.oval(200, 125 + at * 36, 5, 5, p.rad((0, tone(a, 0.18)), (1, tone(a, 0))))
    p.path("M168 78 C170 62 184 56 200 56 C216 56 230 62 232 78 C222 92 208 98 200 100 C192 98 178 92 168 78Z", tone(c, -0.24))
    for flip in ("", "translate(400 0) scale(-1 1)"):
        p.open(transform=flip)
        p.path("M170 66 C160 74 156 86 158 98 L184 124 L200 101 C184 96 174 84 170 66Z", p.slant(c, 0.12, -0.06), stroke=tone(c, -0.14), stroke_width=1.2)
        p.close()


def scarf(p: Pen, c: str, a: str) -> None:
    """A folded scarf with fringes: main is the wool, accent the stripes."""
    p.shadow(202, 322, 128)
    for y, x, w, k in ((246, 68, 264, -0.04), (196, 74, 250, 0.0), (146, 82, 236, 0.04)):
        p.path(
            f"M{x + 20} {y} H{x + w - 8} C{x + w + 18} {y} {x + w + 18} {y + 60} {x + w - 8} {y + 60} H{x + 20} C{x - 10} {y + 60} {x - 10} {y} {x + 20} {y}Z",
            p.lin((0, tone(c, 0.11 + k)), (0.35, tone(c, 0.02 + k)), (1, tone(c, -0.16 + k)), x2=0, y2=1),
        )
        for at in range(3):
            sx = x + w - 96 + at * 22
            p.path(f"M{sx} {y} h11 q4 30 0 60 h-11 q4 -30 0 -60Z", p.lin((0, tone(a, 0.1)), (1, tone(a, -0.14)), x2=0, y2=1), opacity=0.92)
        for at in range(36):
            stitch = x + 16 + at * (w - 30) / 36
            p.line(f"M{stitch:.1f} {y + 5} q2 25 0 50", tone(c, -0.1), 1.1, opacity=0.35)
    tail = "M112 130 C150 122 196 124 222 134 C230 190 226 240 214 292 C180 300 140 300 106 290 C98 236 100 182 112 130Z"
    p.path(tail, p.lin((0, tone(c, 0)), (0.3, tone(c, 0.12)), (1, tone(c, -0.1))))
    p.open(clip_path=p.clip(tail))
    for y in (236, 256, 276):
        p.path(f"M90 {y} q70 12 150 2 v10 q-80 10 -150 -2Z", p.lin((0, tone(a, 0)), (0.3, tone(a, 0.1)), (1, tone(a, -0.1))))
    for at in range(16):
        p.line(f"M{104 + at * 8} 126 q-6 80 -2 170", tone(c, -0.1), 1.2, opacity=0.4)
    p.close()
    for at in range(15):
        fringe = 108 + at * 7.3
        p.line(f"M{fringe:.1f} {292 + (at % 3)} q{-2 + at % 4} 14 {-1 + at % 3} 30", tone(c, -0.08 + (at % 3) * 0.06), 4)


def socks(p: Pen, c: str, a: str) -> None:
    """A pair: main is the knit, accent heel, toe and cuff."""
    for dx, dy, k in ((74, -18, -0.06), (0, 0, 0.0)):
        p.shadow(168 + dx, 324 + dy * 0.6, 92, 10, 0.26)
        p.open(transform=f"translate({dx} {dy})")
        sock = "M104 62 C122 56 166 56 184 62 C186 120 182 170 188 210 C192 236 236 240 262 262 C284 282 276 318 246 322 C216 326 176 322 148 312 C112 298 100 270 102 232 C104 180 106 120 104 62Z"
        p.path(sock, p.lin((0, tone(c, -0.06 + k)), (0.3, tone(c, 0.08 + k)), (1, tone(c, -0.14 + k))))
        p.open(clip_path=p.clip(sock))
        for at in range(12):
            p.line(f"M{100 + at * 8} 100 q-2 70 2 150", tone(c, -0.12 + k), 1.3, opacity=0.5)
        p.path("M90 250 C116 230 148 236 160 262 C150 296 140 312 130 330 L80 330Z", p.slant(tone(a, k), 0.08, -0.1))
        p.path("M226 230 C214 270 220 300 232 336 H300 V230Z", p.slant(tone(a, k), 0.08, -0.12))
        p.path("M96 50 H192 V98 C160 104 128 104 96 98Z", p.lin((0, tone(a, -0.04 + k)), (0.3, tone(a, 0.08 + k)), (1, tone(a, -0.14 + k))))
        for at in range(11):
            p.line(f"M{104 + at * 7.6:.1f} 58 V100", tone(a, -0.14 + k), 1.8, opacity=0.7)
        for y in (124, 138):
            p.path(f"M90 {y} q50 8 110 0 v6 q-60 8 -110 0Z", tone(a, k), opacity=0.85)
        p.close()
        p.line("M118 112 C116 150 116 190 114 226", "#ffffff", 6, opacity=0.25)
        p.close()


def boot(p: Pen, c: str, a: str) -> None:
    p.shadow(206, 322, 136, 12)
    upper = "M112 74 C134 66 184 66 204 74 C202 116 206 146 214 172 C226 200 262 212 300 226 C330 238 342 256 342 286 H92 C88 240 96 210 102 180 C108 146 110 108 112 74Z"
    p.path(upper, p.lin((0, tone(c, -0.06)), (0.3, tone(c, 0.09)), (1, tone(c, -0.12))))
    p.open(clip_path=p.clip(upper))
    p.path("M86 300 C86 246 100 226 130 224 C150 240 152 270 146 300Z", p.slant(c, -0.06, -0.16))
    p.path("M268 300 C264 256 280 226 310 224 L360 300Z", p.slant(c, 0.03, -0.14))
    p.path(
        "M180 70 C184 116 186 150 200 186 C214 208 238 216 262 222 C254 236 236 242 216 236 C184 222 164 190 160 150 C158 120 158 96 160 70Z", tone(c, -0.15)
    )
    p.line("M268 296 C264 258 280 230 306 226 M96 262 C98 238 112 226 130 226", tone(c, 0.16), 1.8, stroke_dasharray="4 4", opacity=0.8)
    p.path("M84 264 H350 V300 H84Z", p.lin((0, "#000000", 0), (1, "#000000", 0.22), x2=0, y2=1))
    p.line("M126 90 C124 140 116 190 112 220", "#ffffff", 9, opacity=0.22)
    p.close()
    p.path(
        "M108 70 C112 54 122 52 132 56 C150 62 166 62 184 56 C198 52 206 58 206 74 C204 88 196 94 184 92 C164 88 146 90 132 92 C118 94 106 88 108 70Z",
        p.down(tone(c, -0.12), 0.08, -0.1),
    )
    for at in range(6):
        x, y = 168 + (at * at) * 1.9, 104 + at * 22.5
        p.oval(x, y + 6, 4.4, 4.4, p.metal(BRASS))
        p.line(f"M{x:.0f} {y + 6:.0f} L{x + 34:.0f} {y - 4:.0f}", tone(a, -0.16), 8)
        p.line(f"M{x:.0f} {y + 4:.0f} L{x + 34:.0f} {y - 6:.0f}", tone(a, 0.08), 5)
    sole = "M84 284 H344 C356 284 358 298 354 308 C350 318 340 322 326 322 H244 L236 308 H172 L164 322 H98 C86 322 80 314 80 302Z"
    p.path(sole, p.lin((0, "#6a4a34"), (0.35, "#3e2c22"), (1, "#231a15"), x2=0, y2=1))
    p.line("M86 288 H346", "#e8cf9f", 2, stroke_dasharray="6 4")
    p.path("M112 130 h-14 v-32 h16", "none", stroke=tone(a, 0), stroke_width=6)


def handbag(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 326, 122)
    p.line("M140 168 C134 58 266 58 260 168", tone(c, -0.24), 16)
    p.line("M140 166 C134 56 266 56 260 166", p.lin((0, tone(c, 0.02)), (0.4, tone(c, 0.14)), (1, tone(c, -0.08))), 10)
    body = "M102 156 H298 C308 156 314 162 316 172 L332 300 C334 318 324 328 306 328 H94 C76 328 66 318 68 300 L84 172 C86 162 92 156 102 156Z"
    p.path(body, p.lin((0, tone(c, -0.06)), (0.26, tone(c, 0.08)), (0.62, tone(c, -0.01)), (1, tone(c, -0.16))))
    p.open(clip_path=p.clip(body))
    for at in range(70):
        p.oval(76 + (at * 67) % 250, 240 + (at * 41) % 86, 2.4, 1.6, tone(c, -0.06), opacity=0.4)
    p.path("M60 312 H340 V340 H60Z", tone(c, -0.16), opacity=0.7)
    p.close()
    flap = "M92 156 H308 C314 200 296 246 268 256 C226 268 174 268 132 256 C104 246 86 200 92 156Z"
    p.path(flap, tone(c, -0.26), transform="translate(0 5)", opacity=0.5)
    p.path(flap, p.lin((0, tone(c, 0.1)), (0.6, tone(c, 0.02)), (1, tone(c, -0.08)), x2=0.3, y2=1))
    p.line("M100 164 C98 204 114 240 138 248 C178 259 222 259 262 248 C286 240 302 204 300 164", tone(c, 0.2), 1.8, stroke_dasharray="5 4", opacity=0.8)
    p.box(176, 232, 48, 40, 9, p.metal(a))
    p.box(184, 240, 32, 24, 5, p.lin((0, tone(a, 0.18)), (1, tone(a, -0.12)), x2=1, y2=1))
    p.box(196, 246, 8, 12, 4, tone(a, -0.3))
    for x in (140, 260):
        p.oval(x, 166, 13, 13, p.metal(a))
        p.oval(x, 166, 6, 6, tone(c, -0.2))
    p.line("M108 168 C106 190 112 212 122 228", "#ffffff", 7, opacity=0.3)


def cap(p: Pen, c: str, a: str) -> None:
    p.shadow(214, 306, 136, 14)
    p.path(
        "M132 282 C186 244 250 230 304 236 C342 246 368 276 372 294 C372 303 358 305 346 302 C282 289 222 293 176 306 C150 310 130 298 132 282Z",
        p.lin((0, tone(a, 0.1)), (0.5, tone(a, -0.02)), (1, tone(a, -0.18)), x2=0.4, y2=1),
    )
    p.line("M196 292 C250 276 310 278 352 295 M226 280 C268 266 314 270 346 286", tone(a, 0.12), 1.6, stroke_dasharray="5 4", opacity=0.8)
    dome = "M58 268 C52 164 110 100 192 100 C262 100 300 150 304 250 C260 244 224 250 190 262 C150 276 96 294 66 290 C60 288 58 280 58 268Z"
    p.path(dome, p.rad((0, tone(c, 0.15)), (0.4, tone(c, 0.04)), (0.75, tone(c, -0.06)), (1, tone(c, -0.18)), cx=0.36, cy=0.22, r=0.9))
    p.open(clip_path=p.clip(dome))
    p.line("M190 100 C150 140 124 210 126 290 M192 100 C222 140 238 200 240 262 M190 100 C120 116 76 180 66 280", tone(c, -0.17), 2.4)
    p.line("M195 102 C155 142 130 210 132 290 M197 102 C228 142 244 200 246 262", tone(c, 0.15), 1.4, stroke_dasharray="4 4")
    p.path("M58 272 C100 290 150 268 190 250 C226 236 262 232 306 236 V270 L60 310Z", "#000000", opacity=0.14)
    p.close()
    p.oval(190, 101, 12, 7, p.ball(a))
    for x, y in ((112, 178), (216, 160), (166, 176)):
        p.oval(x, y, 4.4, 4.4, tone(c, -0.2))
        p.oval(x, y, 2.4, 2.4, tone(c, -0.4))
    p.line("M92 196 C102 164 126 138 152 126", "#ffffff", 9, opacity=0.3)


def belt(p: Pen, c: str, a: str) -> None:
    """A rolled belt: main is the leather, accent the buckle."""
    p.shadow(200, 322, 126, 15)
    p.oval(196, 218, 122, 96, p.lin((0, tone(c, -0.12)), (0.4, tone(c, 0.07)), (1, tone(c, -0.18))))
    p.oval(196, 186, 122, 84, p.lin((0, tone(c, 0.16)), (1, tone(c, 0))))
    for at in range(6):
        p.oval(196, 188, 112 - at * 12, 76 - at * 8.4, "none", stroke=tone(c, -0.2 if at % 2 else 0.1), stroke_width=5 if at % 2 else 4)
    p.oval(196, 190, 46, 29, p.lin((0, tone(c, -0.34)), (1, tone(c, -0.16)), x2=0, y2=1))
    p.path(
        "M74 190 V224 C80 282 134 314 196 314 C258 314 312 282 318 224 V190 C308 240 256 270 196 270 C136 270 84 240 74 190Z",
        p.lin((0, tone(c, -0.1)), (0.28, tone(c, 0.1)), (0.62, tone(c, -0.02)), (1, tone(c, -0.18))),
    )
    p.line(
        "M78 206 C90 252 140 278 196 278 C252 278 302 252 314 206 M80 234 C96 282 142 306 196 306 C250 306 296 282 312 234",
        tone(c, 0.18),
        1.7,
        stroke_dasharray="5 4",
        opacity=0.8,
    )
    p.open(transform="translate(262 262) rotate(-24)")
    p.box(-36, -32, 74, 64, 10, p.metal(a))
    p.box(-23, -20, 48, 40, 5, tone(c, -0.12))
    p.line("M-30 0 H24", tone(a, -0.26), 8)
    p.line("M-30 -1.500 H24", tone(a, 0.14), 4)
    p.close()
    for at in range(3):
        p.oval(122 + at * 27, 282 + at * 7, 4.4, 4.8, tone(c, -0.34))


def ring(p: Pen, c: str, a: str) -> None:
    """A ring in its open box: main is the box, accent the metal."""
    p.shadow(204, 324, 122)
    lid = "M98 206 L120 76 C122 68 126 66 134 66 H280 C288 66 292 68 294 76 L310 206Z"
    p.path(lid, p.lin((0, tone(c, 0.06)), (1, tone(c, -0.14)), x2=0.6, y2=1))
    p.path("M114 200 L133 86 C134 81 137 80 142 80 H272 C277 80 280 81 281 86 L294 200Z", p.lin((0, "#fbf7ee"), (1, "#d9d0be"), x2=0.5, y2=1))
    p.path("M84 226 L102 200 H306 L322 226Z", p.lin((0, "#efe8d9"), (1, "#c9bfa9")))
    for at in range(2):
        p.path(
            f"M{104 + at * 4} {206 + at * 10} C150 {198 + at * 10} 250 {198 + at * 10} {300 - at * -4} {206 + at * 10}",
            "none",
            stroke="#d9cfba",
            stroke_width=9,
            stroke_linecap="round",
        )
    p.line("M184 218 C156 150 244 118 224 218", tone(a, -0.22), 0.1)
    p.oval(203, 186, 46, 45, "none", stroke=tone(a, -0.2), stroke_width=13)
    p.oval(
        203,
        185,
        46,
        45,
        "none",
        stroke=p.lin((0, tone(a, -0.06)), (0.3, tone(a, 0.2)), (0.55, tone(a, -0.04)), (0.8, tone(a, 0.14)), (1, tone(a, -0.16))),
        stroke_width=9,
    )
    p.path("M84 226 H322 V312 C322 322 316 328 306 328 H100 C90 328 84 322 84 312Z", p.lin((0, tone(c, 0.02)), (0.28, tone(c, 0.1)), (1, tone(c, -0.14))))
    p.path("M92 222 H314 V236 C260 244 146 244 92 236Z", p.lin((0, "#f7f1e4"), (1, "#cfc5b0"), x2=0, y2=1))
    p.line("M84 250 H322", tone(c, -0.16), 2)
    p.oval(203, 288, 11, 11, p.metal(a))
    p.line("M182 146 L190 152 M224 146 L216 152", tone(a, 0.1), 6)
    for d, k in (
        ("M203 104 L178 120 L203 152Z", 0.16),
        ("M203 104 L228 120 L203 152Z", 0.02),
        ("M178 120 L190 106 H216 L228 120 L203 128Z", 0.2),
        ("M178 120 L203 128 V152Z", 0.08),
        ("M228 120 L203 128 V152Z", -0.06),
    ):
        p.path(d, tone("#a9cfe0", k))
    p.line("M203 104 V128 M178 120 L203 128 L228 120", "#ffffff", 1.4, opacity=0.8)
    p.path("M240 88 l3 10 l10 3 l-10 3 l-3 10 l-3 -10 l-10 -3 l10 -3Z", "#ffffff", opacity=0.95)


def necklace(p: Pen, c: str, a: str) -> None:
    """A necklace on a bust: main is the cloth of the bust, accent the metal."""
    p.shadow(200, 328, 96)
    bust = "M172 58 H228 C230 110 236 132 268 146 C308 162 318 190 314 226 C306 276 262 322 238 328 H162 C138 322 94 276 86 226 C82 190 92 162 132 146 C164 132 170 110 172 58Z"
    p.path(bust, p.lin((0, tone(c, -0.07)), (0.3, tone(c, 0.1)), (0.65, tone(c, 0)), (1, tone(c, -0.15))))
    p.oval(200, 58, 28, 7, tone(c, 0.12))
    p.path("M104 196 C120 170 150 158 172 150 C150 176 132 210 130 256 C112 240 102 218 104 196Z", "#ffffff", opacity=0.14)
    p.line("M150 142 C150 206 176 246 200 254 C224 246 250 206 250 142", tone(c, -0.2), 6, opacity=0.35, transform="translate(4 5)")
    p.line("M150 142 C150 206 176 246 200 254 C224 246 250 206 250 142", tone(a, -0.16), 5.5)
    p.line("M150 142 C150 206 176 246 200 254 C224 246 250 206 250 142", tone(a, 0.16), 3.4, stroke_dasharray="3.500 4.500")
    p.oval(200, 256, 7, 7, "none", stroke=tone(a, 0.02), stroke_width=4)
    p.oval(203, 287, 23, 27, "#000000", opacity=0.14)
    p.path("M200 260 C220 276 222 292 214 304 C208 312 192 312 186 304 C178 292 180 276 200 260Z", p.metal(a))
    p.path(
        "M200 268 C214 280 216 292 210 301 C205 306 195 306 190 301 C184 292 186 280 200 268Z",
        p.rad((0, "#bfe6d8"), (0.5, "#3f9c80"), (1, "#14503f"), cx=0.36, cy=0.3, r=0.8),
    )
    p.path("M194 280 l6 -6 l4 8 l-6 8Z", "#ffffff", opacity=0.7)


def gloves(p: Pen, c: str, a: str) -> None:
    for flip, k in (("translate(400 -14) scale(-1 1)", -0.06), ("", 0.0)):
        p.open(transform=flip)
        p.shadow(150, 330, 62, 9, 0.26)
        hand = (
            "M104 326 C96 290 92 262 84 232 C78 208 60 186 56 168 C54 156 68 150 78 160 C92 176 102 190 110 196 C108 160 100 116 100 92 C100 76 120 74 124 90 "
            "C128 112 132 134 136 152 C136 122 134 92 136 74 C138 60 158 60 160 74 C162 100 162 128 164 152 C168 130 170 108 174 90 C178 76 196 80 194 96 C192 122 190 146 188 168 "
            "C194 154 198 142 204 132 C210 120 226 128 222 142 C214 174 206 206 202 236 C198 268 198 298 196 326Z"
        )
        p.path(hand, p.lin((0, tone(c, -0.06 + k)), (0.3, tone(c, 0.09 + k)), (1, tone(c, -0.12 + k))))
        p.open(clip_path=p.clip(hand))
        p.path("M84 292 H220 V340 H84Z", p.lin((0, tone(a, -0.04 + k)), (0.3, tone(a, 0.1 + k)), (1, tone(a, -0.12 + k))))
        for at in range(14):
            p.line(f"M{96 + at * 8} 294 V330", tone(a, -0.14 + k), 2, opacity=0.6)
        p.path("M110 204 C132 190 170 190 194 204 C198 232 196 262 190 282 H114 C104 256 104 226 110 204Z", tone(mix(c, a, 0.35), k), opacity=0.55)
        p.line("M128 210 V272 M150 204 V276 M172 210 V272", tone(c, -0.16 + k), 2.4, opacity=0.6)
        p.close()
        p.line("M110 104 C114 140 118 170 120 190", "#ffffff", 6, opacity=0.24)
        p.close()
