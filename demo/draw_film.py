"""python -m demo.draw_film: draw the demo's film into demo/films/: one mug in five glazes, each fading into the next.

Needs ffmpeg with libx264 (its path in FFMPEG, or on PATH). Ours alone: its frames are the drawn pictures of demo/pictures/.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from PIL import Image

from demo.pictures import picture_file

FILE = Path(__file__).with_name("films") / "mug-glazes.mp4"
SHOWN = ("mug-oat", "mug-jade", "mug-slate", "mug-clay", "mug-ink", "mug-oat")
SIDE, PER_S, STILL, FADE = 480, 24, 28, 20  # pixels, frames a second, frames each stays and fades


def frames() -> Iterator[Image.Image]:
    shown = [Image.open(picture_file(name)).convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS) for name in SHOWN]
    for one, following in pairwise(shown):
        yield from [one] * STILL
        yield from (Image.blend(one, following, n / FADE) for n in range(1, FADE + 1))


def main() -> None:
    form = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIDE}x{SIDE}", "-r", str(PER_S), "-i", "-"]
    kept = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "veryslow", "-crf", "26", "-movflags", "+faststart", "-map_metadata", "-1", "-bitexact"]
    order = [os.environ.get("FFMPEG", "ffmpeg"), "-loglevel", "error", "-y", *form, *kept, str(FILE)]
    subprocess.run(order, input=b"".join(frame.tobytes() for frame in frames()), check=True)


if __name__ == "__main__":
    main()
