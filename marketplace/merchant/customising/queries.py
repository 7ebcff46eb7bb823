"""Reads of customised goods, in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Prefetch, QuerySet

from marketplace.merchant.customising.models import Customisation, CustomLine, WishQuestion
from marketplace.merchant.customising.states import Making
from marketplace.platform.customising.wishes import without_what_was_written

L = TypeVar("L")


def fields_by_product(product_ids: Iterable[UUID]) -> dict[UUID, tuple[list[dict[str, Any]], int]]:
    """Product → its fields as kept, and its days; only of those that have some."""
    rows = Customisation.objects.filter(product__in=list(product_ids)).values_list("product_id", "fields", "days")
    return {key: (fields, days) for key, fields, days in rows}


def wished_of(order_ids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Line id → what was wished of it, as public copies of orders hold it. Lines that are sold as they are are left out."""
    rows = CustomLine.objects.filter(line__order__in=list(order_ids)).prefetch_related(asked_in_order())
    return {row.line_id: as_copied(row, [*row.questions.all()]) for row in rows}


def as_copied(row: CustomLine, questions: Sequence[WishQuestion] = ()) -> dict[str, Any]:
    """Of somebody whose account is gone without what they wrote; "questions" where something was asked."""
    held: dict[str, Any] = {"wishes": row.wishes, "surcharge_minor": row.surcharge_minor, "state": row.state}
    if questions:
        held["questions"] = [{"id": str(one.pk), "text": one.text, "answer": one.answer, "waits": one.waits} for one in questions]
    return without_what_was_written(held) if row.is_forgotten else held


def asked_in_order() -> Prefetch[Any]:
    return Prefetch("questions", WishQuestion.objects.order_by("asked_at", "pk"))


def waiting_for_answer() -> Exists:
    """Of lines whose buyer was asked something and has not answered."""
    return Exists(WishQuestion.objects.filter(line=OuterRef("pk"), ended_at=None))


def making_days(order_id: UUID) -> int:
    """By how many days an order leaves later than one of goods that lie there."""
    return CustomLine.objects.filter(line__order=order_id).aggregate(days=Max("days"))["days"] or 0


def with_wishes(lines: list[L]) -> list[L]:
    """These lines of orders, each with `wishes` and `making`: its CustomLine, or None."""
    held = {row.line_id: row for row in CustomLine.objects.filter(line__in=[line.pk for line in lines]).prefetch_related(asked_in_order())}  # type: ignore[attr-defined]
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
