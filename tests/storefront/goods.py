"""Products with real choices: colour and size, holes in the matrix, a different stock each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from marketplace.flows.publish_product import publish_product
from marketplace.flows.review_product import save_product
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.platform.taxonomy.actions import put_attributes, put_values
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS


def a_choice(code: str, names: Mapping[str, str], values: Sequence[str]) -> tuple[int, dict[str, int]]:
    """An attribute with values called by their codes; its id, and the values' ids."""
    attribute = put_attributes(by=SYSTEM, rows=[{"code": code, "names": names}])[code]
    rows = [{"attribute_id": attribute.pk, "code": value, "names": {"en": value, "zh-hans": f"{value}（中）"}} for value in values]
    held = put_values(by=SYSTEM, rows=rows)
    return attribute.pk, {value: held[attribute.pk, value].pk for value in values}


def a_matrix(
    stock: Mapping[tuple[str, str], int],
    *,
    shop: str = "a",
    title: str = "Jacket",
    prices: Mapping[tuple[str, str], str] | None = None,
    pictures: Sequence[str] = ("demo/jacket.webp",),
    alts: Sequence[Mapping[str, str]] = (),
) -> tuple[UUID, dict[tuple[str, str], UUID]]:
    """A product in colours and sizes; `stock` by (colour, size), and what is not named is not made. Its id, and the variants' by combination."""
    colour, colours = a_choice("colour", {"en": "Colour", "zh-hans": "颜色"}, list(dict.fromkeys(c for c, _s in stock)))
    size, sizes = a_choice("size", {"en": "Size", "zh-hans": "尺码"}, list(dict.fromkeys(s for _c, s in stock)))
    made = {(c, s): VariantInput(sku=f"{title}-{c}-{s}-{uuid4().hex[:6]}", options={colour: colours[c], size: sizes[s]}) for c, s in stock}
    with merchant_schema(MERCHANTS[shop]):
        product = save_product(
            by=SYSTEM,
            product_id=uuid4(),
            is_new=True,
            product=ProductInput(
                category_id=make.a_category().pk,
                titles={"en": title, "zh-hans": f"{title}（中文）"},
                descriptions={"en": "<p>Warm.</p>"},
                variants=list(made.values()),
                axes=[colour, size],
                attributes=[[size, list(sizes.values()), None]],
                pictures=[(key, alts[n] if alts else {}) for n, key in enumerate(pictures)],
            ),
            prices={made[pair].id: (make.yuan((prices or {}).get(pair, "100")), None) for pair in stock},
            stock={made[pair].id: stock[pair] for pair in stock},
        )
        publish_product(by=SYSTEM, product_id=product.pk)
    return product.pk, {pair: variant.id for pair, variant in made.items()}
