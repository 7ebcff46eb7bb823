"""make messages: collect every translatable string into locale/, keeping what is translated.

Babel reads Python; templates are first turned into Python by Django's own `templatize`. No gettext programs are needed.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from launch.paths import ROOT

LANGUAGES = ("zh_Hans",)
FOLDERS = ("marketplace", "tenants", "storefront", "cms", "search")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def strings() -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    """(file, line, message or (singular, plural), context) of every translatable string of ours."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in file.parts:
                yield from _read(file, file.read_bytes())
        for file in sorted(file for kind in ("*.html", "*.txt") for file in (ROOT / folder).rglob(kind)):
            python = templatize(file.read_text(), origin=str(file))
            # Only calls are left, between X's: without indentation Python's tokenizer reads them.
            yield from _read(file, "\n".join(line.lstrip() for line in python.split("\n")).encode())


def _read(file: Path, source: bytes) -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    name = str(file.relative_to(ROOT))
    for line, message, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS, options={"encoding": "utf-8"}):
        yield name, line, message, context


def template() -> Catalog:
    catalog = Catalog(project="wanshang", charset="utf-8")
    for name, _line, message, context in strings():
        if message and message != "" and (not isinstance(message, tuple) or all(message)):
            catalog.add(message, locations=[(name, 1)], context=context)
    for entry in catalog:
        entry.locations = sorted({(name, 0) for name, _line in entry.locations})
    return catalog


def po_file(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def updated(language: str) -> Catalog:
    """The language's catalogue with new strings added and unused ones dropped; nothing is guessed."""
    file = po_file(language)
    catalog = read_po(file.open("rb"), locale=language) if file.exists() else Catalog(locale=language, project="wanshang", charset="utf-8")
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """Strings without a translation, the plural forms that are missing included."""
    missing = []
    for message in catalog:
        parts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (not all(parts) or message.fuzzy):
            missing.append(message.id[0] if isinstance(message.id, tuple) else str(message.id))
    return missing


def written(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    catalog.fuzzy = False
    catalog.header_comment = f"# Wanshang in {catalog.locale_identifier}"
    write_po(out, catalog, width=0, sort_output=True, omit_header=False, include_lineno=False, ignore_obsolete=True)
    # The times in the header would change with every run.
    return b"\n".join(
        line
        for line in out.getvalue().split(b"\n")
        if not any(word in line for word in (b"-Date:", b"Generated-By", b"Last-Translator", b"Language-Team", b"Report-Msgid"))
    )


def main() -> None:
    missing = 0
    for language in LANGUAGES:
        catalog = updated(language)
        po_file(language).parent.mkdir(parents=True, exist_ok=True)
        po_file(language).write_bytes(written(catalog))
        left = untranslated(catalog)
        missing += len(left)
        print(f"{language}: {len(catalog)} strings, {len(left)} without a translation")
        for text in left[:20]:
            print(f"  {text}")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
