"""Work of people that a shop can order (上线服务, 运维服务, 高级服务, consulting): asked for, accepted, done and charged at the price of the offer."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.flows.rent import charge, locked_merchant
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import KeyReused, NotFound, ReasonMissing
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.states import Moves
from marketplace.kernel.verbs import verb
from tenants.packages.errors import OfferUnknown, ServiceMoved
from tenants.packages.events import ServiceOrderMoved
from tenants.packages.models import Extra, FeeCharge, ServiceOrder
from tenants.tenancy.models import Market

S = ServiceOrder.Status
MOVES = Moves({S.ASKED: {S.ACCEPTED, S.DECLINED, S.WITHDRAWN}, S.ACCEPTED: {S.DONE, S.DECLINED}, S.DONE: set(), S.DECLINED: set(), S.WITHDRAWN: set()})


@verb
def order_service(*, by: Actor, order_id: UUID, merchant_id: UUID, extra_id: UUID, note: str) -> ServiceOrder:
    """A shop asks for work, at the price of now. The same `order_id` asks once. Raises OfferUnknown, KeyReused, MerchantUnknown."""
    extra = Extra.objects.filter(pk=extra_id, kind=Extra.Kind.SERVICE).first()
    if extra is None:
        raise OfferUnknown
    with transaction.atomic():
        locked_merchant(merchant_id)
        if same := ServiceOrder.objects.filter(pk=order_id).first():
            if same.merchant_id != merchant_id:
                raise KeyReused
            return same
        if not extra.is_offered:
            raise OfferUnknown
        number = free_number(ServiceOrder.objects, clock.now(), Market.objects.get().tz)
        row = ServiceOrder.objects.create(
            pk=order_id, number=number, merchant_id=merchant_id, extra=extra, note=note.strip()[:1000], by_label=by.label, asked_at=clock.now()
        )
        _note(by, row, "none")
    return row


@verb
def move_service(*, by: Actor, order_id: UUID, to: str, answer: str = "", merchant_id: UUID | None = None) -> ServiceOrder:
    """Accept it, say no (with a reason), say that it is done, or, as the shop, withdraw it. Done, it is charged at the price it was asked for.

    Raises NotFound (also where it is not `merchant_id`'s), ServiceMoved, ReasonMissing.
    """
    whose = ServiceOrder.objects.filter(pk=order_id).values_list("merchant_id", flat=True).first()
    if whose is None or merchant_id not in (None, whose):
        raise NotFound
    with transaction.atomic():
        locked_merchant(whose)
        row = ServiceOrder.objects.select_related("extra").get(pk=order_id)
        if to not in MOVES.table or not MOVES.allows(row.status, to):
            raise ServiceMoved
        if to == S.DECLINED and not answer.strip():
            raise ReasonMissing(field="answer")
        before, row.status, row.moved_at = row.status, to, clock.now()
        row.answer = answer.strip()[:1000] or row.answer
        row.save(update_fields=["status", "moved_at", "answer"])
        _note(by, row, before, answer.strip())
        if to == S.DONE:
            charge(
                by=by, merchant_id=whose, kind=FeeCharge.Kind.SERVICE, ref=f"service:{row.pk}", names=row.extra.names, amount=row.extra.price, reason=row.number
            )
    return row


def _note(by: Actor, row: ServiceOrder, before: str, why: str = "") -> None:
    what = {"before": {"status": before}, "after": {"status": row.status, "service": row.extra.code}}
    audit(by=by, action=f"service.{row.status}", subject="service", subject_id=row.number, merchant_id=row.merchant_id, why=why, **what)
    record(ServiceOrderMoved(merchant_id=row.merchant_id, order_id=row.pk, status=row.status))
