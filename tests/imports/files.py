"""Files as merchants have them, and an import from upload to end through the real verbs and the relay."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile, File

from marketplace.flows.product_files.receiving import assign_columns, meanings_of, receive_file
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.imports.actions import start_import
from marketplace.merchant.imports.models import ImportRow, ProductImport
from marketplace.platform.taxonomy.actions import describe_category, put_attributes, put_brands, put_values
from marketplace.platform.taxonomy.models import Category
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

A = MERCHANTS["a"]
HEADS = ["Product code", "Title in English", "Category", "Pictures", "Colour", "Size", "SKU", "Price", "Stock"]


def owner(shop: str = "a") -> Actor:
    user = User.objects.get(email=f"owner-{shop}@market.localhost")
    return Actor(kind="person", user_id=user.pk, label=user.email)


def cups() -> Category:
    """A category whose goods have a colour, a size, a volume and a use."""
    category = make.a_category()
    kinds = {"colour": "choice", "size": "choice", "volume": "number", "oven": "boolean", "care": "text"}
    names = {"colour": "颜色", "size": "尺寸", "volume": "容量", "oven": "可进烤箱", "care": "保养"}
    rows = [
        {"code": code, "kind": kind, "names": {"zh-hans": names[code], "en": code.capitalize()}, "unit": "ml" if code == "volume" else ""}
        for code, kind in kinds.items()
    ]
    attributes = put_attributes(by=SYSTEM, rows=rows)
    values = {"colour": [("white", "白色"), ("blue", "蓝色"), ("jade", "青色")], "size": [("S", "小号"), ("L", "大号")]}
    put_values(
        by=SYSTEM,
        rows=[
            {"attribute_id": attributes[code].pk, "code": english.lower(), "names": {"zh-hans": chinese, "en": english}}
            for code, pairs in values.items()
            for english, chinese in pairs
        ],
    )
    describe_category(by=SYSTEM, category_id=category.pk, attribute_ids=[attribute.pk for attribute in attributes.values()])
    put_brands(by=SYSTEM, rows=[{"code": "kiln-fire", "names": {"zh-hans": "窑火", "en": "Kiln Fire"}}])
    return category


def as_csv(rows: Sequence[Sequence[object]], heads: Sequence[str] = HEADS, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([heads, *rows])
    return out.getvalue().encode(encoding)


def a_row(n: int = 1, **other: str) -> list[str]:
    """One product of one variant; other cells by heading."""
    said = {"Product code": f"P{n}", "Title in English": f"Cup {n}", "Category": "Cups", "SKU": f"P{n}", "Price": "10.00", "Stock": "5", **other}
    return [said.get(head, "") for head in HEADS]


def an_archive(pictures: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in pictures.items():
            archive.writestr(name, content)
    return data.getvalue()


def received(data: bytes, *, by: Actor | None = None, name: str = "goods.csv", archive: bytes | None = None) -> ProductImport:
    """In shop a's schema."""
    zipped: File[Any] | None = ContentFile(archive) if archive is not None else None
    row: ProductImport = receive_file(by=by or owner(), import_id=uuid4(), name=name, table=io.BytesIO(data), archive=zipped)
    return row


def checked(data: bytes, *, by: Actor | None = None, goes: str = "draft", counts_stock: bool = False, archive: bytes | None = None, **options: Any) -> UUID:
    """Upload it, take the guessed columns, and have it looked at."""
    with merchant_schema(A):
        row = received(data, by=by, archive=archive)
        assign_columns(by=by or owner(), import_id=row.pk, mapping=meanings_of(row), goes=goes, counts_stock=counts_stock, **options)
    deliver_events()
    return UUID(str(row.pk))


def imported(data: bytes, **options: Any) -> UUID:
    """And have what is good taken over."""
    import_id = checked(data, **options)
    with merchant_schema(A):
        start_import(by=options.get("by") or owner(), import_id=import_id)
    deliver_events()
    return import_id


def batch(import_id: UUID) -> ProductImport:
    with merchant_schema(A):
        row: ProductImport = ProductImport.objects.get(pk=import_id)
        return row


def states(import_id: UUID) -> dict[str, int]:
    with merchant_schema(A):
        found = list(ImportRow.objects.filter(batch_id=import_id).values_list("state", flat=True))
    return {state: found.count(state) for state in sorted(set(found))}


def problems(import_id: UUID) -> dict[int, list[tuple[str, str]]]:
    """Line → (heading, what is wrong)."""
    with merchant_schema(A):
        heads = ProductImport.objects.get(pk=import_id).heads
        rows = ImportRow.objects.filter(batch_id=import_id, state="bad").order_by("line")
        return {row.line: [(heads[place] if place >= 0 else "", why) for place, why in row.problems] for row in rows}
