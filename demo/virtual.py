"""Goods that are not shipped, in one shop of the demo: a gift card with twenty codes, a class at the kiln, and a paid order of each."""

from __future__ import annotations

from secrets import choice

from django.db import transaction

from demo.catalogue import key_of
from demo.media import copy_picture
from demo.steps import merchant_of
from marketplace.flows.load_codes import load_codes
from marketplace.flows.pay import finish_payment
from marketplace.flows.place_order import place_order
from marketplace.flows.publish_product import publish_product
from marketplace.flows.review_product import save_product
from marketplace.kernel.actors import Actor, rail
from marketplace.kernel.money import Money
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.virtual.actions import Kind
from marketplace.platform.cart.actions import cart_of, choose_lines, choose_only
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.payments.actions import start_payment
from marketplace.platform.taxonomy.models import Category
from marketplace.platform.virtual.reading import ALPHABET
from tenants.accounts.models import User
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema

SHOP, CODES, BUYER = "kiln", 20, "lin@buyer.localhost"
GOODS = (
    (
        "gift-card",
        Kind("codes"),
        {"zh-hans": "窑火礼品卡 200 元", "en": "Kiln Fire gift card, 200"},
        {
            "zh-hans": "<p>到店结账时出示卡密抵 200 元，不找零，三年内有效。</p>",
            "en": "<p>Worth 200 when you pay in the workshop: show the code. No change given, valid for three years.</p>",
        },
        "KILN-CARD-200",
        20_000,
        "gift",
    ),
    (
        "class",
        Kind("service", 90),
        {"zh-hans": "拉坯体验课，两小时", "en": "Throwing class at the kiln, two hours"},
        {
            "zh-hans": "<p>老师带你从揉泥到拉坯，作品烧好后自取。周二至周日 10:00–18:00，到店前请先来电。</p>",
            "en": "<p>From kneading to throwing with a teacher; your piece is fired and kept for you. Tuesday to Sunday, 10:00–18:00; please call first.</p>",
        },
        "KILN-CLASS-2H",
        26_800,
        "mug-table",
    ),
)


def sell_virtual(by: Actor) -> None:
    """In one shop; what is there already stays."""
    currency = Market.objects.get().currency
    with merchant_schema(merchant_of(SHOP)):
        if Product.objects.filter(pk=key_of(SHOP, GOODS[0][0])).exists():
            return
        for ref, kind, titles, descriptions, sku, minor, picture in GOODS:
            variant = VariantInput(sku=sku, options={}, id=key_of(SHOP, sku))
            with transaction.atomic():
                row = save_product(
                    by=by,
                    product_id=key_of(SHOP, ref),
                    is_new=True,
                    kind=kind,
                    product=ProductInput(
                        category_id=Category.objects.get(code="cups").pk,
                        titles=titles,
                        descriptions=descriptions,
                        variants=[variant],
                        pictures=[(copy_picture(picture), {})],
                    ),
                    prices={variant.id: (Money(minor, currency), None)},
                    stock={variant.id: 40},
                )
                publish_product(by=by, product_id=row.pk)
        codes = ["-".join("".join(choice(ALPHABET) for _sign in range(4)) for _group in range(3)) for _code in range(CODES)]
        load_codes(by=by, product_id=key_of(SHOP, "gift-card"), variant_id=key_of(SHOP, "KILN-CARD-200"), text="\n".join(codes))
    deliver_events()
    for sku, pieces in (("KILN-CARD-200", 1), ("KILN-CLASS-2H", 2)):
        _buy(sku, pieces)
    deliver_events()


def _buy(sku: str, pieces: int) -> None:
    """As somebody who buys it now, and leaves the rest of the cart as it was."""
    person = User.objects.get(email=BUYER)
    buyer = Actor(kind="person", user_id=person.pk, label=person.email)
    cart = cart_of(by=buyer, cart_id=None)
    choose_only(by=buyer, cart=cart, variant_id=key_of(SHOP, sku), quantity=pieces)
    total = view_cart(cart, Market.objects.get().currency).total
    group: OrderGroup = place_order(
        by=buyer, key=f"demo {sku}", cart_id=cart.pk, address_id=None, shown_total=total, language=person.language or "zh-hans", waives_return=True
    )
    start_payment(by=buyer, group_id=group.pk)
    attempt = group.payment.attempts.latest("n")
    finish_payment(by=rail("sandbox"), attempt_id=attempt.pk, rail_ref=f"{attempt.key}:1")
    choose_lines(by=buyer, cart=cart, merchant_id=None, is_chosen=True)
