"""A product as it was before an import, so that it can be put back; and a fingerprint, so that it is seen whether somebody changed it since."""

from __future__ import annotations

from typing import Any

from marketplace.flows.product_files.held import Held
from marketplace.kernel.plain import fingerprint, plain
from marketplace.platform.virtual.kinds import GoodsKind


def snapshot(one: Held) -> dict[str, Any]:
    """Everything an import can change. JSON's own types."""
    row = one.product
    return plain(  # type: ignore[no-any-return]
        {
            "status": row.status,
            "review": row.review,
            "category_id": row.category_id,
            "brand_id": row.brand_id,
            "tax_class": row.tax_class,
            "titles": row.titles,
            "descriptions": row.descriptions,
            "attributes": row.attributes,
            "axes": row.axes,
            "pictures": [[picture.key, picture.alt] for picture in one.pictures],
            "variants": [[variant.pk, variant.sku, variant.options, variant.is_active] for variant in one.variants],
            **codes_of(one),
            **({"subtitles": row.subtitles} if row.subtitles else {}),
            **({"kind": [one.kind, one.valid_days]} if one.kind != GoodsKind.GOODS else {}),
            **({"size_table": str(row.size_table_id)} if row.size_table_id else {}),
            **({"parts": [[str(key), n] for key, _sku, n in one.parts]} if one.parts else {}),
            **({"shelves": {str(key): place for key, place in one.shelves.items()}} if one.shelves else {}),
            "prices": {
                str(key): [price.currency, price.sale_minor, price.market_minor] for key, price in sorted(one.prices.items(), key=lambda pair: str(pair[0]))
            },
            "on_hand": {str(key): number for key, number in sorted(one.on_hand.items(), key=lambda pair: str(pair[0]))},
        }
    )


def codes_of(one: Held) -> dict[str, Any]:
    """Barcode and weight by variant, of those that have one: a product without is what it was before there were any."""
    codes = {str(variant.pk): [variant.barcode, variant.weight_g] for variant in one.variants if variant.barcode or variant.weight_g}
    return {"codes": codes} if codes else {}


# How it stands with review and sale, what sales took from the stock, and where a shop category shows it may move without anybody having edited it.
MOVES_BY_ITSELF = ("status", "review", "on_hand", "shelves")


def mark(taken: dict[str, Any]) -> str:
    """A fingerprint of what people edit."""
    return fingerprint({key: value for key, value in taken.items() if key not in MOVES_BY_ITSELF})
