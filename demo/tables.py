"""Files of products that the demo's shops have handed in: one is checked, and some of its rows are to be mended."""

from __future__ import annotations

import csv
import io

from demo.catalogue import key_of
from demo.steps import merchant_of, owner_of
from marketplace.flows.product_files.receiving import assign_columns, meanings_of, receive_file
from tenants.tenancy.schemas import merchant_schema

HEADS = ["款号", "商品标题", "Title in English", "类目", "商家编码", "售价", "市场价", "库存"]
ROWS = [
    ["KILN-W01", "霜白茶盏", "Frost tea bowl", "teaware", "KILN-W01", "68", "", "40"],
    ["KILN-W02", "山青茶盏", "Hill-green tea bowl", "teaware", "KILN-W02", "68", "88", "25"],
    ["KILN-W03", "夜墨茶盏", "Night-ink tea bowl", "teaware", "KILN-W03", "七十八", "", "18"],
    ["KILN-W04", "蜜釉公道杯", "Honey-glaze pitcher", "茶具套装盒", "KILN-W04", "96", "", "12"],
    ["KILN-W05", "粗陶花口碟", "Stoneware scalloped dish", "teaware", "KILN-W05", "45", "39", "60"],
    ["KILN-W06", "影青盖碗", "Celadon gaiwan", "teaware", "KILN-W06", "158", "188", "-2"],
    ["KILN-W07", "松烟壶承", "Pine-smoke pot stand", "teaware", "KILN-W07", "72", "", "33"],
    ["KILN-W08", "", "", "teaware", "KILN-W08", "36", "", "80"],
]


def hand_in_tables() -> None:
    """Once: the same file is one import."""
    by = owner_of("kiln")
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *ROWS])
    with merchant_schema(merchant_of("kiln")):
        data = io.BytesIO(out.getvalue().encode("gbk"))
        row = receive_file(by=by, import_id=key_of("table of autumn"), name="秋季上新.csv", table=data)
        if not row.mapping:
            assign_columns(by=by, import_id=row.pk, mapping=meanings_of(row), goes="draft")
