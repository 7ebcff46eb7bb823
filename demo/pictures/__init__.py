"""The drawn pictures, as small WebP files. `python -m demo.draw` makes them from demo/pictures.toml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def picture_file(name: str) -> Path:
    """The picture of that name ("mug-jade"), else the first colour of that kind ("mug"), else a parcel. Always a file that exists."""
    name = name.replace("_", "-")
    exact = FOLDER / f"{name}.webp"
    if exact.exists():
        return exact
    return next(iter(sorted(FOLDER.glob(f"{name}-*.webp"))), FOLDER / "parcel.webp")
