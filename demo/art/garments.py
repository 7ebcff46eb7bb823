"""Clothes laid out for the picture, without anybody in them."""

# ruff: noqa: E501  paths stay on one line
from __future__ import annotations

from demo.art.pen import WOOD, Pen, mix, tone

MIRRORED = ("", "translate(400 0) scale(-1 1)")


def _cloth(p: Pen, c: str, k: float = 0.0) -> str:
    """Cloth over a body: lit from the left, dark at the right side seam."""
    return p.lin((0, tone(c, -0.07 + k)), (0.24, tone(c, 0.075 + k)), (0.6, tone(c, 0.005 + k)), (1, tone(c, -0.13 + k)))


def _fold(p: Pen, d: str, c: str, strength: float = 0.32) -> None:
    """A soft crease: a dark side and, next to it, a light one."""
    p.path(d, tone(c, -0.16), opacity=strength)
    p.path(d, tone(c, 0.16), opacity=strength * 0.7, transform="translate(-7 -2)")


def tee(p: Pen, c: str, a: str) -> None:
    """A T-shirt: main is the cloth, accent the tape in the neck and the label at the hem."""
    p.shadow(200, 334, 104, 10, 0.26)
    for flip in MIRRORED:
        p.open(transform=flip)
        sleeve = "M142 82 C112 90 94 104 82 126 L51 186 C48 193 50 197 56 200 L100 222 C107 225 111 222 114 216 L138 172Z"
        p.path(sleeve, p.lin((0, tone(c, -0.08)), (0.5, tone(c, 0.06)), (1, tone(c, -0.13))))
        p.line("M57 187 L108 212", tone(c, -0.15), 1.8, stroke_dasharray="5 4")
        p.path("M100 132 C100 160 106 184 112 204 C102 188 94 162 100 132Z", tone(c, -0.15), opacity=0.4)
        p.close()
    torso = "M142 82 C154 78 164 74 170 69 C178 98 222 98 230 69 C236 74 246 78 258 82 C276 108 280 146 280 190 L285 320 C285 330 244 335 200 335 C156 335 115 330 115 320 L120 190 C120 146 124 108 142 82Z"
    p.path(torso, _cloth(p, c))
    p.open(clip_path=p.clip(torso))
    _fold(p, "M132 160 C150 216 146 278 132 338 H150 C160 278 158 210 132 160Z", c, 0.28)
    _fold(p, "M270 164 C254 216 256 278 272 338 H254 C246 278 246 216 270 164Z", c, 0.34)
    _fold(p, "M218 240 C228 276 230 308 226 338 H237 C240 304 234 272 218 240Z", c, 0.24)
    p.path("M142 82 C130 114 126 146 128 190 C133 152 142 116 142 82Z M258 82 C270 114 274 146 272 190 C267 152 258 116 258 82Z", tone(c, -0.2), opacity=0.5)
    p.path("M110 308 H290 V340 H110Z", tone(c, -0.06), opacity=0.3)
    p.close()
    p.line("M117 315 C156 325 244 325 284 315", tone(c, -0.16), 1.6, stroke_dasharray="5 4")
    p.path("M167 71 C172 54 228 54 233 71 C226 92 174 92 167 71Z", p.lin((0, tone(c, -0.26)), (1, tone(c, -0.14)), x2=0, y2=1))
    p.line("M174 68 C186 60 214 60 226 68", tone(a, -0.04), 5)
    p.box(193, 64, 14, 11, 1.5, tone(a, 0.14))
    p.line("M167 70 C173 98 227 98 233 70", tone(c, -0.15), 12, stroke_linecap="butt")
    p.line("M167 70 C173 97 227 97 233 70", tone(c, 0.05), 9, stroke_linecap="butt")
    p.line("M163 76 C172 106 228 106 237 76", tone(c, -0.16), 1.4, stroke_dasharray="4 3", opacity=0.8)
    p.box(130, 296, 13, 20, 2, p.slant(a, 0.06, -0.1))
    p.line("M134 302 h5 M134 307 h4", tone(a, 0.3), 1.6)


def sweater(p: Pen, c: str, a: str) -> None:
    """A round-necked jumper: main is the wool, accent the pattern of the yoke."""
    p.shadow(200, 336, 104, 10, 0.28)
    for flip in MIRRORED:
        p.open(transform=flip)
        sleeve = "M144 84 C106 92 92 122 84 168 L56 290 C54 300 58 304 66 306 L92 311 C100 312 104 309 106 302 L138 204Z"
        p.path(sleeve, p.lin((0, tone(c, -0.1)), (0.45, tone(c, 0.07)), (1, tone(c, -0.13))))
        p.open(clip_path=p.clip(sleeve))
        for at in range(9):
            p.line(f"M{66 + at * 10} 330 L{102 + at * 9} 90", tone(c, -0.14), 1.3, opacity=0.35)
        p.path("M40 268 L116 286 L110 330 L40 318Z", tone(c, -0.05), opacity=0.75)
        for at in range(7):
            p.line(f"M{62 + at * 7.5:.1f} {276 + at * 1.7:.1f} l-7 33", tone(c, -0.2), 2.4, opacity=0.6)
        p.path("M108 160 C108 204 114 232 108 262 C98 236 98 196 108 160Z", tone(c, -0.2), opacity=0.4)
        p.close()
        p.close()
    torso = "M144 84 C160 76 172 72 200 72 C228 72 240 76 256 84 C276 96 280 140 280 188 L284 312 C284 328 242 332 200 332 C158 332 116 328 116 312 L120 188 C120 140 124 96 144 84Z"
    p.path(torso, _cloth(p, c))
    p.open(clip_path=p.clip(torso))
    for column in range(11):  # knit: rows of small V
        x = 118 + column * 16.5
        p.line("".join(f"M{x:.1f} {178 + row * 9} l5 5 l5 -5" for row in range(12)), tone(c, -0.13), 1.5, opacity=0.5)
    _fold(p, "M134 176 C150 226 148 286 136 340 H152 C160 284 158 222 134 176Z", c, 0.26)
    _fold(p, "M268 180 C254 226 256 286 268 340 H252 C244 284 246 222 268 180Z", c, 0.3)
    for y, bow, step in ((112, 20, 12.6), (136, 25, 13.1), (160, 30, 13.4)):  # the yoke, in three rows
        for at in range(-6, 7):
            x, dy = 200 + at * step, bow - at * at * bow / 42
            if y == 136:
                p.path(f"M{x:.1f} {y + dy - 9:.1f} l6 9 l-6 9 l-6 -9Z", tone(a, 0.02 - at * 0.012))
                p.oval(x + step / 2, y + dy - 1, 2, 2, tone(a, 0.04))
            else:
                p.path(f"M{x - 5:.1f} {y + dy:.1f} l5 {-6 if y == 112 else 6} l5 {6 if y == 112 else -6}Z", tone(a, 0.02 - at * 0.012))
    p.path("M110 302 C160 316 240 316 290 302 V340 H110Z", tone(c, -0.05), opacity=0.75)
    for at in range(25):
        x = 120 + at * 6.7
        p.line(f"M{x:.1f} {306 + 6 * (1 - ((at - 12) / 12) ** 2):.1f} v28", tone(c, -0.2), 2.4, opacity=0.6)
    p.line("M112 302 C160 316 240 316 288 302", tone(c, -0.18), 2, opacity=0.6)
    p.path("M144 84 C132 116 128 150 130 196 C136 156 146 118 144 84Z M256 84 C268 116 272 150 270 196 C264 156 254 118 256 84Z", tone(c, -0.22), opacity=0.5)
    p.close()
    p.path("M160 78 C164 58 236 58 240 78 C234 104 166 104 160 78Z", p.lin((0, tone(c, -0.3)), (1, tone(c, -0.16)), x2=0, y2=1))
    p.line("M160 76 C166 108 234 108 240 76", tone(c, -0.16), 17, stroke_linecap="butt")
    p.line("M160 75 C166 106 234 106 240 75", p.lin((0, tone(c, 0.0)), (0.3, tone(c, 0.1)), (1, tone(c, -0.07))), 14, stroke_linecap="butt")
    for at in range(13):
        x = 166 + at * 5.6
        top = 84 + 15 * (1 - ((at - 6) / 6.6) ** 2)
        p.line(f"M{x:.1f} {top - 6:.1f} L{x + (6 - at) * 0.35:.1f} {top + 7:.1f}", tone(c, -0.16), 1.6, opacity=0.55)


def trousers(p: Pen, c: str, a: str) -> None:
    """Trousers: main is the cloth, accent the button and the seams."""
    p.shadow(160, 336, 42, 8, 0.28)
    p.shadow(242, 336, 42, 8, 0.28)
    seam, thread = mix(tone(c, 0.06), a, 0.6), mix(tone(c, 0.03), a, 0.35)
    p.path("M149 50 C164 40 236 40 251 50 L254 66 H146Z", p.lin((0, tone(c, -0.28)), (1, tone(c, -0.2)), x2=0, y2=1))
    for flip, k in ((MIRRORED[1], -0.03), (MIRRORED[0], 0.0)):
        p.open(transform=flip)
        leg = "M146 70 C136 92 129 116 128 150 L127 322 C127 330 131 334 139 335 L178 336 C186 336 190 332 190 325 L199 172 L201 70Z"
        p.path(leg, p.lin((0, tone(c, -0.09 + k)), (0.3, tone(c, 0.085 + k)), (0.62, tone(c, 0.0 + k)), (1, tone(c, -0.16 + k))))
        p.open(clip_path=p.clip(leg))
        p.path("M160 128 C158 200 156 270 158 340 H168 C168 270 168 200 160 128Z", tone(c, 0.14 + k), opacity=0.4)
        p.path(
            "M200 166 C188 176 172 182 154 180 C172 188 188 186 200 178Z M200 184 C190 194 178 200 166 200 C180 205 192 203 200 196Z",
            tone(c, -0.2),
            opacity=0.42,
        )
        p.path(
            "M126 234 C138 242 150 243 162 238 C150 248 136 249 126 244Z M194 228 C184 236 176 240 166 240 C178 245 188 242 194 237Z",
            tone(c, -0.18),
            opacity=0.26,
        )
        p.path("M120 313 H204 V340 H120Z", tone(c, -0.06 + k), opacity=0.5)
        p.line("M124 314 C146 317 170 318 192 317", seam, 1.6, stroke_dasharray="5 4")
        p.close()
        p.line("M141 92 C156 96 166 108 169 130", tone(c, -0.24), 3.5)
        p.line("M138 95 C152 99 161 111 164 133", seam, 1.6, stroke_dasharray="5 4")
        p.line("M139 118 C136 180 136 250 136 312", thread, 1.4, stroke_dasharray="5 4", opacity=0.8)
        p.close()
    p.line("M200 88 C201 116 201 142 200 168", tone(c, -0.26), 2.4)
    p.line("M211 90 V134 C211 148 208 154 201 160", seam, 1.6, stroke_dasharray="5 4")
    p.path("M148 50 C166 62 234 62 252 50 L257 78 C236 89 164 89 143 78Z", _cloth(p, c, 0.02))
    p.line("M147 56 C166 67 234 67 253 56 M144 75 C164 85 236 85 256 75", mix(tone(c, 0.04), a, 0.5), 1.4, stroke_dasharray="5 4")
    for x, y in ((158, 52), (176, 55), (217, 55), (235, 52)):
        p.box(x, y, 7.5, 30, 2, p.slant(tone(c, 0.02), 0.08, -0.1))
        p.line(f"M{x + 8} {y + 2} v27", tone(c, -0.24), 1.2, opacity=0.6)
    p.oval(200.6, 72, 6.4, 6.4, tone(c, -0.26))
    p.oval(200, 71, 5.8, 5.8, p.metal(a))
    p.oval(200, 71, 2, 2, tone(a, -0.26))


def dress(p: Pen, c: str, a: str) -> None:
    """A dress with short sleeves on a wooden hanger: main is the cloth, accent the sash and the buttons."""
    p.shadow(200, 338, 118, 9, 0.24)
    p.line("M200 66 V60 C200 53 212 53 212 45 C212 35 196 35 195 45", "#8f9595", 4.5)
    p.line("M199 66 V60 C199 53 211 53 211 45 C211 36 196 36 195 44", "#d3d7d6", 1.6)
    p.line("M136 92 C160 80 184 68 200 68 C216 68 240 80 264 92", tone(WOOD, -0.14), 11)
    p.line("M136 90 C160 78 184 66 200 66 C216 66 240 78 264 90", tone(WOOD, 0.06), 7)
    for flip in MIRRORED:
        p.open(transform=flip)
        sleeve = "M152 78 C128 84 114 98 106 120 L94 158 C93 163 95 166 99 167 L131 176 C136 177 139 175 140 170 L152 136Z"
        p.path(sleeve, p.lin((0, tone(c, -0.09)), (0.5, tone(c, 0.06)), (1, tone(c, -0.12))))
        p.line("M98 156 L136 166", tone(c, -0.16), 1.6, stroke_dasharray="4 4")
        p.close()
    skirt = "M160 186 C140 226 110 282 92 322 C90 328 94 331 100 332 C120 336 132 330 150 333 C170 337 184 331 204 334 C224 337 240 331 256 333 C274 336 286 333 300 332 C306 331 310 328 308 322 C290 282 260 226 240 186Z"
    p.path(skirt, _cloth(p, c, -0.01))
    p.open(clip_path=p.clip(skirt))
    for top, low, w, k in (
        (166, 112, 15, -0.16),
        (178, 150, 17, 0.12),
        (188, 172, 12, -0.14),
        (200, 206, 19, 0.1),
        (210, 226, 13, -0.16),
        (222, 254, 15, 0.06),
        (232, 284, 17, -0.18),
    ):
        p.path(
            f"M{top} 186 C{(top * 2 + low) / 3:.0f} 240 {low} 296 {low - w} 340 H{low + w} C{low + w * 0.4:.0f} 296 {(top * 2 + low) / 3 + 4:.0f} 240 {top + 3} 186Z",
            tone(c, k),
            opacity=0.34,
        )
    p.line("M88 316 C130 326 270 326 312 316", tone(c, -0.16), 1.5, stroke_dasharray="5 4")
    p.close()
    bodice = "M152 78 C160 75 168 72 174 68 L200 112 L226 68 C232 72 240 75 248 78 C252 108 252 146 242 190 C228 196 172 196 158 190 C148 146 148 108 152 78Z"
    p.path("M172 70 C176 58 224 58 228 70 L200 116Z", p.lin((0, tone(c, -0.28)), (1, tone(c, -0.2)), x2=0, y2=1))
    p.path(bodice, _cloth(p, c))
    p.open(clip_path=p.clip(bodice))
    _fold(p, "M168 132 C174 156 176 172 174 194 H184 C186 170 182 150 168 132Z", c, 0.3)
    _fold(p, "M236 132 C228 156 226 172 228 194 H218 C216 170 222 150 236 132Z", c, 0.34)
    p.close()
    for points in ("M174 68 C168 72 164 78 164 84 L194 128 L201 112Z", "M226 68 C232 72 236 78 236 84 L206 128 L199 112Z"):
        p.path(points, p.slant(c, 0.1, -0.07), stroke=tone(c, -0.14), stroke_width=1.1)
    for at in range(3):
        p.oval(200, 134 + at * 17, 4.2, 4.2, tone(a, -0.16))
        p.oval(199.5, 133 + at * 17, 3.8, 3.8, p.ball(a))
    p.path("M157 178 C172 186 228 186 243 178 L242 198 C228 206 172 206 158 198Z", p.lin((0, tone(a, -0.06)), (0.28, tone(a, 0.09)), (1, tone(a, -0.14))))
    p.path("M178 196 C172 220 164 240 156 262 L172 266 C180 244 184 222 188 200Z", p.slant(a, 0.06, -0.12))
    p.path("M186 198 C190 222 192 238 190 260 L206 258 C206 236 202 216 196 198Z", p.slant(a, 0.02, -0.14))
    p.oval(184, 193, 11, 10, p.ball(a))
