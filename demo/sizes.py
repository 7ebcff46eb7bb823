"""A size table for the jackets of a demo shop, and barcodes for everything."""

from __future__ import annotations

from uuid import UUID

from stdnum import ean

from demo.catalogue import key_of
from demo.steps import merchant_of
from marketplace.flows.size_tables import save_size_table
from marketplace.kernel.actors import Actor
from marketplace.merchant.catalogue.sizes import SizeTableInput
from marketplace.platform.taxonomy.models import Category
from tenants.tenancy.schemas import merchant_schema

SHOP = "trail"
COLUMNS = [({"zh-hans": "胸围", "en": "Chest"}, "cm"), ({"zh-hans": "衣长", "en": "Length"}, "cm"), ({"zh-hans": "袖长", "en": "Sleeve"}, "cm")]
ROWS = [("S", ["104", "66", "61"]), ("M", ["110", "68", "62.5"]), ("L", ["116", "70", "64"]), ("XL", ["122", "72", "65.5"])]
NOTES = {"zh-hans": "平铺测量，可能有 1–2 厘米误差。", "en": "Measured laid flat; one or two centimetres more or less."}


def barcode_of(key: UUID) -> str:
    """Of the numbers that shops may give out among themselves (20…): no product in the world has one of them."""
    body = f"20{key.int % 10**10:010d}"
    return body + ean.calc_check_digit(body)


def measure(by: Actor) -> None:
    """Harmless when it is repeated."""
    with merchant_schema(merchant_of(SHOP)):
        jackets = Category.objects.filter(code="jackets").values_list("pk", flat=True)
        table = SizeTableInput("上衣 / Jackets", COLUMNS, ROWS, NOTES, category_ids=list(jackets))
        save_size_table(by=by, table_id=key_of(SHOP, "sizes"), table=table)
