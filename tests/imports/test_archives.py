"""Archives as people have them: damaged on the way, locked, or named by a Chinese Windows. What cannot be read is told; the rest goes in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import openpyxl
import pytest
from django.utils import translation

from marketplace.flows.product_files.reading import look_at, rows_of
from marketplace.merchant.catalogue.models import Picture, Product
from marketplace.merchant.imports.errors import TableUnreadable
from tenants.tenancy.schemas import merchant_schema
from tests.factories import a_picture
from tests.imports.files import A, a_row, as_csv, batch, checked, cups, imported, problems, states

pytestmark = pytest.mark.django_db
CENTRAL = b"PK\x01\x02"


def data_at(data: bytes, name: str) -> int:
    """Where what an entry holds begins."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at = archive.getinfo(name).header_offset
    return at + 30 + int.from_bytes(data[at + 26 : at + 28], "little") + int.from_bytes(data[at + 28 : at + 30], "little")


def damaged(data: bytes, name: str, after: int = 0, by: bytes = b"\xff" * 16) -> bytes:
    """With other bytes in what one entry holds."""
    at = data_at(data, name) + after
    return data[:at] + by + data[at + len(by) :]


def marked(data: bytes, name: str, place: int, sign: int) -> bytes:
    """With one byte of an entry's record in the table of contents changed."""
    at = data.index(name.encode(), data.index(CENTRAL)) - 46 + place
    return data[:at] + bytes([sign]) + data[at + 1 :]


def an_archive(names: list[str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", packing) as archive:
        for name in names:
            archive.writestr(name, a_picture().getvalue())
    return data.getvalue()


def a_book(rows: int = 3) -> bytes:
    """A spreadsheet of products; of many rows it unpacks in many pieces."""
    chance, book, data = Random(4), openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(["SKU", "Price", "Title in English"])
    for n in range(rows):
        sheet.append([f"P{n}", chance.random() * 100, "".join(chance.choices("abcdefgh ", k=40))])
    book.save(data)
    return data.getvalue()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "packed bytes": lambda data: damaged(data, "bad.png"),
    "a lock": lambda data: marked(data, "bad.png", 8, 1),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_picture_is_told_beside_its_row_and_the_rest_goes_in(damage):
    cups()
    archive = DAMAGES[damage](an_archive(["good.png", "bad.png"]))
    with translation.override("en"):
        import_id = imported(as_csv([a_row(1, Pictures="good.png"), a_row(2, Pictures="bad.png"), a_row(3)]), archive=archive)
    assert batch(import_id).status == "done"
    [(head, why)] = problems(import_id)[3]
    assert head == "Pictures" and "broken or locked" in why
    with merchant_schema(A):
        assert set(Product.objects.values_list("source_ref", flat=True)) == {"P1", "P3"}


UNUSUAL: dict[str, Callable[[], bytes]] = {
    "LZMA": lambda: an_archive(["a.png"], zipfile.ZIP_LZMA),
    "bzip2": lambda: an_archive(["a.png"], zipfile.ZIP_BZIP2),
    "unknown": lambda: marked(an_archive(["a.png"]), "a.png", 10, 77),
}


@pytest.mark.parametrize("packing", UNUSUAL)
def test_a_picture_in_a_packing_that_unpacks_without_a_bound_is_not_unpacked(packing):
    """Half a kilobyte of bzip2 is six hundred megabytes."""
    cups()
    with translation.override("en"):
        import_id = imported(as_csv([a_row(1, Pictures="a.png"), a_row(2)]), archive=UNUSUAL[packing]())
    [(head, why)] = problems(import_id)[2]
    assert batch(import_id).entered == 1 and head == "Pictures" and "ordinary ZIP" in why


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_spreadsheet_in_such_a_packing_is_refused(packing, tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_book())) as book, zipfile.ZipFile(data, "w", packing) as other:
        for name in book.namelist():
            other.writestr(name, book.read(name))
    path = tmp_path / "book.xlsx"
    path.write_bytes(data.getvalue())
    with pytest.raises(TableUnreadable, match="no spreadsheet"), translation.override("en"):
        look_at(path)


def test_a_file_whose_name_was_lost_leaves_the_others_to_be_found():
    cups()
    archive = marked(an_archive(["good.png", "lost.png"]), "lost.png", 46, 0)
    import_id = imported(as_csv([a_row(1, Pictures="good.png")]), archive=archive)
    assert (batch(import_id).status, batch(import_id).entered) == ("done", 1)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: damaged(data, "xl/workbook.xml"),
        lambda data: damaged(data, "xl/worksheets/sheet1.xml"),
        lambda data: marked(data, "xl/worksheets/sheet1.xml", 8, 1),
        lambda data: marked(data, "xl/worksheets/sheet1.xml", 6, 99),
    ],
    ids=["packed bytes of the book", "packed bytes of the sheet", "a lock", "a version to come"],
)
def test_a_damaged_spreadsheet_is_refused_with_what_to_do(tmp_path: Path, damage):
    path = tmp_path / "table"
    path.write_bytes(a_book())
    assert len(list(rows_of(path, look_at(path)))) == 3, "the control"
    path.write_bytes(damage(a_book()))
    with translation.override("en"), pytest.raises(TableUnreadable, match="Save it anew"):
        look_at(path)


def test_a_spreadsheet_that_is_damaged_further_on_fails_with_the_reason():
    cups()
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_book(5_000))) as book, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=0) as loose:
        for name in book.namelist():
            loose.writestr(name, book.read(name))
    name, packed, behind = "xl/worksheets/sheet1.xml", data.getvalue(), 0
    while behind < 500_000:  # blocks of a packed file, each with its length before it
        at = data_at(packed, name) + behind
        behind += 5 + int.from_bytes(packed[at + 1 : at + 3], "little")
    import_id = checked(damaged(packed, name, behind))
    assert batch(import_id).status == "failed" and "XLSX" in batch(import_id).why.upper()


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def named(data: bytes, names: dict[str, bytes]) -> bytes:
    """With other bytes for names, as a program writes them that knows no Unicode: of the same length, in both places."""
    for old, new in names.items():
        assert len(old) == len(new) and data.count(old.encode()) == 2
        data = data.replace(old.encode(), new)
    return data


def test_pictures_that_a_chinese_windows_named_are_found_with_and_without_folders():
    cups()
    archive = named(
        an_archive(["aaaa/bbbbbb.png", "aaaa/cccc.PNG", "plain.png"]),
        {"aaaa/bbbbbb.png": "图片/青瓷杯.png".encode("gbk"), "aaaa/cccc.PNG": "图片/白杯.PNG".encode("gbk")},
    )
    rows = [a_row(1, Pictures="青瓷杯.png"), a_row(2, Pictures="图片/白杯.png"), a_row(3, Pictures="plain.png"), a_row(4, Pictures="黑杯.png")]
    import_id = imported(as_csv(rows), archive=archive)
    assert list(problems(import_id)) == [5] and batch(import_id).entered == 3


def test_a_name_in_unicode_goes_before_what_other_bytes_might_mean_and_odd_bytes_hurt_nobody():
    cups()
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("bbbbbb.png", b"no picture")
        archive.writestr("o.png", a_picture().getvalue())
        archive.writestr("青瓷杯.png", a_picture().getvalue())
    packed = named(data.getvalue(), {"bbbbbb.png": "青瓷杯.png".encode("gbk"), "o.png": b"\x82.png"})
    import_id = imported(as_csv([a_row(1, Pictures="青瓷杯.png"), a_row(2, Pictures="é.png")]), archive=packed)
    assert states(import_id) == {"done": 2}, problems(import_id)
    with merchant_schema(A):
        assert Picture.objects.count() == 2
