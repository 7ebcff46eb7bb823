"""Forms about imports of products, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.merchant.imports.models import ImportEffect, ImportRow, ProductImport
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS
from tests.imports.files import received


def an_import(status: str = "uploaded") -> UUID:
    """A file of shop a that stands so: looked at, running, or taken over."""
    with merchant_schema(MERCHANTS["a"]):
        ProductImport.objects.filter(status__in=["checking", "applying", "undoing"]).update(status="failed")  # a shop runs few at once
        row = received(b"SKU,Price\nX1,5\n")
        ProductImport.objects.filter(pk=row.pk).update(status=status, is_read=True, read=1, looked_at=1, mapping=["sku", "price"])
        ImportRow.objects.create(batch_id=row.pk, line=2, place=2, code="X1", sku="X1", cells=["X1", "5"], state="good")
        if status == "done":
            ImportEffect.objects.create(batch_id=row.pk, product_id=uuid4(), title="X", kind="entered", after="x")
    return UUID(str(row.pk))


def _new() -> dict[str, Any]:
    return {"import_id": uuid4(), "table": SimpleUploadedFile("goods.csv", b"SKU,Price\nX1,5\n", "text/csv")}


FORMS_OF_IMPORTS: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "import-new"): lambda t: ("/imports/new/", _new()),
    ("workbench", "import-columns"): lambda t: (f"/imports/{an_import()}/columns/", {"column_0": "sku", "column_1": "price", "goes": "draft"}),
    ("workbench", "import-start"): lambda t: (f"/imports/{an_import('checked')}/start/", {}),
    ("workbench", "import-stop"): lambda t: (f"/imports/{an_import('applying')}/stop/", {}),
    ("workbench", "import-undo"): lambda t: (f"/imports/{an_import('done')}/undo/", {}),
}
