"""Things one wears and carries."""

from __future__ import annotations

import math

from demo.art.pen import INK, STEEL, WHITE, Pen, tone


def sneaker(p: Pen, c: str, a: str) -> None:
    p.shadow(204, 318, 150, 13)
    up = (
        "M64 282 C54 246 66 218 74 178 C77 164 88 158 97 166 C104 188 130 192 150 178 C161 170 168 156 178 144 "
        "C184 138 195 141 200 149 C222 184 250 208 288 218 C328 228 352 246 354 282Z"
    )
    p.path(up, p.lin((0, tone(c, 0.05)), (0.45, tone(c, 0.02)), (1, tone(c, -0.09)), x2=0.3, y2=1))
    p.open(clip_path=p.clip(up))
    p.path("M50 300 C46 250 60 210 72 190 C104 204 122 240 116 300Z", p.lin((0, tone(c, -0.1)), (1, tone(c, -0.17))))
    p.path("M284 300 C280 258 298 222 330 226 L372 300Z", p.lin((0, tone(c, -0.04)), (1, tone(c, -0.15))))
    p.path("M150 182 C161 172 168 158 178 142 L204 148 C222 182 250 206 284 217 C268 232 252 238 240 234 C206 226 172 206 150 182Z", tone(c, -0.13))
    p.path("M120 300 C132 262 158 240 196 232 L214 240 C176 252 154 272 146 300Z", a)
    p.path("M160 300 C170 274 190 256 222 246 L238 252 C208 264 192 280 186 300Z", a, opacity=0.82)
    p.line("M284 292 C282 258 298 232 322 232", tone(c, 0.18), 1.8, stroke_dasharray="4 4", opacity=0.8)
    p.line("M70 206 C98 218 112 248 110 290", tone(c, 0.16), 1.8, stroke_dasharray="4 4", opacity=0.8)
    p.path("M64 262 H360 V300 H60Z", p.lin((0, "#000", 0), (1, "#000", 0.2), x2=0, y2=1))
    for i in range(22):  # knit
        p.oval(126 + (i * 31) % 90, 206 + (i * 17) % 44, 1.3, 1.3, tone(c, -0.2), opacity=0.35)
    p.close()
    p.path("M97 166 C104 188 130 192 150 178 C150 190 136 202 118 200 C102 198 94 184 97 166Z", tone(c, -0.26))
    p.path("M74 178 C77 164 88 158 97 166 C94 184 102 198 118 200 C100 204 78 196 74 178Z", tone(c, -0.05))
    for i in range(5):
        x, y = 178 + i * 19.5, 166 + i * 13.2
        p.line(f"M{x - 10:.0f} {y + 17:.0f} L{x + 12:.0f} {y - 1:.0f}", tone(WHITE, -0.22), 8.5)
        p.line(f"M{x - 10:.0f} {y + 15.5:.0f} L{x + 12:.0f} {y - 2.5:.0f}", WHITE, 6.5)
    sole = "M52 288 C50 274 60 268 76 270 C150 278 270 280 344 268 C362 266 368 280 364 294 C360 310 344 316 318 316 H92 C66 316 54 308 52 288Z"
    p.path(sole, p.lin((0, "#ffffff"), (0.55, "#efece6"), (1, "#cfcac1"), x2=0, y2=1))
    p.open(clip_path=p.clip(sole))
    p.path("M40 306 C120 308 300 308 380 300 V330 H40Z", tone(a, -0.04))
    p.line("M58 290 C150 298 280 298 362 286", "#bdb8ae", 1.8, opacity=0.8)
    p.close()


def jacket(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 334, 96, 10, 0.26)
    arm_l = "M138 104 C100 112 88 146 80 196 L58 290 C56 302 88 312 98 302 L132 208Z"
    arm_r = "M262 104 C300 112 312 146 320 196 L342 290 C344 302 312 312 302 302 L268 208Z"
    for d, flip in ((arm_l, 1), (arm_r, -1)):
        p.path(d, p.lin((0, tone(c, -0.12)), (0.4, tone(c, 0.05)), (1, tone(c, -0.12))))
        p.open(clip_path=p.clip(d))
        for i in range(6):
            y = 138 + i * 30
            x0 = 40 if flip == 1 else 250
            p.path(f"M{x0} {y} q55 {14} 110 0 v24 q-55 14 -110 0Z", p.lin((0, "#fff", 0.2), (0.5, "#fff", 0), (1, "#000", 0.22), x2=0, y2=1))
        p.close()
    torso = (
        "M142 100 C166 92 234 92 258 100 C280 110 284 140 282 180 L286 308 C286 322 240 328 200 328 C160 328 114 322 114 308 L118 180 C116 140 120 110 142 100Z"
    )
    p.path(torso, p.lin((0, tone(c, -0.06)), (0.25, tone(c, 0.07)), (0.6, tone(c, 0.0)), (1, tone(c, -0.13))))
    p.open(clip_path=p.clip(torso))
    for i in range(7):
        y = 108 + i * 31
        p.path(f"M100 {y} q100 20 200 0 v27 q-100 20 -200 0Z", p.lin((0, "#fff", 0.22), (0.45, "#fff", 0.02), (1, "#000", 0.24), x2=0, y2=1))
    p.close()
    p.path("M150 104 C148 70 170 58 200 58 C230 58 252 70 250 104 C236 118 164 118 150 104Z", p.lin((0, tone(c, 0.08)), (1, tone(c, -0.1)), x2=0, y2=1))
    p.path("M164 82 C172 70 228 70 236 82 C232 100 168 100 164 82Z", tone(a, -0.03))
    p.path("M164 82 C172 92 228 92 236 82 C232 100 168 100 164 82Z", tone(c, -0.22), opacity=0.55)
    p.line("M200 98 V326", tone(c, -0.24), 6)
    p.line("M200 98 V326", tone(a, 0.05), 2.4, stroke_dasharray="2.5 2.5", stroke_linecap="butt")
    p.box(196.5, 112, 7, 18, 3, p.metal())
    p.line("M136 252 L160 292 M264 252 L240 292", tone(c, -0.24), 3.5)
    p.box(224, 150, 30, 15, 3, a)


def backpack(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 326, 98)
    p.line("M174 82 C174 46 226 46 226 82", tone(c, -0.2), 10)
    p.line("M118 170 C84 196 86 270 108 300 M282 170 C316 196 314 270 292 300", tone(a, -0.08), 15)
    body = "M118 152 C118 96 154 72 200 72 C246 72 282 96 282 152 L290 296 C290 320 268 330 200 330 C132 330 110 320 110 296Z"
    p.path(body, p.lin((0, tone(c, -0.07)), (0.28, tone(c, 0.09)), (0.62, tone(c, -0.01)), (1, tone(c, -0.17))))
    p.line("M130 168 C130 116 158 94 200 94 C242 94 270 116 270 168", tone(c, -0.2), 4)
    p.line("M130 166 C130 114 158 92 200 92 C242 92 270 114 270 166", tone(c, 0.14), 1.5, stroke_dasharray="4 3")
    p.path(
        "M122 214 C150 204 250 204 278 214 L284 300 C284 316 262 322 200 322 C138 322 116 316 116 300Z",
        p.lin((0, tone(c, 0.0)), (0.3, tone(c, 0.11)), (1, tone(c, -0.13))),
    )
    p.path("M122 214 C150 204 250 204 278 214 L280 244 C250 254 150 254 120 244Z", tone(c, -0.06))
    p.line("M120 246 C150 256 250 256 280 246", tone(c, -0.24), 3)
    p.box(186, 120, 28, 40, 4, a)
    p.box(191, 128, 18, 3, 1.5, tone(a, 0.28))
    p.box(191, 135, 12, 3, 1.5, tone(a, 0.28))
    for x in (154, 236):
        p.box(x, 200, 11, 74, 3, tone(a, -0.03))
        p.box(x - 3, 250, 17, 13, 3, p.metal(tone(STEEL, -0.05)))
    p.line("M228 254 l2 20", tone(a, 0.1), 5)
    p.line("M136 128 C144 106 160 96 178 92", "#fff", 6, opacity=0.25)


def watch(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 352, 70, 10, 0.28)
    strap = p.round_(c)
    p.path("M164 38 C166 30 234 30 236 38 L246 132 H154Z", strap)
    p.path("M154 268 H246 L236 348 C234 358 166 358 164 348Z", strap)
    for y in (292, 308, 324):
        p.oval(200, y, 4, 3, tone(c, -0.24))
    p.line("M168 44 L160 126 M232 44 L240 126 M160 274 L168 346 M240 274 L232 346", tone(c, 0.14), 1.6, stroke_dasharray="5 4", opacity=0.8)
    p.box(282, 190, 17, 22, 5, p.metal(a))
    p.path("M150 118 h24 v26 h-30Z M226 118 h24 l6 26 h-30Z M144 256 h30 v26 h-24Z M226 256 h30 l-6 26 h-24Z", p.metal(a))
    p.oval(200, 200, 88, 88, p.lin((0, tone(a, 0.22)), (0.35, tone(a, -0.08)), (0.6, tone(a, 0.14)), (1, tone(a, -0.22)), x2=1, y2=1))
    p.oval(200, 200, 79, 79, p.lin((0, tone(a, -0.2)), (1, tone(a, 0.16)), x2=1, y2=1))
    p.oval(200, 200, 75, 75, p.rad((0, "#fdfcf8"), (0.75, "#f1eee6"), (1, "#d9d4c8"), cx=0.42, cy=0.36, r=0.75))
    for i in range(60):
        t = math.radians(i * 6)
        r0, w = (57, 4.2) if i % 15 == 0 else (60, 2.6) if i % 5 == 0 else (66, 0.9)
        p.line(
            f"M{200 + r0 * math.sin(t):.1f} {200 - r0 * math.cos(t):.1f} L{200 + 69 * math.sin(t):.1f} {200 - 69 * math.cos(t):.1f}",
            INK,
            w,
            stroke_linecap="butt",
        )
    p.oval(200, 236, 17, 17, "#e7e2d6", stroke="#c6bfae", stroke_width=1)
    p.line("M200 236 L209 228", INK, 1.6)
    p.line("M200 200 L170 170", INK, 6)
    p.line("M200 200 L244 166", INK, 4.2)
    p.line("M188 218 L222 166", "#c2331a", 1.6)
    p.oval(200, 200, 5.5, 5.5, "#c2331a")
    p.path("M142 164 A70 70 0 0 1 214 132 L160 250 A70 70 0 0 1 142 164Z", "#fff", opacity=0.28)


def sunglasses(p: Pen, c: str, a: str) -> None:
    p.oval(206, 286, 166, 20, p.rad((0, "#1c211f", 0.26), (0.6, "#1c211f", 0.1), (1, "#1c211f", 0)))
    p.line("M64 176 C54 150 96 118 150 112 M336 176 C346 150 304 118 250 112", tone(c, -0.16), 9)
    for s in (1, -1):
        p.open(transform="" if s == 1 else "translate(400 0) scale(-1 1)")
        lens = "M60 178 C64 160 96 156 126 158 C158 160 182 164 182 184 C184 226 164 262 122 262 C82 262 58 226 60 178Z"
        p.path(lens, p.lin((0, tone(a, -0.16), 0.96), (0.55, tone(a, 0.02), 0.86), (1, tone(a, 0.18), 0.72), x2=0.3, y2=1))
        p.open(clip_path=p.clip(lens))
        p.path("M70 150 L118 150 L64 260 L40 240Z M132 150 L146 150 L96 270 L82 270Z", "#fff", opacity=0.22)
        p.close()
        p.line(lens, tone(c, -0.06), 11)
        p.line("M60 178 C64 160 96 156 126 158 C158 160 180 164 181 184", tone(c, 0.16), 3, opacity=0.7)
        p.oval(58, 176, 4, 5, p.metal("#d9c9a0"))
        p.close()
    p.line("M182 184 C190 172 210 172 218 184", tone(c, -0.06), 11)
    p.line("M184 180 C192 170 208 170 216 180", tone(c, 0.16), 3, opacity=0.6)
