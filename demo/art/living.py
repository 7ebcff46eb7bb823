"""Things a room is made of."""

from __future__ import annotations

from demo.art.pen import Pen, mix, tone


def lamp(p: Pen, c: str, a: str) -> None:
    glow = p.rad((0, "#ffe9b8", 0.95), (0.45, "#ffdf9e", 0.35), (1, "#ffdf9e", 0))
    p.oval(200, 238, 176, 108, glow)
    p.shadow(200, 324, 74)
    p.path("M186 176 C186 240 182 268 168 288 H232 C218 268 214 240 214 176Z", p.round_(a))
    p.path("M128 306 C128 290 156 282 200 282 C244 282 272 290 272 306 V314 C272 324 242 330 200 330 C158 330 128 324 128 314Z", p.round_(a))
    p.oval(200, 302, 71, 15, p.lin((0, tone(a, 0.1)), (0.6, mix(a, "#fff0cc", 0.35)), (1, tone(a, -0.04))), opacity=0.85)
    p.path("M188 198 C188 246 185 268 175 287 H225 C215 268 212 246 212 198Z", p.round_(mix(a, "#fff0cc", 0.12)))
    dome = "M76 186 C76 112 128 66 200 66 C272 66 324 112 324 186 C324 200 270 208 200 208 C130 208 76 200 76 186Z"
    p.path(dome, p.ball(c))
    p.oval(200, 187, 124, 20, p.lin((0, "#f9d58b"), (0.42, "#fff6dc"), (1, "#f3c878")))
    p.oval(200, 191, 58, 10, "#fffdf4")
    p.path("M76 186 C76 112 128 66 200 66 C272 66 324 112 324 186 C318 176 262 169 200 169 C138 169 82 176 76 186Z", p.ball(c))
    p.line("M104 152 C112 120 134 98 164 88", "#fff", 8, opacity=0.42)


def chair(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 328, 108, 12)

    def leg(d: str, k: float) -> None:
        p.path(d, p.lin((0, tone(a, 0.08 + k)), (1, tone(a, -0.14 + k))))

    leg("M146 232 L160 232 L152 316 L145 316Z", -0.12)
    leg("M240 232 L254 232 L255 316 L248 316Z", -0.12)
    back = "M122 98 C122 66 150 58 200 58 C250 58 278 66 278 98 L288 206 C262 222 138 222 112 206Z"
    p.path(back, p.lin((0, tone(c, 0.09)), (0.5, tone(c, 0.0)), (1, tone(c, -0.14)), x2=0.6, y2=1))
    p.path(
        "M134 104 C134 78 156 72 200 72 C244 72 266 78 266 104 L274 204 C252 214 148 214 126 204Z",
        p.rad((0, tone(c, -0.06)), (0.6, tone(c, 0.02)), (1, tone(c, 0.08)), cx=0.55, cy=0.85, r=0.8),
    )
    seat = "M106 202 C150 188 250 188 294 202 C310 216 306 242 284 248 C240 258 160 258 116 248 C94 242 90 216 106 202Z"
    p.path(seat, p.lin((0, tone(c, 0.13)), (0.55, tone(c, 0.02)), (1, tone(c, -0.17)), x2=0, y2=1))
    p.path("M112 206 C152 194 248 194 288 206 C294 216 276 228 200 228 C124 228 106 216 112 206Z", tone(c, 0.12), opacity=0.55)
    p.line("M98 232 C130 246 270 246 302 232", tone(c, -0.2), 1.6, opacity=0.6, stroke_dasharray="5 4")
    leg("M112 246 L132 250 L116 334 L108 334Z", 0)
    leg("M268 250 L288 246 L292 334 L284 334Z", -0.03)
    p.line("M122 288 L278 288", tone(a, -0.1), 5)
    p.line("M128 96 C130 80 144 72 166 68", "#fff", 5, opacity=0.35)


def plant(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 326, 70)

    def leaf(x: float, y: float, size: float, turn: float, k: float) -> None:
        p.open(transform=f"translate({x} {y}) rotate({turn}) scale({size})")
        p.path(
            "M0 0 C-40 -26 -44 -82 0 -122 C44 -82 40 -26 0 0Z",
            p.lin((0, tone(c, 0.1 + k)), (0.49, tone(c, 0.03 + k)), (0.51, tone(c, -0.05 + k)), (1, tone(c, -0.11 + k))),
        )
        p.line("M0 6 V-112", tone(c, 0.2 + k), 2.2, opacity=0.75)
        for s in (-1, 1):
            for i in range(4):
                p.line(f"M0 {-18 - i * 22} q{s * 14} -8 {s * (24 - i * 3)} -24", tone(c, 0.16 + k), 1.2, opacity=0.4)
        p.close()

    p.line("M200 236 C196 190 180 150 168 120 M200 236 C206 190 224 160 240 140 M200 236 C200 180 202 130 204 110", tone(c, -0.12), 5)
    leaf(176, 196, 0.82, -66, -0.1)
    leaf(226, 200, 0.82, 64, -0.12)
    leaf(180, 170, 0.95, -34, -0.05)
    leaf(222, 172, 0.95, 36, -0.07)
    leaf(203, 160, 1.02, 2, 0.01)
    leaf(168, 222, 0.68, -92, 0.0)
    leaf(234, 224, 0.66, 94, -0.04)
    leaf(190, 216, 0.74, -18, 0.06)
    leaf(212, 220, 0.66, 24, 0.03)
    pot = "M134 226 H266 L254 314 C252 326 236 331 200 331 C164 331 148 326 146 314Z"
    p.path(pot, p.round_(a))
    p.path("M128 214 C128 210 132 208 136 208 H264 C268 208 272 210 272 214 L270 236 C240 246 160 246 130 236Z", p.round_(tone(a, 0.02)))
    p.line("M130 238 C160 248 240 248 270 238", tone(a, -0.2), 2, opacity=0.5)


def candle(p: Pen, c: str, a: str) -> None:
    p.oval(200, 110, 120, 110, p.rad((0, "#ffe3a3", 0.75), (0.4, "#ffdf9e", 0.28), (1, "#ffdf9e", 0)))
    p.shadow(200, 324, 84)
    jar = "M122 138 V306 C122 322 150 330 200 330 C250 330 278 322 278 306 V138Z"
    p.path(jar, p.round_(c), opacity=0.94)
    p.open(clip_path=p.clip(jar))
    p.path("M116 176 C150 186 250 186 284 176 V340 H116Z", p.round_(mix(c, "#fff3d8", 0.26)))
    p.oval(200, 178, 78, 13, p.rad((0, "#fffbe9"), (0.6, mix(c, "#ffe9bd", 0.7)), (1, mix(c, "#ffdf9e", 0.35))))
    p.close()
    p.path("M150 214 H250 V298 C232 302 168 302 150 298Z", p.lin((0, "#e9e3d6"), (0.3, "#fbf8f1"), (1, "#dcd5c5")))
    p.line("M164 232 H236 M164 284 H214", tone(c, -0.25), 2.2)
    p.path("M200 246 c-14 4 -14 22 0 26 c14 -4 14 -22 0 -26Z", a)
    p.oval(200, 138, 78, 15, "none", stroke=tone(c, 0.16), stroke_width=4, opacity=0.9)
    p.line("M200 176 V152", "#3a3029", 3)
    p.path("M200 96 C216 120 218 136 200 154 C182 136 184 120 200 96Z", p.lin((0, "#ffcf5c"), (0.6, "#ffb238"), (1, "#f27c1e"), x2=0, y2=1))
    p.path("M200 122 C208 134 208 142 200 152 C192 142 192 134 200 122Z", "#fff6d6")
    p.path("M136 150 V300 h11 V152Z", "#fff", opacity=0.35)


def book(p: Pen, c: str, a: str) -> None:
    p.shadow(204, 326, 98)
    p.path("M286 92 L306 102 V322 L284 330Z", p.lin((0, "#e9e2d2"), (1, "#cdc4b0")))
    for i in range(5):
        p.line(f"M{289 + i * 3.6:.1f} {95 + i * 1.8:.1f} V{327 - i * 1.3:.1f}", "#b9ae97", 0.8)
    p.path("M286 90 L308 100 L126 96 L112 82Z", tone(c, -0.2))
    p.path(
        "M112 80 H282 C286 80 288 82 288 86 V326 C288 329 286 331 282 331 H112Z",
        p.lin((0, tone(c, 0.04)), (0.3, tone(c, 0.02)), (1, tone(c, -0.06)), x2=1, y2=0.5),
    )
    cover = "M130 80 H288 V331 H130Z"
    p.open(clip_path=p.clip(cover))
    p.oval(228, 172, 40, 40, a)
    p.path("M130 238 C164 200 190 214 212 234 C238 206 264 206 300 236 V340 H130Z", tone(c, -0.13))
    p.path("M130 272 C170 240 214 262 240 252 C262 244 280 250 300 262 V340 H130Z", tone(c, -0.2))
    p.close()
    p.box(148, 104, 92, 9, 2, tone(c, 0.34))
    p.box(148, 120, 62, 9, 2, tone(c, 0.34))
    p.box(148, 308, 46, 5, 2, tone(c, 0.24))
    p.path("M112 80 H130 V331 H112 C106 331 104 328 104 322 V90 C104 83 107 80 112 80Z", p.lin((0, tone(c, -0.17)), (0.5, tone(c, 0.05)), (1, tone(c, -0.16))))
    p.line("M132 82 V330", "#000", 1.5, opacity=0.16)
