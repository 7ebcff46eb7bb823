"""Customised goods for tests, made by the real verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from marketplace.flows.customising import customise_product
from marketplace.flows.place_order import place_order
from marketplace.flows.publish_product import publish_product
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customising.models import CustomLine
from marketplace.platform.cart.actions import add_to_cart, cart_of
from marketplace.platform.cart.models import Cart
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.customising.fields import Choice, Field
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

ENGRAVING = Field(
    id="engrave1",
    kind="text",
    labels={"zh-hans": "刻字", "en": "Engraving"},
    hints={"en": "A name or a date"},
    is_required=True,
    surcharge_minor=2000,
    most=12,
)
SCRIPT = Field(
    id="script01",
    kind="choice",
    labels={"zh-hans": "字体", "en": "Script"},
    hints={},
    choices=(Choice("kai", {"zh-hans": "楷体", "en": "Kai"}), Choice("seal", {"zh-hans": "篆书", "en": "Seal"}, 1500)),
)
HEIGHT = Field(id="height01", kind="number", labels={"en": "Height"}, hints={}, least=10, greatest=30, unit="cm", surcharge_minor=333)
FOR_LIN = {"engrave1": "For Lin", "script01": "seal"}


def customised(product: Product, *fields: Field, days: int = 3, shop: str = "a", publish: bool = True) -> Product:
    """The same product with these fields; on the market, the operator has approved them."""
    with merchant_schema(MERCHANTS[shop]):
        row: Product = customise_product(by=SYSTEM, product_id=product.pk, fields=fields, days=days)
        return publish_product(by=SYSTEM, product_id=product.pk) if publish and row.review != Product.Review.APPROVED else row


def a_custom_product(*fields: Field, shop: str = "a", days: int = 3, title: str = "Seal cup", **about: object) -> Product:
    """A product on sale of which one may wish something; by default an engraving and its script."""
    product = make.a_product(shop, title=title, **about)  # type: ignore[arg-type]
    return customised(product, *(fields or (ENGRAVING, SCRIPT)), shop=shop, days=days)


def put(buyer: User, product: Product, wishes: Mapping[str, str] = FOR_LIN, n: int = 1, shop: str = "a") -> Cart:
    """In the buyer's cart, made to these wishes."""
    cart = cart_of(by=make.acting(buyer), cart_id=None)
    add_to_cart(by=make.acting(buyer), cart=cart, variant_id=make.variant_of(product, shop), quantity=n, wishes=wishes)
    return cart


def order(buyer: User, cart: Cart, *, accepts: bool = True, total: Money | None = None) -> OrderGroup:
    make.commission()
    return place_order(
        by=make.acting(buyer),
        key=uuid4().hex,
        cart_id=cart.pk,
        address_id=make.an_address(buyer),
        shown_total=total or view_cart(cart, "CNY").total,
        language="en",
        accepts_making=accepts,
    )


def a_custom_order(*wished: Mapping[str, str], product: Product | None = None, n: int = 1, pays: bool = True, shop: str = "a") -> OrderCopy:
    """An order of one customised product of a shop, a line for each of these wishes; by default paid."""
    buyer, product = make.a_buyer(), product or a_custom_product()
    for wishes in wished or (FOR_LIN,):
        cart = put(buyer, product, wishes, n, shop)
    group = order(buyer, cart)
    return make.order_of(make.pay(group) if pays else group, shop)


def custom_lines(copy: OrderCopy) -> Sequence[CustomLine]:
    """In the order's schema, which is open afterwards only inside."""
    with merchant_schema(copy.merchant_id):
        return list(CustomLine.objects.filter(line__order=copy.pk).select_related("line").order_by("line__position"))


def key_of(copy: OrderCopy) -> UUID:
    return UUID(str(custom_lines(copy)[0].pk))
