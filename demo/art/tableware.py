"""Things one eats and drinks from."""

from __future__ import annotations

from demo.art.pen import INK, WHITE, Pen, tone


def mug(p: Pen, c: str, a: str) -> None:
    p.shadow(186, 324, 84)
    p.line("M254 176 C330 162 338 268 246 278", tone(c, -0.17), 25)
    p.line("M254 174 C324 162 331 264 246 275", p.lin((0, tone(c, -0.04)), (0.6, tone(c, 0.06)), (1, tone(c, -0.1))), 19)
    p.line("M262 169 C312 164 322 226 292 254", tone(c, 0.15), 4, opacity=0.55)
    body = "M108 142 C109 200 112 250 118 290 C121 316 136 326 160 327 H214 C238 326 253 316 256 290 C262 250 265 200 266 142 Z"
    p.path(body, p.round_(c))
    p.open(clip_path=p.clip(body))
    p.path("M90 286 C130 296 160 282 190 291 C220 300 246 284 290 290 V340 H90Z", p.round_(a, 0.8))
    p.line("M90 286 C130 296 160 282 190 291 C220 300 246 284 290 290", tone(c, -0.16), 3, opacity=0.5)
    for i in range(26):  # speckles of the stoneware
        x, y = 118 + (i * 53) % 140, 168 + (i * 37) % 112
        p.oval(x, y, 0.9 + i % 3 * 0.5, 0.8 + i % 2 * 0.5, tone(c, -0.3), opacity=0.28)
    p.path("M132 160 C132 210 136 256 142 284 C150 288 156 286 156 280 C150 250 148 205 149 160Z", "#fff", opacity=0.22)
    p.close()
    p.oval(187, 142, 79, 20, p.lin((0, tone(c, 0.12)), (0.5, tone(c, 0.02)), (1, tone(c, -0.08))))
    p.oval(187, 143, 72, 16, p.lin((0, tone(c, -0.26)), (1, tone(c, -0.06))))
    p.open(clip_path=p.clip("M115 143 a72 16 0 0 0 144 0 a72 16 0 0 0 -144 0Z"))
    p.oval(187, 153, 68, 14, p.lin((0, "#6d3b17"), (0.6, "#9a5a26"), (1, "#b87936")))
    p.close()


def cup(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 318, 84, 13)
    body = "M112 150 C116 226 134 282 164 302 V312 C164 318 180 322 200 322 C220 322 236 318 236 312 V302 C266 282 284 226 288 150Z"
    p.path(body, p.round_(c))
    p.open(clip_path=p.clip(body))
    p.path("M96 256 C130 266 160 250 192 262 C226 272 252 254 300 262 V330 H96Z", p.round_(a, 0.8))
    p.line("M96 256 C130 266 160 250 192 262 C226 272 252 254 300 262", tone(c, -0.18), 3, opacity=0.45)
    p.path("M160 300 C180 308 220 308 240 300 V330 H160Z", tone(a, -0.16), opacity=0.7)
    for i in range(5):  # throwing rings
        p.line(f"M104 {182 + i * 15} C150 {196 + i * 15} 250 {196 + i * 15} 296 {182 + i * 15}", tone(c, -0.14), 1.4, opacity=0.35)
    p.path("M136 166 C140 216 150 252 164 272 C172 274 176 270 174 264 C162 240 154 206 152 168Z", "#fff", opacity=0.25)
    p.close()
    p.oval(200, 150, 88, 22, p.lin((0, tone(c, 0.13)), (0.5, tone(c, 0.02)), (1, tone(c, -0.08))))
    p.oval(200, 151, 81, 18, p.lin((0, tone(c, -0.24)), (1, tone(c, -0.05))))
    p.open(clip_path=p.clip("M119 151 a81 18 0 0 0 162 0 a81 18 0 0 0 -162 0Z"))
    p.oval(200, 163, 74, 15, p.lin((0, "#8b8a35"), (1, "#c3b85a")))
    p.close()


def tea_tin(p: Pen, c: str, a: str) -> None:
    p.shadow(200, 324, 82)
    body = "M126 136 V310 C126 322 160 330 200 330 C240 330 274 322 274 310 V136Z"
    p.path(body, p.round_(c))
    p.open(clip_path=p.clip(body))
    p.path("M126 172 C150 182 250 182 274 172 V292 C250 304 150 304 126 292Z", p.round_(WHITE, 0.7))
    p.path(
        "M126 258 C146 232 158 226 172 240 C184 222 204 200 224 226 C236 214 252 226 274 250 V292 C250 304 150 304 126 292Z",
        p.round_(tone(c, 0.12), 0.6),
        opacity=0.55,
    )
    p.path("M126 274 C150 256 168 252 188 264 C210 246 240 246 274 270 V292 C250 304 150 304 126 292Z", p.round_(tone(c, 0.02), 0.7), opacity=0.85)
    p.oval(232, 204, 11, 11, a)
    p.box(144, 190, 18, 18, 3, a)
    p.line("M148.5 196 h9 M153 194 v10 M148.5 202.5 h9", "#fff", 1.8, stroke_linecap="butt")
    p.line("M126 172 C150 182 250 182 274 172 M126 292 C150 304 250 304 274 292", a, 2.4)
    p.path("M146 100 V330 h14 V100Z", "#fff", opacity=0.22)
    p.close()
    lid = "M122 96 V140 C122 152 158 159 200 159 C242 159 278 152 278 140 V96Z"
    p.path(lid, p.round_(tone(c, -0.02)))
    p.line("M122 138 C122 150 158 157 200 157 C242 157 278 150 278 138", tone(c, -0.2), 2, opacity=0.6)
    p.oval(200, 96, 78, 19, p.lin((0, tone(c, 0.17)), (1, tone(c, -0.02))))
    p.oval(200, 96, 66, 14.5, p.lin((0, tone(c, 0.02)), (1, tone(c, 0.14))))
    p.oval(200, 88, 15, 5, tone(c, -0.14))
    p.path("M185 82 v6 a15 5 0 0 0 30 0 v-6Z", p.metal(a))
    p.oval(200, 82, 15, 5, tone(a, 0.16))


def teapot(p: Pen, c: str, a: str) -> None:
    p.shadow(198, 324, 98)
    p.line("M118 190 C44 172 50 292 128 288", tone(c, -0.18), 20)
    p.line("M118 188 C50 174 56 284 128 284", p.lin((0, tone(c, 0.06)), (1, tone(c, -0.06)), x2=0, y2=1), 15)
    p.path(
        "M272 258 C312 250 322 206 338 178 C341 172 352 170 358 175 C350 214 338 284 266 300Z",
        p.lin((0, tone(c, -0.02)), (0.5, tone(c, 0.07)), (1, tone(c, -0.14)), x2=1, y2=0.6),
    )
    p.oval(348, 176, 11, 5, tone(c, -0.24), transform="rotate(-12 348 176)")
    body = "M100 240 C100 182 144 158 198 158 C252 158 296 182 296 240 C296 296 262 328 198 328 C134 328 100 296 100 240Z"
    p.path(body, p.ball(c))
    p.open(clip_path=p.clip(body))
    p.path("M90 292 C150 306 246 306 310 292 V340 H90Z", tone(a, -0.02), opacity=0.35)
    p.line("M132 220 C132 192 152 178 176 174", "#fff", 9, opacity=0.4)
    p.close()
    p.path("M144 168 C146 140 170 126 198 126 C226 126 250 140 252 168 C230 178 166 178 144 168Z", p.ball(tone(c, 0.01)))
    p.line("M146 168 C168 178 228 178 250 168", tone(c, -0.22), 2.5, opacity=0.7)
    p.oval(198, 112, 15, 13, p.ball(a))
    p.path("M190 122 h16 l3 7 h-22Z", tone(a, -0.1))


def bottle(p: Pen, c: str, a: str) -> None:
    p.shadow(198, 328, 58)
    p.line("M170 66 C170 34 228 34 228 66", tone(a, -0.1), 11)
    p.line("M170 64 C170 34 228 34 228 64", tone(a, 0.05), 7)
    p.box(160, 60, 78, 46, 9, p.round_(a))
    for i in range(9):
        p.line(f"M{168 + i * 7.7:.1f} 72 V98", tone(a, -0.16), 1.6, opacity=0.6)
    p.box(166, 104, 66, 16, 3, p.metal())
    body = "M168 118 H230 C232 138 254 140 254 172 V304 C254 322 240 331 199 331 C158 331 144 322 144 304 V172 C144 140 166 138 168 118Z"
    p.path(body, p.round_(c))
    p.open(clip_path=p.clip(body))
    p.path("M140 312 C160 322 238 322 260 312 V340 H140Z", p.metal())
    p.path("M162 150 C160 170 160 280 164 308 h10 C170 280 170 180 176 146Z", "#fff", opacity=0.3)
    p.close()
    p.oval(206, 214, 17, 17, "none", stroke=tone(c, 0.24), stroke_width=3)
    p.path("M196 220 l7 -11 l5 6 l4 -5 l5 10Z", tone(c, 0.24))


def kettle(p: Pen, c: str, a: str) -> None:
    p.shadow(190, 326, 104)
    p.line("M240 268 C300 268 280 190 308 156 C316 146 332 146 346 148", tone(c, -0.2), 17)
    p.line("M240 266 C298 266 278 188 306 154 C316 144 332 145 346 147", p.lin((0, tone(c, 0.02)), (1, tone(c, 0.1))), 11)
    p.line("M136 156 C56 150 48 196 70 268", tone(a, -0.16), 19)
    p.line("M136 154 C58 149 50 194 70 264", tone(a, 0.05), 13)
    body = "M140 148 H240 C246 190 262 250 268 296 C268 304 262 308 252 308 H128 C118 308 112 304 112 296 C118 250 134 190 140 148Z"
    p.path(body, p.round_(c))
    p.path("M156 156 C150 200 140 260 134 300 h14 C152 260 162 200 166 156Z", "#fff", opacity=0.25)
    p.path("M138 148 C140 128 164 120 190 120 C216 120 240 128 242 148 C226 156 154 156 138 148Z", p.lin((0, tone(c, 0.1)), (1, tone(c, -0.12))))
    p.box(179, 96, 22, 24, 8, p.round_(a))
    p.line("M112 298 H268", p.metal(), 4)
    p.box(98, 308, 184, 21, 9, p.lin((0, tone(INK, 0.2)), (0.3, tone(INK, 0.26)), (1, tone(INK, 0.05))))
    p.oval(190, 318, 6, 5, a)
