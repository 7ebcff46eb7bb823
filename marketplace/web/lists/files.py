"""Rows as a file, written one after the other: memory stays the same however many there are."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter
from django.utils import timezone
from django.utils.functional import Promise

from marketplace.kernel.exports import safe_cell
from marketplace.kernel.money import Money
from marketplace.web.lists.exports import cell

MOST_ROWS_OF_A_SHEET = 1_048_575  # besides the head: what spreadsheets can read
LONGEST_CELL = 32_767


class Writer(Protocol):
    def write(self, rows: Iterable[Sequence[object]]) -> None: ...

    def close(self) -> None: ...


class CsvWriter:
    """With a byte order mark, so that spreadsheets read Chinese as what it is."""

    def __init__(self, path: Path, head: Sequence[str | Promise]) -> None:
        self._file = open(path, "w", encoding="utf-8-sig", newline="")  # noqa: SIM115  closed by close()
        self._lines = csv.writer(self._file)
        self._lines.writerow([str(label) for label in head])

    def write(self, rows: Iterable[Sequence[object]]) -> None:
        self._lines.writerows([cell(value) for value in row] for row in rows)

    def close(self) -> None:
        self._file.close()


class XlsxWriter:
    """Text stays text: nothing in it is calculated or followed. Amounts and whole numbers are numbers, times are times of the market's zone."""

    def __init__(self, path: Path, head: Sequence[str | Promise]) -> None:
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "use_zip64": True}
        )
        self._bold = self._book.add_format({"bold": True})
        self._amount = self._book.add_format({"num_format": "#,##0.00"})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._head = [str(label) for label in head]
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(self._head) - 1, 0), 16)
        for place, label in enumerate(self._head):
            self._sheet.write_string(0, place, label, self._bold)
        self._line = 0

    def write(self, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            if self._line == MOST_ROWS_OF_A_SHEET:
                self._begin_sheet()
            self._line += 1
            for place, value in enumerate(row):
                self._cell(place, value)

    def _cell(self, place: int, value: Any) -> None:
        match value:
            case None | "":
                return
            case bool():
                self._sheet.write_number(self._line, place, int(value))
            case Money():
                self._sheet.write_number(self._line, place, value.decimal, self._amount)
            case int():
                self._sheet.write_number(self._line, place, value)
            case datetime():
                self._sheet.write_datetime(self._line, place, timezone.localtime(value).replace(tzinfo=None), self._time)
            case _:
                text = str(value)  # what begins like a text made safe gets one apostrophe more, as in a CSV file: an import takes one away
                self._sheet.write_string(self._line, place, (safe_cell(text) if text.startswith("'") else text)[:LONGEST_CELL])

    def close(self) -> None:
        self._book.close()


def open_writer(form: str, path: Path, head: Sequence[str | Promise]) -> Writer:
    return XlsxWriter(path, head) if form == "xlsx" else CsvWriter(path, head)
