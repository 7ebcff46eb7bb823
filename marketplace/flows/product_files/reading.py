"""Tables as people have them: CSV in any usual encoding and with any usual delimiter, and XLSX. Row by row, so memory stays the same."""

from __future__ import annotations

import codecs
import csv
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from marketplace.merchant.imports.errors import TableUnreadable

MOST_BYTES = 60 * 1024 * 1024
MOST_UNPACKED = 600 * 1024 * 1024  # of a spreadsheet, which is an archive
MOST_STRINGS = 100 * 1024 * 1024  # of it the texts, which are held in memory
MOST_ROWS = 200_000
MOST_COLUMNS = 200
LONGEST_CELL = 40_000
A_PIECE = 1 << 16
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = ",;\t|"
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of these zipfile unpacks as much as it is asked for, of others a whole piece, however large
# What zipfile raises on archives that are damaged, locked or packed in a way of their own; of what unpacks it lets everything through.
BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError)
BROKEN = (*BROKEN_ARCHIVE, InvalidFileException, ParseError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True)
class Layout:
    """How a file is to be read: what `look_at` found out once."""

    form: str
    heads: list[str]
    encoding: str = ""
    delimiter: str = ""


def look_at(path: Path) -> Layout:
    """What kind of table it is, by what it contains, and its headings. Raises TableUnreadable."""
    if path.stat().st_size > MOST_BYTES:
        raise TableUnreadable(why=_("it is larger than {most} MB. Divide it.").format(most=MOST_BYTES >> 20))
    with open(path, "rb") as file:
        begin = file.read(4)
    if begin == b"PK\x03\x04":
        _check_archive(path)
        layout = Layout("xlsx", [])
    elif begin == b"\xd0\xcf\x11\xe0":
        raise TableUnreadable(why=_("it is an old Excel file (.xls). Save it as .xlsx or CSV."))
    else:
        encoding = _encoding_of(path)
        layout = Layout("csv", [], encoding, _delimiter_of(path, encoding))
    first = next(_lines(path, layout), None)
    heads = [" ".join(cell.split())[:120] for cell in first[1]] if first else []
    while heads and not heads[-1]:
        heads.pop()
    if not heads:
        raise TableUnreadable(why=_("its first line holds no headings."))
    if len(heads) > MOST_COLUMNS:
        raise TableUnreadable(why=_("it has more than {most} columns.").format(most=MOST_COLUMNS))
    return Layout(layout.form, heads, layout.encoding, layout.delimiter)


def rows_of(path: Path, layout: Layout, after: int = 1) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row that holds something, behind line `after`; as many cells as there are headings. Raises TableUnreadable."""
    width = len(layout.heads)
    for line, cells in _lines(path, layout):
        if line > max(after, 1) and any(cells[:width]):
            yield line, (cells + [""] * (width - len(cells)))[:width]


def _lines(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    return _spreadsheet(path) if layout.form == "xlsx" else _text(path, layout.encoding, layout.delimiter)


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _encoding_of(path: Path) -> str:
    """What its mark says; without one UTF-8, else GB18030, which holds GBK and GB2312. All of it has to be that. Raises TableUnreadable."""
    with open(path, "rb") as file:
        begin = file.read(4)
    marked = [encoding for mark, encoding in MARKS if begin.startswith(mark)]
    for encoding in marked or ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with open(path, "rb") as file:
                while piece := file.read(A_PIECE):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return encoding
    raise TableUnreadable(why=_("its text is neither UTF-8 nor GBK. Save it as “CSV UTF-8”."))


def _delimiter_of(path: Path, encoding: str) -> str:
    """What divides the first line best, outside quotes."""
    with open(path, encoding=encoding, newline="") as file:
        head = file.readline(A_PIECE)
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader(io.StringIO(head), delimiter=sign), [])))


def _text(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    with open(path, encoding=encoding, newline="") as file:
        lines = csv.reader(_without_nul(file), delimiter=delimiter)
        try:
            for number, cells in enumerate(lines, 1):
                yield number, [cell.strip() for cell in cells]
        except (csv.Error, UnicodeError) as wrong:
            raise TableUnreadable(why=_("line {line} is broken.").format(line=lines.line_num)) from wrong


def _without_nul(file: Any) -> Iterator[str]:
    """PostgreSQL holds no NUL, and nobody means one. A line without an end would be held whole: it is refused."""
    while line := file.readline(A_PIECE * 64):
        if len(line) >= A_PIECE * 64:
            raise csv.Error("a line without an end")
        yield line.replace("\0", "")


# ── XLSX ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_archive(path: Path) -> None:
    """A small file may unpack to any size: what it says of itself is added up first, and reading stops at it."""
    why = _("it is no spreadsheet that can be read. Save it anew as .xlsx or CSV.")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except BROKEN as wrong:
        raise TableUnreadable(why=why) from wrong
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if len(parts) > 2_000 or sum(part.file_size for part in parts) > MOST_UNPACKED or strings > MOST_STRINGS:
        raise TableUnreadable(why=_("it unpacks to more than {most} MB. Save it as CSV.").format(most=MOST_UNPACKED >> 20))
    if not any(part.filename == "xl/workbook.xml" for part in parts) or any(part.compress_type not in BOUNDED for part in parts):
        raise TableUnreadable(why=why)


def _spreadsheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet. Formulas count as what they last came to."""
    book = None
    file = open(path, "rb")  # noqa: SIM115  closed below; by its path it would be judged by its name
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file may say that it is larger or smaller than it is
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, [_as_text(value) for value in islice(values, MOST_COLUMNS + 1)]
    except BROKEN as wrong:
        raise TableUnreadable(why=_("it is no spreadsheet that can be read. Save it anew as .xlsx or CSV.")) from wrong
    finally:
        if book is not None:
            book.close()
        file.close()


def _as_text(value: Any) -> str:
    """A cell as it would be typed."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(round(value, 10))
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S" if value.time() != time.min else "%Y-%m-%d")
        case date():
            return value.isoformat()
    return str(value).replace("\0", "").strip()
