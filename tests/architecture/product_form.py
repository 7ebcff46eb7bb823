"""The form of a product, as a person would send it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4


def product_form(things: Any, product_id: UUID) -> dict[str, Any]:
    """Enter or change a product, as a draft; of `Things` only the category is used."""
    return {
        "product_id": product_id,
        "title_en": "Tea bowl",
        "category": things.category,
        "sku_0": uuid4().hex[:12],
        "price_0": "12.50",
        "stock_0": "3",
        "then": "save",
    }
