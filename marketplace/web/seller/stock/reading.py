"""A file of counts as text, whichever program wrote it."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput

MOST_BYTES = 1_000_000


def text_of(file: Any) -> str:
    """ "SKU pieces" a line, of a CSV file with the SKU in its first column and the pieces in its last; a head is left out.

    UTF-8, UTF-16 or GB 18030, with commas, semicolons or tabs. Raises InvalidInput.
    """
    if file.size > MOST_BYTES:
        raise InvalidInput(field="file", why=_("The file is larger than 1 MB. Divide it."))
    data = file.read()
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInput(field="file", why=_("This is no CSV file. Save it as CSV first."))
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InvalidInput(field="file", why=_("This is no CSV file. Save it as CSV first."))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        raise InvalidInput(field="file", why=_("This is no CSV file. Save it as CSV first."))
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    lines = []
    for n, cells in enumerate(_rows(text, mark)):
        filled = [cell.strip() for cell in cells]
        if not any(filled):
            lines.append("")
        elif n == 0 and not filled[-1].isdigit():
            lines.append("")  # the head
        else:
            lines.append(f"{filled[0]} {filled[-1]}" if len(filled) > 1 else filled[0])
    return "\n".join(lines)


def _rows(text: str, mark: str) -> list[list[str]]:
    """Raises InvalidInput: a cell may be longer than any that is meant."""
    try:
        return list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error as wrong:
        raise InvalidInput(field="file", why=_("This is no CSV file. Save it as CSV first.")) from wrong
