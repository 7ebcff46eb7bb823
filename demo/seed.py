"""From an open market to one with nine shops full of goods, and people to try it with. Every change goes through a verb or flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from demo.accounts import ask_for_accounts
from demo.bundles import make_a_bundle
from demo.catalogue import Sold, attributes_of, both, catalogue, key_of, variants_of
from demo.colleagues import let_in_colleagues, set_up_the_house
from demo.contracts import make_contracts
from demo.customised import customise
from demo.deposits import leave_deposits
from demo.goods import Labels, entered, prices_of, source_of
from demo.hands import use_two_hands
from demo.history import ask_for_the_rest, begin_history, filling
from demo.library import fill_library
from demo.media import copy_picture
from demo.own_shop import open_market_shop, sell_once
from demo.packages import offer_packages
from demo.pages import decorate_shops, dress_shops, write_market_pages
from demo.papers import ask_for_papers, let_papers_age, publish_first_rules
from demo.prices import plan_prices
from demo.shelves import arrange_a_shop
from demo.sizes import measure
from demo.tables import hand_in_tables
from demo.traders import apply_for
from demo.virtual import sell_virtual
from demo.waiting import leave_work
from marketplace.config.management.opening import set_first_taxes
from marketplace.flows.account_changes import names_in_dossier
from marketplace.flows.open_shop import bear_shop, open_shop
from marketplace.flows.publish_product import publish_product
from marketplace.flows.qualify import let_in_papers
from marketplace.flows.review_product import save_product
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.delivery.actions import Zone, set_freight
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.delivery.starters import put_starters
from marketplace.platform.members.actions import save_address
from marketplace.platform.members.models import Address
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.models import PayoutAccount
from marketplace.platform.taxonomy.actions import describe_category, put_attributes, put_brands, put_categories, put_values
from marketplace.platform.taxonomy.models import TaxRate
from tenants.accounts.actions import ensure_person, give_role
from tenants.accounts.models import User
from tenants.tenancy.events import ShopRequested
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import merchant_schema, public_schema

BY = Actor(kind="system", label="demo")
BEFORE = timedelta(days=95)
WITHOUT_ACCOUNT = ("pagebreak", "pebble")  # their payouts wait
HERO = "hero-wide"


def seed(password: str, say: Callable[[str], None]) -> None:
    """Fill the open market. What is there already stays as it is, so it may run again and go on where it was stopped."""
    with filling():
        _fill(password, say)
    ask_for_the_rest()


def _fill(password: str, say: Callable[[str], None]) -> None:
    market = Market.objects.get()
    put_starters(by=BY)
    with clock.shifted(-BEFORE):  # the shops have been here for a while
        if not TaxRate.objects.filter(since__lte=clock.now()).exists():
            set_first_taxes(BY, market.currency)
        say("taxonomy")
        put_taxonomy()
        ask_for_papers(BY)
        publish_first_rules(BY)
        say("shops")
        second_person(password)
        merchants = open_shops(password)
        for shop in catalogue()["shops"]:
            say(f"goods of {shop['names'][1]}")
            fill_shop(shop, merchants[shop["slug"]], market.currency)
        say("people")
        for buyer in catalogue()["buyers"]:
            let_in_buyer(buyer, password)
        give_accounts(merchants)
        own = open_market_shop(password, BY, market.currency)
        dress_shops(merchants)
    decorate_shops(merchants)
    write_market_pages()
    say("a hundred orders")
    deliver_events()
    sell_once(own)
    begin_history()
    make_contracts(password)
    leave_work(password)
    hand_in_tables()
    let_in_colleagues(password)
    set_up_the_house()
    ask_for_accounts()
    let_papers_age()
    leave_deposits(BY)
    offer_packages(BY)
    plan_prices(BY)
    measure(BY)
    fill_library(BY)
    make_a_bundle(BY)
    sell_virtual(BY)
    use_two_hands()
    arrange_a_shop(BY)
    customise(BY)
    say("search index")
    deliver_events()


def put_taxonomy() -> None:
    """Categories, attributes and values of the catalogue, and which attributes describe which category."""
    known = catalogue()
    with public_schema():
        pictures = {row[4]: f"public/{copy_picture(row[4])}" for row in known["categories"]}
        copy_picture(HERO, name=HERO)
        categories = put_categories(
            by=BY,
            rows=[
                {"code": code, "parent": parent or None, "names": both([zh, en]), "picture": pictures[name]}
                for code, parent, zh, en, name in known["categories"]
            ],
        )
        attributes = put_attributes(
            by=BY,
            rows=[
                {"code": code, "names": both(row["names"]), "kind": row.get("kind", "choice"), "is_facet": row.get("facet", row.get("kind") != "text")}
                for code, row in known["attributes"].items()
            ],
        )
        put_values(
            by=BY,
            rows=[
                {"attribute_id": attributes[code].pk, "code": value, "names": both(names), "position": place}
                for code, row in known["attributes"].items()
                for place, (value, names) in enumerate(row.get("values", {}).items())
            ],
        )
        put_brands(by=BY, rows=[{"code": shop["slug"], "names": both(shop["names"])} for shop in known["shops"]])
        products = [product for shop in known["shops"] for product in shop["products"]]
        for code in dict.fromkeys(product["category"] for product in products):
            described = attributes_of([product for product in products if product["category"] == code])
            describe_category(by=BY, category_id=categories[code].pk, attribute_ids=[attributes[name].pk for name in described])


def second_person(password: str) -> None:
    """Who approves what the operator asks for."""
    checker = ensure_person(by=BY, email="checker@market.localhost", name="方正", password=password, language="zh-hans")
    give_role(by=BY, user_id=checker.pk, role="operator", merchant_id=None)


def open_shops(password: str) -> dict[str, Merchant]:
    """The shops by slug, each with its owner; one that is there already is taken as it is."""
    found: dict[str, Merchant] = {}
    owners: dict[str, User] = {}
    for n, shop in enumerate(catalogue()["shops"]):
        slug, email = shop["slug"], f"owner@{shop['slug']}.localhost"
        with transaction.atomic():
            owners[slug] = ensure_person(by=BY, email=email, name=shop["owner"], password=password, language="zh-hans")
            known = Merchant.objects.filter(slug=slug).first()
            if known is None:
                application = apply_for(shop, owners[slug], n, BY)
                known = open_shop(by=BY, merchant_id=key_of(slug), slug=slug, names=both(shop["names"]), owner_email=email)
                let_in_papers(by=BY, application=application, merchant=known)
            found[slug] = known
    deliver_events()
    for slug, merchant in found.items():
        merchant.refresh_from_db()
        if merchant.status == Merchant.Status.OPENING:  # a worker took the event and has not done it yet
            bear_shop(ShopRequested(merchant_id=merchant.pk, owner_id=owners[slug].pk))
        give_role(by=BY, user_id=owners[slug].pk, role="owner", merchant_id=merchant.pk)
    return found


def fill_shop(shop: Mapping[str, Any], merchant: Merchant, currency: str) -> None:
    """Enter the shop's products and put them on sale. A product that was entered before is left alone."""
    labels = Labels(shop["slug"])
    if not FreightZone.objects.filter(merchant=merchant).exists():
        set_freight(by=BY, merchant_id=merchant.pk, currency=currency, zones=zones_of(shop, currency))
    with merchant_schema(merchant.pk):
        there = set(Product.objects.filter(source_ref__in=[source_of(shop, product) for product in shop["products"]]).values_list("source_ref", flat=True))
        for product in shop["products"]:
            if source_of(shop, product) not in there:
                _sell(shop, product, variants_of(product, shop["slug"], currency), labels)


# Xinjiang, Tibet, Qinghai, Inner Mongolia: where parcels cost more, or do not go.
REMOTE = ("15", "54", "63", "65")


def zones_of(shop: Mapping[str, Any], currency: str) -> list[Zone]:
    """What a shop of the catalogue asks for its parcels: `freight` is the fee and from when it is free, `remote` the fee far away."""
    fee, free_from = (Money.parse(str(amount), currency) for amount in shop["freight"])
    far = Zone(REMOTE, delivers=False) if shop["remote"] < 0 else Zone(REMOTE, fee=Money.parse(str(shop["remote"]), currency))
    return [far, Zone(fee=fee, free_from=free_from or None)]


def _sell(shop: Mapping[str, Any], product: Mapping[str, Any], sold: list[Sold], labels: Labels) -> None:
    key = key_of(shop["slug"], product["ref"])
    with transaction.atomic():
        save_product(
            by=BY,
            product_id=key,
            product=entered(shop, product, sold, labels),
            prices=prices_of(shop, product, sold),
            stock={key_of(shop["slug"], one.sku): one.stock for one in sold},
            is_new=True,
        )
        publish_product(by=BY, product_id=key)


def let_in_buyer(buyer: Mapping[str, Any], password: str) -> None:
    with transaction.atomic():
        person = ensure_person(by=BY, email=buyer["email"], name=buyer["name"], password=password, language=buyer["language"])
        if not Address.objects.filter(user_id=person.pk).exists():
            acting = Actor(kind="person", user_id=person.pk, label=person.email)
            save_address(by=acting, address_id=key_of(buyer["email"], "address"), fields=buyer["address"], is_default=True)


def give_accounts(merchants: Mapping[str, Merchant]) -> None:
    """Where most shops are paid."""
    for n, (slug, merchant) in enumerate(merchants.items()):
        if slug not in WITHOUT_ACCOUNT and not PayoutAccount.objects.filter(merchant=merchant).exists():
            names = names_in_dossier(merchant.pk, PayoutAccount.Form.COMPANY)
            holder = names[0] if names else merchant.names["zh-hans"] + "有限公司"
            set_bank_account(by=BY, merchant_id=merchant.pk, holder=holder, bank="演示银行上海分行", number=f"62220210010{n:08d}")
