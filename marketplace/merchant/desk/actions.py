"""Verbs of the desk: notes on orders, and looking at what is masked. They run in the schema of the merchant that is open."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.desk.models import OrderNote
from marketplace.merchant.orders.access import order_for_staff
from marketplace.merchant.orders.models import Order
from tenants.tenancy.schemas import current_merchant_id

MOST_SIGNS = 500


@verb
def note_on_order(*, by: Actor, number: str, note_id: UUID, text: str) -> OrderNote:
    """Keep a private note. The form makes its key: the same form sent twice keeps one. Raises OrderUnknown, InvalidInput."""
    text = text.strip()
    if not text or len(text) > MOST_SIGNS:
        raise InvalidInput(field="text", why=_("Write a note of at most {most} characters.").format(most=MOST_SIGNS))
    with transaction.atomic():
        order = order_for_staff(number)
        note: OrderNote
        note, is_new = OrderNote.objects.get_or_create(pk=note_id, defaults={"order": order, "text": text, "by_label": by.label})
        if is_new:
            audit(by=by, action="order.noted", subject="order", subject_id=order.number, merchant_id=current_merchant_id(), after={"signs": len(text)})
    return note


@verb
def note_phone_shown(*, by: Actor, number: str) -> Order:
    """Somebody looks at the buyer's whole telephone number: that is written down. Raises OrderUnknown."""
    with transaction.atomic():
        order: Order = order_for_staff(number)
        audit(by=by, action="order.phone_shown", subject="order", subject_id=order.number, merchant_id=current_merchant_id())
    return order
