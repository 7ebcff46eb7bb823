"""Reads of virtual products, in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.virtual.models import LineValidity, VirtualProduct
from marketplace.platform.virtual.kinds import GoodsKind


def virtual_of(product_ids: Collection[UUID]) -> dict[UUID, VirtualProduct]:
    """Product → what makes it virtual; what is shipped is left out."""
    return {row.product_id: row for row in VirtualProduct.objects.filter(product_id__in=product_ids)}


def kind_of(product_id: UUID) -> str:
    row = VirtualProduct.objects.filter(product_id=product_id).first()
    return row.kind if row else GoodsKind.GOODS


def is_kind_fixed(row: Product) -> bool:
    """Whether its kind can no longer change: buyers have seen it, or the operator is looking at it."""
    return row.status != Product.Status.DRAFT or row.review in (Product.Review.WAITING, Product.Review.APPROVED)


def validities(order_id: UUID) -> dict[UUID, int]:
    """Line → days its vouchers are valid."""
    return dict(LineValidity.objects.filter(order_id=order_id).values_list("line_id", "valid_days"))
