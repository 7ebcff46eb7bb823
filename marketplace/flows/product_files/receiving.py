"""A file comes in: kept, looked at, and its columns guessed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from marketplace.flows.product_files.columns import FIELDS, PREFIX, Headings, fold, guess
from marketplace.flows.product_files.pictures import check_archive
from marketplace.flows.product_files.reading import MOST_BYTES, look_at
from marketplace.flows.product_files.words import Words
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.imports.access import import_of
from marketplace.merchant.imports.actions import check_import, open_import
from marketplace.merchant.imports.errors import TableUnreadable
from marketplace.merchant.imports.models import KnownHeading, ProductImport
from marketplace.platform.taxonomy.models import Category


@verb
def receive_file(*, by: Actor, import_id: UUID, name: str, table: IO[bytes], archive: File | None = None) -> ProductImport:  # type: ignore[type-arg]
    """Keep a table, with an archive of pictures beside it. The same `import_id` is one import.

    Raises TableUnreadable, InvalidInput.
    """
    if same := ProductImport.objects.filter(pk=import_id).first():
        return same  # type: ignore[no-any-return]
    if archive is not None:
        check_archive(archive, archive.size)
        archive.seek(0)
    papers = storages["papers"]
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / "table"
        with open(path, "wb") as file:
            shutil.copyfileobj(_Bounded(table), file)
        layout = look_at(path)
        with open(path, "rb") as file:
            key = papers.save(f"imports/{import_id}.{layout.form}", File(file))
        size = path.stat().st_size
    row = ProductImport(pk=import_id, name=name[-200:], form=layout.form, file=key, size=size, encoding=layout.encoding, delimiter=layout.delimiter)
    row.heads = layout.heads
    row.pictures = papers.save(f"imports/{import_id}.zip", archive) if archive is not None else ""
    return open_import(by=by, batch=row)


class _Bounded:
    """Reads no more than a table may hold."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left = file, MOST_BYTES

    def read(self, size: int = 1 << 16) -> bytes:
        piece = self._file.read(min(size, 1 << 16))
        self._left -= len(piece)
        if self._left < 0:
            raise TableUnreadable(why=_("it is larger than {most} MB. Divide it.").format(most=MOST_BYTES >> 20))
        return piece


def meanings_of(row: ProductImport, words: Words | None = None) -> list[str]:
    """What each column means: as it was said of this file, or else as one would guess."""
    if row.mapping:
        return list(row.mapping)
    words = words or Words()
    known = {each.heading: each.field for each in KnownHeading.objects.filter(heading__in=[fold(head) for head in row.heads])}
    known = {heading: field for heading, field in known.items() if not field or is_field(field, words)}
    in_category = words.of_category(row.category_id) if row.category_id else {}
    first = [attribute for key, attribute in words.attributes.items() if key in in_category]
    rest = [attribute for key, attribute in words.attributes.items() if key not in in_category]
    return guess(row.heads, known, Headings([*first, *rest]))


def is_field(field: str, words: Words) -> bool:
    """Whether a column can mean this."""
    return field in FIELDS or (field.startswith(PREFIX) and field[len(PREFIX) :].isdecimal() and int(field[len(PREFIX) :]) in words.attributes)


@verb
def assign_columns(
    *, by: Actor, import_id: UUID, mapping: Sequence[str], goes: str, counts_stock: bool = False, category_id: int | None = None
) -> ProductImport:
    """Say what each column means ("" for nothing), and begin to look at the rows. It is remembered for the next file.

    Raises ImportUnknown, ImportMoved, InvalidInput, TooManyImports.
    """
    words, row = Words(), import_of(import_id)
    used = [field for field in mapping if field]
    for place, field in enumerate(mapping):
        if field and not is_field(field, words):
            raise InvalidInput(field=f"column_{place}", why=_("Choose what this column means."))
        if field and used.count(field) > 1:
            raise InvalidInput(field=f"column_{place}", why=_("Two columns mean the same. Choose one of them."))
    if "sku" not in used:
        raise InvalidInput(field="mapping", why=_("Say which column holds the SKU: rows are known by it."))
    if category_id is not None and not Category.objects.filter(pk=category_id).exists():
        raise InvalidInput(field="category", why=_("Choose a category."))
    meanings: Mapping[str, str] = {fold(head): field for head, field in zip(row.heads, mapping, strict=False) if fold(head)}
    return check_import(by=by, import_id=import_id, mapping=mapping, goes=goes, counts_stock=counts_stock, category_id=category_id, meanings=meanings)
