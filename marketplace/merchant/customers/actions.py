"""Customers of the shop whose schema is open: verbs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.customers.errors import CustomerUnknown
from marketplace.merchant.customers.models import Customer, CustomerNote
from marketplace.merchant.orders.models import Order
from marketplace.merchant.orders.states import OrderStatus, PaymentStatus
from tenants.accounts.models import Closure
from tenants.tenancy.schemas import current_merchant_id

MOST_SIGNS, MOST_TAGS, LONGEST_TAG = 500, 10, 20


def customer_here(customer_id: UUID) -> Customer:
    """A customer of the open shop. Raises CustomerUnknown, also for another shop's."""
    row: Customer | None = Customer.objects.select_related("buyer").filter(pk=customer_id).first()
    if row is None:
        raise CustomerUnknown
    return row


@verb
def recount_customer(*, by: Actor, buyer_id: UUID) -> Customer | None:
    """Make the figures of a buyer what the shop's orders say now; None for somebody who never paid here. Safe to repeat."""
    with transaction.atomic():
        if (facts := _facts(buyer_id)) is None:
            return None
        row, _made = Customer.objects.get_or_create(buyer_id=buyer_id, defaults=facts)
        row = Customer.objects.select_for_update(of=("self",)).get(pk=row.pk)
        facts = _facts(buyer_id) or facts  # under the lock: of two at once the later counts everything
        for name, value in facts.items():
            setattr(row, name, value)
        row.save(update_fields=list(facts))
    return row


def _facts(buyer_id: UUID) -> dict[str, object] | None:
    mine = Order.objects.filter(buyer_id=buyer_id).exclude(payment_status=PaymentStatus.UNPAID)
    kept = ~Q(status=OrderStatus.CANCELLED)
    sums = mine.aggregate(
        orders=Count("pk", filter=kept),
        paid=Sum("total_minor", filter=kept),
        back=Sum("refunded_minor", filter=kept),
        first=Min("placed_at"),
        last=Max("placed_at"),
    )
    newest = mine.order_by("-placed_at").only("address", "currency").first()
    if newest is None:
        return None
    is_gone = Closure.objects.filter(user_id=buyer_id, kind=Closure.Kind.DELETED).exists()
    return {
        "name": "" if is_gone else str(newest.address.get("recipient", ""))[:80],
        "orders": sums["orders"],
        "currency": newest.currency,
        "spent_minor": (sums["paid"] or 0) - (sums["back"] or 0),
        "first_order_at": sums["first"],
        "last_order_at": sums["last"],
    }


@verb
def note_on_customer(*, by: Actor, customer_id: UUID, note_id: UUID, text: str) -> CustomerNote:
    """Keep a private note. The form makes its key: the same form sent twice keeps one. Raises CustomerUnknown, InvalidInput."""
    text = text.strip()
    if not text or len(text) > MOST_SIGNS:
        raise InvalidInput(field="text", why=_("Write a note of at most {most} characters.").format(most=MOST_SIGNS))
    with transaction.atomic():
        row = customer_here(customer_id)
        note: CustomerNote
        note, is_new = CustomerNote.objects.get_or_create(pk=note_id, defaults={"customer": row, "text": text, "by_label": by.label})
        if is_new:
            audit(by=by, action="customer.noted", subject="customer", subject_id=row.pk, merchant_id=current_merchant_id(), after={"signs": len(text)})
    return note


@verb
def set_tags(*, by: Actor, customer_id: UUID, tags: Sequence[str]) -> Customer:
    """The shop's own words for a customer, these and no others. Raises CustomerUnknown, InvalidInput."""
    kept = list(dict.fromkeys(tag for tag in (" ".join(text.split()) for text in tags) if tag))
    if len(kept) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in kept):
        raise InvalidInput(field="tags", why=_("Write at most {most} tags of {longest} characters each.").format(most=MOST_TAGS, longest=LONGEST_TAG))
    with transaction.atomic():
        row: Customer | None = Customer.objects.select_for_update(of=("self",)).filter(pk=customer_id).first()
        if row is None:
            raise CustomerUnknown
        if row.tags != kept:
            before, row.tags = row.tags, kept
            row.save(update_fields=["tags"])
            audit(
                by=by,
                action="customer.tagged",
                subject="customer",
                subject_id=row.pk,
                merchant_id=current_merchant_id(),
                before={"tags": before},
                after={"tags": kept},
            )
    return row


@verb
def forget_customer(*, by: Actor, buyer_id: UUID) -> None:
    """Somebody left the market: name, tags and notes go, the figures stay. Safe to repeat."""
    with transaction.atomic():
        CustomerNote.objects.filter(customer__buyer_id=buyer_id).delete()
        Customer.objects.filter(buyer_id=buyer_id).update(name="", tags=[])


@verb
def join_customers(*, by: Actor, loser_id: UUID, winner_id: UUID) -> int:
    """Two accounts became one: its orders here are the other's, notes and tags with them. Returns how many orders moved. Safe to repeat."""
    with transaction.atomic():
        moved = Order.objects.filter(buyer_id=loser_id).update(buyer_id=winner_id)
        left = Customer.objects.select_for_update(of=("self",)).filter(buyer_id=loser_id).first()
        kept = recount_customer(by=by, buyer_id=winner_id) if moved or left else None
        if left is not None and kept is not None:
            CustomerNote.objects.filter(customer=left).update(customer=kept)
            kept.tags = list(dict.fromkeys([*kept.tags, *left.tags]))
            kept.save(update_fields=["tags"])
            left.delete()
    return int(moved)
