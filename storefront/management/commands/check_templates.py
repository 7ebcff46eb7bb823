from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines

FOLDERS = ("storefront/templates", "marketplace/web/templates", "cms/templates", "marketplace/platform/notices/templates", "tenants/contracts/templates")
# What the content policy would block, or the design forbids.
FORBIDDEN = {
    r"\sstyle=": "an inline style: the content policy blocks it; use a class",
    r"<style\b": "a style sheet in the page: the content policy blocks it",
    r"\s(?:on[a-z]+|hx-on[:-][^=\s]*)=": "an inline script: the content policy blocks it; use static/js/app.js",
    r"<script(?![^>]*\bsrc=)": "a script in the page: the content policy blocks it",
    r"=\s*[\"']?\s*javascript:": "a script as an address: the content policy blocks it",
    r"(?:class|fill)=\"[^\"]*#[0-9a-fA-F]{3,6}(?!ff)": "a raw colour: use a role of tokens.css",
    r"\bhref=\"#\"": "a link to nowhere",
}
EXCEPT = {"ui/seal.html", "letters/letter.html"}  # the market's own sign is drawn; programs for mail know no style sheets


class Command(BaseCommand):
    help = "Compile every template of ours and look for what the content policy forbids."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--folder", action="append", help="check these folders instead of the product's")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = [complaint for folder in options["folder"] or FOLDERS for complaint in complaints(Path(settings.ROOT) / folder, folder)]
        if wrong:
            raise CommandError("\n".join(wrong))


def complaints(root: Path, shown: str) -> Iterator[str]:
    """What is wrong with the templates of a folder, a line each."""
    engine = engines["django"]
    for file in sorted(root.rglob("*.html")):
        name = str(file.relative_to(root))
        text = file.read_text()
        try:
            engine.from_string(text)
        except TemplateSyntaxError as error:
            yield f"{shown}/{name}: {error}"
        if name not in EXCEPT:
            yield from (f"{shown}/{name}: {why}" for pattern, why in FORBIDDEN.items() if re.search(pattern, text))
