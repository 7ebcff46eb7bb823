"""Things on the shelves of a pantry."""

# ruff: noqa: E501  paths stay on one line
from __future__ import annotations

from demo.art.pen import Pen, mix, tone


def jar(p: Pen, c: str, a: str) -> None:
    """A jar of honey or jam with a wooden spoon: main is what is in it, accent the lid."""
    p.shadow(196, 326, 96)
    body = "M128 138 C128 150 108 154 106 178 V300 C106 320 122 330 196 330 C270 330 286 320 286 300 V178 C284 154 264 150 264 138Z"
    p.path(body, p.lin((0, "#c9d3d2", 0.9), (0.25, "#f7faf9", 0.9), (0.7, "#dde5e4", 0.9), (1, "#aab6b6", 0.9)))
    inside = "M114 186 C140 194 252 194 278 186 V300 C278 314 262 322 196 322 C130 322 114 314 114 300Z"
    p.path(
        inside,
        p.lin(
            (0, tone(c, -0.13)),
            (0.12, tone(c, -0.03)),
            (0.3, tone(c, 0.12)),
            (0.5, tone(c, 0.06)),
            (0.8, tone(c, -0.1)),
            (0.94, tone(c, -0.17)),
            (1, tone(c, 0.02)),
        ),
    )
    p.open(clip_path=p.clip(inside))
    p.oval(196, 320, 84, 50, p.rad((0, tone(c, 0.18), 0.55), (1, tone(c, 0.1), 0)))
    for at in range(16):
        p.oval(124 + (at * 53) % 148, 196 + (at * 37) % 114, 1.8 + at % 3 * 0.7, 1.8 + at % 3 * 0.7, tone(c, 0.2), opacity=0.4)
    p.close()
    p.oval(196, 187, 82, 8, p.lin((0, tone(c, 0.17)), (1, tone(c, 0.0))))
    p.path("M122 176 C118 214 118 270 124 310 h13 C131 270 131 214 137 168Z", "#ffffff", opacity=0.5)
    p.line("M277 190 V296", "#ffffff", 4, opacity=0.4)
    label = "M146 214 C170 220 222 220 246 214 V290 C222 296 170 296 146 290Z"
    p.path(label, p.lin((0, "#e3dbc9"), (0.3, "#fbf7ee"), (1, "#d6ccb8")))
    p.path("M152 222 C174 227 218 227 240 222 V283 C218 288 174 288 152 283Z", "none", stroke=tone(c, -0.08), stroke_width=1.6)
    p.path("M196 236 c-16 2 -24 12 -22 24 c14 2 24 -6 22 -24Z", tone(mix(c, "#5f8a4a", 0.55), -0.02))
    p.path("M197 236 c14 4 20 12 17 22 c-12 0 -19 -8 -17 -22Z", tone(mix(c, "#5f8a4a", 0.75), 0.03))
    p.line("M172 272 H220", tone(c, -0.14), 2.4)
    p.path("M122 100 H270 C274 100 276 102 276 106 V136 C250 148 142 148 116 136 V106 C116 102 118 100 122 100Z", p.round_(a))
    for at in range(23):
        x = 119 + at * 7
        p.line(f"M{x} {110 + 8 * (1 - ((at - 11) / 11.5) ** 2):.1f} v24", tone(a, -0.16), 1.6, opacity=0.5)
    p.path("M117 134 C142 147 250 147 275 134 V139 C250 152 142 152 117 139Z", tone(a, -0.12))
    p.oval(196, 101, 80, 14, p.lin((0, tone(a, 0.16)), (0.5, tone(a, 0.04)), (1, tone(a, -0.08))))
    p.oval(196, 101, 64, 10, "none", stroke=tone(a, -0.12), stroke_width=1.8, opacity=0.7)
    p.shadow(312, 330, 36, 6, 0.3)
    p.open(transform="translate(292 324) rotate(-74) scale(1.2)")
    wood = p.lin((0, "#dcb581"), (0.5, "#c0905a"), (1, "#8f6236"), x2=0, y2=1)
    p.box(44, -4.500, 112, 9, 4.500, wood)
    for at in range(5):
        p.box(1 + at * 9, -13 + abs(at - 2) * 2, 7, 26 - abs(at - 2) * 4, 3.500, wood)
    p.box(0, -5, 48, 10, 3, wood)
    p.path("M-2 -6 C6 -12 20 -14 30 -10 C26 -2 10 4 0 6 C-5 4 -5 -2 -2 -6Z", tone(c, 0.05), opacity=0.92)
    p.close()


def pouch(p: Pen, c: str, a: str) -> None:
    """A standing bag with a window: main is the bag, accent what is in it."""
    p.shadow(196, 328, 110, 12)
    bag = "M112 72 H276 C280 72 282 74 282 78 L288 160 L296 312 C297 322 292 327 284 328 C230 334 160 334 104 328 C96 327 91 322 92 312 L100 160 L106 78 C106 74 108 72 112 72Z"
    p.path(bag, p.lin((0, tone(c, -0.11)), (0.08, tone(c, 0.02)), (0.26, tone(c, 0.1)), (0.6, tone(c, 0.0)), (0.9, tone(c, -0.15)), (1, tone(c, -0.06))))
    p.open(clip_path=p.clip(bag))
    p.path("M100 150 C116 210 112 270 100 334 H92 L98 150Z M288 150 C274 210 276 270 290 334 H300Z", tone(c, -0.18), opacity=0.45)
    p.path("M128 100 C118 170 118 250 128 332 H146 C134 250 136 170 150 100Z", "#ffffff", opacity=0.17)
    p.path(
        "M256 112 C248 150 250 180 262 200 C252 178 244 150 256 112Z M118 128 C132 150 134 176 124 200 C140 176 138 148 118 128Z", tone(c, -0.2), opacity=0.5
    )
    p.path("M80 300 C140 284 250 284 310 300 V340 H80Z", tone(c, -0.08), opacity=0.55)
    p.line("M90 302 C140 288 250 288 298 302", tone(c, 0.14), 1.6, opacity=0.7)
    p.box(100, 66, 190, 26, 0, p.down(tone(c, 0.02), 0.08, -0.08))
    for at in range(26):
        p.line(f"M{106 + at * 7} 73 v18", tone(c, -0.12), 1.6, opacity=0.5)
    p.line("M102 93 H288", tone(c, -0.2), 2, opacity=0.6)
    p.line("M102 110 C150 114 240 114 288 110", tone(c, -0.18), 3.4, opacity=0.55)
    p.line("M102 107 C150 111 240 111 288 107", tone(c, 0.16), 1.5, opacity=0.8)
    p.close()
    p.path("M104 99 l5 3 l-5 3Z M287 99 l-5 3 l5 3Z", tone(c, -0.26))
    label = "M128 130 C160 134 230 134 262 130 L265 190 C232 194 158 194 125 190Z"
    p.path(label, p.lin((0, "#e3dbc9"), (0.3, "#fbf7ee"), (1, "#d6ccb8")))
    p.path("M195 140 C182 150 180 164 195 176 C210 164 208 150 195 140Z", tone(mix(a, "#6a8a4a", 0.6), 0.0))
    p.path(
        "M176 154 C176 166 184 174 194 176 C192 164 186 156 176 154Z M214 154 C214 166 206 174 196 176 C198 164 204 156 214 154Z",
        tone(mix(a, "#6a8a4a", 0.6), -0.1),
    )
    p.line("M144 150 H166 M142 162 H160 M224 150 H246 M230 162 H247", tone(c, -0.16), 2.4, opacity=0.55)
    p.line("M168 184 H222", tone(a, -0.06), 2.4)
    window = "M195 206 C234 206 256 226 256 250 C256 276 232 294 195 294 C158 294 134 276 134 250 C134 226 156 206 195 206Z"
    p.path(window, tone(a, -0.24))
    p.open(clip_path=p.clip(window))
    for at in range(190):
        x, y = round(134 + at * 0.7548776662 % 1 * 122, 1), round(206 + at * 0.5698402910 % 1 * 90, 1)  # evenly strewn, in no rows
        p.oval(x, y, 6.6, 4.4, tone(a, (0.1, 0.0, -0.1, 0.15, -0.05)[at % 5]), transform=f"rotate({(at * 67) % 180} {x} {y})")
        if at % 2:
            p.oval(round(x - 1.5, 1), round(y - 1.2, 1), 1.9, 1.1, "#ffffff", opacity=0.3)
    p.path("M134 250 C134 220 160 204 195 204 V212 C164 212 144 228 144 250Z", "#000000", opacity=0.24)
    p.path("M150 214 L188 206 L156 284 L138 268Z", "#ffffff", opacity=0.16)
    p.close()
    p.line(window, tone(c, -0.14), 2.4)
    for at in range(13):
        x, y = 262 + (at * 31) % 88, 318 + (at * 17) % 14
        p.oval(x + 2, y + 3, 7.4, 3, "#111514", opacity=0.22)
        p.oval(x, y, 6.6, 4.5, p.ball(tone(a, (0.04, -0.04, 0.0)[at % 3])), transform=f"rotate({(at * 53) % 90 - 45} {x} {y})")
