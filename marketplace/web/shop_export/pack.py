"""Packing: one table after the other, then the files, each written as it is read, so memory stays the same however much there is."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import MarketError
from marketplace.kernel.events import DeadlineReached
from marketplace.platform.notices.messages import read_in
from marketplace.web.lists.exports import cell
from marketplace.web.shop_export.contents import contents
from marketplace.web.shop_export.files import FILES
from marketplace.web.shop_export.parts import PARTS
from marketplace.web.shop_export.tables import Part, Row
from tenants.access.owners import is_owner
from tenants.tenancy.events import ShopExportAsked
from tenants.tenancy.exports import begin_export, expire_export, fail_export, finish_export, note_export
from tenants.tenancy.models import Merchant, ShopExport
from tenants.tenancy.schemas import merchant_schema

A_PIECE = 1 << 16  # bytes
OFTEN, MANY = 200, 5000  # files, and rows, between two signs of life


def pack_shop(event: ShopExportAsked) -> None:
    """Outside a transaction; stopped anywhere it begins anew, and what it had written is thrown away."""
    row = begin_export(by=SYSTEM, export_id=event.export_id)
    if row is None:
        return
    try:
        if not is_owner(row.asked_by, row.merchant_id):
            fail_export(by=SYSTEM, export_id=row.pk, why=_("Who asked for this may no longer do it."))
            return
        with read_in(row.language), merchant_schema(row.merchant_id), tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                counts = _Packing(archive, row).run()
            size = file.tell()
            digest = _digest(file)
            key = storages["papers"].save(f"exports/shop-{row.pk}.zip", File(file))
            finish_export(by=SYSTEM, export_id=row.pk, key=key, size=size, sha256=digest, counts=counts)
    except MarketError as refusal:
        fail_export(by=SYSTEM, export_id=row.pk, why=str(refusal))


def expire_when_due(event: DeadlineReached) -> None:
    """The outcome of its deadline: the file is deleted."""
    expire_export(by=SYSTEM, export_id=event.subject_id)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    found = hashlib.sha256()
    while piece := file.read(A_PIECE):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


class _Packing:
    """One archive in the making. `manifest`: of each file its name, its bytes, its SHA-256, and of tables their rows."""

    def __init__(self, archive: zipfile.ZipFile, row: ShopExport) -> None:
        self._archive, self._row = archive, row
        self._merchant: Merchant = row.merchant
        self._manifest: list[dict[str, Any]] = []
        self._counts: dict[str, int] = {}
        self._total, self._done = len(PARTS) + len(FILES), 0

    def run(self) -> dict[str, int]:
        for part in PARTS:
            self._sign(part.name)
            self._counts[part.name] = self._table(part)
            self._done += 1
        for name, _about, files in FILES:
            self._sign(name)
            self._counts[name] = 0
            for name_inside, opens in files(self._merchant):
                self._file(name_inside, opens)
                self._counts[name] += 1
                if self._counts[name] % OFTEN == 0:
                    self._sign(name)
            self._done += 1
        self._sign("")
        for code, _label in settings.LANGUAGES:
            with translation.override(code):
                self._text(f"README.{code}.txt", self._readme())
        manifest = {
            "shop": {"id": str(self._merchant.pk), "slug": self._merchant.slug, "names": self._merchant.names},
            "made_at": clock.now().isoformat(),
            "counts": self._counts,
            "files": self._manifest,
        }
        self._archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        return self._counts

    def _sign(self, part: str) -> None:
        note_export(by=SYSTEM, export_id=self._row.pk, done=self._done, total=self._total, part=part)

    def _table(self, part: Part) -> int:
        """The CSV goes straight into the archive, the JSON waits on the disk until that is closed: an archive takes one file at a time."""
        n = 0
        with tempfile.TemporaryFile() as waiting:
            with self._written(f"{part.name}.csv") as table:
                table.write("\ufeff".encode() + _line(part.columns))
                for row in part.rows(self._merchant):
                    table.write(_line([_flat(row[name]) for name in part.columns]))
                    waiting.write((b",\n" if n else b"[\n") + _json(row))
                    n += 1
                    if n % MANY == 0:
                        self._sign(part.name)
            self._manifest[-1]["rows"] = n
            waiting.write(b"\n]\n" if n else b"[]\n")
            waiting.seek(0)
            with self._written(f"{part.name}.json") as target:
                while piece := waiting.read(A_PIECE):
                    target.write(piece)
            self._manifest[-1]["rows"] = n
        return n

    def _file(self, name: str, opens: Callable[[], IO[bytes]]) -> None:
        try:
            source = opens()
        except FileNotFoundError:  # the row is there and its file is not: the manifest says so
            self._manifest.append({"name": name, "missing": True})
            return
        with source, self._written(name, is_packed=True) as target:
            while piece := source.read(A_PIECE):
                target.write(piece)

    def _text(self, name: str, text: str) -> None:
        with self._written(name) as target:
            target.write(text.encode())

    def _written(self, name: str, *, is_packed: bool = False) -> _Hashed:
        """A file of the archive; pictures, films and PDFs are packed already."""
        info = zipfile.ZipInfo(name, clock.now().timetuple()[:6])
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return _Hashed(self._archive.open(info, "w", force_zip64=True), name, self._manifest)

    def _readme(self) -> str:
        lines = [
            self._merchant.name,
            "",
            _("Everything of the shop as it was when this was packed. Each table is there twice: as CSV for spreadsheets and as JSON for programs."),
            _("Amounts end in _minor and are whole cents (or the smallest unit of their currency). Moments in JSON are in UTC, in CSV in the market's zone."),
            _("Cells that a spreadsheet would calculate begin with an apostrophe. manifest.json names each file with its SHA-256 and its number of rows."),
            _("Of buyers it holds what stands on the shop's own orders. Handle it as the law asks: it is personal data."),
            "",
        ]
        listed = [f"{each.name}.csv, {each.name}.json: {each.about}" if each.is_table else f"{each.name}/: {each.about}" for each in contents()]
        return "\n".join([*lines, *listed]) + "\n"


class _Hashed:
    """Bytes on their way into a file of the archive, counted and hashed for its entry in the manifest."""

    def __init__(self, target: IO[bytes], name: str, manifest: list[dict[str, Any]]) -> None:
        self._target, self._hash, self._size = target, hashlib.sha256(), 0
        self._entry: dict[str, Any] = {"name": name}
        manifest.append(self._entry)

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._size += len(data)
        self._target.write(data)

    def close(self) -> None:
        self._target.close()
        self._entry.update(bytes=self._size, sha256=self._hash.hexdigest())

    def __enter__(self) -> _Hashed:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _line(cells: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def _flat(value: object) -> str:
    """A cell of a spreadsheet; what has parts stays JSON."""
    return cell(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False) if isinstance(value, (dict, list)) else value)


def _json(row: Row) -> bytes:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
