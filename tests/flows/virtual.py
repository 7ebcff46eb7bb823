"""Virtual goods of the tests' shops: products, codes, orders, through the real verbs."""

from __future__ import annotations

from uuid import UUID, uuid4

from marketplace.flows.load_codes import Loaded, load_codes
from marketplace.flows.place_order import place_order
from marketplace.flows.publish_product import publish_product
from marketplace.flows.review_product import save_product
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.virtual.actions import Kind
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderGroup
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS


def a_virtual(
    kind: str, *, shop: str = "a", title: str = "Card", price: str = "100", stock: int = 0, valid_days: int | None = None, on_sale: bool = True
) -> Product:
    """A product that is not shipped."""
    variant = VariantInput(sku=f"{title}-{uuid4().hex[:8]}", options={})
    with merchant_schema(MERCHANTS[shop]):
        row = save_product(
            by=SYSTEM,
            product_id=new_id(),
            is_new=True,
            kind=Kind(kind, valid_days),
            product=ProductInput(
                category_id=make.a_category().pk, titles={"en": title, "zh-hans": f"{title}（中文）"}, variants=[variant], pictures=[("demo/mug.webp", {})]
            ),
            prices={variant.id: (make.yuan(price), None)},
            stock={variant.id: stock},
        )
        return publish_product(by=SYSTEM, product_id=row.pk) if on_sale else row


def load(product: Product, text: str, shop: str = "a") -> Loaded:
    with merchant_schema(MERCHANTS[shop]):
        return load_codes(by=SYSTEM, product_id=product.pk, variant_id=make.variant_of(product, shop), text=text)


def a_card(n: int = 5, *, shop: str = "a", title: str = "Card", price: str = "100") -> Product:
    """A product sold as codes, with so many of them."""
    row = a_virtual("codes", shop=shop, title=title, price=price)
    if n:
        load(row, "\n".join(f"{title}-CODE-{k:04d}-{row.pk.hex[-6:]}" for k in range(n)), shop)
        deliver_events()
    return row


def a_service(stock: int = 5, *, shop: str = "a", title: str = "Class", price: str = "200", valid_days: int = 30) -> Product:
    return a_virtual("service", shop=shop, title=title, price=price, stock=stock, valid_days=valid_days)


def placed(*wanted: tuple[str, Product, int], buyer: User | None = None, address_id: UUID | None = None, waives: bool = True) -> OrderGroup:
    """A group without an address, unless one is given."""
    buyer = buyer or make.a_buyer()
    cart = make.a_cart(buyer, *wanted)
    make.commission()
    return place_order(
        by=make.acting(buyer),
        key=uuid4().hex,
        cart_id=cart.pk,
        address_id=address_id,
        shown_total=view_cart(cart, "CNY").total,
        language="zh-hans",
        waives_return=waives,
    )


def paid(*wanted: tuple[str, Product, int], **how: object) -> OrderGroup:
    """Placed, paid, and everything that follows from it done."""
    group = make.pay(placed(*wanted, **how))  # type: ignore[arg-type]
    deliver_events()
    return group
