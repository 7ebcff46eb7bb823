"""Tables as they come: encodings, delimiters, spreadsheets, and files that are none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation

from marketplace.flows.product_files.columns import Headings, guess
from marketplace.flows.product_files.reading import Layout, look_at, rows_of
from marketplace.merchant.imports.errors import TableUnreadable
from tests.imports.files import as_csv

HEADS = ["商品编码", "标题", "Price"]
ROWS = [["A1", "青瓷“杯”; 一, 二", "12.50"], ["A2", "第一行\n第二行", ""]]


def put(folder: Path, data: bytes) -> Path:
    path = folder / "table"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_usual_encoding_and_with_every_usual_delimiter(tmp_path, encoding, delimiter):
    path = put(tmp_path, as_csv(ROWS, HEADS, encoding, delimiter))
    layout = look_at(path)
    assert (layout.form, layout.heads, layout.delimiter) == ("csv", HEADS, delimiter)
    assert [cells for _line, cells in rows_of(path, layout)] == ROWS


def test_reading_goes_on_behind_a_line_and_leaves_empty_lines_out(tmp_path):
    path = put(tmp_path, b"sku,price\nA,1\n,\nB\nC,3,more\n")
    layout = look_at(path)
    assert list(rows_of(path, layout)) == [(2, ["A", "1"]), (4, ["B", ""]), (5, ["C", "3"])]
    assert list(rows_of(path, layout, after=4)) == [(5, ["C", "3"])]


def test_a_spreadsheet_says_what_one_would_type(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["SKU", "Price", "Stock", "Barcode", "Day"])
    book.active.append(["A1", 12.5, 3.0, 6901234567892, None])
    book.active.append(["=1+1", "￥88", True, None, __import__("datetime").date(2026, 11, 26)])
    book.save(tmp_path / "table")
    layout = look_at(tmp_path / "table")
    assert (layout.form, layout.heads) == ("xlsx", ["SKU", "Price", "Stock", "Barcode", "Day"])
    (_two, first), (_three, second) = rows_of(tmp_path / "table", layout)
    assert first == ["A1", "12.5", "3", "6901234567892", ""] and second == ["", "￥88", "1", "", "2026-11-26"]


def a_zip(name: str, size: int) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
        archive.writestr(name, b" " * size)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "headings"),
        (b"\n\n", "headings"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, ".xls"),
        (b"PK\x03\x04nothing", "spreadsheet"),
        (b"a,b\n\xff\xff\xff\xff", "UTF-8"),
        (b"\xef\xbb\xbfsku,\xb1\xad\n", "UTF-8"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"\xef\xbb\xbfsku,price\n" + b"A,1\n" * 50_000 + b"\xb1\xad,1\n", "UTF-8"),
        (("sku,price\n" + "A,1\n" * 50_000).encode("utf-16") + b"\x00", "UTF-8"),
        (",".join(["c"] * 300).encode(), "columns"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path, data, why):
    with translation.override("en"), pytest.raises(TableUnreadable, match=why):
        path = put(tmp_path, data)
        list(rows_of(path, look_at(path)))


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("marketplace.flows.product_files.reading.MOST_UNPACKED", 1_000_000)
    with translation.override("en"), pytest.raises(TableUnreadable, match="unpacks"):
        look_at(put(tmp_path, a_zip("xl/bomb.xml", 2_000_000)))
    with pytest.raises(TableUnreadable):  # the control: small enough, and no spreadsheet
        look_at(put(tmp_path, a_zip("xl/nothing.xml", 10)))


def test_headings_are_guessed_from_our_words_others_words_and_what_the_shop_said_before():
    nothing = Headings([])
    heads = ["商品编码", "商品标题", "Vendor", "Variant SKU", "Variant Price", "售价", "Remarks", "Nr."]
    assert guess(heads, {}, nothing) == ["code", "title:zh-hans", "brand", "sku", "price", "", "", ""]
    assert guess(["Nr.", "Price", "sku"], {"nr": "sku", "price": ""}, nothing) == ["sku", "", ""]


def test_a_layout_without_rows_reads_nothing(tmp_path):
    assert list(rows_of(put(tmp_path, b"sku\n"), Layout("csv", ["sku"], "utf-8", ","))) == []
