"""Forms about stock, as a person would send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.models import StockLevel, StockLocation
from marketplace.merchant.inventory.moves import send_transfer
from marketplace.merchant.inventory.places import Place, open_location
from marketplace.merchant.inventory.restocking import order_restock
from marketplace.merchant.inventory.stocktakes import begin_stocktake, count_lines, hand_in_stocktake
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS

PLACE = {"name_zh": "门店", "name_en": "Store", "kind": "store", "address": "Street 1", "preference": "3", "safety": "2", "may_ship": "on"}


def _main() -> str:
    return str(StockLocation.objects.get(is_default=True).pk)


def _variant(t: Any) -> Variant:
    found: Variant = Variant.objects.filter(product_id=t.on_sale).order_by("position").first()
    return found


def _a_place() -> UUID:
    key: UUID = open_location(by=SYSTEM, location_id=uuid4(), place=Place({"en": f"Place {uuid4().hex[:6]}"}, preference=9)).pk
    return key


def inside(fill: Callable[[Any], tuple[str, dict[str, Any]]]) -> Callable[[Any], tuple[str, dict[str, Any]]]:
    """What is needed is made in the shop's own schema."""

    def filled(t: Any) -> tuple[str, dict[str, Any]]:
        with merchant_schema(MERCHANTS["a"]):
            return fill(t)

    return filled


def _change_place(t: Any) -> tuple[str, dict[str, Any]]:
    key = _a_place()
    return f"/stock/locations/{key}/", {"location_id": key, **PLACE}


def _set(t: Any) -> tuple[str, dict[str, Any]]:
    level = StockLevel.objects.get(variant=_variant(t), location__is_default=True)
    free = {f"count_{level.pk.hex}": str(level.on_hand + 1), f"safety_{level.pk.hex}": str((level.safety or 0) + 1)}
    return "/stock/set/", {**free, "row": level.pk, "safety_all": "", "note": "shelf 3"}


def _adjust(t: Any) -> tuple[str, dict[str, Any]]:
    data = {"movement_id": uuid4(), "cause": "damaged", "location": _main(), "quantity": "1", "note": "fell down"}
    return f"/stock/variants/{_variant(t).pk}/adjust/", data


def _transfer(t: Any) -> tuple[str, dict[str, Any]]:
    variant = _variant(t)
    ends = {"transfer_id": uuid4(), "source": _main(), "target": str(_a_place())}
    return "/transfers/new/", {**ends, "row": variant.pk, f"pieces_{variant.pk.hex}": "1", "more": f"{variant.sku} 1", "note": "for the fair"}


def _transfer_end(t: Any) -> tuple[str, dict[str, Any]]:
    variant = _variant(t)
    row = send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=UUID(_main()), target_id=_a_place(), pieces={variant.pk: 2})
    return f"/transfers/{row.number}/end/", {"row": variant.pk, f"arrived_{variant.pk.hex}": "2", "then": "arrived"}


def _begin(t: Any) -> tuple[str, dict[str, Any]]:
    data = {"stocktake_id": uuid4(), "location": _main(), "scope": "chosen", "variants": _variant(t).sku, "is_blind": "on", "note": "month's end"}
    return "/stocktakes/new/", {**data, "category": ""}


def _begun(t: Any) -> tuple[str, Variant]:
    variant = _variant(t)
    row = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=UUID(_main()), scope="chosen", variant_ids=[variant.pk])
    return row.number, variant


def _count(t: Any) -> tuple[str, dict[str, Any]]:
    number, variant = _begun(t)
    return f"/stocktakes/{number}/count/", {"row": variant.pk, f"counted_{variant.pk.hex}": "7", "show": "", "page": "1"}


def _scan(t: Any) -> tuple[str, dict[str, Any]]:
    number, variant = _begun(t)
    return f"/stocktakes/{number}/scan/", {"code": variant.sku, "quantity": "2"}


def _upload(t: Any) -> tuple[str, dict[str, Any]]:
    number, variant = _begun(t)
    file = SimpleUploadedFile("count.csv", f"SKU,Pieces\n{variant.sku},9\n".encode())
    return f"/stocktakes/{number}/upload/", {"file": file, "lines": "", "counted_at": ""}


def _step(t: Any) -> tuple[str, dict[str, Any]]:
    number, variant = _begun(t)
    count_lines(by=SYSTEM, number=number, counted={variant.pk: 90})
    hand_in_stocktake(by=SYSTEM, number=number)
    return f"/stocktakes/{number}/step/", {"then": "again", "why": "count shelf 3 again"}


def _ordered(t: Any) -> tuple[str, Variant]:
    variant = _variant(t)
    return order_restock(by=SYSTEM, restock_id=uuid4(), location_id=UUID(_main()), pieces={variant.pk: 5}).number, variant


def _order(t: Any) -> tuple[str, dict[str, Any]]:
    variant = _variant(t)
    data = {"restock_id": uuid4(), "location": _main(), "supplier": "Clay Ltd", "expected_on": "2027-02-01", "note": "by lorry"}
    return "/restocks/new/", {**data, "row": variant.pk, f"pieces_{variant.pk.hex}": "5", "more": f"{variant.sku} 1"}


def _receive(t: Any) -> tuple[str, dict[str, Any]]:
    number, variant = _ordered(t)
    return f"/restocks/{number}/receive/", {"receipt_id": uuid4(), "row": variant.pk, f"came_{variant.pk.hex}": "3"}


FORMS_OF_STOCK: dict[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", name): inside(fill)
    for name, fill in {
        "stock-set": _set,
        "stock-adjust": _adjust,
        "locations": lambda t: ("/stock/locations/", {"location_id": uuid4(), **PLACE}),
        "location": _change_place,
        "location-close": lambda t: (f"/stock/locations/{_a_place()}/close/", {}),
        "transfer-new": _transfer,
        "transfer-end": _transfer_end,
        "stocktake-new": _begin,
        "stocktake-count": _count,
        "stocktake-scan": _scan,
        "stocktake-upload": _upload,
        "stocktake-step": _step,
        "restock-new": _order,
        "restock-receive": _receive,
        "restock-end": lambda t: (f"/restocks/{_ordered(t)[0]}/end/", {"why": "the kiln is closed"}),
    }.items()
}
