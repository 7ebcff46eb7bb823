"""A customised product in one shop of the demo: a cup with a name engraved, and an order of it that waits to be made."""

from __future__ import annotations

from demo.catalogue import key_of
from demo.steps import merchant_of
from marketplace.flows.customising import customise_product
from marketplace.flows.pay import finish_payment
from marketplace.flows.place_order import place_order
from marketplace.flows.publish_product import publish_product
from marketplace.flows.review_product import save_product
from marketplace.kernel.actors import SYSTEM, Actor, rail
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.pricing.periods import in_force
from marketplace.platform.cart.actions import cart_of, choose_line, choose_only
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.customising.fields import Choice, Field
from marketplace.platform.members.models import Address
from marketplace.platform.payments.actions import start_payment
from tenants.accounts.models import User
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema

SHOP, BUYER, LIKE, STOCK, DAYS = "kiln", "lin@buyer.localhost", "杯", 40, 5
FIELDS = (
    Field(
        id="engraving",
        kind="text",
        labels={"zh-hans": "杯底刻字", "en": "Engraved under the cup"},
        hints={"zh-hans": "一个名字，或一个日子", "en": "A name, or a day"},
        is_required=True,
        most=12,
    ),
    Field(
        id="script",
        kind="choice",
        labels={"zh-hans": "字体", "en": "Script"},
        hints={},
        is_required=True,
        choices=(
            Choice("kai", {"zh-hans": "楷体", "en": "Regular script"}),
            Choice("xing", {"zh-hans": "行书", "en": "Running script"}, 1000),
            Choice("zhuan", {"zh-hans": "篆书", "en": "Seal script"}, 2000),
        ),
    ),
    Field(
        id="card",
        kind="text",
        labels={"zh-hans": "手写贺卡", "en": "Card written by hand"},
        hints={"zh-hans": "随杯寄出，可以分行", "en": "Lies beside the cup; several lines are fine"},
        surcharge_minor=800,
        most=80,
        has_lines=True,
        has_emoji=True,
    ),
)
WISHES = {"engraving": "知夏", "script": "zhuan", "card": "生日快乐\n愿你每天都有好茶"}


def customise(by: Actor) -> None:
    """In one shop; what is there already stays."""
    key, variant = key_of(SHOP, "engraved"), VariantInput(sku="KILN-NAME-CUP", id=key_of(SHOP, "engraved variant"))
    with merchant_schema(merchant_of(SHOP)):
        if Product.objects.filter(pk=key).exists():
            return
        cups = Product.objects.filter(status=Product.Status.ON_SALE, **{"titles__zh-hans__icontains": LIKE}).order_by("created_at", "pk")
        like = cups.filter(parts__isnull=True).first()
        price = in_force().filter(variant__product=like).order_by("sale_minor").first() if like else None
        if like is None or price is None:
            return
        save_product(
            by=by,
            product_id=key,
            is_new=True,
            product=ProductInput(
                category_id=like.category_id,
                titles={"zh-hans": "刻名主人杯，手工刻在杯底", "en": "Master cup with your name, engraved by hand"},
                descriptions={
                    "zh-hans": "<p>师傅在坯上手刻，再入窑烧成，每只略有不同。下单前请核对文字。</p>",
                    "en": "<p>Cut into the clay by hand before it is fired, so no two are alike. Check your words before you order.</p>",
                },
                attributes=like.attributes,
                tax_class=like.tax_class,
                variants=[variant],
                pictures=[(picture.key, picture.alt) for picture in like.pictures.order_by("position")],
            ),
            prices={variant.id: (Money(price.sale_minor, price.currency), None)},
            stock={variant.id: STOCK},
        )
        customise_product(by=by, product_id=key, fields=FIELDS, days=DAYS)
        publish_product(by=by, product_id=key)
    _order(variant)


def _order(variant: VariantInput) -> None:
    """One of it, paid."""
    user = User.objects.get(email=BUYER)
    buyer = Actor(kind="person", user_id=user.pk, label=user.email)
    cart, address = cart_of(by=buyer, cart_id=None), Address.objects.filter(user=user, is_default=True).first()
    if address is None:
        return
    chosen = list(cart.lines.filter(is_chosen=True).values_list("pk", flat=True))
    choose_only(by=buyer, cart=cart, variant_id=variant.id, quantity=2, wishes=WISHES)
    total = view_cart(cart, Market.objects.get().currency, address.region).total
    group: OrderGroup = place_order(
        by=buyer, key="customised", cart_id=cart.pk, address_id=address.pk, shown_total=total, language="zh-hans", accepts_making=True
    )
    for line_id in chosen:
        choose_line(by=buyer, cart=cart, line_id=line_id, is_chosen=True)
    start_payment(by=SYSTEM, group_id=group.pk)
    attempt = group.payment.attempts.get()  # type: ignore[attr-defined]
    finish_payment(by=rail("sandbox"), attempt_id=attempt.pk, rail_ref=f"{attempt.key}:1")
