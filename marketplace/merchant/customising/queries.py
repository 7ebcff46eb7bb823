"""Reads of customised goods, in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Max, QuerySet

from marketplace.merchant.customising.models import Customisation, CustomLine
from marketplace.merchant.customising.states import Making
from marketplace.platform.customising.wishes import forgotten

L = TypeVar("L")


def fields_by_product(product_ids: Iterable[UUID]) -> dict[UUID, tuple[list[dict[str, Any]], int]]:
    """Product → its fields as kept, and its days; only of those that have some."""
    rows = Customisation.objects.filter(product__in=list(product_ids)).values_list("product_id", "fields", "days")
    return {key: (fields, days) for key, fields, days in rows}


def wished_of(order_ids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Line id → what was wished of it, as public copies of orders hold it. Lines that are sold as they are are left out."""
    return {row.line_id: as_copied(row) for row in CustomLine.objects.filter(line__order__in=list(order_ids))}


def as_copied(row: CustomLine) -> dict[str, Any]:
    return {"wishes": forgotten(row.wishes) if row.is_forgotten else row.wishes, "surcharge_minor": row.surcharge_minor, "state": row.state}


def making_days(order_id: UUID) -> int:
    """By how many days an order leaves later than one of goods that lie there."""
    return CustomLine.objects.filter(line__order=order_id).aggregate(days=Max("days"))["days"] or 0


def with_wishes(lines: list[L]) -> list[L]:
    """These lines of orders, each with `wishes` and `making`: its CustomLine, or None."""
    held = {row.line_id: row for row in CustomLine.objects.filter(line__in=[line.pk for line in lines])}  # type: ignore[attr-defined]
    for line in lines:
        row = held.get(line.pk)  # type: ignore[attr-defined]
        line.making, line.wishes = row, row.wishes if row else ()  # type: ignore[attr-defined]
    return lines


def first_begun(order_id: UUID) -> CustomLine | None:
    """The first line of an order that the shop has begun to make."""
    return _to_make().filter(line__order=order_id).exclude(state=Making.TO_CONFIRM).order_by("line__position").first()  # type: ignore[no-any-return]


def _to_make() -> QuerySet[Any]:
    """Lines of which something is to be made: not all of it was cancelled."""
    return CustomLine.objects.filter(line__cancelled__lt=F("line__quantity")).select_related("line")
