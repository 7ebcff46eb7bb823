"""Returns: verbs. All run in the merchant's schema that is open; the flow joins them with stock, money and public copies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import IllegalMove
from marketplace.kernel.verbs import verb
from marketplace.merchant.aftersales.errors import NotReturnable, ReturnUnknown
from marketplace.merchant.aftersales.models import Return, ReturnChange, ReturnLine
from marketplace.merchant.aftersales.states import (
    OPEN,
    RETURN_MOVES,
    ReturnStatus,
    is_shops_fault,
)
from marketplace.merchant.orders.giving_back import Back, back_of, returnable
from marketplace.merchant.orders.models import Order
from tenants.tenancy.schemas import current_merchant_id


def returnable_pieces(order: Order) -> dict[UUID, int]:
    """Line id → pieces that may be asked back now: shipped, not come back, in no open return."""
    asked = ReturnLine.objects.filter(parent__order=order, parent__status__in=OPEN).values_list("line_id").annotate(n=Sum("quantity"))
    under_way = dict(asked)
    left = {line.pk: returnable(line) - under_way.get(line.pk, 0) for line in order.lines.order_by("position")}
    return {line_id: n for line_id, n in left.items() if n > 0}


def backs_for(order: Order, pieces: Mapping[UUID, int], reason: str) -> list[Back]:
    """What these pieces would give back: the preview, and, asked under the lock, the outcome."""
    lines = order.lines.filter(pk__in=[key for key, n in pieces.items() if n]).order_by("position")
    return [back_of(line, pieces[line.pk], with_freight=is_shops_fault(reason)) for line in lines]


@verb
def open_return(
    *, by: Actor, return_id: UUID, order: Order, pieces: Mapping[UUID, int], reason: str, note: str, due_at: datetime, is_by_shop: bool = False
) -> Return:
    """A buyer, or the shop for a buyer, asks to give pieces of a locked order back. Raises NotReturnable."""
    with transaction.atomic():
        allowed = returnable_pieces(order)
        pieces = {line_id: n for line_id, n in pieces.items() if n}
        if not pieces or any(not 0 < n <= allowed.get(line_id, 0) for line_id, n in pieces.items()):
            raise NotReturnable(number=order.number)
        row = Return(
            pk=return_id,
            number=f"{order.number}-R{Return.objects.filter(order=order).count() + 1}",
            order=order,
            reason=reason,
            note=note.strip()[:500],
            currency=order.currency,
            amount_minor=sum(back.amount.minor for back in backs_for(order, pieces, reason)),
            due_at=due_at,
            is_by_shop=is_by_shop,
        )
        row.save(force_insert=True)
        ReturnLine.objects.bulk_create([ReturnLine(parent=row, line_id=line_id, quantity=n) for line_id, n in pieces.items()])
        order.open_returns += 1
        order.save(update_fields=["open_returns"])
        _note(row, "", by, note)
        _audit(by, row, "return.opened_by_shop" if is_by_shop else "return.requested", before=None, why=note)
    return row


@verb
def move_return(*, by: Actor, row: Return, new: str, due_at: datetime | None = None, reason: str = "", changed: Mapping[str, str] | None = None) -> Return:
    """A locked return takes a step; `changed` may set answer, report, carrier and tracking_number. Raises IllegalMove."""
    changed = dict(changed or {})
    if unknown := set(changed) - {"answer", "report", "carrier", "tracking_number"}:
        raise TypeError(f"a step does not change {sorted(unknown)}")
    RETURN_MOVES.check(row.status, new)
    with transaction.atomic():
        old = row.status
        ended_at = None if new in OPEN else clock.now()
        if Return.objects.filter(pk=row.pk, status=old).update(status=new, due_at=due_at, ended_at=ended_at, **changed) != 1:
            raise IllegalMove
        if ended_at:
            Order.objects.filter(pk=row.order_id).update(open_returns=F("open_returns") - 1)
            row.order.open_returns -= 1
        row.status, row.due_at, row.ended_at = new, due_at, ended_at
        for name, value in changed.items():
            setattr(row, name, value)
        _note(row, old, by, reason)
        _audit(by, row, f"return.{new}", before={"status": old}, why=reason)
    return row


@verb
def note_inspected(*, by: Actor, row: Return, accepted: Mapping[UUID, int], restocked: Mapping[UUID, int]) -> None:
    """What the inspection found, line id → pieces: `accepted` are paid back, `restocked` can be sold again. Raises NotReturnable."""
    with transaction.atomic():
        for part in row.lines.all():
            part.accepted, part.restocked = accepted.get(part.line_id, 0), restocked.get(part.line_id, 0)
            if not (0 <= part.accepted <= part.quantity and 0 <= part.restocked <= part.quantity):
                raise NotReturnable(number=row.order.number)
            part.save(update_fields=["accepted", "restocked"])
        _audit(by, row, "return.pieces_inspected", before=None, after={"accepted": dict(accepted), "restocked": dict(restocked)})


@verb
def note_return_paid(*, by: Actor, row: Return, amount_minor: int) -> None:
    """What really goes back for it."""
    row.amount_minor = amount_minor
    row.save(update_fields=["amount_minor"])


def locked_return(**which: object) -> Return:
    """A return with its order, both locked, the order first. Raises ReturnUnknown."""
    order_id = Return.objects.filter(**which).values_list("order_id", flat=True).first()
    if order_id is None:
        raise ReturnUnknown
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    row: Return = Return.objects.select_for_update(of=("self",)).get(**which)
    row.order = order
    return row


def hands_of(row: Return) -> set[UUID]:
    """The persons who have done something about it: asked for it or opened it, agreed, sent, inspected."""
    return {key for key in row.changes.values_list("actor_id", flat=True) if key is not None}


def is_over(status: str) -> bool:
    return RETURN_MOVES.is_final(ReturnStatus(status))


def _note(row: Return, old: str, by: Actor, why: str) -> None:
    ReturnChange.objects.create(parent=row, old=old, new=row.status, actor_kind=by.kind, actor_id=by.user_id, actor_label=by.label[:200], reason=why[:500])


def _audit(by: Actor, row: Return, action: str, *, before: dict[str, object] | None, after: dict[str, object] | None = None, why: str = "") -> None:
    after = after or {"status": row.status, "amount": row.amount_minor}
    audit(by=by, action=action, subject="return", subject_id=row.number, merchant_id=current_merchant_id(), before=before, after=after, why=why)
