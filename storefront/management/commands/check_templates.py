from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines

FOLDERS = ("storefront/templates", "marketplace/web/templates", "cms/templates")
# What the content policy would block, or the design forbids.
FORBIDDEN = {
    r"\sstyle=": "an inline style: the content policy blocks it; use a class",
    r"\son(?:click|change|submit|load|input)=": "an inline script: the content policy blocks it; use static/js/app.js",
    r"<script(?![^>]*\bsrc=)": "a script in the page: the content policy blocks it",
    r"(?:class|fill)=\"[^\"]*#[0-9a-fA-F]{3,6}(?!ff)": "a raw colour: use a role of tokens.css",
    r"\bhref=\"#\"": "a link to nowhere",
}
EXCEPT = {"ui/seal.html"}  # the market's own sign is drawn


class Command(BaseCommand):
    help = "Compile every template of ours and look for what the content policy forbids."

    def handle(self, *args: Any, **options: Any) -> None:
        engine = engines["django"]
        wrong = []
        for folder in FOLDERS:
            root = Path(settings.ROOT) / folder
            for file in sorted(root.rglob("*.html")):
                name = str(file.relative_to(root))
                text = file.read_text()
                try:
                    engine.from_string(text)
                except TemplateSyntaxError as error:
                    wrong.append(f"{folder}/{name}: {error}")
                if name not in EXCEPT:
                    wrong += [f"{folder}/{name}: {why}" for pattern, why in FORBIDDEN.items() if re.search(pattern, text)]
        if wrong:
            raise CommandError("\n".join(wrong))
