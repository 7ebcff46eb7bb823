"""Stock of a demo shop at several places: a transfer that arrived and one on its way, a stocktake to approve, safety stock, an order from a supplier."""

from __future__ import annotations

from datetime import timedelta

from demo.catalogue import key_of
from demo.steps import merchant_of, owner_of
from marketplace.kernel import clock
from marketplace.merchant.inventory.models import StockLevel, StockLocation
from marketplace.merchant.inventory.moves import adjust_stock, end_transfer, send_transfer
from marketplace.merchant.inventory.places import Place, change_location, open_location
from marketplace.merchant.inventory.restocking import order_restock, receive_restock
from marketplace.merchant.inventory.stocktakes import begin_stocktake, count_lines, hand_in_stocktake
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema

SHOP = "kiln"
MAIN = Place({"zh-hans": "景德镇总仓", "en": "Main warehouse, Jingdezhen"}, "head", "江西省景德镇市珠山区陶阳北路 1 号", safety=4)
REGIONAL = Place({"zh-hans": "华东分仓", "en": "East China warehouse"}, "regional", "上海市嘉定区宝安公路 2999 号", preference=1)
STORE = Place({"zh-hans": "御窑厂门店", "en": "Shop at the old kilns"}, "store", "江西省景德镇市珠山区中华北路 187 号", may_ship=False, preference=2)


def spread_stock() -> None:
    """Once, after the shop has sold for a while."""
    by, market = owner_of(SHOP), Market.objects.get()
    with merchant_schema(merchant_of(SHOP)):
        if StockLocation.objects.count() > 1:
            return
        main = StockLocation.objects.get(is_default=True)
        change_location(by=by, location_id=main.pk, place=MAIN)
        regional, store = (open_location(by=by, location_id=key_of(SHOP, place.kind), place=place).pk for place in (REGIONAL, STORE))
        lying = list(StockLevel.objects.filter(location=main, variant__is_active=True).order_by("-on_hand", "pk")[:12])
        many = [level for level in lying if level.available > 8]
        there = send_transfer(
            by=by, transfer_id=key_of(SHOP, "there"), source_id=main.pk, target_id=regional, pieces={level.variant_id: 6 for level in many[:4]}, note="华东备货"
        )
        end_transfer(by=by, number=there.number, arrived={level.variant_id: 6 - (n == 0) for n, level in enumerate(many[:4])})
        samples = {level.variant_id: 1 for level in many[4:6]}
        send_transfer(by=by, transfer_id=key_of(SHOP, "samples"), source_id=main.pk, target_id=store, pieces=samples, note="门店样品")
        broken = many[-1]
        adjust_stock(
            by=by, movement_id=key_of(SHOP, "broken"), variant_id=broken.variant_id, location_id=main.pk, cause="damaged", quantity=1, note="包装时碰坏"
        )
        few = list(StockLevel.objects.filter(location=main, variant__is_active=True, on_hand__lte=6).order_by("pk")[:3])
        day = clock.day_of(clock.now(), market.tz) + timedelta(days=5)
        pieces = {level.variant_id: 10 for level in few or lying[-2:]}
        ordered = order_restock(
            by=by, restock_id=key_of(SHOP, "clay"), location_id=main.pk, pieces=pieces, supplier="高岭陶瓷工坊", expected_on=day, note="按上月销量"
        )
        receive_restock(by=by, receipt_id=key_of(SHOP, "clay", "part"), number=ordered.number, pieces={next(iter(pieces)): 4})
        keys = [level.variant_id for level in lying[:6]]
        counted = begin_stocktake(by=by, stocktake_id=key_of(SHOP, "count"), location_id=main.pk, scope="chosen", variant_ids=keys, note="月末盘点")
        now = {level.variant_id: level for level in StockLevel.objects.filter(location=main, variant__in=keys)}
        off = {keys[0]: -1, keys[1]: 2}
        count_lines(by=by, number=counted.number, counted={key: max(level.on_hand + off.get(key, 0), level.held) for key, level in now.items()})
        hand_in_stocktake(by=by, number=counted.number)
