"""Two workers go on with one large import at once, each with its own blocks of lines, where it does not matter which product comes first."""

from __future__ import annotations

from django.db.models import Count, Exists, F, Func, OuterRef, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, LPad

from marketplace.flows.brand_rights import is_of_one_brand
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.imports.models import ImportRow, ProductImport
from tenants.tenancy.schemas import current_merchant_id

LANES = 2  # as many workers as an import may keep busy at once
LINES = 1_000  # of a block; whoever goes on with an import has to agree on it
LONGEST_BARCODE = 14
S = ProductImport.Status


def is_large(rows: int) -> bool:
    """Whether so many rows are worth a second worker."""
    return rows >= LANES * LINES


def of_lane(rows: QuerySet[ImportRow], lane: int, lanes: int) -> QuerySet[ImportRow]:
    """Those of one lane: every so many blocks. All rows of a product are in the block of its first one."""
    return rows if lanes == 1 else rows.annotate(of=(F("place") / LINES) % lanes).filter(of=lane)


def may_divide(batch: ProductImport) -> bool:
    """Whether several may go on with it: there is enough to do, and no two products of the file have to do with each other.

    They have where shop categories fill up, row by row, and where a shop sells one brand, that of the first row. While it is taken over they have,
    too, where two places of the file may name one product, or the same barcode, and where bundles name articles: the file's order decides then.
    """
    if "shop_categories" in batch.mapping or is_of_one_brand(current_merchant_id()):
        return False
    match batch.status:
        case S.CHECKING:
            return batch.is_read and is_large(batch.read - batch.looked_at)
        case S.APPLYING:
            return is_large(batch.read - batch.settled) and not _meet(batch)
    return False


def _meet(batch: ProductImport) -> bool:
    rows = ImportRow.objects.filter(batch=batch, state=ImportRow.State.GOOD)
    by_code = Product.objects.filter(source_ref=OuterRef("code"))
    if rows.filter(Exists(Variant.objects.filter(sku=OuterRef("sku"))), ~Exists(by_code), code=F("sku")).exists():
        return True  # known by a SKU alone
    named = Product.objects.alias(key=Cast("pk", TextField()))
    if named.filter(Exists(rows.filter(code=OuterRef("source_ref"))), Exists(rows.filter(code=OuterRef("key")))).exists():
        return True  # by what its source calls it, and by its key
    if "parts" in batch.mapping and rows.annotate(said=_cell(batch, "parts")).exclude(said="").exists():
        return True
    if "barcode" not in batch.mapping:
        return False
    plain = Func(_cell(batch, "barcode"), template="normalize(%(expressions)s, NFKC)", output_field=TextField())
    digits = Func(plain, Value(r"\.0+\s*$|[^0-9]"), Value(""), Value("g"), function="regexp_replace", output_field=TextField())
    codes = rows.annotate(said=digits).exclude(said="").values(padded=LPad("said", LONGEST_BARCODE, Value("0")))
    return codes.annotate(times=Count("pk")).filter(times__gt=1).exists()


def _cell(batch: ProductImport, meant: str) -> KeyTextTransform:
    return KeyTextTransform(batch.mapping.index(meant), "cells")
