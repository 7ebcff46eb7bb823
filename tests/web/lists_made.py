"""Things of several kinds for tests of lists: three of each, told apart by their names."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from demo.draw_film import FILE
from marketplace.flows.prices import plan_reduction
from marketplace.flows.rent import change_package
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.models import StockLevel, StockLocation
from marketplace.merchant.inventory.moves import end_transfer, send_transfer
from marketplace.merchant.inventory.places import Place, open_location
from marketplace.merchant.inventory.restocking import order_restock, set_safety
from marketplace.merchant.inventory.stocktakes import begin_stocktake
from marketplace.merchant.media.actions import keep_film, keep_picture
from marketplace.platform.deposits.actions import move_deposit, set_deposit_rule, settle_deposit
from marketplace.platform.deposits.queries import EVERYBODY
from search.contract import Answer
from search.ruling import draft, keep_rule
from search.searched import note_searched
from tenants.packages.actions import publish_version
from tenants.packages.queries import today
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.customised import a_custom_order, a_custom_product
from tests.flows.evaluated import some_evaluations
from tests.flows.virtual import a_card


def reduced() -> dict[str, str]:
    """A reduction that is planned of each product."""
    starts_at = clock.now() + timedelta(days=3)
    with merchant_schema(MERCHANTS["a"]):
        for product in Product.objects.all():
            prices = {variant.pk: make.yuan("80") for variant in product.variants.all()}
            name = f"{product.titles['en']} sale"
            plan_reduction(by=SYSTEM, reduction_id=uuid4(), name=name, starts_at=starts_at, ends_at=None, prices=prices)
    return {}


def wished() -> dict[str, str]:
    """Paid orders of merchant a that are made to wishes."""
    for title in ("First", "Second", "Third"):
        copy = a_custom_order({"engrave1": f"=For {title}"}, product=a_custom_product(title=f"{title} seal", price="100"))
    return {"custom": copy.number}


def stocked() -> dict[str, str]:
    """Stock of merchant a that is low, and three of each document about stock; the last of them are known by what they are for."""
    with merchant_schema(MERCHANTS["a"]):
        main = StockLocation.objects.get(is_default=True)
        store = open_location(by=SYSTEM, location_id=uuid4(), place=Place({"en": "Store", "zh-hans": "门店"}, kind="store"))
        variant_id = StockLevel.objects.get(variant__product__titles__en="First").variant_id
        for level in StockLevel.objects.filter(location=main):
            set_safety(by=SYSTEM, level_id=level.pk, safety=50)
        for supplier in ("Ashgrove", "Birch", "Cedar"):
            sent = send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=main.pk, target_id=store.pk, pieces={variant_id: 1})
            end_transfer(by=SYSTEM, number=sent.number)
            counted = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=main.pk, scope="all", note=supplier)
            order_restock(by=SYSTEM, restock_id=uuid4(), location_id=main.pk, pieces={variant_id: 2}, supplier=f"{supplier} Clay")
    return {"transfer": sent.number, "stocktake": counted.number}


def pictured() -> dict[str, str]:
    """Pictures and films of merchant a."""
    with merchant_schema(MERCHANTS["a"]):
        for n, title in enumerate(("First", "Second", "Third")):
            keep_picture(by=SYSTEM, upload=make.a_picture(("red", "green", "blue")[n]), name=f"{title} still.png")
            film = SimpleUploadedFile("film.mp4", FILE.read_bytes() + bytes((0, 0, 0, 8 + n)) + b"free" + bytes(n), "video/mp4")
            keep_film(by=SYSTEM, upload=film, name=f"{title} film.mp4")
    return {}


def deposited() -> dict[str, str]:
    """A deposit of each merchant, one of them with all that is asked for."""
    set_deposit_rule(by=SYSTEM, target=EVERYBODY, amount_minor=100_000, why="as agreed")
    for merchant_id in MERCHANTS.values():
        settle_deposit(by=SYSTEM, merchant_id=merchant_id)
    move_deposit(by=SYSTEM, move_id=uuid4(), merchant_id=MERCHANTS["a"], kind="received", amount=make.yuan("1000"), reference="T1", why="paid")
    return {}


def evaluated() -> dict[str, str]:
    """An evaluation of each merchant."""
    some_evaluations()
    return {}


def subscribed() -> dict[str, str]:
    """A package of each merchant, on the first of a month."""
    terms = {"texts": {}, "limits": {}, "existing_from": today(), "is_default": False, "why": "opening"}
    package = publish_version(by=SYSTEM, code="large", names={"en": "Large"}, monthly_minor=30_000, **terms).package
    for merchant_id in MERCHANTS.values():
        change_package(by=SYSTEM, change_id=uuid4(), merchant_id=merchant_id, package_id=package.pk)
    return {}


def coded() -> dict[str, str]:
    """A code of each of three products; the last signs of the last one."""
    for title in ("Ruby card", "Opal card", "Jade card"):
        card = a_card(1, title=title)
    return {"coded": card.pk.hex[-4:]}


def searched() -> dict[str, str]:
    """Three texts that enough visitors searched for in vain, and a rule for each."""
    for text in ("First jug", "Second jug", "Third jug"):
        for n in range(5):
            in_vain = Answer([], 0, [], [], [], {}, None, None)
            note_searched(by=Actor(kind="person", address=f"198.51.100.{n}"), text=text, language="en", answer=in_vain)
        wanted = draft(kind="synonyms", language="", body={"words": [text, f"{text} with a lid"]})
        keep_rule(by=SYSTEM, rule_id=None, seen=0, wanted=wanted, why="buyers say both")
    return {}
