"""Reads of virtual goods that need no shop's consent: what kind a listing is of."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from marketplace.platform.virtual.kinds import GoodsKind
from marketplace.platform.virtual.models import Code, ListedVirtual, Voucher


def kind_of_listing() -> Coalesce:
    """For `annotate(kind=kind_of_listing())` on public copies of variants."""
    return Coalesce(Subquery(ListedVirtual.objects.filter(listing_id=OuterRef("listing_id")).values("kind")[:1]), Value(GoodsKind.GOODS.value))


def days_of_listing() -> Subquery:
    """The same for the days its vouchers are valid; None of anything but a service."""
    return Subquery(ListedVirtual.objects.filter(listing_id=OuterRef("listing_id")).values("valid_days")[:1])


def codes_of_orders(order_ids: Collection[UUID]) -> list[Code]:
    """What was handed out for these orders, in the order in which it was."""
    return list(Code.objects.filter(order_id__in=order_ids).order_by("handed_out_at", "id"))


def vouchers_of_orders(order_ids: Collection[UUID]) -> list[Voucher]:
    return list(Voucher.objects.filter(order_id__in=order_ids).order_by("issued_at", "id"))
