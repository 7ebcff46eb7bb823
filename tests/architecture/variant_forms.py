"""Forms about variants, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from marketplace.flows.size_tables import save_size_table
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.sizes import SizeTableInput
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS


def _merged() -> tuple[str, dict[str, Any]]:
    product = make.a_product("a", title="Twice", variants=2)
    with merchant_schema(MERCHANTS["a"]):
        gone, stays = product.variants.order_by("position").values_list("pk", flat=True)
    return f"/products/{product.pk}/merge/", {"variant": gone, "into": stays, "why": "entered twice"}


def a_size_table(shop: str = "a") -> UUID:
    with merchant_schema(MERCHANTS[shop]):
        table = SizeTableInput(f"Table {uuid4().hex[:6]}", [({"en": "Chest", "zh-hans": "胸围"}, "cm")], [("M", ["98"])])
        return save_size_table(by=SYSTEM, table_id=uuid4(), table=table).pk


def _table(key: UUID | None = None) -> dict[str, Any]:
    about = {"name": f"Coats {uuid4().hex[:6]}", "name_en_0": "Chest", "name_zh_0": "胸围", "unit_0": "cm", "rows": "M 98\nL 104"}
    return {"table_id": key or uuid4(), **about}


FORMS_OF_VARIANTS: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "variants-merge"): lambda t: _merged(),
    ("workbench", "size-table-new"): lambda t: ("/size-tables/new/", _table()),
    ("workbench", "size-table"): lambda t: (f"/size-tables/{(key := a_size_table())}/", _table(key)),
    ("workbench", "size-table-remove"): lambda t: (f"/size-tables/{a_size_table()}/remove/", {}),
}
