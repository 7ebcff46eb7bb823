"""Contact sheets: many pictures of pages, small, with their names, on one."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ACROSS, HEIGHT, GAP, HEAD = 4_200, 400, 12, 18  # px; WebP holds 16,383 down
MOST_BYTES = 3_000_000
# (width from, height a width): what of a long page is shown.
CUTS = ((1_000, 1.25), (600, 1.5), (0, 2.2))


def contact_sheet(pictures: Path, sheet: Path) -> int:
    """Every picture of a folder small, with its name, in rows on one sheet. Returns its size in bytes, at most MOST_BYTES."""
    pen_font, places, left, top = ImageFont.load_default(11), [], GAP, GAP
    for file in sorted(pictures.glob("*.png")):
        with Image.open(file) as picture:
            shown = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, _most_height(picture.width))))
        small = shown.resize((shown.width * HEIGHT // shown.height, HEIGHT))
        if left + small.width + GAP > ACROSS:
            left, top = GAP, top + HEIGHT + HEAD + GAP
        places.append((file.stem[4:], small, left, top))
        left += small.width + GAP
    whole = Image.new("RGB", (ACROSS, top + HEIGHT + HEAD + GAP), "#e9e9e4")
    pen = ImageDraw.Draw(whole)
    for name, small, x, y in places:
        words = name if small.width > 200 else name.partition("-")[2].replace("hans-", "") or name
        pen.text((x, y), words, fill="#333333", font=pen_font)
        whole.paste(small, (x, y + HEAD))
    sheet.parent.mkdir(parents=True, exist_ok=True)
    for quality in (82, 70, 55, 40, 25):
        whole.save(sheet, "WEBP", quality=quality, method=4)
        if sheet.stat().st_size <= MOST_BYTES:
            break
    return sheet.stat().st_size


def _most_height(width: int) -> int:
    return next(int(width * ratio) for least, ratio in CUTS if width >= least)
