"""python -m demo.draw_icons: draw the market's sign as icons for phones and desktops, into storefront/static/img/icons/, and make the
first page's picture small for phones.

Needs resvg-py (dependency group `embedded`). The sign is storefront/static/img/seal.svg; a maskable icon has it small on a full ground,
because systems cut a circle or a drop out of it.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import resvg_py
from PIL import Image

FOLDER = Path(__file__).parent.parent / "storefront" / "static" / "img"
GROUND = "#bf3018"
SAFE = 0.62  # share of a maskable icon that no system cuts off, less some air
PLAIN, MASKABLE = (192, 512), (192, 512)
HERO_WIDTH = 760


def main() -> None:
    seal = (FOLDER / "seal.svg").read_text()
    inside = re.sub(r"</?svg[^>]*>", "", seal)
    (FOLDER / "icons").mkdir(exist_ok=True)
    for size in PLAIN:
        draw(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{inside}</svg>', size, f"icon-{size}.png")
    room = 32 * (1 - SAFE) / 2
    full = f'<rect width="32" height="32" fill="{GROUND}"/><g transform="translate({room:g} {room:g}) scale({SAFE:g})">{inside}</g>'
    for size in MASKABLE:
        draw(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{full}</svg>', size, f"maskable-{size}.png")
    draw(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{full}</svg>', 180, "apple-touch-icon.png")
    with Image.open(FOLDER / "hero.webp") as hero:
        hero.resize((HERO_WIDTH, round(hero.height * HERO_WIDTH / hero.width)), Image.Resampling.LANCZOS).save(FOLDER / "hero-760.webp", quality=72)


def draw(svg: str, size: int, name: str) -> None:
    picture = Image.open(BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size))))
    picture.save(FOLDER / "icons" / name, "PNG", optimize=True)


if __name__ == "__main__":
    main()
