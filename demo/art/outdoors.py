"""Things for the road."""

from __future__ import annotations

import math

from demo.art.pen import Pen, tone


def bike(p: Pen, c: str, a: str) -> None:
    p.shadow(108, 320, 62, 9, 0.3)
    p.shadow(294, 320, 62, 9, 0.3)
    for cx in (108, 294):
        p.oval(cx, 252, 67, 67, "none", stroke="#2b2f31", stroke_width=8)
        p.oval(cx, 252, 66, 66, "none", stroke="#c9a37a", stroke_width=2.2, opacity=0.9)
        p.oval(cx, 252, 59, 59, "none", stroke="#c3c7c7", stroke_width=3.5)
        for i in range(18):
            t = math.radians(i * 20 + 5)
            p.line(f"M{cx} 252 L{cx + 58 * math.cos(t):.1f} {252 + 58 * math.sin(t):.1f}", "#9da3a3", 0.8)
        p.oval(cx, 252, 7, 7, p.metal())
    for w, col in ((10, tone(c, -0.16)), (7, tone(c, 0.03)), (2, tone(c, 0.2))):
        dy = 0 if w == 10 else -0.8 if w == 7 else -2
        p.line(f"M108 {252 + dy} L190 {250 + dy} L156 {158 + dy} Z M190 {250 + dy} L270 {160 + dy} M159 {166 + dy} L270 {160 + dy}", col, w)
        p.line(f"M294 {252 + dy} C288 222 276 190 264 {138 + dy}", col, w)
    p.line("M156 158 L148 136", p.metal(), 6)
    p.path(
        "M118 130 C120 120 146 124 176 126 C184 127 184 135 174 136 C156 138 136 144 124 142 C118 140 117 136 118 130Z",
        p.lin((0, tone(a, 0.06)), (1, tone(a, -0.14)), x2=0, y2=1),
    )
    p.line("M264 140 L258 116 C270 108 296 108 300 122 C302 132 292 138 284 136", "#3a3f41", 6)
    p.line("M284 136 C292 138 302 132 300 122", a, 8)
    p.oval(190, 250, 22, 22, "none", stroke="#4a5052", stroke_width=5)
    p.oval(190, 250, 6, 6, p.metal())
    p.line("M190 250 L206 282 M198 283 H216 M190 250 L174 220 M166 219 H182", "#3a3f41", 5)
    p.line("M190 228 L108 246 M190 272 L108 258", "#5b6163", 1.8)
