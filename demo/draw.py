"""python -m demo.draw [name …]: draw the demo's pictures into demo/pictures/ (all of them, or those named).

Needs resvg-py (dependency group `embedded`). The same drawing gives the same bytes, so an unchanged picture stays unchanged.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from demo.art.studio import picture, scene, webp
from demo.pictures import FOLDER

LIST = Path(__file__).with_name("pictures.toml")
WIDTH = 800  # of squares
MOST_BYTES, MOST_BYTES_OF_SCENE = 18_000, 40_000
# Share of the full width and quality, best first: spokes and keys need fewer pixels rather than rough ones.
ATTEMPTS = ((1.0, 72), (1.0, 66), (1.0, 60), (0.8, 66), (0.8, 58), (0.7, 58))


def drawings(listed: dict[str, Any]) -> Iterator[tuple[str, str, int, int]]:
    """Name, SVG, width in pixels, most bytes of every picture on the list."""
    for name, (kind, main, accent) in listed["pictures"].items():
        yield name, picture(kind, main, accent), WIDTH, MOST_BYTES
    for name, (of, view) in listed["details"].items():
        kind, main, accent = listed["pictures"][of]
        yield name, picture(kind, main, accent, view), WIDTH, MOST_BYTES
    for name, one in listed["scenes"].items():
        width, height = one["size"]
        yield name, scene(one["placed"], width, height, one["wall"], one["table"], one["edge"]), one["width"], MOST_BYTES_OF_SCENE


def small_webp(svg: str, width: int, most_bytes: int) -> bytes:
    """The best quality that fits. Raises ValueError where none does."""
    for share, quality in ATTEMPTS:
        made = webp(svg, round(width * share), quality)
        if len(made) <= most_bytes:
            return made
    raise ValueError(f"{len(made)} bytes at the lowest quality, more than {most_bytes}")


def main(names: list[str]) -> None:
    listed = tomllib.loads(LIST.read_text())
    wanted = [drawing for drawing in drawings(listed) if not names or drawing[0] in names]
    for name, svg, width, most_bytes in tqdm(wanted, unit="picture", disable=None):
        (FOLDER / f"{name}.webp").write_bytes(small_webp(svg, width, most_bytes))
    if not names:
        known = {name for part in ("pictures", "details", "scenes") for name in listed[part]}
        for file in FOLDER.glob("*.webp"):
            if file.stem not in known:
                file.unlink()
    total = sum(file.stat().st_size for file in FOLDER.glob("*.webp"))
    print(f"{len(wanted)} pictures drawn; {FOLDER} holds {total / 1024:.0f} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
