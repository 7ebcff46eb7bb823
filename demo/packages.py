"""Packages of the demo's market, and what its shops have chosen: most the free one, some a larger, one more for the season and a service."""

from __future__ import annotations

from datetime import timedelta

from demo.catalogue import key_of
from demo.steps import merchant_of, owner_of
from marketplace.flows.rent import change_package, take_add_on
from marketplace.flows.services import move_service, order_service
from marketplace.flows.use_of_packages import count_storage_of_all
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money
from tenants.packages.actions import publish_version, put_extra
from tenants.packages.models import Extra, ServicePackage
from tenants.packages.queries import today
from tenants.tenancy.models import Market

# Code, names, price a month, limits, and what it includes, in Chinese and English.
PACKAGES = [
    (
        "starter", ("基础版", "Starter"), 0, {"products": 80, "staff": 5, "storage": 200, "pictures": 8, "domains": 0},
        ("自助开店。", "Set up the shop yourself."),
    ),
    (
        "standard", ("标准版", "Standard"), 199, {"products": 500, "staff": 15, "storage": 2000, "pictures": 12, "domains": 1},
        ("含运维服务：全年值守、故障优先处理。", "Operations all year round, faults first."),
    ),
    (
        "flagship", ("旗舰版", "Flagship"), 699, {"storage": 20_000, "pictures": 20, "domains": 5},
        ("含运维服务和高级服务：经营分析、专属顾问。", "Operations, analytics and a consultant of your own."),
    ),
]  # fmt: skip
# Code, kind, names, price (an add-on a day, a service once), what it adds, words.
EXTRAS = [
    ("season-100", "add_on", ("旺季加量包（100 件商品）", "Season pack (100 products)"), "3", {"products": 100}, ("大促前加量，淡季退订。", "")),
    ("staff-5", "add_on", ("临时客服席位（5 人）", "Five more seats"), "5", {"staff": 5}, ("", "")),
    ("go-live", "service", ("上线与迁移服务", "Go-live and moving over"), "1500", {}, ("店铺装修、商品搬家、人员培训。", "Design, goods and training.")),
    ("consulting", "service", ("经营咨询", "Consulting"), "0", {}, ("按方案报价。", "By agreement.")),
]
CHOSEN = {"kiln": "standard", "larder": "flagship", "mono": "standard"}


def offer_packages(by: Actor) -> None:
    """Once, after the shops have opened."""
    if ServicePackage.objects.exists():
        return
    currency = Market.objects.get().currency
    for code, names, price, limits, words in PACKAGES:
        publish_version(
            by=by,
            code=code,
            names=_both(names),
            texts=_both(words),
            monthly_minor=Money.parse(str(price), currency).minor,
            limits=limits,
            existing_from=today(),
            is_default=not price,
            why="开市",
        )
    for code, kind, names, day_price, adds, words in EXTRAS:
        put_extra(by=by, code=code, kind=kind, names=_both(names), texts=_both(words), adds=adds, price=Money.parse(day_price, currency), why="开市")
    for shop, code in CHOSEN.items():
        change_package(by=owner_of(shop), change_id=key_of(shop, "package"), merchant_id=merchant_of(shop), package_id=ServicePackage.objects.get(code=code).pk)
    season = Extra.objects.get(code="season-100", is_offered=True)
    take_add_on(
        by=owner_of("kiln"), add_on_id=key_of("kiln", "season"), merchant_id=merchant_of("kiln"), extra_id=season.pk, quantity=1,
        from_day=today(), to_day=today() + timedelta(days=45),
    )  # fmt: skip
    work = Extra.objects.get(code="go-live", is_offered=True)
    for shop, note in (("kiln", "老网站有 200 多件商品，想一起搬过来。"), ("pebble", "刚开店，请帮忙装修首页。")):
        order_service(by=owner_of(shop), order_id=key_of(shop, "service"), merchant_id=merchant_of(shop), extra_id=work.pk, note=note)
    move_service(by=by, order_id=key_of("kiln", "service"), to="accepted", answer="已安排实施顾问，本周内联系你。")
    count_storage_of_all()


def _both(texts: tuple[str, str]) -> dict[str, str]:
    return {"zh-hans": texts[0], "en": texts[1]}
