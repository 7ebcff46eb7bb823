"""A market to measure in: three shops whose goods have options, freight by province, taxes, a commission, and people with carts.

Everything that is sold is entered by the product's verbs. People, addresses and what lies in carts are written in bulk, because
registering and filling carts is not what is measured here; their keys are counted, so that a script of pgbench can name them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from bench import grounds

SHOPS, PRODUCTS = 3, 100  # products a shop, each of four variants
PEOPLE, FIRST = 10_000, 10_000  # people are numbered from FIRST on: five digits, so that a key can be put together as text
WEB_FIRST, WEB_PEOPLE = 20_000, 5_000  # people without a cart, who come by the web
REGION = "310104"  # where all of them live: a district of Shanghai
BASKETS = 120  # pgbench takes no more than 128 scripts
STOCK = 10_000_000

Line = tuple[UUID, UUID]  # (merchant, variant)
Basket = list[Line]


@dataclass(frozen=True)
class Goods:
    """What is on sale, shop by shop, and the baskets that people have in their carts."""

    shops: list[list[Line]]
    baskets: list[Basket]


def key_of(kind: str, n: int) -> UUID:
    """The key of person, address or cart number n. Its last five digits are n."""
    letter = {"person": "b", "address": "a", "cart": "c"}[kind]
    return UUID(f"{letter}0000000-0000-4000-8000-0000000{n}")


def open_shops(count: int = SHOPS) -> Goods:
    """Shops with goods whose stock does not run out, and freight by province."""
    grounds.open_market()
    merchants = [grounds.open_shop(n) for n in range(1, count + 1)]
    for merchant_id in merchants:
        _set_freight(merchant_id)
    shops = [[line for n in range(PRODUCTS) for line in put_on_sale(merchant_id, f"杯子 Mug {n}", stock=STOCK)] for merchant_id in merchants]
    dice = random.Random(1)
    return Goods(shops, [four_of(shops, dice) for _basket in range(BASKETS)])


def four_of(shops: Sequence[Sequence[Line]], dice: random.Random) -> Basket:
    """Four lines over all shops: one of each, and one more of some."""
    chosen = [dice.choice(shop) for shop in shops]
    return [*chosen, dice.choice([line for line in dice.choice(shops) if line not in chosen])]


def _set_freight(merchant_id: UUID) -> None:
    """Two provinces at a fee that ends at some amount, one that nothing is sent to, and everywhere else."""
    from marketplace.kernel.actors import SYSTEM
    from marketplace.kernel.money import Money
    from marketplace.platform.delivery.actions import Zone, set_freight

    zones = [
        Zone(regions=("31", "33"), fee=Money(800, "CNY"), free_from=Money(9_900, "CNY")),
        Zone(regions=("54",), delivers=False),
        Zone(fee=Money(1_500, "CNY")),
    ]
    set_freight(by=SYSTEM, merchant_id=merchant_id, currency="CNY", zones=zones)


def put_on_sale(merchant_id: UUID, title: str, *, stock: int, is_plain: bool = False) -> list[Line]:
    """A product in two colours and two sizes (`is_plain`: of one variant); its variants."""
    from marketplace.flows.publish_product import publish_product
    from marketplace.flows.review_product import save_product
    from marketplace.kernel.actors import SYSTEM
    from marketplace.kernel.money import Money
    from marketplace.merchant.catalogue.actions import VariantInput
    from tenants.tenancy.schemas import merchant_schema

    options = options_of()
    axes = list(options)
    colours, sizes = options.values()
    combinations: list[dict[int, int]] = [{}] if is_plain else [{axes[0]: colour, axes[1]: size} for colour in colours for size in sizes]
    variants = [VariantInput(sku=f"{uuid4().hex[:12]}-{n}", options=combination) for n, combination in enumerate(combinations)]
    prices = {variant.id: (Money(2_500 + 100 * n, "CNY"), None) for n, variant in enumerate(variants)}
    with merchant_schema(merchant_id):
        product = save_product(
            by=SYSTEM,
            product_id=uuid4(),
            is_new=True,
            product=product_input(title, variants, [] if is_plain else axes),
            prices=prices,
            stock={variant.id: stock for variant in variants},
        )
        publish_product(by=SYSTEM, product_id=product.pk)
    return [(merchant_id, variant.id) for variant in variants]


def product_input(title: str, variants: Sequence[Any], axes: Sequence[int], source_ref: str | None = None) -> Any:
    """What a merchant enters: texts in two languages, a picture."""
    from marketplace.kernel.actors import SYSTEM
    from marketplace.merchant.catalogue.actions import ProductInput
    from marketplace.platform.taxonomy.actions import put_categories

    category = put_categories(by=SYSTEM, rows=[{"code": "cups", "parent": None, "names": {"zh-hans": "杯子", "en": "Cups"}}])["cups"]
    texts = {"zh-hans": "手工制作，可用洗碗机清洗。" * 4, "en": "Made by hand, safe in the dishwasher. " * 4}
    return ProductInput(
        category_id=category.pk,
        titles={"zh-hans": title, "en": title},
        descriptions=texts,
        variants=variants,
        axes=axes,
        pictures=[("demo/mug.webp", {})],
        source_ref=source_ref,
    )


def options_of() -> dict[int, list[int]]:
    """Colour and size: attribute → values."""
    from marketplace.kernel.actors import SYSTEM
    from marketplace.platform.taxonomy.actions import put_attributes, put_values

    names = {"colour": [("white", "白色"), ("blue", "蓝色")], "size": [("small", "小号"), ("large", "大号")]}
    rows = [{"code": "colour", "names": {"zh-hans": "颜色", "en": "Colour"}}, {"code": "size", "names": {"zh-hans": "尺寸", "en": "Size"}}]
    attributes = put_attributes(by=SYSTEM, rows=rows)
    values = put_values(
        by=SYSTEM,
        rows=[
            {"attribute_id": attributes[code].pk, "code": english, "names": {"zh-hans": chinese, "en": english}}
            for code, both in names.items()
            for english, chinese in both
        ],
    )
    return {attributes[code].pk: [values[attributes[code].pk, english].pk for english, _chinese in both] for code, both in names.items()}


# ── people and their carts ───────────────────────────────────────────────────────────────────────────────────────────


def register() -> None:
    """People with an address each; those who do not come by the web have a cart, too."""
    from marketplace.platform.cart.models import Cart
    from marketplace.platform.members.models import Address
    from tenants.accounts.models import User

    with_cart = range(FIRST, FIRST + PEOPLE)
    numbers = [*with_cart, *range(WEB_FIRST, WEB_FIRST + WEB_PEOPLE)]
    where = {"recipient": "林知夏", "phone": "+8613800138000", "province": "上海市", "city": "上海市", "district": "徐汇区", "street": "漕溪北路 1 号"}
    User.objects.bulk_create((User(id=key_of("person", n), email=f"buyer-{n}@bench.localhost", password="!", name="林知夏") for n in numbers), batch_size=1000)
    Address.objects.bulk_create(
        (Address(id=key_of("address", n), user_id=key_of("person", n), is_default=True, region=REGION, **where) for n in numbers), batch_size=1000
    )
    Cart.objects.bulk_create((Cart(id=key_of("cart", n), user_id=key_of("person", n)) for n in with_cart), batch_size=1000)


def part_of(n: int, baskets: int) -> int:
    """Which of so many baskets person number n has in the cart: neighbours have the same."""
    return (n - FIRST) * baskets // PEOPLE


def people_of(basket: int, baskets: int) -> tuple[int, int]:
    """The first and the last person with this basket."""
    return FIRST + -(-basket * PEOPLE // baskets), FIRST + -(-(basket + 1) * PEOPLE // baskets) - 1


def fill_carts(baskets: Sequence[Basket]) -> None:
    """Put the baskets into the carts again, where they are not: one statement a basket."""
    from django.db import connection

    sql = """
        INSERT INTO platform_cart_cartline (id, cart_id, merchant_id, variant_id, quantity, is_chosen, added_at)
        SELECT gen_random_uuid(), cart.id, line.merchant_id, line.variant_id, 1, true, now()
        FROM platform_cart_cart AS cart, unnest(%s::uuid[], %s::uuid[]) AS line(merchant_id, variant_id)
        WHERE cart.id BETWEEN %s AND %s AND NOT EXISTS (SELECT FROM platform_cart_cartline AS held WHERE held.cart_id = cart.id)
    """
    with connection.cursor() as cursor:
        for number, basket in enumerate(baskets):
            first, last = people_of(number, len(baskets))
            merchants, variants = ([line[part] for line in basket] for part in (0, 1))
            cursor.execute(sql, [merchants, variants, key_of("cart", first), key_of("cart", last)])


def empty_carts() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE platform_cart_cartline")


def totals(baskets: Sequence[Basket]) -> list[Any]:
    """What each basket costs with freight, as its first person's cart shows it."""
    from marketplace.platform.cart.models import Cart
    from marketplace.platform.cart.queries import view_cart

    carts = [Cart.objects.get(pk=key_of("cart", people_of(number, len(baskets))[0])) for number in range(len(baskets))]
    return [view_cart(cart, "CNY", REGION).total for cart in carts]


def place(n: int, total: Any, key: str) -> Any:
    """Person number n orders what is in the cart: the product's verb, in this process."""
    from marketplace.flows.place_order import place_order
    from marketplace.kernel.actors import Actor

    by = Actor(kind="person", user_id=key_of("person", n), label=f"buyer-{n}@bench.localhost", address="127.0.0.1")
    return place_order(by=by, key=key, cart_id=key_of("cart", n), address_id=key_of("address", n), shown_total=total, language="zh-hans")
